/** Estimates of the remaining time while a person waits for confirmations. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { blockCountText } from './progress.ts';

const test = suite('pace');

/**
 * Finalises with 5 confirmations. At each wait, the chain gets one more block.
 * @returns the lines about blocks
 */
async function waitLines(secondsABlock: number): Promise<string[]> {
  const world = await TestWorld.ready({ fixedTime: Math.floor(Date.now() / 1000) });
  try {
    await world.propose(1, HEADER + BAR_1);
    await world.countersign(2);
    world.onSleep = async () => {
      await world.rpc('dev_advance', secondsABlock);
      await world.generate();
    };
    const ran = await world.command(2, 'finalise', 'mine.json', '--yes', '--confirmations', '5');
    assert.is(ran.status, 0, ran.stderr);
    return ran.stderr.split('\n').filter(line => line.startsWith('Block '));
  } finally {
    await world.stop();
  }
}

test('the estimate is a minute for each block until two blocks were measured', async () => {
  assert.equal(await waitLines(30), [
    'Block 3310: 0 of 1 transaction confirmed, 50 blocks (about 50 min) of the period left.',
    'Block 3311: 0 of 1 transaction confirmed, 49 blocks (about 49 min) of the period left.',
    'Block 3312: 0 of 1 transaction confirmed, 48 blocks (about 24 min at 30 s a block) of the period left.',
    'Block 3313: 0 of 1 transaction confirmed, 47 blocks (about 24 min at 30 s a block) of the period left.',
    'Block 3314: 0 of 1 transaction confirmed, 46 blocks (about 23 min at 30 s a block) of the period left.',
  ]);
});

test("numbers of blocks are counted from the reader's view", () => {
  assert.equal(
    [
      blockCountText(1),
      blockCountText(59),
      blockCountText(60),
      blockCountText(479),
      blockCountText(479, 75),
      blockCountText(10, 1),
    ],
    [
      ...['1 block (about 1 min)', '59 blocks (about 59 min)', '60 blocks (about 1 h 0 min)'],
      ...['479 blocks (about 7 h 59 min)', '479 blocks (about 9 h 59 min at 75 s a block)'],
      '10 blocks (about 0 min at 1 s a block)',
    ],
  );
});

test.run();

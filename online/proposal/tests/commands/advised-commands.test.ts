/** Messages that the first readers of the handbook did not understand: each now gives the next step. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, BAR_2, BAR_3, HEADER, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { baseText } from '../../../../fixtures/sample-request.ts';
import { runCommand } from '../../../cli/command-list.ts';
import { OceanNode } from '../../../node/node.ts';
import { UNSURE_TIME } from '../../../report/views/verification-view.ts';

const test = suite<{ world: TestWorld }>('the way on');
test.before.each(async context => {
  context.world = await TestWorld.ready();
  context.world.write(1, 'bars.csv', HEADER + BAR_1 + BAR_2);
});
test.after.each(({ world }) => world.stop());

const prepareToFile = (world: TestWorld, out: string) =>
  world.command(1, 'prepare', '--issuances', 'bars.csv', '--out', out, '--yes');

test('all bars that are issued already are named together', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1 + BAR_2);
  await world.countersign(3);
  await world.ok(3, 'finalise', 'mine.json', '--yes');
  world.write(1, 'bars.csv', HEADER + BAR_3 + BAR_1 + BAR_2);
  assertRefused(
    await prepareToFile(world, 'again.json'),
    'DUPLICATE_ASSET',
    { kind: 'bars-issued', references: ['030727-2019-PAMP', '031037-2019-PAMP'] },
    { correct: 'input' },
  );
});

test('status says on every PC who may sign, and when the period ends', async ({ world }) => {
  const next = async (i: number) => (await world.ok(i, 'status')).next as string;
  assert.is((await prepareToFile(world, 'one.json')).status, 0);
  const told = /\. 2.*1, 2 or 3, within .* runs `countersign review`/;
  // The PC that prepared the request has nothing to review.
  const own = await next(1);
  assert.ok(own.indexOf('`countersign next`') < own.indexOf('`countersign review`'), own);
  assert.match(await next(2), told);
  await world.rpc('dev_skip', 50);
  assert.match(await next(1), /`countersign abandon`/);
  await world.ok(2, 'abandon', '--yes');
  assert.match(await next(1), /^A .* `countersign prepare`\.$/);
});

test('prepare says that the period ends soon, and when the next one begins', async ({ world }) => {
  const text = async (out: string) => {
    let said = '';
    const stdout = new PassThrough();
    stdout.on('data', chunk => {
      said += chunk;
    });
    const status = await runCommand(['prepare', '--issuances', 'bars.csv', '--out', out, '--yes'], {
      ...{ stdin: Readable.from([]), stdout, stderr: new PassThrough().resume(), env: {} },
      ...{ cwd: world.pc(1), now: Date.now, sleep: async () => undefined },
    });
    assert.is(status, 0, out);
    return said;
  };
  await world.rpc('dev_skip', 20); // Height 3330; the period ends with 3359
  assert.not.match(await text('enough.json'), /little time/);
  await world.ok(1, 'abandon', '--yes');
  await world.rpc('dev_skip', 1);
  assert.match(await text('few.json'), /\. A .* 3360\./);
});

test("the refusal of another request's signatures names both requests by their review codes", async ({
  world,
}) => {
  const first = await world.propose(1, HEADER + BAR_1);
  const old = world.read(1, 'mine.json');
  await world.ok(1, 'abandon', '--yes');
  world.write(1, 'old.json', old);
  assertRefused(
    await world.command(1, 'submit', 'old.json'),
    'NO_PROPOSAL',
    { kind: 'abandoned', does: 'issuances' },
    { run: 'prepare' },
  );
  const second = await prepareToFile(world, 'second.json');
  assertRefused(
    await world.command(1, 'submit', 'old.json', '--request', 'second.json'),
    'REQUEST_MISMATCH',
    new RegExp(
      `^second\\.json: expected .* ${first.reviewCode} \\(${first.digest}\\), .* got ${second.json.reviewCode} \\(${second.json.digest}\\)$`,
    ),
    /./,
  );
});

test('a reference given as a file, and a spreadsheet given as CSV, are recognised', async ({ world }) => {
  assertRefused(
    await world.command(1, 'map', 'show', '031037-2019-PAMP'),
    'FILE_MISSING',
    /031037-2019-PAMP: /,
    /`countersign map show --find 031037-2019-PAMP`/,
  );
  assertRefused(await world.command(1, 'map', 'show', 'no.json'), 'FILE_MISSING', /no\.json: /);
  for (const begin of ['PK\x03\x04', Buffer.from('d0cf11e0a1b11ae1', 'hex')]) {
    writeFileSync(join(world.pc(1), 'bars.csv'), begin);
    assertRefused(
      await prepareToFile(world, 'x.json'),
      'FORMAT_INVALID',
      /^bars\.csv: .*spreadsheet/i,
      /"CSV UTF-8"/,
    );
  }
});

test('map verify says that the height of an older mapping is uncertain', async ({ world }) => {
  const said = async (text: string) => {
    writeFileSync(join(world.pc(1), 'older.json'), text);
    const stdout = new PassThrough();
    const status = await runCommand(['map', 'verify', 'older.json'], {
      ...{ stdin: Readable.from([]), stdout, stderr: new PassThrough().resume(), env: {} },
      ...{ cwd: world.pc(1), now: Date.now, sleep: async () => undefined },
    });
    return [status, String(stdout.read())] as const;
  };
  // The signatures of this mapping are not valid, but the sentence about its time is printed.
  const [status, text] = await said(baseText.replace(/"time": [0-9.]+/, '"time": 1600000100.1234567'));
  assert.is(status, 1, text);
  assert.ok(text.endsWith(`${UNSURE_TIME}\n`), text);
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(3);
  await world.ok(3, 'finalise', 'mine.json', '--yes');
  assert.not.ok((await said(world.object('map.json')))[1].includes(UNSURE_TIME));
});

test('a node that requires a password is reported if none was given', async ({ world }) => {
  const url = new URL(world.node.url);
  url.password = '';
  try {
    await new OceanNode(url.href).tip();
    assert.unreachable();
  } catch (error: any) {
    assert.is(error.code, 'NODE_AUTH');
    assert.match(error.message, /127\.0\.0\.1:\d+: /);
    assert.match(error.hint, /^Set COUNTERSIGN_NODE_PASSWORD/);
  }
});

test.run();

import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeRealWorld, type World } from '../world.ts';
import { minutesAndSecondsText, ProgressPrinter } from './progress.ts';

function makeProgressWorld({ isTTY = true, columns = 80 } = {}) {
  const stderr = Object.assign(new PassThrough(), { isTTY, columns });
  let said = '';
  stderr.on('data', chunk => {
    said += chunk;
  });
  let now = 0;
  const world: World = {
    ...makeRealWorld(),
    stderr,
    now: () => now,
    sleep: async milliseconds => {
      now += milliseconds;
    },
  };
  return { progress: new ProgressPrinter(world), said: () => said };
}

test('into a file, progress writes one line for each change', async () => {
  const { progress, said } = makeProgressWorld({ isTTY: false });
  for (const text of ['one', 'one', 'two']) {
    progress.tell(text);
    await progress.sleep(5000);
  }
  assert.is(said(), 'one\ntwo\n');
});

test('on a terminal, the time without a change is shown and removed again', async () => {
  const { progress, said } = makeProgressWorld();
  progress.tell('one');
  await progress.sleep(65_000);
  await progress.sleep(5000);
  progress.tell('two');
  await progress.sleep(1000);
  const lines = said()
    .split(/[\r\n]/)
    .map(line => line.trim())
    .filter(line => line !== '');
  assert.equal(
    lines.map(line => line.replace(/ since.*|;.*/, '')),
    ['one', 'waiting', 'waiting, 1:05', 'two', 'waiting'],
  );
  assert.match(said(), /\r +\r$/);
});

test('progress fits into a narrow window', async () => {
  const { progress, said } = makeProgressWorld({ columns: 20 });
  progress.tell('one');
  await progress.sleep(1000);
  for (const line of said().split(/[\r\n]/)) assert.ok(line.length < 20, line);
});

test('minutesAndSecondsText formats seconds as a clock', () =>
  assert.equal([0, 7, 60, 750].map(minutesAndSecondsText), ['0:00', '0:07', '1:00', '12:30']));

test.run();

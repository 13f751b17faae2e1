import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, HEADER, type Ran, TestWorld } from '../../fixtures/pcs/testing.ts';
import { makeFinaliseStopText, makePrepareStopText } from '../cli/commands/issuance/texts.ts';
import { NOTHING_CHANGED, type StopText } from './stop-signals.ts';

const test = suite<{ world: TestWorld }>('stop');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const never = new Promise<never>(() => undefined);

function expectStopped(ran: Ran, { message, hint }: StopText): void {
  assertRefused(ran, 'INTERRUPTED', message, hint, 130);
}

/** Stops the command at its first wait. */
function stopAtFirstWait(world: TestWorld): void {
  const stop = new AbortController();
  world.extra = { stop: stop.signal };
  world.onSleep = () => {
    stop.abort();
    return never;
  };
}

test('finalise stopped during its wait says that transactions were sent, and continues when run again', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const onSleep = world.onSleep;
  stopAtFirstWait(world);
  const ran = await world.command(2, 'finalise', 'mine.json', '--yes', '--log', 'evidence.jsonl');
  expectStopped(ran, makeFinaliseStopText({ published: false, wrote: true, sent: true }, true));
  const last = JSON.parse(world.read(2, 'evidence.jsonl').trim().split('\n').at(-1) as string);
  assert.equal([last.event, last.exit, last.error.code], ['end', 130, 'INTERRUPTED']);
  world.extra = {};
  world.onSleep = onSleep;
  const done = await world.ok(2, 'finalise', 'mine.json', '--yes');
  assert.is(done.assets.length, 1);
});

test('finalise stopped before it begins says that nothing was sent', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  world.extra = { stdin: fakeKeyboard('\x03') };
  expectStopped(
    await world.command(2, 'finalise', 'mine.json'),
    makeFinaliseStopText({ published: false, wrote: false, sent: false }, true),
  );
  assert.equal(await world.rpc('getrawmempool'), []);
});

test('prepare stopped at a question says that no request was written', async ({ world }) => {
  world.write(1, 'bars.csv', HEADER + BAR_1);
  world.extra = { stdin: fakeKeyboard('\x03') };
  const ran = await world.command(1, 'prepare', '--issuances', 'bars.csv', '--out', 'request.json');
  expectStopped(ran, makePrepareStopText(null));
  assert.not.ok(existsSync(join(world.pc(1), 'request.json')));
});

test('the end of input at a question is a refusal, not a stop', async ({ world }) => {
  world.write(1, 'bars.csv', HEADER + BAR_1);
  world.extra = { stdin: fakeKeyboard('\x04') };
  const ran = await world.command(1, 'prepare', '--issuances', 'bars.csv', '--out', 'request.json');
  assert.equal([ran.status, ran.json.error.code], [1, 'INTERRUPTED']);
});

test('a stopped command that only reads says that nothing changed', async ({ world }) => {
  const stop = new AbortController();
  stop.abort();
  world.extra = { stop: stop.signal };
  expectStopped(await world.command(1, 'status'), NOTHING_CHANGED);
});

function fakeKeyboard(keys: string): PassThrough & { isTTY: boolean } {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  setTimeout(() => stdin.write(keys), 300);
  return stdin;
}

const processes = suite('the built program exits with 130 at a signal');
const PROGRAM = ['--import', import.meta.resolve('tsx'), join(import.meta.dirname, '..', 'main.ts')];

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  processes(`${signal} is answered with a sentence and exit 130`, async () => {
    let asked: () => void = () => undefined;
    const connected = new Promise<void>(resolve => {
      asked = resolve;
    });
    const silent = createServer(() => asked()).listen(0, '127.0.0.1');
    await new Promise(resolve => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const world = await TestWorld.ready();
    const child = spawn(process.execPath, [...PROGRAM, 'status', '--node', `http://127.0.0.1:${port}`], {
      cwd: world.pc(1),
    });
    let stderr = '';
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    await connected;
    child.kill(signal);
    const [status, by] = await new Promise<[number | null, string | null]>(resolve =>
      child.once('close', (code, bySignal) => resolve([code, bySignal])),
    );
    silent.close();
    await world.stop();
    assert.equal([status, by], [130, null], stderr);
    assert.match(stderr, /^error INTERRUPTED: stopped:.*\n.*\n$/);
  });
}

processes('a reader that goes away early is met in silence', async () => {
  const child = spawn(process.execPath, [...PROGRAM, 'completion', 'bash']);
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const status = await new Promise(resolve => child.once('close', resolve));
  assert.equal([status, stderr], [0, '']);
});

test.run();
processes.run();

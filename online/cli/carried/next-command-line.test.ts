/**
 * An issuance by 3 of 5 controllers, with files on a USB stick or in the folder. Each person runs nothing but
 * the line that `countersign next` prints.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, BAR_2, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { makeStorePathRelative } from '../config/config-paths.ts';
import { findNextCommandLine } from './next-command-line.ts';
import { stickUnusableRefusal } from './texts.ts';

const test = suite<{ world: TestWorld; next(i: number): Promise<any> }>('next line');
test.before.each(async context => {
  const world = await TestWorld.ready({ policy: { n: 3, m: 5 } });
  for (let i = 1; i <= 5; i++) writeConfig(world, i, { controller: String(i) });
  context.world = world;
  context.next = i => world.ok(i, 'next');
});
test.after.each(({ world }) => world.stop());

function writeConfig(world: TestWorld, i: number, members: object): void {
  const config = { ...JSON.parse(world.read(i, 'countersign.json')), ...members };
  world.write(i, 'countersign.json', JSON.stringify(config));
}

/** Runs the printed line on this PC or on the laptop. */
async function runNextCommandLine(
  world: TestWorld,
  i: number,
  { command, on }: { command: string; on: string },
): Promise<any> {
  const words = command.split(' ');
  if (on === 'pc') return world.ok(i, ...words.slice(1), ...(words[1] === 'finalise' ? ['--yes'] : []));
  assert.equal(words.slice(0, 2), ['signer', 'sign']);
  const request = words[2] as string;
  return world.sign(i, request, request.replace('request-', 'sign-').replace('.json', `-${i}.json`));
}

test('each controller follows the printed line, and a controller who has signed waits for the others', async ({
  world,
  next,
}) => {
  assert.equal(await next(1), { controller: 1, stage: 'none', command: 'countersign prepare', on: 'pc' });
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const { request, reviewCode } = await world.ok(1, 'prepare', '--issuances', 'bars.csv', '--yes');
  const group = reviewCode.slice(0, 4);
  assert.is(request, `request-${group}.json`);
  const lines: [number, string, string | null][] = [
    [1, `signer sign ${request}`, 'laptop'],
    [1, `countersign submit sign-${group}-1.json`, 'pc'],
    [2, 'countersign review', 'pc'],
    [2, `signer sign ${request}`, 'laptop'],
    [2, `countersign submit sign-${group}-2.json`, 'pc'],
    [5, 'countersign review', 'pc'],
    [5, `signer sign ${request}`, 'laptop'],
    [5, `countersign finalise sign-${group}-5.json`, 'pc'],
  ];
  for (const [i, command, on] of lines) {
    const line = await next(i);
    assert.equal([line.command, line.on], [command, on]);
    assert.is((await world.ok(i, 'status')).command, command, 'status says the same');
    await runNextCommandLine(world, i, line);
    if (command.includes('submit')) assert.equal((await next(i)).command, null, 'the others are next');
  }
  assert.is((await next(5)).command, 'countersign prepare');
});

test('a request on the stick is not signed if this PC did not check it', async ({ world, next }) => {
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const { request } = await world.ok(1, 'prepare', '--issuances', 'bars.csv', '--yes');
  world.write(2, request, world.read(1, request));
  assert.is((await next(2)).command, 'countersign review');
});

test('the configured stick gets the requests and is searched first for signatures', async ({
  world,
  next,
}) => {
  writeConfig(world, 1, { stick: '../usb' });
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const prepare = ['prepare', '--issuances', 'bars.csv', '--yes'];
  const { message, hint } = stickUnusableRefusal('FILE_UNUSABLE', '../usb');
  assertRefused(await world.command(1, ...prepare), 'FILE_UNUSABLE', message, hint);
  assert.is((await next(1)).command, 'countersign prepare', 'nothing was decided');
  mkdirSync(join(world.root, 'usb'));
  const { request } = await world.ok(1, ...prepare);
  assert.match(request, /^\.\.\/usb\/request-\w{4}\.json$/);
  assert.match((await next(1)).command, /^signer sign request-\w{4}\.json$/);
  const signed = request.replace('request-', 'sign-').replace('.json', '-1.json');
  world.sign(1, request, signed);
  writeFileSync(join(world.root, 'usb', 'sign-of-something.json'), '{}');
  assert.is((await next(1)).command, `countersign submit ${signed}`);
});

test("after submit of another controller's file, the next line is for this PC's controller", async ({
  world,
  next,
}) => {
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const { request } = await world.ok(1, 'prepare', '--issuances', 'bars.csv', '--yes');
  world.sign(1, request, 'sign-of-2.json', 2);
  const { command, controllers } = await world.ok(1, 'submit', 'sign-of-2.json');
  assert.equal([command, controllers], [`signer sign ${request}`, [2]]);
  assert.is((await next(1)).command, command);
  world.write(3, 'sign-of-2.json', world.read(1, 'sign-of-2.json'));
  assert.is((await world.ok(3, 'submit', 'sign-of-2.json')).command, 'countersign review');
  await runNextCommandLine(world, 1, await next(1));
  assert.is(
    (await world.ok(1, 'submit', request.replace('request-', 'sign-').replace('.json', '-1.json'))).command,
    null,
  );
});

test('finalise without enough signatures names the files on the stick and beside the request', async ({
  world,
}) => {
  mkdirSync(join(world.root, 'usb'));
  writeConfig(world, 3, { stick: '../usb' });
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const { request } = await world.ok(1, 'prepare', '--issuances', 'bars.csv', '--yes');
  world.sign(1, request, 'sign-1.json');
  await world.ok(1, 'submit', 'sign-1.json');
  mkdirSync(join(world.pc(3), 'elsewhere'));
  world.write(3, 'elsewhere/request.json', world.read(1, request));
  const finalise = ['finalise', '--yes'];
  const without = { kind: 'need-signatures', signed: [1], unseen: [], chosen: null } as const;
  assertRefused(await world.command(3, ...finalise), 'NEED_SIGNATURES', without, { run: 'review' }, 3);
  world.sign(3, 'elsewhere/request.json', '../usb/sign-3.json');
  assertRefused(
    await world.command(3, ...finalise),
    'NEED_SIGNATURES',
    /./,
    /\.\.\/usb\/sign-3\.json \(controller 3\)\. Run `countersign submit \.\.\/usb\/sign-3\.json`\./,
    3,
  );
  world.sign(3, 'elsewhere/request.json', 'elsewhere/sign-4.json', 4);
  const given = await world.command(3, ...finalise, '--request', 'elsewhere/request.json');
  const line = 'countersign finalise ../usb/sign-3.json elsewhere/sign-4.json';
  assertRefused(given, 'NEED_SIGNATURES', /./, new RegExp(`Run \`${line.replaceAll('.', '\\.')}\`\\.$`), 3);
  assert.is((await world.ok(3, ...line.split(' ').slice(1), '--yes')).isEarlier, false);
});

test('a file of another request is kept, and a file of the same request is written again', async ({
  world,
}) => {
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const { request } = await world.ok(1, 'prepare', '--issuances', 'bars.csv', '--yes');
  const NOTES = 'notes of mine';
  world.write(2, request, NOTES);
  const reviewed = async () => (await world.ok(2, 'review')).request;
  const other = request.replace('.json', '-2.json');
  assert.is(await reviewed(), other);
  assert.is(await reviewed(), other);
  assert.is(world.read(2, request), NOTES);
  assert.equal(
    readdirSync(world.pc(2))
      .filter(name => name.startsWith('request'))
      .sort(),
    [other, request].sort(),
  );
});

test('a subfolder of the configuration uses the same store, profile and local state', async ({ world }) => {
  mkdirSync(join(world.pc(1), 'bars', 'today'), { recursive: true });
  writeConfig(world, 1, { stick: 'usb' });
  mkdirSync(join(world.pc(1), 'usb'));
  world.write(1, 'bars/today/bars.csv', HEADER + BAR_2);
  world.extra = { cwd: join(world.pc(1), 'bars', 'today') };
  const { request } = await world.ok(1, 'prepare', '--issuances', 'bars.csv', '--yes');
  assert.match(request, /^\.\.\/\.\.\/usb\/request-/);
  assert.not.ok(existsSync(join(world.pc(1), 'bars', 'today', '.countersign')));
  world.extra = {};
  assert.match((await world.ok(1, 'next')).command, /^signer sign request-/);
});

test('a relative store folder is named from the working folder', () => {
  const here = { cwd: '/pc/bars/today' };
  assert.is(makeStorePathRelative(here, '/pc', 'file:../store'), 'file:../../../store');
  assert.is(makeStorePathRelative(here, '/pc', 'file:/srv/store'), 'file:/srv/store');
  assert.is(makeStorePathRelative(here, '/pc', 's3://cb-mapping'), 's3://cb-mapping');
  assert.is(makeStorePathRelative({ cwd: '/pc' }, '/pc', 'file:store'), 'file:store');
});

test("right after init the next line is map init, also if the store's folder does not exist yet", async ({
  world,
  next,
}) => {
  writeConfig(world, 3, { store: `file:${join(world.root, 'elsewhere')}` });
  assert.equal(await next(3), {
    controller: 3,
    stage: 'not-begun',
    command: 'countersign map init',
    on: 'pc',
  });
  assert.not.ok(existsSync(join(world.root, 'elsewhere')), 'looking makes nothing');
});

test('for a store without a ledger the next line names the store, because it may be a wrong one', ({
  world,
}) => {
  const where = {
    world: { cwd: '/' },
    trust: world.trust,
    state: null as never,
    store: { name: 'file:/sotre' },
  };
  const empty = { stage: { kind: 'not-begun', earlierLayout: false }, troubles: [], state: null };
  const { command, why } = findNextCommandLine(where, {}, empty as never);
  assert.is(command, 'countersign map init');
  assert.match(why, /file:\/sotre.*`countersign init --overwrite`/);
});

test.run();

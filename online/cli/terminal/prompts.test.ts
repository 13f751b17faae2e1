import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fakeTerminal } from '../../../fixtures/pcs/fake-terminal.ts';
import { trust } from '../../../fixtures/sample-request.ts';
import { rejectsWith } from '../../../shared/testing.ts';
import type { Trust } from '../../../shared/trust.ts';
import { StoppedError } from '../../platform/stop-signals.ts';
import { makeRealWorld, type World } from '../../platform/world.ts';
import { TypedAssets } from '../input/typed/enter-assets.ts';
import { askLine, askYes } from './prompts.ts';
import { TYPE_YES_OR_NO } from './texts.ts';

async function askAssets(world: World, profile: Trust) {
  const typed = new TypedAssets(world, profile);
  await typed.enterAll();
  return typed.assets;
}

const SERIAL = '031037\r';
const BAR = [SERIAL, '2019\r', 'PAMP\r', '389.142\r', 'GSs3ypDm76eusaEx2D1z3smZ8GhuVPsvQz\r'];
const ASSET = {
  serial: '031037',
  year: '2019',
  manufacturer: 'PAMP',
  mass: '389.142',
  address: 'GSs3ypDm76eusaEx2D1z3smZ8GhuVPsvQz',
};

test('each field of an asset is asked once', async () => {
  const t = fakeTerminal(...BAR, 'no\r');
  assert.equal(await askAssets(t.world, trust), [ASSET]);
});

test('a wrong value is explained at once and asked again', async () => {
  const t = fakeTerminal(
    '31037\r',
    SERIAL,
    '19\r',
    '2019\r',
    'PA-MP\r',
    'PAMP\r',
    '500\r',
    '389,142\r',
    '389.142\r',
    'GSs4\r',
    BAR[4] as string,
    'no\r',
  );
  assert.equal(await askAssets(t.world, trust), [ASSET]);
  const told = t
    .said()
    .split('\n')
    .filter(line => /expected|comma/.test(line))
    .map(line => line.trim());
  assert.is(told.length, 6);
  assert.match(told[0] as string, /^serial: expected 6.*, got "31037"$/);
  assert.match(told[1] as string, /^year: expected 4 digits/);
  assert.match(told[2] as string, /^manufacturer: /);
  assert.match(told[3] as string, /^mass: expected 350 to 450 .*, got "500"$/);
  assert.match(told[4] as string, /^mass: .*got "389,142"/);
  assert.match(told[5] as string, /^address:.*, got "GSs4":.*4 characters/);
});

test('back returns to the previous field, and at the first field stays there', async () => {
  const t = fakeTerminal(
    'back\r',
    '999999\r',
    'back\r',
    SERIAL,
    '2018\r',
    'back\r',
    '2019\r',
    ...BAR.slice(2),
    'no\r',
  );
  assert.equal(await askAssets(t.world, trust), [ASSET]);
});

test('several assets can be typed in sequence', async () => {
  const t = fakeTerminal(...BAR, 'yes\r', '030727\r', ...BAR.slice(1), 'no\r');
  const assets = await askAssets(t.world, trust);
  assert.equal(
    assets.map(a => a.serial),
    ['031037', '030727'],
  );
});

test('pasted lines answer the questions in order, but a yes must be typed at its question', async () => {
  const t = fakeTerminal([...BAR, 'no\r'].join(''), 'maybe\r', 'no\r');
  assert.equal(await askAssets(t.world, trust), [ASSET]);
  assert.ok(t.said().includes(TYPE_YES_OR_NO), t.said());
});

test('the end of input at any point ends the questions', async () => {
  for (const before of [[], BAR.slice(0, 2), BAR]) {
    const t = fakeTerminal(...before, '<end>');
    await rejectsWith('INTERRUPTED', () => askAssets(t.world, trust));
    await rejectsWith('INTERRUPTED', () => askLine(t.world, 'Still there? ', '--there'));
  }
});

test('Ctrl-C stops the questions', async () => {
  const t = fakeTerminal('\x03');
  await askYes(t.world, 'Send?').then(
    () => assert.unreachable(),
    error => assert.instance(error, StoppedError),
  );
});

test('a final step needs the whole word yes', async () => {
  const t = fakeTerminal('y\r', 'Y\r', 'yes\r');
  assert.is(await askYes(t.world, 'Send?', { isFinal: true }), true);
  assert.is(t.said().split('the whole word').length - 1, 2);
  assert.is(await askYes(fakeTerminal('n\r').world, 'Send?', { isFinal: true }), false);
});

test('only y, yes, n and no are answers; an empty line is not', async () => {
  const t = fakeTerminal('\r', 'ye\r', 'yess\r', 'YES\r');
  assert.is(await askYes(t.world, 'Send?'), true);
  assert.is(t.said().split('Type yes or no.').length - 1, 3);
  for (const [typed, expected] of [
    ['y', true],
    ['N', false],
    ['no', false],
  ] as const)
    assert.is(await askYes(fakeTerminal(`${typed}\r`).world, 'Send?'), expected);
});

test('without a terminal the refusal names the flag', async () => {
  const world = { ...makeRealWorld(), stdin: new PassThrough() };
  await rejectsWith('NOT_A_TERMINAL', () => askLine(world, 'Which? ', '--which WORD'), /Which\?/);
});

test.run();

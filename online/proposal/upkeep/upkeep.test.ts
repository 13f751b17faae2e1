/** Tests the commands to begin, adopt, repair and continue, on a development node and a folder store. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fakeTerminal } from '../../../fixtures/pcs/fake-terminal.ts';
import { BAR_1, BAR_2, HEADER, PREPARE, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { signMapping } from '../../../shared/mapping/signatures.ts';
import { rejectsWith } from '../../../shared/testing.ts';
import { interceptedServices } from '../tests/intercepted-services.ts';
import { adoptMapping } from './adopt-mapping.ts';

const test = suite<{ world: TestWorld }>('upkeep');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

/**
 * The mapping that an older tool would publish: the current mapping with one more bar, signed by controllers
 * 1 and 2.
 */
function olderMappingText(
  world: TestWorld,
  reference = '888888-2019-PAMP',
  assetId = '88'.repeat(32),
): string {
  const current = parseMapping(utf8(world.object('map.json')));
  const entry = { reference, mass: '400.0', assetId };
  const other = current.extended([entry], '1795341999.000001', current.height + 1);
  const labels = ['1', '2'].map(
    (label, i) => [label, signMapping(other, world.keys[i] as Uint8Array)] as const,
  );
  return new TextDecoder().decode(other.withSignatures(new Map(labels)).bytes());
}

async function runExpectingFailure(world: TestWorld, code: string, ...args: string[]) {
  const { status, json } = await world.command(1, ...args);
  assert.equal([status, json.error.code], [1, code]);
  return json.error;
}

/** Issues a bar, and publishes its mapping. */
async function issueBar(world: TestWorld, csv: string): Promise<void> {
  await world.propose(1, csv);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
}

test('a ledger begins once, and never in a store that had a mapping', async ({ world }) => {
  await runExpectingFailure(world, 'MAPPING_EXISTS', 'map', 'init');
  const store = join(world.root, 'store');
  rmSync(join(store, 'ledger'), { recursive: true });
  rmSync(join(world.pc(1), '.countersign'), { recursive: true });
  rmSync(join(store, 'map.json'));
  await runExpectingFailure(world, 'MAPPING_EXISTS', 'map', 'init');
});

test('a PC that knows the ledger does not begin a new one in a store that lost it', async ({ world }) => {
  rmSync(join(world.root, 'store', 'ledger'), { recursive: true });
  await runExpectingFailure(world, 'LEDGER_FORKED', 'map', 'init');
});

test('at a terminal, a person sees the store before a new ledger begins in it', async ({ world }) => {
  const wrong = ['map', 'init', '--store', `file:${world.root}/sotre`];
  for (const [answer, status, entries] of [
    ['no\r', 1, 0],
    ['yes\r', 0, 1],
  ] as const) {
    const { world: typed, said } = fakeTerminal(answer);
    world.extra = { stdin: typed.stdin, stderr: typed.stderr };
    const ran = await world.command(2, ...wrong);
    assert.is(ran.status, status);
    assert.ok(said().includes('/sotre'));
    const ledger = join(world.root, 'sotre', 'ledger');
    assert.is(existsSync(ledger) ? readdirSync(ledger).length : 0, entries);
  }
});

test("a ledger can begin with an older tool's mapping after a person saw it", async ({ world }) => {
  const text = olderMappingText(world);
  rmSync(join(world.root, 'store'), { recursive: true });
  for (const i of [1, 2, 3]) rmSync(join(world.pc(i), '.countersign'), { recursive: true, force: true });
  const { FileStore } = await import('../../store/file/file-store.ts');
  await new FileStore(join(world.root, 'store')).put('map.json', utf8(text));
  await runExpectingFailure(world, 'NOT_A_TERMINAL', 'map', 'init');
  const { mapping, assets } = await world.ok(1, 'map', 'init', '--yes');
  assert.equal([mapping, assets], [parseMapping(utf8(text)).digest, 1]);
  await world.ok(1, 'coins', 'scan');
  await issueBar(world, HEADER + BAR_1);
  assert.is(parseMapping(utf8(world.object('map.json'))).size, 2);
});

test('a store of an earlier layout is refused, and nothing is written', async ({ world }) => {
  const store = join(world.root, 'store');
  rmSync(join(store, 'ledger'), { recursive: true });
  rmSync(join(world.pc(1), '.countersign'), { recursive: true });
  const { FileStore } = await import('../../store/file/file-store.ts');
  await new FileStore(store).put(`successors/${'1'.repeat(64)}.json`, utf8('{}'));
  const before = world.snapshot();
  for (const command of [['map', 'init'], ['status'], ['coins', 'scan']])
    await runExpectingFailure(world, 'OBJECT_INVALID', ...command);
  assert.is(world.snapshot(), before);
});

test("another tool's mapping is adopted, and the next request is made on it", async ({ world }) => {
  const text = olderMappingText(world);
  world.putObject('map.json', text);
  await runExpectingFailure(
    world,
    'MAPPING_INVALID',
    'prepare',
    '--yes',
    '--issuances',
    'bars.csv',
    '--out',
    'x.json',
  ).catch(() => 0);
  assert.is((await world.ok(1, 'next')).command, 'countersign map adopt');
  const { mapping } = await world.ok(1, 'map', 'adopt', '--yes');
  assert.is(mapping, parseMapping(utf8(text)).digest);
  assert.is(world.object(`history/${mapping}.json`), text);
  await runExpectingFailure(world, 'MAPPING_INVALID', 'map', 'adopt', '--yes');
  await issueBar(world, HEADER + BAR_1);
});

test("repair moves another tool's mapping to history/, and the ledger continues", async ({ world }) => {
  const [before, text] = [world.object('map.json'), olderMappingText(world)];
  world.putObject('map.json', text);
  const { repaired } = await world.ok(1, 'repair', '--yes');
  assert.equal(repaired, ['map.json']);
  assert.is(world.object('map.json'), before);
  assert.is(world.object(`history/${parseMapping(utf8(text)).digest}.json`), text);
});

test('adopting a mapping ends reservations of its bars, and reports bars that it lacks', async ({
  world,
}) => {
  await issueBar(world, HEADER + BAR_2);
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const { issuances } = await world.ok(1, ...PREPARE, '--overwrite');
  await world.ok(1, 'abandon', '--yes');
  const { assetId, reference } = issuances[0];
  const [first] = [...parseMapping(utf8(world.object('map.json'))).signatures];
  assert.ok(first);
  const empty = parseMapping(
    utf8(world.object('map.json').replace(/"assets": ?\{.*\}\}, ?"sigs"/s, '"assets": {}, "sigs"')),
  );
  const other = empty.extended([{ reference, mass: '389.142', assetId }], '1795342999.000001', 4000);
  const labels = ['1', '2'].map(
    (label, i) => [label, signMapping(other, world.keys[i] as Uint8Array)] as const,
  );
  world.putObject('map.json', new TextDecoder().decode(other.withSignatures(new Map(labels)).bytes()));
  const adopted = await world.ok(1, 'map', 'adopt', '--yes');
  assert.equal(adopted.settled, [reference]);
  assert.equal(adopted.dropped, ['030727-2019-PAMP']);
  assert.is(adopted.staleCoins.length, 1, 'the coin whose token the mapping has');
});

test('a mapping is not adopted if another one was adopted during the comparison', async ({ world }) => {
  world.putObject('map.json', olderMappingText(world));
  const meanwhile = async () => {
    world.putObject('map.json', olderMappingText(world, '999999-2019-PAMP', '99'.repeat(32)));
    await world.ok(2, 'map', 'adopt', '--yes');
  };
  await rejectsWith('MAPPING_INVALID', () => adoptMapping(interceptedServices(world, 1), meanwhile));
  assert.is(world.ledger().filter(({ event }) => event === 'adopt').length, 1);
});

test("repair restores lost entries of the ledger from this PC's copy, byte for byte", async ({ world }) => {
  await issueBar(world, HEADER + BAR_1);
  await world.ok(1, 'status');
  const path = (n: number) => join(world.root, 'store', 'ledger', `0000000${n}.json`);
  const entries = [0, 1, 2, 3, 4].map(n => readFileSync(path(n), 'utf8'));
  for (const n of [2, 4]) rmSync(path(n));
  await runExpectingFailure(world, 'LEDGER_FORKED', 'status');
  assert.is((await world.ok(1, 'next')).command, 'countersign repair');
  const { repaired } = await world.ok(1, 'repair', '--yes');
  assert.equal(
    repaired,
    [2, 4].map(n => `ledger/0000000${n}.json`),
  );
  assert.equal(
    [0, 1, 2, 3, 4].map(n => readFileSync(path(n), 'utf8')),
    entries,
  );
});

test('repair refuses a changed ledger, and nothing is written', async ({ world }) => {
  const path = join(world.root, 'store', 'ledger', '00000001.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"time":"20', '"time":"21'));
  const before = world.snapshot();
  await runExpectingFailure(world, 'LEDGER_FORKED', 'repair', '--yes');
  assert.is(world.snapshot(), before);
  assert.is((await world.ok(1, 'next')).command, null, 'no circle of next and repair');
});

test('repair restores the objects for older tools, and changes only wrong ones', async ({ world }) => {
  await issueBar(world, HEADER + BAR_1);
  const right = [world.object('map.json'), world.object('ptxo.dat')];
  assert.equal((await world.ok(1, 'repair', '--yes')).repaired, []);
  rmSync(join(world.root, 'store', 'map.json'));
  world.putObject('ptxo.dat', 'nothing\n');
  assert.equal((await world.ok(1, 'repair', '--yes')).repaired, ['map.json', 'ptxo.dat']);
  assert.equal([world.object('map.json'), world.object('ptxo.dat')], right);
});

test('next prints the command of each stage, and so does countersign without arguments', async ({
  world,
}) => {
  const next = async (i = 1) => (await world.ok(i, 'next')).command;
  assert.is(await next(), 'countersign prepare');
  await world.propose(1, HEADER + BAR_1);
  assert.is(await next(), 'countersign review');
  await world.countersign(2);
  await world.ok(2, 'submit', 'mine.json');
  assert.is(await next(), 'countersign finalise');
  const ran = await world.command(1);
  assert.equal([ran.status, ran.json.command], [0, 'countersign finalise']);
  await world.ok(2, 'finalise', '--yes');
  assert.is(await next(), 'countersign prepare');
});

test('commands that read change nothing in the store', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  world.putObject('ptxo.dat', 'changed by somebody\n');
  rmSync(join(world.root, 'store', 'ps1_tx.json'));
  const before = world.snapshot();
  for (const args of [
    ['status'],
    ['next'],
    ['map', 'show'],
    ['map', 'verify'],
    ['coins', 'list'],
    ['review', '--out', 'r.json'],
    ['report'],
  ])
    await world.command(1, ...args);
  assert.is(world.snapshot(), before);
});

test.run();

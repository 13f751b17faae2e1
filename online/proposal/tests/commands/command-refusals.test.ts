import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  assertRefused,
  BAR_1,
  BAR_2,
  BAR_3,
  HEADER,
  PREPARE,
  type Ran,
  TestWorld,
} from '../../../../fixtures/pcs/testing.ts';
import { ocean } from '../../../../fixtures/sample-request.ts';
import { FILE } from '../../../../shared/file-kind.ts';
import { appendEvent } from '../../../ledger/ledger.ts';
import { openLedgerCopy } from '../../../ledger/ledger-copy.ts';
import type { PolicyCoin } from '../../../ledger/policy-coin.ts';
import { FileStore } from '../../../store/file/file-store.ts';

const test = suite<{ world: TestWorld; before: string }>('bad input');
test.before.each(async context => {
  context.world = await TestWorld.ready();
  context.before = context.world.snapshot();
});
test.after.each(({ world }) => world.stop());

async function prepareFromCsv(world: TestWorld, csv: string, ...flags: string[]): Promise<Ran> {
  world.write(1, 'bars.csv', csv);
  const ran = await world.command(1, ...PREPARE, ...flags);
  if (ran.status !== 0) assert.not.ok(existsSync(join(world.pc(1), 'request.json')), 'nothing is written');
  return ran;
}

const wrongFiles: [name: string, csv: string, code: string, message: RegExp][] = [
  [
    'a serial too short',
    `${HEADER}${BAR_1}${BAR_2.replace('030727', '30727')}`,
    'FIELD_INVALID',
    /^line 3: serial: expected 6.*, got "30727"/,
  ],
  [
    'a year of two digits',
    HEADER + BAR_1.replace('2019', '19'),
    'FIELD_INVALID',
    /^line 2: year: expected 4 digits/,
  ],
  [
    'a dash in the manufacturer',
    HEADER + BAR_1.replace('PAMP', 'PA-MP'),
    'FIELD_INVALID',
    /^line 2: manufacturer/,
  ],
  [
    'a mass over the limit',
    HEADER + BAR_1.replace('389.142', '500'),
    'FIELD_INVALID',
    /^line 2: mass: expected 350 to 450 .*, got "500"/,
  ],
  [
    'four decimals',
    HEADER + BAR_1.replace('389.142', '389.1421'),
    'FIELD_INVALID',
    /^line 2: mass: .* at most 3 decimals, got "389.1421"/,
  ],
  [
    'a decimal comma in a file with semicolons',
    `${HEADER.replaceAll(',', ';')}031037;2019;PAMP;389,142;GSs3ypDm76eusaEx2D1z3smZ8GhuVPsvQz\n`,
    'FIELD_INVALID',
    /^line 2: mass: .*got "389,142"/,
  ],
  [
    'a decimal comma in a file with commas',
    HEADER + BAR_1.replace('389.142', '389,142'),
    'FIELD_INVALID',
    /^line 2: .*\b6\b/,
  ],
  [
    'several wrong lines at once',
    `${HEADER}${BAR_1.replace('2019', '19')}${BAR_2}${BAR_3.replace('400', '451').replace('GT', 'GU')}${BAR_2}a,b\n`,
    'FIELD_INVALID',
    /^bars\.csv: 5.*: line 2: year: expected 4 digits, got "19"$/,
  ],
  [
    'an address with a wrong letter',
    HEADER + BAR_1.replace('GSs3', 'GSs4'),
    'FIELD_INVALID',
    /^line 2: address:.*, got "GSs4\w+":/,
  ],
  [
    'an address of another network',
    HEADER + BAR_1.replace(/G\w+\n/, '2dwjJKzXLLTnBdVCMkbLMbYcGLcRPdBX2RT\n'),
    'FIELD_INVALID',
    /address/,
  ],
  ['another header', `${HEADER.replace('mass', 'weight')}${BAR_1}`, 'FORMAT_INVALID', /line 1: .*\bmass\b/],
  ['no assets', HEADER, 'FIELD_INVALID', /^bars\.csv: .*got none/],
  ['a bar twice', HEADER + BAR_1 + BAR_1, 'DUPLICATE_ASSET', /^line 3: 031037-2019-PAMP.*2$/],
  [
    'more bars than coins',
    HEADER + ['1', '2', '3', '4', '5', '6', '7'].map(n => BAR_1.replace('031037', `03103${n}`)).join(''),
    'COINS_SHORT',
    /^7 assets .* 6\b/,
  ],
];
for (const [name, csv, code, message] of wrongFiles) {
  test(`prepare refuses and writes nothing: ${name}`, async ({ world, before }) => {
    assertRefused(await prepareFromCsv(world, csv), code, message);
    assert.is(world.snapshot(), before);
  });
}

test('files in the form of spreadsheet exports are read', async ({ world }) => {
  const csv = `\ufeff${HEADER.replaceAll(',', ';').trim()}\r\n${BAR_1.trim().replaceAll(',', ';').replace('PAMP', '"PAMP"')}\r\n\r\n`;
  const ran = await prepareFromCsv(world, csv);
  assert.equal([ran.status, ran.json.issuances[0].reference], [0, '031037-2019-PAMP']);
});

test('a bar of the mapping is refused', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const ran = await world.command(1, 'prepare', '--issuances', 'bars.csv', '--out', 'again.json', '--yes');
  assertRefused(ran, 'DUPLICATE_ASSET', { kind: 'bars-issued', references: ['031037-2019-PAMP'] });
});

/** Appends a changed list of coins to the ledger, as a scan with another node would. */
async function changeCoinList(
  world: TestWorld,
  change: (coins: readonly PolicyCoin[]) => PolicyCoin[],
): Promise<void> {
  const copy = openLedgerCopy(join(world.pc(1), '.countersign'));
  await appendEvent(new FileStore(join(world.root, 'store')), copy, Date.now, state => ({
    event: 'coins',
    coins: change(state?.coins ?? []),
  }));
}

test('a spent coin is refused', async ({ world }) => {
  await changeCoinList(world, coins => [{ txid: '0'.repeat(64), vout: 0, amount: 5n }, ...coins]);
  const ran = await prepareFromCsv(world, HEADER + BAR_1);
  assertRefused(ran, 'COIN_SPENT', /^ptxo\.dat:.*0{64}:0/, /`countersign coins scan`/);
});

test('coins that differ from the ledger are refused', async ({ world }) => {
  await changeCoinList(world, coins => coins.map(coin => ({ ...coin, amount: coin.amount - 1n })));
  const ran = await prepareFromCsv(world, HEADER + BAR_1);
  assertRefused(
    ran,
    'COIN_INVALID',
    /listed with 4999.99999999, and has 5000.00000000 on chain/,
    /`countersign coins scan`/,
  );
});

test('a coin of another owner is refused', async ({ world }) => {
  // A coin of the development node's first block that is neither of the policy asset nor at the policy
  // address.
  const txid = world.node.node.chain.blocks[0]?.transactions[1]?.id as string;
  await changeCoinList(world, coins => [{ txid, vout: 0, amount: 100_000_000n }, ...coins]);
  const ran = await prepareFromCsv(world, HEADER + BAR_1);
  assertRefused(ran, 'COIN_INVALID', /^ptxo\.dat: .*76a914[0-9a-f]{40}88ac.*a914/);
});

test('a different ptxo.dat changes no decision and is reported', async ({ world }) => {
  for (const text of [world.object('ptxo.dat').replaceAll('5000.0', '4000.0'), 'junk\n', '']) {
    world.putObject('ptxo.dat', text);
    assert.match((await world.ok(2, 'status')).next, /ptxo\.dat: .* `countersign repair`/i);
    assert.is(world.object('ptxo.dat'), text);
  }
  assert.is((await prepareFromCsv(world, HEADER + BAR_1)).status, 0);
});

test('an old best block and a wrong clock are refused', async ({ world }) => {
  world.clockSkew = 3_600_000;
  assertRefused(await prepareFromCsv(world, HEADER + BAR_1), 'TIP_STALE', /3310 is 36\d\d.*100 s/);
  assert.is((await prepareFromCsv(world, HEADER + BAR_1, '--max-tip-age', '4000')).status, 0);
});

test('a request near the end of a period is refused', async ({ world }) => {
  await world.rpc('dev_skip', 3358 - 3310);
  await world.generate();
  assertRefused(await prepareFromCsv(world, HEADER + BAR_1), 'PERIOD_ENDING', /^height: .*got 1.*3359/);
});

test('a wrong password, a missing node and a node of another chain are refused', async ({
  world,
  before,
}) => {
  const at = (url: string) => prepareFromCsv(world, HEADER + BAR_1, '--node', url);
  assertRefused(await at(world.node.url.replace('secret', 'wrong')), 'NODE_AUTH', /./);
  assertRefused(await at('http://u:secret-password@127.0.0.1:1'), 'NODE_UNREACHABLE', /127\.0\.0\.1:1/);
  assertRefused(await at('ftp://u:secret-password@x'), 'CONFIG_INVALID', /./);
  await world.rpc('dev_fault', { method: 'getblockchaininfo', kind: 'garbage', times: 1 });
  assertRefused(await at(world.node.url), 'NODE_GARBLED', /./);
  assert.is(world.snapshot(), before);
});

test('a mapping that does not verify, is truncated, or is HTML is refused', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  const map = world.object('map.json');
  const attempt = async (text: string) => {
    world.putObject('map.json', text);
    const ran = await world.command(3, 'status');
    assert.is(world.object('map.json'), text, 'left as it was');
    return ran;
  };
  assertRefused(
    await attempt(map.replace('389.142', '389.143')),
    'BASE_INVALID',
    /map\.json: .*valid signatures.*got 0/,
  );
  assertRefused(
    await attempt(map.replace('"n": 2', '"n": 1')),
    'BASE_INVALID',
    /pinned policy 2 of 3, got 1 of 3/,
  );
  assertRefused(await attempt(map.slice(0, -10)), 'OBJECT_INVALID', /map\.json: not valid JSON/);
  assertRefused(
    await attempt('<html>Bad gateway</html>'),
    'OBJECT_INVALID',
    new RegExp(`^map\\.json: .*, got ${FILE.webPage}$`),
  );
  assertRefused(await attempt(''), 'OBJECT_INVALID', /map\.json: /);
});

test("a mapping older than the ledger's is refused on every PC until it is restored", async ({ world }) => {
  const empty = world.object('map.json');
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  const right = world.object('map.json');
  world.putObject('map.json', empty);
  const older = /^map\.json: .* [0-9a-f]{64} \(height 0\)/;
  world.clockSkew += 600_000;
  const before = world.snapshot();
  for (const i of [1, 2, 3]) assertRefused(await world.command(i, 'status'), 'ROLLBACK', older);
  world.write(3, 'bars.csv', HEADER + BAR_2);
  assertRefused(await world.command(3, ...PREPARE), 'ROLLBACK', older);
  assert.is(world.snapshot(), before, 'reading never writes');
  await world.ok(3, 'repair', '--yes');
  assert.is(world.object('map.json'), right);
});

test('signatures files that are truncated, changed, or of another request are refused', async ({ world }) => {
  world.write(1, 'bars.csv', HEADER + BAR_1);
  await world.ok(1, 'prepare', '--issuances', 'bars.csv', '--out', 'request.json', '--yes');
  world.sign(1, 'request.json', 'mine.json');
  const before = world.snapshot();
  const mine = world.read(1, 'mine.json');
  const attempt = (text: string) => {
    world.write(1, 'bad.json', text);
    return world.command(1, 'submit', 'bad.json');
  };
  assertRefused(await attempt(mine.slice(0, -5)), 'FORMAT_INVALID', /bad\.json: not valid JSON/);
  assertRefused(
    await attempt(mine.replace('"controller": 1', '"controller": 2')),
    'SIGNATURE_INVALID',
    /^bad\.json: controller 2: /,
  );
  assertRefused(
    await attempt(mine.replace(/"request": "[0-9a-f]{64}/, `"request": "${'0'.repeat(64)}`)),
    'REQUEST_MISMATCH',
    /0000(-0000){3} \(0{64}\)/,
  );
  assertRefused(await attempt('{}'), 'FIELD_INVALID', /^bad\.json: type: .*, got nothing/);
  assertRefused(await world.command(1, 'submit', 'absent.json'), 'FILE_MISSING', /absent\.json: /);
  world.write(1, 'other.json', world.read(1, 'request.json').replace('"height": 3310', '"height": 3311'));
  assertRefused(
    await world.command(1, 'submit', 'mine.json', '--request', 'other.json'),
    'REQUEST_MISMATCH',
    /other\.json/,
  );
  assert.is(world.snapshot(), before);
});

test('a second proposal is refused while one is open', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  assertRefused(
    await world.command(1, 'prepare', '--issuances', 'bars.csv', '--out', 'second.json', '--yes'),
    'PROPOSAL_OPEN',
    { kind: 'proposal-open', mine: null },
  );
});

test('a missing proposal, store or configuration and existing files are refused', async ({ world }) => {
  assertRefused(await world.command(2, 'review', '--out', 'request.json'), 'NO_PROPOSAL', {
    kind: 'no-proposal',
    toAbandon: false,
  });
  assertRefused(await world.command(2, 'status', '--store', 'ftp://x'), 'CONFIG_INVALID', /./);
  assertRefused(await world.command(2, 'status', '--trust', 'absent.json'), 'FILE_MISSING', /absent\.json/);
  assertRefused(await world.command(2, 'map', 'init'), 'MAPPING_EXISTS', /^ledger\/00000000\.json: /);
  assert.is((await prepareFromCsv(world, HEADER + BAR_1)).status, 0);
  const again = await world.command(1, ...PREPARE);
  assertRefused(again, 'FILE_EXISTS', /request\.json: /);
  world.write(2, 'countersign.json', '{"stoer": "file:x"}');
  assertRefused(
    await world.command(2, 'status'),
    'CONFIG_INVALID',
    /^countersign\.json: stoer: .*got "file:x"/,
  );
});

test('without a terminal the refusal names the flag of the question', async ({ world }) => {
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const ran = await world.command(1, 'prepare', '--issuances', 'bars.csv', '--out', 'request.json');
  assert.equal([ran.status, ran.json.error.code], [1, 'NOT_A_TERMINAL']);
  assert.match(ran.json.error.hint, /--yes/);
  const typed = await world.command(1, 'prepare', '--out', 'request.json');
  assert.match(typed.json.error.hint, /--issuances/);
});

test('wrong usage exits with 2', async ({ world }) => {
  for (const args of [
    ['submit'],
    ['nonsense'],
    ['tokens', '--height', '-1', '--mass', '400'],
    ['map', 'diff', 'a'],
    ['finalise', '--poll', 'x'],
    ['prepare', '--issuances', 'a.csv', '--redeem'],
    ['prepare', '--out', 'x', '--max-tip-age', '1e3'],
  ]) {
    const ran = await world.command(1, ...args);
    assert.is(ran.status, 2, `${args.join(' ')}: ${ran.stderr}`);
    assert.is(ran.json.error.code, 'USAGE');
  }
});

test('an unknown network is refused', async ({ world }) => {
  const [a, b, c] = ocean.pubkeys;
  const create = (...flags: string[]) =>
    world.command(
      1,
      'trust',
      'create',
      '--required',
      '2',
      '--controller',
      a,
      '--controller',
      b,
      '--controller',
      c,
      '--policy-asset',
      ocean.policyAsset,
      '--reissuance-address',
      ocean.reissuanceAddress,
      '--out',
      'new.json',
      ...flags,
    );
  assertRefused(
    await create('--network', 'gold_mian'),
    'NETWORK_UNKNOWN',
    /^network: .*ocean_main, ocean_test, gold_main, got "gold_mian"/,
  );
  assertRefused(
    await create('--network', 'ocean_main'),
    'FIELD_INVALID',
    /^reissuanceAddress: .*ocean_main, got .* of gold_main/,
  );
  assert.not.ok(existsSync(join(world.pc(1), 'new.json')));
  const made = await create('--network', 'gold_main');
  assert.is(made.json.address, ocean.p2sh.address);
  assert.equal(JSON.parse(world.read(1, 'p2sh.json')), {
    ...ocean.p2sh,
    reissuanceToken: ocean.reissuanceAddress,
  });
});

test.run();

/** Tokens on chain that the published mapping lacks: how they get into it, and what keeps an older mapping out all the same. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR_1,
  BAR_2,
  BAR_3,
  GIVEN_UP,
  HEADER,
  type Ran,
  refused,
  TestWorld,
} from '../../../fixtures/pcs/testing.ts';
import { ocean } from '../../../fixtures/sample.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { signMapping } from '../../../shared/mapping/signatures.ts';

const test = suite<{ world: TestWorld }>('loose tokens');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', '--yes'];

const digestOf = (text: string) => parseMapping(utf8(text)).digest;

/** Another mapping on the published one, as an older tool would make it: with this token for a third bar. */
function otherMapping(world: TestWorld, assetId: string): string {
  const made = parseMapping(utf8(world.object('map.json'))).extended(
    [{ reference: '035696-2019-PAMP', mass: '400.0', assetId }],
    `${Math.floor(Date.now() / 1000) + 3600}.000001`,
    3311,
  );
  const signatures = [1, 2].map(
    i => [String(i), signMapping(made, world.keys[i - 1] as Uint8Array)] as const,
  );
  return new TextDecoder().decode(made.withSignatures(new Map(signatures)).bytes());
}

interface Replaced {
  base: string;
  other: string;
  /** What finalise said when it found the other one. */
  ran: Ran;
}

/** Two bars of 1 and 2 are sent; before they are in a block, somebody puts another mapping in place of the base. */
async function replacedMeanwhile(world: TestWorld, assetId = 'ab'.repeat(32)): Promise<Replaced> {
  await world.propose(1, HEADER + BAR_1 + BAR_2);
  await world.countersign(2);
  const [base, other] = [world.object('map.json'), otherMapping(world, assetId)];
  world.onSleep = async () => {
    world.putObject('map.json', other);
    await world.generate();
  };
  const ran = await world.command(2, ...FINALISE);
  world.onSleep = () => world.generate();
  return { base, other, ran };
}

test('map.json replaced after sending: the advice, followed to the letter, works on every PC', async ({
  world,
}) => {
  // One issuance before, so that the base is a mapping with signatures.
  await world.propose(3, HEADER + BAR_1.replace('031037', '031030'));
  await world.countersign(1);
  await world.ok(1, ...FINALISE);
  const { base, other, ran } = await replacedMeanwhile(world);
  const [m1, m2] = [digestOf(base), digestOf(other)];
  const advice = new RegExp(
    `^Call the other controllers. Copy history/${m1}\\.json over map\\.json, then run \`countersign finalise\`\\. Then issue 035696-2019-PAMP of the other mapping anew: none of those tokens is on chain\\.$`,
  );
  const what = new RegExp(
    `map\\.json is now the mapping ${m2} of height 3311; the tokens of 031037-2019-PAMP, 030727-2019-PAMP are on chain, follow from the mapping ${m1} `,
  );
  refused(ran, 'MAPPING_INVALID', what, advice);
  refused(await world.command(2, ...FINALISE), 'MAPPING_INVALID', what, advice);
  assert.is(world.object(`history/${m2}.json`), other, 'what is to be replaced is kept');
  for (const i of [1, 2, 3]) {
    const status = await world.ok(i, 'status');
    assert.equal([status.state, status.mapping], ['sent', m2]);
    assert.match(status.next, what);
  }
  world.write(3, 'bars.csv', HEADER + BAR_3);
  const PREPARE = ['prepare', '--issuances', 'bars.csv', '--out', 'new.json', '--yes'];
  refused(await world.command(3, ...PREPARE), 'MAPPING_INVALID', what, advice);

  world.putObject('map.json', world.object(`history/${m1}.json`));
  refused(
    await world.command(1, 'map', 'verify'),
    'ROLLBACK',
    /this PC has seen/,
    /`countersign status` knows/,
  );
  const back = await world.command(1, 'status');
  assert.equal([back.status, back.json.state], [0, 'confirmed'], back.stderr);
  assert.match(
    back.stderr,
    new RegExp(`map\\.json is again the mapping ${m1} .* in place of ${m2}, which this PC saw`),
  );
  assert.ok((await world.ok(1, 'map', 'verify')).valid);
  assert.match(
    world.read(1, '.countersign/journal.jsonl'),
    new RegExp(`"taken back","mapping":"${m1}","before":"${m2}"`),
  );
  await world.ok(2, ...FINALISE);
  // PC 3 saw the other mapping, and then nothing until the right one was published, which is older than that.
  const late = await world.command(3, 'status');
  assert.equal([late.status, late.json.state], [0, 'none'], late.stderr);
  assert.match(late.stderr, /is again the mapping/);
  assert.is(world.object(`history/${m2}.json`), other);
  world.clockSkew = 2 * 3600_000;
  world.write(3, 'bars.csv', HEADER + BAR_3);
  await world.ok(3, ...PREPARE, '--max-tip-age', '100000');
  for (const i of [1, 2]) assert.is((await world.ok(i, 'status')).state, 'none');
  assert.ok((await world.ok(3, 'report', '--max-tip-age', '100000')).agrees);
});

test('bars of the other mapping whose tokens exist too are never to be issued anew', async ({ world }) => {
  const [token] = (await world.rpc('getutxoassetinfo')).map((one: any) => one.asset);
  const { ran } = await replacedMeanwhile(world, token);
  refused(
    ran,
    'MAPPING_INVALID',
    /are on chain, follow from/,
    /Of the other mapping 035696-2019-PAMP has its token on chain too: never issue it again; .* a mapping that holds both/,
  );
  assert.not.match(ran.json.error.hint, /anew/);
});

test('map.json gone after sending', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const base = world.object('map.json');
  world.onSleep = async () => {
    rmSync(join(world.root, 'store', 'map.json'), { force: true });
    await world.generate();
  };
  const hint = new RegExp(
    `Copy history/${digestOf(base)}\\.json over map\\.json, then run \`countersign finalise\`\\.$`,
  );
  refused(
    await world.command(2, ...FINALISE),
    'MAPPING_INVALID',
    /map\.json is gone; the tokens of 031037/,
    hint,
  );
  world.putObject('map.json', world.object(`history/${digestOf(base)}.json`));
  await world.ok(2, ...FINALISE);
});

const missing: [
  what: string,
  remove: (world: TestWorld, request: string, other: string) => Promise<void> | void,
][] = [
  [
    'one signature too few',
    (world, request) => world.putObject(`proposals/${request}/signatures-2.json`, ''),
  ],
  [
    'no decision to send',
    (world, request) => rmSync(join(world.root, 'store', `proposals/${request}/decision.json`)),
  ],
  ['given up', (world, request) => world.putObject(`proposals/${request}/given-up.json`, GIVEN_UP)],
  [
    'no copy of what was seen',
    (world, _, other) => rmSync(join(world.root, 'store', `history/${digestOf(other)}.json`)),
  ],
  ['nothing on chain', world => world.rpc('dev_reorg', 1, false, 1)],
];
for (const [what, remove] of missing) {
  test(`an older mapping stays refused: ${what}`, async ({ world }) => {
    const { base, other } = await replacedMeanwhile(world);
    const { digest } = await world.ok(3, 'status');
    await remove(world, digest, other);
    world.putObject('map.json', base);
    refused(await world.command(3, 'status'), 'ROLLBACK', /the store holds the older/);
    assert.is(JSON.parse(world.read(3, '.countersign/seen.json')).digest, digestOf(other));
  });
}

test('what was published stays: put back its base, and it is brought back; without its mark, refused', async ({
  world,
}) => {
  const base = world.object('map.json');
  const { digest } = await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, ...FINALISE);
  const right = world.object('map.json');
  world.putObject('map.json', base);
  const ran = await world.command(3, 'status');
  assert.is(ran.status, 0, ran.stderr);
  assert.is(world.object('map.json'), right);
  world.putObject('map.json', base);
  rmSync(join(world.root, 'store', `proposals/${digest}/published.json`));
  refused(await world.command(3, 'status'), 'ROLLBACK', /the store holds the older/);
});

/** Begun by 2, nothing sent, and given up by 3 once its period was over. */
async function begunAndGivenUp(
  world: TestWorld,
): Promise<{ digest: string; reviewCode: string; older: string }> {
  const made = await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.rpc('dev_fault', { method: 'sendrawtransaction', kind: 'error', code: -7, times: 50 });
  assert.is((await world.command(2, ...FINALISE)).json.error.code, 'NODE_REFUSED');
  await world.rpc('dev_fault', null);
  const { blocks } = await world.rpc('getblockchaininfo');
  await world.rpc('dev_skip', 480 - (blocks % 480));
  const older = world.object('ps1_tx.json');
  await world.ok(3, 'abandon', '--yes');
  return { ...made, older };
}

/** The transaction, which another node had all the time, comes. */
async function comes(world: TestWorld, older: string): Promise<void> {
  const { hex, txid, vout, scriptPubKey } = JSON.parse(older)[0];
  const previous = [{ txid, vout, scriptPubKey, redeemScript: ocean.p2sh.redeemScript }];
  await world.rpc(
    'sendrawtransaction',
    (await world.rpc('signrawtransaction', hex, previous, [ocean.wif[1]])).hex,
  );
}

function prepare(world: TestWorld, i: number, bar: string): Promise<Ran> {
  world.write(i, 'bars.csv', HEADER + bar);
  return world.command(i, 'prepare', '--issuances', 'bars.csv', '--out', 'new.json', '--yes', '--overwrite');
}

test('given up, and confirmed all the same: published before anything else is prepared', async ({
  world,
}) => {
  const { reviewCode, older } = await begunAndGivenUp(world);
  await comes(world, older);
  const waits = await prepare(world, 3, BAR_2);
  assert.is(waits.status, 0, waits.stderr);
  assert.match(
    waits.stderr,
    /031037-2019-PAMP of the proposal .*, which was abandoned, has its coin spent by a transaction that waits/,
  );
  await world.generate();
  refused(
    await prepare(world, 3, BAR_2),
    'ALREADY_SENT',
    new RegExp(
      `^031037-2019-PAMP of the proposal ${reviewCode}, which was abandoned, is on chain all the same, in no mapping$`,
    ),
    /`countersign finalise SIGNATURES`/,
  );
  await world.ok(2, ...FINALISE);
  assert.is((await prepare(world, 3, BAR_2)).status, 0);
  assert.ok((await world.ok(3, 'report')).agrees);
});

test('given up, and confirmed when another has the turn: nothing is published over that one', async ({
  world,
}) => {
  const first = await begunAndGivenUp(world);
  const second = await world.propose(3, HEADER + BAR_2);
  await comes(world, first.older);
  await world.generate();
  // A copy of its mapping and which transactions made it may be kept: they are true of the tokens, whoever has the turn.
  const others = () =>
    world
      .snapshot()
      .split(/\n(?=\/)/)
      .filter(object => !/^\S*\/store\/(history|issuances)\//.test(object));
  const before = others();
  const both = new RegExp(
    `^the proposal ${first.reviewCode} \\(${first.digest}\\) was abandoned, and its tokens, of 031037-2019-PAMP, are on chain all the same; ${second.reviewCode} \\(${second.digest}\\) has the turn`,
  );
  refused(
    await world.command(2, ...FINALISE),
    'CLAIM_TAKEN',
    both,
    new RegExp(`abandon --request ${second.digest}`),
  );
  assert.equal(others(), before, 'nothing else was written');
  // The second one goes on, and is published: the first one's bar is told to whoever prepares, and kept from them.
  world.write(2, 'first.json', world.read(2, 'mine.json'));
  await world.countersign(1);
  await world.ok(1, ...FINALISE);
  refused(await world.command(2, 'finalise', 'first.json', '--yes'), 'CLAIM_TAKEN', both, /holds both/);
  const next = await prepare(world, 3, BAR_3);
  assert.is(next.status, 0, next.stderr);
  assert.match(
    next.stderr,
    /031037-2019-PAMP of the proposal .* on chain all the same, in no mapping: call the other controllers/,
  );
  refused(await prepare(world, 3, BAR_1), 'COIN_SPENT', /is spent, or not on this chain/);
});

test('given up while finalise stood still before it sent: nothing is sent', async ({ world }) => {
  const { digest } = await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  let looks = 0;
  world.extra = {
    now: () => {
      // The fourth look at the clock after the decision is the one that ends the checks before sending.
      const decided = world.snapshot().includes('/decision.json');
      if (decided && ++looks === 4) {
        world.clockSkew += 61_000;
        world.putObject(`proposals/${digest}/given-up.json`, GIVEN_UP);
      }
      return Date.now() + world.clockSkew;
    },
  };
  refused(await world.command(2, ...FINALISE), 'NO_PROPOSAL', /was abandoned/);
  assert.ok(looks >= 4, `${looks} looks`);
  assert.equal(await world.rpc('getrawmempool'), []);
});

test.run();

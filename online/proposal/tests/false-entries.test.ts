/**
 * Legal but false entries that a hostile owner of the store writes. For each entry, either nothing is signed
 * and sent, or the printed advice repairs the damage.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, HEADER, PREPARE, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { bytesToHex, utf8 } from '../../../shared/bytes.ts';
import { sha256 } from '../../../shared/hash.ts';

const test = suite<{ world: TestWorld }>('false entries');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

/**
 * Appends an entry, or replaces the last one. `made` gets the members of the last entry, and returns the
 * members of the new entry.
 */
function writeEntry(world: TestWorld, made: (last: any) => object, isNew = true): void {
  const folder = join(world.root, 'store', 'ledger');
  const names = readdirSync(folder).sort();
  const last = readFileSync(join(folder, names.at(-1) as string), 'utf8');
  const { previous, number, ...members } = JSON.parse(last);
  const head = isNew
    ? { number: number + 1, previous: bytesToHex(sha256(utf8(last))) }
    : { number, previous };
  const { type, version, time } = members;
  const name = `${String(head.number).padStart(8, '0')}.json`;
  world.putObject(
    `ledger/${name}`,
    `${JSON.stringify({ type, version, ...head, time, ...made(members) })}\n`,
  );
}

const coinListOf = (world: TestWorld): any[] =>
  world
    .ledger()
    .filter(({ event }) => event === 'coins')
    .at(-1)?.coins;

test('if an entry reserves another coin than its request names, nobody signs and nothing is sent', async ({
  world,
}) => {
  const { digest } = await world.propose(1, HEADER + BAR_1);
  const [, other] = coinListOf(world);
  writeEntry(
    world,
    ({ reserves, ...event }) => {
      const [bar] = Object.keys(reserves);
      return { ...event, reserves: { [bar as string]: `${other.txid}:${other.vout}` } };
    },
    false,
  );
  const { status, json } = await world.command(2, 'review', '--out', 'other.json');
  assert.equal([status, json.error.code], [1, 'OBJECT_INVALID']);
  assert.match(json.error.message, /^ledger\/[0-9]{8}\.json: 031037-2019-PAMP: expected .*, got /);
  assert.is(world.ledger().at(-1)?.request, digest);
});

test('a false amount in the list of coins is corrected by the advised scan', async ({ world }) => {
  const coins = coinListOf(world).map((coin, i) => (i === 0 ? { ...coin, amount: '1.00000000' } : coin));
  writeEntry(world, () => ({ event: 'coins', coins }));
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const { json } = await world.command(1, ...PREPARE);
  assert.is(json.error.code, 'COIN_INVALID');
  assert.match(json.error.hint, /coins scan/);
  await world.ok(1, 'coins', 'scan');
  await world.ok(1, ...PREPARE);
});

for (const controllers of [[1], [1, 9]])
  test(`after a false entry to send with the signatures of ${controllers}, an issuance on chain is still published`, async ({
    world,
  }) => {
    const { digest } = await world.propose(1, HEADER + BAR_1);
    await world.countersign(2);
    await world.ok(2, 'submit', 'mine.json');
    const { hex } = submittedTransaction(world);
    writeEntry(world, () => ({ event: 'send', request: digest, controllers }));
    await world.rpc('sendrawtransaction', hex);
    await world.generate();
    await world.ok(3, 'finalise', '--yes');
    assert.is(world.ledger().at(-1)?.event, 'publish');
  });

/** The transaction in `ps1_tx.json`, which an older confirmer would send. */
const submittedTransaction = (world: TestWorld): { hex: string } =>
  JSON.parse(world.object('ps1_tx.json'))[0];

test.run();

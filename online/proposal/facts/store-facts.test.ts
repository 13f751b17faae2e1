/** Facts read from a store in memory, with every kind of damaged object. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  base,
  baseText,
  issuanceAt,
  sampleRequest,
  testKeys,
  trust,
} from '../../../fixtures/sample-request.ts';
import { asciiText, utf8 } from '../../../shared/bytes.ts';
import { type Derivation, derive } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import { assetIdOf } from '../../../shared/issuance.ts';
import { signDerivation, signedMapping } from '../../../shared/signatures.ts';
import { appendEvent, type LedgerCopy } from '../../ledger/ledger.ts';
import type { LedgerEvent } from '../../ledger/ledger-event.ts';
import { outpointText } from '../../ledger/policy-coin.ts';
import { olderMappingFile, olderTransactionsFile } from '../../legacy/older-files.ts';
import { MemoryStore } from '../../store/memory-store.ts';
import type { Services } from '../services.ts';
import { readStoreFacts } from './store-facts.ts';
import { toPolicyCoin } from './transactions.ts';

function makeLedgerCopyInMemory(): LedgerCopy {
  let entries: readonly Uint8Array[] = [];
  return {
    name: 'copy',
    read: () => entries,
    write: all => {
      entries = all;
    },
  };
}

const request = sampleRequest({ time: '1763795123.000003', issuances: [issuanceAt(0, 3310)] });
const made = derive(request, base, trust);
const signatures = [2, 3].map(c => signDerivation(made, c, testKeys[c - 1] as Uint8Array, trust));
const text = asciiText(signedMapping(made, signatures).bytes());
const [issuance] = made.issuances as [(typeof made.issuances)[number]];
const coin = toPolicyCoin(issuance.request.coin);

async function makePublishedStore(): Promise<{ services: Services; store: MemoryStore }> {
  const [store, copy] = [new MemoryStore(), makeLedgerCopyInMemory()];
  const name = `${coin.txid}:${coin.vout}`;
  const events: LedgerEvent[] = [
    { event: 'begin', mapping: base.digest, trust: trust.digest },
    { event: 'coins', coins: [coin] },
    {
      ...{ event: 'propose', request: request.digest, base: base.digest },
      ...{ height: request.height, reserves: { [issuance.reference]: name } },
    },
    { event: 'send', request: request.digest, controllers: [2, 3] },
    {
      ...{ event: 'publish', request: request.digest, mapping: made.mapping.digest },
      transactions: { [assetIdOf(coin)]: { txid: 'ab'.repeat(32), height: 3311 } },
    },
  ];
  for (const event of events)
    await appendEvent(
      store,
      copy,
      () => 0,
      () => event,
    );
  await store.put('map.json', utf8(text));
  return { services: { store, copy, trust } as unknown as Services, store };
}

test('a mapping with digits moved from its height to its time counts as damaged in spite of valid signatures', async () => {
  const { services, store } = await makePublishedStore();
  const right = (await readStoreFacts(services)).map;
  assert.ok(right !== null && !(right instanceof Refusal));
  // The signed messages of both mappings end in 1763795123.0000033310.
  await store.put('map.json', utf8(text.replace('000003, "height": 3310', '0000033, "height": 310')));
  const { map, current } = await readStoreFacts(services);
  assert.ok(map instanceof Refusal);
  assert.equal(
    [map.code, /^map\.json: time: .*, got 1763795123\.0000033/.test(map.message)],
    ['OBJECT_INVALID', true],
  );
  assert.ok(current instanceof Refusal, 'nor is it the current mapping');
});

test('a ledger of another profile is refused, and no fact is read from it', async () => {
  const { services } = await makePublishedStore();
  const other = { ...trust, digest: 'cd'.repeat(32) };
  const { ledger } = await readStoreFacts({ ...services, trust: other });
  assert.ok(ledger instanceof Refusal && ledger.code === 'TRUST_MISMATCH');
});

test('objects of an earlier layout are detected in a store without a ledger', async () => {
  const store = new MemoryStore();
  const services = { store, copy: makeLedgerCopyInMemory(), trust } as unknown as Services;
  assert.is((await readStoreFacts(services)).earlierLayout, false);
  await store.put(`successors/${'0'.repeat(64)}.json`, utf8('{}'));
  assert.is((await readStoreFacts(services)).earlierLayout, true);
});

/** A derivation with these issuances. Each pair has the index of a bar and the index of its coin. */
const deriveIssuances = (time: string, ...pairs: [number, number][]) =>
  derive(
    sampleRequest({
      time: `17637951${time}.000004`,
      issuances: pairs.map(([bar, from]) => ({
        ...issuanceAt(bar, 3310),
        coin: issuanceAt(from, 3310).coin,
      })),
    }),
    base,
    trust,
  );
const both = deriveIssuances('24', [0, 0], [1, 1]);
const second = deriveIssuances('25', [1, 0]);
const foreign = deriveIssuances('26', [2, 0]);

/**
 * The fact about the older objects, with a ledger in which the first proposal was abandoned as unsigned, and
 * the second proposal is open.
 */
async function olderFactWith(mapping: Derivation, transactions: Derivation, adopts?: string) {
  const [store, copy] = [new MemoryStore(), makeLedgerCopyInMemory()];
  const reserves = ({ issuances }: Derivation) =>
    Object.fromEntries(
      issuances.map(({ reference, request: { coin } }) => [reference, outpointText(toPolicyCoin(coin))]),
    );
  const proposed = (one: Derivation): LedgerEvent => ({
    ...{ event: 'propose', request: one.request.digest, base: base.digest },
    ...{ height: one.request.height, reserves: reserves(one) },
  });
  const events: LedgerEvent[] = [
    { event: 'begin', mapping: base.digest, trust: trust.digest },
    { event: 'coins', coins: both.issuances.map(({ request: { coin } }) => toPolicyCoin(coin)) },
    proposed(both),
    { event: 'abandon', request: both.request.digest, unsigned: true },
    proposed(second),
    ...(adopts ? [{ event: 'adopt', mapping: adopts, settled: [] } as const] : []),
  ];
  for (const event of events)
    await appendEvent(
      store,
      copy,
      () => 0,
      () => event,
    );
  const signed = (one: Derivation) => [signDerivation(one, 1, testKeys[0] as Uint8Array, trust)];
  const current = adopts ? signedMapping(foreign, signaturesOfTwo(foreign)).bytes() : baseText;
  await store.put('map.json', typeof current === 'string' ? utf8(current) : current);
  await store.put('ps1_map.json', olderMappingFile(mapping, signed(mapping)));
  await store.put('ps1_tx.json', olderTransactionsFile(transactions, signed(transactions), trust));
  const { older } = await readStoreFacts({ store, copy, trust } as unknown as Services);
  return older;
}
const signaturesOfTwo = (one: Derivation) =>
  [1, 2].map(c => signDerivation(one, c, testKeys[c - 1] as Uint8Array, trust));

for (const [name, mapping, transactions] of [
  ['of one request', both, both],
  ['of two requests, whose halves two PCs wrote', second, both],
  ['of two requests, the other way round', both, second],
  ['of a request, beside a mapping without its bars', second, deriveIssuances('27', [1, 0])],
] as const)
  test(`objects for older scripts belong to a request of the ledger: ${name}`, async () => {
    const older = await olderFactWith(mapping, transactions);
    const { digest } = transactions === both ? both.request : second.request;
    assert.equal(older, { is: 'ours', request: digest, mapping: mapping.mapping.digest });
  });

for (const [name, mapping, transactions] of [
  ['with its mapping and its transactions', foreign, foreign],
  ['with its mapping, beside transactions of ours', foreign, second],
  ['with its mapping, beside more transactions of ours', foreign, both],
] as const)
  test(`a proposal of an older tool is detected: ${name}`, async () => {
    const older = await olderFactWith(mapping, transactions);
    assert.is(older.is, 'foreign');
    assert.ok('bars' in older && older.bars.has(foreign.issuances[0]?.reference as string));
  });

test('a proposal of an older tool is finished if the current mapping has its tokens', async () => {
  assert.equal(await olderFactWith(foreign, foreign, foreign.mapping.digest), { is: 'nothing' });
});

test.run();

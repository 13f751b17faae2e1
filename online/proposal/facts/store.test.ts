/** What is read from the store, and what is wrong with it, on a store in memory. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt, sampleRequest, testKeys, trust } from '../../../fixtures/sample.ts';
import { ascii, utf8 } from '../../../shared/bytes.ts';
import { derive } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import { assetIdOf } from '../../../shared/issuance.ts';
import { signDerivation, signedMapping } from '../../../shared/signatures.ts';
import type { LedgerEvent } from '../../ledger/event.ts';
import { append, type LedgerCopy } from '../../ledger/ledger.ts';
import { MemoryStore } from '../../store/memory.ts';
import type { Services } from '../services.ts';
import { readStore } from './store.ts';
import { policyCoin } from './transactions.ts';

function memoryCopy(): LedgerCopy {
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
const text = ascii(signedMapping(made, signatures).bytes());
const [issuance] = made.issuances as [(typeof made.issuances)[number]];
const coin = policyCoin(issuance.request.coin);

async function published(): Promise<{ services: Services; store: MemoryStore }> {
  const [store, copy] = [new MemoryStore(), memoryCopy()];
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
    await append(
      store,
      copy,
      () => 0,
      () => event,
    );
  await store.put('map.json', utf8(text));
  return { services: { store, copy, trust } as unknown as Services, store };
}

test('the mapping of a request with digits moved from its height to its time, which the signatures allow, is damaged', async () => {
  const { services, store } = await published();
  const right = (await readStore(services)).map;
  assert.ok(right !== null && !(right instanceof Refusal));
  // Of both the signed message ends in 1763795123.0000033310.
  await store.put('map.json', utf8(text.replace('000003, "height": 3310', '0000033, "height": 310')));
  const { map, current } = await readStore(services);
  assert.ok(map instanceof Refusal);
  assert.equal(
    [map.code, /time: expected six decimals, .* got 1763795123\.0000033/.test(map.message)],
    ['OBJECT_INVALID', true],
  );
  assert.ok(current instanceof Refusal, 'nor is it the current mapping');
});

test('a ledger of another profile is refused, and nothing is read from it', async () => {
  const { services } = await published();
  const other = { ...trust, digest: 'cd'.repeat(32) };
  const { ledger } = await readStore({ ...services, trust: other });
  assert.ok(ledger instanceof Refusal && ledger.code === 'TRUST_MISMATCH');
});

test('objects of an earlier layout are noticed in a store without a ledger', async () => {
  const store = new MemoryStore();
  const services = { store, copy: memoryCopy(), trust } as unknown as Services;
  assert.is((await readStore(services)).earlierLayout, false);
  await store.put(`successors/${'0'.repeat(64)}.json`, utf8('{}'));
  assert.is((await readStore(services)).earlierLayout, true);
});

test.run();

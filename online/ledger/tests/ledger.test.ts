/**
 * Reads and appends entries in a store: races, lost answers, forks, gaps, damaged entries, and this PC's
 * copy.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../shared/bytes.ts';
import { rejectsWith } from '../../../shared/testing.ts';
import { MemoryStore } from '../../store/memory-store.ts';
import { appendEvent, type LedgerCopy, ledgerKey, readLedger } from '../ledger.ts';
import { openLedgerCopy } from '../ledger-copy.ts';
import { entryBytes, FIRST_PREVIOUS, type LedgerEvent } from '../ledger-event.ts';
import type { LedgerState } from '../ledger-state.ts';
import { OTHER_LEDGER } from '../texts.ts';

const idFromNumber = (n: number) => n.toString(16).padStart(64, '0');
const BEGIN: LedgerEvent = { event: 'begin', mapping: idFromNumber(1), trust: idFromNumber(9) };
const coinsEvent = (n: number): LedgerEvent => ({
  event: 'coins',
  coins: [{ txid: idFromNumber(n), vout: 0, amount: 1n }],
});
const fixedClock = () => Date.UTC(2026, 10, 26);

function makeMemoryCopy(): LedgerCopy & { entries: readonly Uint8Array[] } {
  return {
    name: 'copy',
    entries: [] as readonly Uint8Array[],
    read() {
      return this.entries;
    },
    write(entries) {
      this.entries = entries;
    },
  };
}

/** A store with `count` entries, and the ledger's copy on the PC that wrote them. */
async function makeStoreWithEntries(count: number) {
  const [store, copy] = [new MemoryStore(), makeMemoryCopy()];
  for (let i = 0; i < count; i++)
    await appendEvent(store, copy, fixedClock, () => (i === 0 ? BEGIN : coinsEvent(i)));
  return { store, copy };
}

class RecordingStore extends MemoryStore {
  requests: string[] = [];
  override get(key: string) {
    this.requests.push(`get ${key}`);
    return super.get(key);
  }
  override list(prefix: string) {
    this.requests.push(`list ${prefix}`);
    return super.list(prefix);
  }
}

test('an empty ledger has no state', async () => {
  const { state, head } = await readLedger(new MemoryStore(), makeMemoryCopy());
  assert.equal([state, head], [null, FIRST_PREVIOUS]);
});

test("each entry is an object with the previous entry's hash, and any PC can read it", async () => {
  const { store } = await makeStoreWithEntries(3);
  assert.equal([...store.objects.keys()], [0, 1, 2].map(ledgerKey));
  const { state, entries } = await readLedger(store, makeMemoryCopy());
  assert.is(entries.length, 3);
  assert.is(state?.coins[0]?.txid, idFromNumber(2));
});

test('a PC with an up-to-date copy requests two objects and lists none', async () => {
  const { store, copy } = await makeStoreWithEntries(3);
  const counting = new RecordingStore();
  for (const [key, bytes] of store.objects) counting.objects.set(key, bytes);
  await readLedger(counting, copy);
  assert.equal(counting.requests, [`get ${ledgerKey(2)}`, `get ${ledgerKey(3)}`]);
});

test('two simultaneous appends are decided in one order, and both PCs see both entries', async () => {
  const { store, copy } = await makeStoreWithEntries(1);
  const other = makeMemoryCopy();
  const seen: number[] = [];
  const decide = (n: number) => (state: LedgerState | null) => {
    seen.push(state?.coins.length ?? -1);
    return coinsEvent(n);
  };
  const [a, b] = await Promise.all([
    appendEvent(store, copy, fixedClock, decide(5)),
    appendEvent(store, other, fixedClock, decide(6)),
  ]);
  assert.equal([a.entries.length, b.entries.length].sort(), [2, 3]);
  assert.is(seen.length, 3, 'the loser decided again');
  assert.is((await readLedger(store, makeMemoryCopy())).entries.length, 3);
});

test('a repeated append after a lost answer does not append twice', async () => {
  const { store, copy } = await makeStoreWithEntries(1);
  const create = store.create.bind(store);
  store.create = async (key, bytes) => {
    await create(key, bytes);
    return false; // The store answers as for a repeated request whose first answer was lost.
  };
  const ledger = await appendEvent(store, copy, fixedClock, () => coinsEvent(5));
  assert.equal([ledger.entries.length, store.objects.size], [2, 2]);
});

test('a store that reports a taken key without an object is refused after some attempts', async () => {
  const { store, copy } = await makeStoreWithEntries(1);
  let asked = 0;
  const lagging = Object.assign(store, {
    create: async () => {
      if (++asked > 100) throw new Error('asked for ever');
      return false;
    },
  });
  await rejectsWith('STORE_FAILED', () => appendEvent(lagging, copy, fixedClock, () => coinsEvent(1)));
});

test('a decision to append nothing appends nothing', async () => {
  const { store, copy } = await makeStoreWithEntries(1);
  await appendEvent(store, copy, fixedClock, () => null);
  assert.is(store.objects.size, 1);
});

test('a ledger that is shorter than the copy is refused with both hashes', async () => {
  const { store, copy } = await makeStoreWithEntries(3);
  store.objects.delete(ledgerKey(2));
  const refusal = await rejectsWith('LEDGER_FORKED', () => readLedger(store, copy));
  assert.match(refusal.message, ledgerKey(2));
  await rejectsWith('LEDGER_FORKED', () => appendEvent(store, copy, fixedClock, () => coinsEvent(9)));
  assert.is(store.objects.size, 2);
});

test('a ledger that differs from the copy is refused with both hashes and the first different entry', async () => {
  const [mine, theirs] = [await makeStoreWithEntries(3), new MemoryStore()];
  const copy = makeMemoryCopy();
  for (const n of [0, 7, 8])
    await appendEvent(theirs, copy, fixedClock, () => (n === 0 ? BEGIN : coinsEvent(n)));
  const refusal = await rejectsWith('LEDGER_FORKED', () => readLedger(theirs, mine.copy));
  assert.match(refusal.message, new RegExp(`^${ledgerKey(1)}: .*[0-9a-f]{64}.*[0-9a-f]{64}`));
  assert.not.ok(refusal.hint.includes(OTHER_LEDGER), refusal.hint);
});

test('a ledger with another first entry may belong to another store, and the refusal says so', async () => {
  const { copy } = await makeStoreWithEntries(1);
  const { store } = await makeStoreWithEntries(0);
  await appendEvent(store, makeMemoryCopy(), fixedClock, () => ({ ...BEGIN, trust: '0'.repeat(64) }));
  const refusal = await rejectsWith('LEDGER_FORKED', () => readLedger(store, copy));
  assert.ok(refusal.hint.includes(OTHER_LEDGER), refusal.hint);
});

test('a gap is refused, also before the first entry', async () => {
  const { store } = await makeStoreWithEntries(4);
  store.objects.delete(ledgerKey(1));
  await rejectsWith('OBJECT_INVALID', () => readLedger(store, makeMemoryCopy()), new RegExp(ledgerKey(1)));
  store.objects.delete(ledgerKey(0));
  await rejectsWith('OBJECT_INVALID', () => readLedger(store, makeMemoryCopy()), new RegExp(ledgerKey(0)));
});

const entryBytesOf = (members: object) =>
  utf8(`${JSON.stringify({ type: 'countersign/ledger', version: 1, ...members })}\n`);
const good = {
  number: 1,
  previous: '',
  time: '2026-11-26T00:00:00.000Z',
  event: 'coins',
  coins: [] as unknown[],
};
const BAD: [string, (previous: string) => Uint8Array][] = [
  ['cut', previous => entryBytesOf({ ...good, previous }).slice(0, -9)],
  ['empty', () => new Uint8Array(0)],
  ['HTML', () => utf8('<html><body>Sign in</body></html>')],
  ['a list', () => utf8('[]')],
  ['the wrong number', previous => entryBytesOf({ ...good, previous, number: 2 })],
  ['the wrong previous hash', () => entryBytesOf({ ...good, previous: idFromNumber(5) })],
  ['an unknown event', previous => entryBytesOf({ ...good, previous, event: 'toString' })],
  [
    'an illegal event',
    previous =>
      entryBytesOf({
        ...good,
        previous,
        event: 'begin',
        coins: undefined,
        mapping: idFromNumber(1),
        trust: idFromNumber(1),
      }),
  ],
  ['an unknown member', previous => entryBytesOf({ ...good, previous, more: 1 })],
  ['a missing member', previous => entryBytesOf({ ...good, previous, coins: undefined })],
  [
    'another type',
    previous =>
      utf8(new TextDecoder().decode(entryBytesOf({ ...good, previous })).replace('/ledger', '/request')),
  ],
  [
    'another version',
    previous =>
      utf8(
        new TextDecoder().decode(entryBytesOf({ ...good, previous })).replace('"version":1', '"version":2'),
      ),
  ],
  [
    'a coin twice',
    previous =>
      entryBytesOf({
        ...good,
        previous,
        coins: [1, 1].map(() => ({ txid: idFromNumber(3), vout: 0, amount: '1.00000000' })),
      }),
  ],
  [
    'an amount below 0',
    previous =>
      entryBytesOf({ ...good, previous, coins: [{ txid: idFromNumber(3), vout: 0, amount: '-1' }] }),
  ],
  ['a time in words', previous => entryBytesOf({ ...good, previous, time: 'yesterday' })],
];
for (const [what, bytes] of BAD)
  test(`an entry with ${what} is refused with its key, and nothing is written`, async () => {
    const { store } = await makeStoreWithEntries(1);
    const { head } = await readLedger(store, makeMemoryCopy());
    store.objects.set(ledgerKey(1), bytes(head));
    const before = store.objects.size;
    await rejectsWith(
      'OBJECT_INVALID',
      () => readLedger(store, makeMemoryCopy()),
      new RegExp(`^${ledgerKey(1)}`),
    );
    await rejectsWith('OBJECT_INVALID', () =>
      appendEvent(store, makeMemoryCopy(), fixedClock, () => coinsEvent(5)),
    );
    assert.is(store.objects.size, before);
  });

test('the copy has one entry on each line; a damaged copy is reported and a missing one is created', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  try {
    const copy = openLedgerCopy(join(folder, 'state'));
    const { store } = await makeStoreWithEntries(3);
    await readLedger(store, copy);
    assert.equal(copy.read(), [...store.objects.values()]);
    writeFileSync(copy.name, '{"type":"countersign/ledger"}\n');
    await rejectsWith('FILE_UNUSABLE', () => readLedger(store, copy), /ledger\.jsonl/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('an illegal event is refused as a program error, and nothing is written', async () => {
  const { store, copy } = await makeStoreWithEntries(2);
  const before = store.objects.size;
  const own = { event: 'send', request: idFromNumber(5), controllers: [1, 2] } as const;
  const { hint } = await rejectsWith('INTERNAL', () => appendEvent(store, copy, fixedClock, () => own));
  assert.not.match(hint, /controllers/);
  assert.is(store.objects.size, before);
});

test('an adopted mapping may drop thousands of bars, up to the size of an entry', async () => {
  const { store, copy } = await makeStoreWithEntries(2);
  const drop = (count: number): LedgerEvent => {
    const bars = Array.from({ length: count }, (_, i) => [`Käfer-${i}-ÅÄÖ`, idFromNumber(i)] as const);
    return { event: 'adopt', mapping: idFromNumber(count), settled: [], dropped: Object.fromEntries(bars) };
  };
  await appendEvent(store, copy, fixedClock, () => drop(5000));
  assert.is((await readLedger(store, makeMemoryCopy())).state?.dropped.size, 5000);
  await rejectsWith('TOO_LARGE', () => appendEvent(store, copy, fixedClock, () => drop(19_000)));
});

test('every event survives writing and reading', async () => {
  const events: LedgerEvent[] = [
    BEGIN,
    coinsEvent(1),
    {
      event: 'propose',
      request: idFromNumber(5),
      base: idFromNumber(1),
      height: 9,
      reserves: { '031037-2019-PAMP': `${idFromNumber(1)}:0` },
    },
    { event: 'send', request: idFromNumber(5), controllers: [1, 2] },
    { event: 'abandon', request: idFromNumber(5), unsigned: false },
    { event: 'adopt', mapping: idFromNumber(4), settled: ['031037-2019-PAMP'] },
  ];
  const [store, copy] = [new MemoryStore(), makeMemoryCopy()];
  for (const event of events) await appendEvent(store, copy, fixedClock, () => event);
  const { entries } = await readLedger(store, makeMemoryCopy());
  const previous = FIRST_PREVIOUS;
  assert.equal(
    entries[0],
    entryBytes({ number: 0, previous, time: '2026-11-26T00:00:00.000Z', event: BEGIN }),
  );
  assert.is(entries.length, events.length);
});

test.run();

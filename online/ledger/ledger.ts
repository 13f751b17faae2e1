/**
 * Reads a store's ledger and appends to it. To append, it reads all entries, decides on an event, and creates
 * the entry with the next number.
 */
import { bytesToHex } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { sha256 } from '../../shared/hash.ts';
import type { Store } from '../store/store.ts';
import {
  entryBytes,
  FIRST_PREVIOUS,
  type LedgerEntry,
  type LedgerEvent,
  MAX_ENTRY_BYTES,
  readEntry,
} from './ledger-event.ts';
import { applyEvent, type LedgerState } from './ledger-state.ts';
import { type Illegal, whyEventIllegal } from './legality.ts';
import {
  copyUnreadableRefusal,
  entryMissingRefusal,
  entryTooLargeRefusal,
  eventNotLegalRefusal,
  ledgerForkedRefusal,
  memberDiffersRefusal,
  ownEntryInvalidRefusal,
  staleStoreRefusal,
} from './texts.ts';

export const ledgerKey = (number: number): string => `ledger/${String(number).padStart(8, '0')}.json`;
export const LEDGER_PREFIX = 'ledger/';
const KEY = /^ledger\/([0-9]{8})\.json$/;

/**
 * A PC's copy of the ledger. A command compares the store with the copy, and so detects entries that were
 * changed or removed.
 */
export interface LedgerCopy {
  /** Path of the copy, for messages. */
  readonly name: string;
  /** Bytes of the entries, from number 0. */
  read(): readonly Uint8Array[];
  /** Replaces the copy. A failed write throws no error: the copy then lacks the newest entries. */
  write(entries: readonly Uint8Array[]): void;
}

export interface Ledger {
  /** The state after the last entry; null for an empty ledger. */
  readonly state: LedgerState | null;
  readonly entries: readonly Uint8Array[];
  /** SHA-256 of the last entry's bytes. The next entry has it in its member `previous`. */
  readonly head: string;
  /** Time of the last entry, milliseconds since 1970. No decision depends on it. */
  readonly time: number;
}

const EMPTY: Ledger = { state: null, entries: [], head: FIRST_PREVIOUS, time: 0 };
const hashOfEntry = (bytes: Uint8Array) => bytesToHex(sha256(bytes));

function areBytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The ledger with one more entry. @throws Refusal OBJECT_INVALID, naming the key and the error */
export function extendLedger({ state, entries, head }: Ledger, bytes: Uint8Array): Ledger {
  const number = entries.length;
  const key = ledgerKey(number);
  const entry = readEntry(bytes, key);
  if (entry.number !== number) throw memberDiffersRefusal(key, 'number', number, entry.number);
  if (entry.previous !== head) throw memberDiffersRefusal(key, 'previous', head, entry.previous);
  const reason = whyEventIllegal(state, entry.event);
  if (reason) throw eventNotLegalRefusal(key, entry.event.event, illegalReasonText(reason));
  const next = { state: applyEvent(state, entry.event, number), entries: [...entries, bytes] };
  return { ...next, head: hashOfEntry(bytes), time: Date.parse(entry.time) };
}

/** The reason as text, for the refusal of an entry that was read from the store. */
function illegalReasonText({ kind, ...data }: Illegal): string {
  const members = Object.entries(data).map(
    ([name, value]) =>
      `${name} ${typeof value === 'object' ? ((value as { request?: string }).request ?? value) : value}`,
  );
  return [kind, ...members].join(', ');
}

function forkRefusalOfEntry(
  number: number,
  ours: Uint8Array,
  theirs: Uint8Array | null,
  store: Store,
): Refusal {
  const got = theirs === null ? null : hashOfEntry(theirs);
  return ledgerForkedRefusal(ledgerKey(number), number, store.name, hashOfEntry(ours), got);
}

/**
 * Returns the entries from number `from` on, in order. The caller has read the first of them, which is
 * `next`. The numbers of the later entries come from a list of the store's keys.
 */
async function fetchNewEntries(store: Store, from: number, next: Uint8Array): Promise<Uint8Array[]> {
  const listed = (await store.list(LEDGER_PREFIX)).flatMap(key => KEY.exec(key)?.[1] ?? []).map(Number);
  const numbers = listed.filter(number => number > from).sort((a, b) => a - b);
  const gap = numbers.findIndex((number, i) => number !== from + 1 + i);
  if (gap >= 0) throw entryMissingRefusal(ledgerKey(from + 1 + gap), ledgerKey(numbers[gap] as number));
  const rest = await Promise.all(numbers.map(number => store.get(ledgerKey(number), MAX_ENTRY_BYTES)));
  return [
    next,
    ...rest.map((bytes, i) => {
      if (bytes === null) throw entryMissingRefusal(ledgerKey(numbers[i] as number));
      return bytes;
    }),
  ];
}

/**
 * Reads the ledger to its end. If the copy is complete, this takes two requests: one for the copy's last
 * entry, and one for the next number.
 * @throws Refusal LEDGER_FORKED, OBJECT_INVALID, and refusals of the store
 */
export async function readLedger(store: Store, copy: LedgerCopy): Promise<Ledger> {
  return extendLedgerFromStore(store, copy, readLedgerCopy(copy));
}

/**
 * Writes the copy, unless the copy has as many entries or more. Another program on this PC may have written a
 * longer copy in the meantime.
 */
function writeLedgerCopy(copy: LedgerCopy, { entries }: Ledger): void {
  if (copy.read().length < entries.length) copy.write(entries);
}

function readLedgerCopy(copy: LedgerCopy): Ledger {
  try {
    return copy.read().reduce(extendLedger, EMPTY);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw copyUnreadableRefusal(copy.name, error.message);
  }
}

async function extendLedgerFromStore(store: Store, copy: LedgerCopy, known: Ledger): Promise<Ledger> {
  const count = known.entries.length;
  const [last, next] = await Promise.all([
    count === 0 ? null : store.get(ledgerKey(count - 1), MAX_ENTRY_BYTES),
    store.get(ledgerKey(count), MAX_ENTRY_BYTES),
  ]);
  const ours = known.entries[count - 1];
  if (ours && (last === null || !areBytesEqual(last, ours))) {
    throw await findForkRefusal(store, known.entries);
  }
  if (next === null) {
    if (count > 0) return known;
    const listed = await store.list(LEDGER_PREFIX);
    // Another PC may have created the first entry between the two requests.
    if (listed.includes(ledgerKey(0))) return extendLedgerFromStore(store, copy, known);
    // Without a first entry, no later entry may exist.
    const later = listed.find(key => KEY.test(key));
    if (later !== undefined) throw entryMissingRefusal(ledgerKey(0), later);
    return known;
  }
  const ledger = (await fetchNewEntries(store, count, next)).reduce(extendLedger, known);
  writeLedgerCopy(copy, ledger);
  return ledger;
}

/** The refusal for the first entry that differs between copy and store. */
async function findForkRefusal(store: Store, entries: readonly Uint8Array[]): Promise<Refusal> {
  for (const [number, ours] of entries.entries()) {
    const theirs = await store.get(ledgerKey(number), MAX_ENTRY_BYTES);
    if (theirs === null || !areBytesEqual(theirs, ours))
      return forkRefusalOfEntry(number, ours, theirs, store);
  }
  const number = entries.length - 1;
  return forkRefusalOfEntry(number, entries[number] as Uint8Array, null, store);
}

/**
 * Adds an entry that this program has made and not yet written. If the entry is not valid, the program has a
 * fault, and the store is correct.
 */
function extendByOwnEntry(ledger: Ledger, bytes: Uint8Array, { event }: LedgerEvent): Ledger {
  const key = ledgerKey(ledger.entries.length);
  if (bytes.length > MAX_ENTRY_BYTES) throw entryTooLargeRefusal(key, event, bytes.length, MAX_ENTRY_BYTES);
  try {
    return extendLedger(ledger, bytes);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw ownEntryInvalidRefusal(error.message);
  }
}

/**
 * Largest number of attempts to append an entry, if the store reports that its key exists, but returns no
 * object.
 */
const MAX_STALE = 5;

/**
 * Appends one event. If another PC appended first, reads its entries and calls `decide` again.
 * @param decide function that returns the event, or null to append nothing. It may throw a refusal
 * @param known the ledger, if the caller has just read it; otherwise this function reads the ledger
 * @returns the whole ledger, with the new entry if one was appended
 */
export async function appendEvent(
  store: Store,
  copy: LedgerCopy,
  now: () => number,
  decide: (state: LedgerState | null) => LedgerEvent | null,
  known?: Ledger,
): Promise<Ledger> {
  let ledger = known ?? (await readLedger(store, copy));
  for (let stale = 0; ; ) {
    const event = decide(ledger.state);
    if (event === null) return ledger;
    const number = ledger.entries.length;
    const time = new Date(now()).toISOString();
    const bytes = entryBytes({ number, previous: ledger.head, time, event } satisfies LedgerEntry);
    const mine = extendByOwnEntry(ledger, bytes, event);
    const created = await store.create(ledgerKey(number), bytes, { contentType: 'application/json' });
    // If the answer to a request was lost, the store's client repeats the request, and finds that the key
    // exists. Equal bytes show that the first request created this entry.
    const there = created ? bytes : await store.get(ledgerKey(number), MAX_ENTRY_BYTES);
    if (there !== null && areBytesEqual(there, bytes)) {
      writeLedgerCopy(copy, mine);
      return mine;
    }
    const next = await extendLedgerFromStore(store, copy, ledger);
    stale = next.entries.length > number ? 0 : stale + 1;
    if (stale >= MAX_STALE) throw staleStoreRefusal(ledgerKey(number), store.name);
    ledger = next;
  }
}

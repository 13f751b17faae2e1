/** Reading the ledger of a store, and appending to it: read to the end, decide, create the next number. */
import { bytesToHex } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { sha256 } from '../../shared/hash.ts';
import type { Store } from '../store/store.ts';
import {
  entryBytes,
  entryInvalid,
  FIRST_PREVIOUS,
  type LedgerEntry,
  type LedgerEvent,
  MAX_ENTRY_BYTES,
  readEntry,
} from './event.ts';
import { type Illegal, illegal } from './legal.ts';
import { apply, type LedgerState } from './state.ts';

export const ledgerKey = (number: number): string => `ledger/${String(number).padStart(8, '0')}.json`;
export const LEDGER_PREFIX = 'ledger/';
const KEY = /^ledger\/([0-9]{8})\.json$/;

/** The copy that a PC keeps of the ledger, so that one that was rewritten or cut is noticed. */
export interface LedgerCopy {
  /** Where it is, for messages. */
  readonly name: string;
  /** The bytes of the entries, from 0. */
  read(): readonly Uint8Array[];
  /** Replaces the copy; a copy that cannot be written is no error, it is shorter next time. */
  write(entries: readonly Uint8Array[]): void;
}

export interface Ledger {
  /** Null while the ledger is empty. */
  readonly state: LedgerState | null;
  readonly entries: readonly Uint8Array[];
  /** SHA-256 of the last entry's bytes: what the next one names as `previous`. */
  readonly head: string;
  /** The time that the last entry has, milliseconds since 1970: decides nothing. */
  readonly time: number;
}

const EMPTY: Ledger = { state: null, entries: [], head: FIRST_PREVIOUS, time: 0 };
const hashOf = (bytes: Uint8Array) => bytesToHex(sha256(bytes));

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The ledger with one more entry. @throws Refusal OBJECT_INVALID naming the key and what is wrong */
export function extend({ state, entries, head }: Ledger, bytes: Uint8Array): Ledger {
  const number = entries.length;
  const key = ledgerKey(number);
  const entry = readEntry(bytes, key);
  if (entry.number !== number) throw entryInvalid(`${key}: number: expected ${number}, got ${entry.number}`);
  if (entry.previous !== head)
    throw entryInvalid(`${key}: previous: expected ${head}, got ${entry.previous}`);
  const reason = illegal(state, entry.event);
  if (reason)
    throw entryInvalid(
      `${key}: the event ${entry.event.event} is not legal here: ${describeIllegal(reason)}`,
    );
  const next = { state: apply(state, entry.event, number), entries: [...entries, bytes] };
  return { ...next, head: hashOf(bytes), time: Date.parse(entry.time) };
}

/** For the reader of a damaged ledger; commands have sentences of their own. */
function describeIllegal({ kind, ...data }: Illegal): string {
  const members = Object.entries(data).map(
    ([name, value]) =>
      `${name} ${typeof value === 'object' ? ((value as { request?: string }).request ?? value) : value}`,
  );
  return [kind, ...members].join(', ');
}

function forked(number: number, ours: Uint8Array, theirs: Uint8Array | null, store: Store): Refusal {
  const got = theirs === null ? 'nothing' : `SHA-256 ${hashOf(theirs)}`;
  return new Refusal(
    'LEDGER_FORKED',
    `${ledgerKey(number)}: this PC's copy has SHA-256 ${hashOf(ours)}, ${store.name} has ${got}`,
    theirs === null && number === 0
      ? 'Is this the right store, and is its disk mounted? If it is, its ledger was lost: compare with the other controllers, then run `countersign repair`. For another store than the one used here before, take another working folder.'
      : theirs === null
        ? 'Entries of the ledger were lost. Compare with the other controllers, then run `countersign repair`.'
        : 'Someone changed the ledger. Call the other controllers, compare both hashes, and prepare and sign nothing until you know which one is right.',
  );
}

/**
 * The entries that this PC does not have yet, from `from`, in order. Asks for the next one; only where that is there, it
 * lists the rest.
 */
async function fetchNew(store: Store, from: number, next: Uint8Array): Promise<Uint8Array[]> {
  const listed = (await store.list(LEDGER_PREFIX)).flatMap(key => KEY.exec(key)?.[1] ?? []).map(Number);
  const numbers = listed.filter(number => number > from).sort((a, b) => a - b);
  const gap = numbers.findIndex((number, i) => number !== from + 1 + i);
  if (gap >= 0)
    throw entryInvalid(
      `${ledgerKey(from + 1 + gap)}: expected an entry, since ${ledgerKey(numbers[gap] as number)} is there, got nothing`,
    );
  const rest = await Promise.all(numbers.map(number => store.get(ledgerKey(number), MAX_ENTRY_BYTES)));
  return [
    next,
    ...rest.map((bytes, i) => {
      if (bytes === null)
        throw entryInvalid(`${ledgerKey(numbers[i] as number)}: expected an entry, got nothing`);
      return bytes;
    }),
  ];
}

/**
 * Reads to the end. Of a ledger that is known, two objects are asked for: the last entry that the copy has, and the next.
 * @throws Refusal LEDGER_FORKED, OBJECT_INVALID, and those of the store
 */
export async function readLedger(store: Store, copy: LedgerCopy): Promise<Ledger> {
  return catchUp(store, copy, readCopy(copy));
}

/** Another program on this PC may have read further meanwhile: the copy never gets shorter. */
function keep(copy: LedgerCopy, { entries }: Ledger): void {
  if (copy.read().length < entries.length) copy.write(entries);
}

function readCopy(copy: LedgerCopy): Ledger {
  try {
    return copy.read().reduce(extend, EMPTY);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(
      'FILE_UNUSABLE',
      `${copy.name}: this version cannot read this PC's copy of the ledger: ${error.message}`,
      'If a newer version of Countersign was used on this PC, install that version again: the copy shows a ledger that was replaced. Else the file is damaged: move it away, and the next command copies the ledger again. Compare the digest in `countersign map show` with another controller once.',
    );
  }
}

async function catchUp(store: Store, copy: LedgerCopy, known: Ledger): Promise<Ledger> {
  const count = known.entries.length;
  const [last, next] = await Promise.all([
    count === 0 ? null : store.get(ledgerKey(count - 1), MAX_ENTRY_BYTES),
    store.get(ledgerKey(count), MAX_ENTRY_BYTES),
  ]);
  const ours = known.entries[count - 1];
  if (ours && (last === null || !isSame(last, ours))) {
    throw await findFork(store, known.entries);
  }
  if (next === null) {
    if (count > 0) return known;
    const listed = await store.list(LEDGER_PREFIX);
    // Another PC may have begun the ledger between the two requests.
    if (listed.includes(ledgerKey(0))) return catchUp(store, copy, known);
    // The first entry that this PC sees may be missing while later ones are there.
    if (listed.some(key => KEY.test(key)))
      throw entryInvalid(`${ledgerKey(0)}: expected an entry, since later ones are there, got nothing`);
    return known;
  }
  const ledger = (await fetchNew(store, count, next)).reduce(extend, known);
  keep(copy, ledger);
  return ledger;
}

/** The first entry in which copy and store differ. */
async function findFork(store: Store, entries: readonly Uint8Array[]): Promise<Refusal> {
  for (const [number, ours] of entries.entries()) {
    const theirs = await store.get(ledgerKey(number), MAX_ENTRY_BYTES);
    if (theirs === null || !isSame(theirs, ours)) return forked(number, ours, theirs, store);
  }
  const number = entries.length - 1;
  return forked(number, entries[number] as Uint8Array, null, store);
}

/** What this program made and would not read itself is nobody else's doing. */
function extendByOwn(ledger: Ledger, bytes: Uint8Array, { event }: LedgerEvent): Ledger {
  if (bytes.length > MAX_ENTRY_BYTES)
    throw new Refusal(
      'TOO_LARGE',
      `${ledgerKey(ledger.entries.length)}: expected at most ${MAX_ENTRY_BYTES} bytes, the entry ${event} would have ${bytes.length}`,
      'Nothing was written. Do it in smaller parts; of a mapping to adopt, check that it is not one of another store.',
    );
  try {
    return extend(ledger, bytes);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const hint =
      'Nothing was written. This is a mistake in this program, not in the store: report it with this message.';
    throw new Refusal('INTERNAL', error.message, hint);
  }
}

/** Tries to append to a key that the store calls taken and does not show. */
const MAX_STALE = 5;

function staleStore(store: Store, number: number): Refusal {
  return new Refusal(
    'STORE_FAILED',
    `${ledgerKey(number)}: ${store.name} refuses to create this entry because it exists, and returns nothing when it is read`,
    'Nothing was written. The store returns old data: wait a minute, then run the command again. If this stays, check the consistency settings of the store.',
  );
}

/**
 * Appends one event. Where another PC was faster, its entries are read and `decide` is asked again.
 * @param decide the event, or null for nothing to do; it may refuse by throwing
 * @param known as it was read just now, so that it need not be read again
 * @returns the ledger at its end, with or without the new entry
 */
export async function append(
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
    const mine = extendByOwn(ledger, bytes, event);
    const created = await store.create(ledgerKey(number), bytes, { contentType: 'application/json' });
    // An answer that was lost makes the second try find the entry of the first: whose it is, its bytes tell.
    const there = created ? bytes : await store.get(ledgerKey(number), MAX_ENTRY_BYTES);
    if (there !== null && isSame(there, bytes)) {
      keep(copy, mine);
      return mine;
    }
    const next = await catchUp(store, copy, ledger);
    stale = next.entries.length > number ? 0 : stale + 1;
    if (stale >= MAX_STALE) throw staleStore(store, number);
    ledger = next;
  }
}

/**
 * Reads and changes the list of redeemable bars in the store. A command notices if another PC overwrote its
 * change.
 */
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { JSON_TYPE, keys } from '../ledger/object-keys.ts';
import {
  barsFileBytes,
  MAX_LIST_BYTES,
  parseBarsFile,
  type RedeemableBar,
} from '../legacy/redeemable-bars.ts';
import type { Services } from '../proposal/services.ts';
import {
  alreadyLockedRefusal,
  CHANGED_MEANWHILE,
  listNeverSettledRefusal,
  lockedBarRefusal,
  notListedRefusal,
  notMappedRefusal,
  SLOW_WRITE,
} from './texts.ts';

const KEY = keys.redeemable;

/**
 * Largest number of attempts to make a change. An attempt fails if another PC changes the list at the same
 * time.
 */
const ATTEMPTS = 5;
/**
 * Milliseconds to wait after a write. By then, every PC that read the older list has written its own list. A
 * PC whose write takes longer prints a warning.
 */
const SETTLED = 2000;

type Lists = Pick<Services, 'store' | 'world' | 'progress'>;

/** If the object is absent, the list is empty. @throws Refusal OBJECT_INVALID */
export async function readList({ store }: Pick<Services, 'store'>): Promise<RedeemableBar[]> {
  const bytes = await store.get(KEY, MAX_LIST_BYTES);
  return bytes === null ? [] : parseBarsFile(bytes, KEY);
}

/**
 * @param isAgain true if this command wrote the change before, and another PC's list replaced it
 * @returns the new list; the same list if there is nothing to change
 * @throws Refusal if the change is not possible
 */
export type Change = (bars: readonly RedeemableBar[], isAgain: boolean) => readonly RedeemableBar[];

export interface Changed {
  bars: readonly RedeemableBar[];
  /** True if the stored list was changed. */
  changed: boolean;
}

/**
 * Reads, changes and writes the list, waits, and reads the list again. Some stores cannot check that an
 * object is unchanged before they replace it. So this command may overwrite a change that another PC made
 * after this command's reading. The other PC notices this when it reads the list again, and repeats its
 * change.
 * @throws Refusal OBJECT_INVALID, STORE_FAILED, and refusals of the change
 */
export async function changeList(lists: Lists, change: Change): Promise<Changed> {
  const { store, world, progress } = lists;
  let written = false;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const began = world.now();
    const bars = await readList(lists);
    const after = change(bars, written);
    if (after === bars) return { bars, changed: written };
    const next = barsFileBytes(after);
    await store.put(KEY, next, { contentType: JSON_TYPE, publicRead: true });
    written = true;
    if (world.now() - began > SETTLED) progress(SLOW_WRITE);
    await world.sleep(SETTLED);
    const found = await store.get(KEY, MAX_LIST_BYTES);
    if (found && Buffer.from(found).equals(next)) return { bars: after, changed: true };
    progress(CHANGED_MEANWHILE);
  }
  throw listNeverSettledRefusal(ATTEMPTS);
}

/** @throws Refusal ASSET_UNKNOWN, naming the first bar that the mapping lacks */
function checkBarsMapped(mapping: Mapping, references: readonly string[]): void {
  const mapped = mapping.contained(new Set(references));
  const unknown = references.find(reference => !mapped.has(reference));
  if (unknown !== undefined) throw notMappedRefusal(unknown);
}

export function addBarsChange(mapping: Mapping, references: readonly string[]): Change {
  checkBarsMapped(mapping, references);
  return bars => {
    const listed = new Set(bars.map(({ reference }) => reference));
    const fresh = [...new Set(references)].filter(reference => !listed.has(reference));
    if (fresh.length === 0) return bars;
    return [...bars, ...fresh.map(reference => ({ reference, lock: false, members: new Map() }))];
  };
}

/**
 * Removes bars from the list. The mapping may lack them, because a redeemed bar has to leave the list.
 * @throws Refusal ASSET_UNKNOWN, ASSET_LOCKED
 */
export function removeBarsChange(references: readonly string[]): Change {
  return (bars, isAgain) => {
    const listed = new Set(bars.map(({ reference }) => reference));
    const unknown = references.find(reference => !listed.has(reference));
    if (unknown !== undefined && !isAgain) throw notListedRefusal(unknown);
    const locked = bars.find(({ reference, lock }) => lock && references.includes(reference));
    if (locked) throw lockedBarRefusal(locked.reference);
    const kept = bars.filter(({ reference }) => !references.includes(reference));
    return kept.length === bars.length ? bars : kept;
  };
}

/** @throws Refusal ASSET_UNKNOWN, ASSET_LOCKED */
export function lockBarChange(mapping: Mapping, reference: string): Change {
  checkBarsMapped(mapping, [reference]);
  return (bars, isAgain) => {
    const found = bars.find(bar => bar.reference === reference);
    if (!found) throw notListedRefusal(reference);
    if (found.lock) throw alreadyLockedRefusal(reference, isAgain);
    return barsAfterLockChange(bars, reference, true);
  };
}

export function unlockBarChange(reference: string): Change {
  return bars => {
    if (!bars.some(bar => bar.reference === reference)) throw notListedRefusal(reference);
    return barsAfterLockChange(bars, reference, false);
  };
}

function barsAfterLockChange(bars: readonly RedeemableBar[], reference: string, lock: boolean) {
  if (bars.some(bar => bar.reference === reference && bar.lock !== lock))
    return bars.map(bar => (bar.reference === reference ? { ...bar, lock } : bar));
  return bars;
}

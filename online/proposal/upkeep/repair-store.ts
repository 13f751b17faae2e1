/** Restores objects that differ from the ledger or are absent. A person confirms each repair. */
import { Refusal } from '../../../shared/errors.ts';
import { type LedgerCopy, ledgerKey } from '../../ledger/ledger.ts';
import { isRefusalOfObject, JSON_TYPE, keys } from '../../ledger/object-keys.ts';
import { fetchPastMapping, type Published, storeInHistory } from '../../ledger/stored-mappings.ts';
import type { Store } from '../../store/store.ts';
import type { Facts } from '../facts/facts.ts';
import { ledgerRefusal } from '../plan/common-refusals.ts';
import { outdatedProjections } from '../projections.ts';
import { runProposalLoop } from '../proposal-loop.ts';
import type { Services } from '../services.ts';
import { RefusedError } from '../texts/refused-error.ts';

/** What one repair restores, as data. */
export type Repair =
  /** Entries that this PC's copy of the ledger has and the store lacks. */
  | { readonly kind: 'entries'; readonly keys: readonly string[] }
  /** `map.json` is another tool's mapping. It is kept in `history/`, and the ledger's mapping is restored. */
  | { readonly kind: 'map-replaced'; readonly found: Published; readonly ledger: Published }
  /** The current mapping is not in `history/`. */
  | { readonly kind: 'history'; readonly key: string }
  /**
   * Objects for older tools that differ from the ledger. `drops` has the bars of another tool's proposal, if
   * the repair replaces this proposal.
   */
  | { readonly kind: 'projections'; readonly keys: readonly string[]; readonly drops: readonly string[] };

/** Asks a person about one repair. @returns true if the person agrees */
export type Confirm = (repair: Repair) => Promise<boolean>;

const areBytesEqual = (a: Uint8Array, b: Uint8Array) => a.length === b.length && Buffer.from(a).equals(b);

/**
 * Entries of this PC's copy that the store lacks. If entries differ, nothing is restored: the ledger is then
 * refused when it is read, because one PC cannot decide which entry is right.
 */
async function findLostEntries(store: Store, copy: LedgerCopy): Promise<Map<string, Uint8Array>> {
  const entries = copy.read();
  const there = await Promise.all(entries.map((_, number) => store.get(ledgerKey(number))));
  if (there.some((bytes, i) => bytes !== null && !areBytesEqual(bytes, entries[i] as Uint8Array)))
    return new Map();
  return new Map(entries.flatMap((bytes, i) => (there[i] === null ? [[ledgerKey(i), bytes] as const] : [])));
}

async function restoreEntries({ store, copy }: Services, confirm: Confirm): Promise<Repair[]> {
  const lost = await findLostEntries(store, copy);
  const repair: Repair = { kind: 'entries', keys: [...lost.keys()] };
  if (lost.size === 0 || !(await confirm(repair))) return [];
  // Each entry is written only if its key is free, because another PC may restore the entries at the same
  // time.
  for (const [key, bytes] of lost) await store.create(key, bytes, { contentType: JSON_TYPE });
  return [repair];
}

async function isMappingInHistory(services: Services, digest: string): Promise<boolean> {
  try {
    return (await fetchPastMapping(services, digest)) !== null;
  } catch (error) {
    if (isRefusalOfObject(error)) return false;
    throw error;
  }
}

function publishedOrNull(fact: Facts['store']['map'] | Facts['store']['current']): Published | null {
  return fact === null || fact instanceof Refusal ? null : fact;
}

async function restoreMapping(services: Services, facts: Facts, confirm: Confirm): Promise<Repair[]> {
  const { store } = services;
  const [map, current] = [publishedOrNull(facts.store.map), publishedOrNull(facts.store.current)];
  if (!current) return [];
  const done: Repair[] = [];
  const { digest } = current.mapping;
  if (!(await isMappingInHistory(services, digest))) {
    const repair: Repair = { kind: 'history', key: keys.history(digest) };
    if (await confirm(repair)) {
      await storeInHistory(services, current.mapping, current.bytes);
      done.push(repair);
    }
  }
  const { ledger } = facts.store;
  const known = ledger instanceof Refusal ? [] : (ledger.state?.mappings ?? []);
  if (!map || known.includes(map.mapping.digest)) return done;
  const repair: Repair = { kind: 'map-replaced', found: map, ledger: current };
  if (!(await confirm(repair))) return done;
  await storeInHistory(services, map.mapping, map.bytes);
  await store.put(keys.mapping, current.bytes, { contentType: JSON_TYPE, publicRead: true });
  return [...done, repair];
}

/**
 * @param overOlder true to replace another tool's proposal in the `ps1_` objects too. The controllers have
 * agreed to this
 * @returns what was restored
 * @throws RefusedError if the ledger differs from this PC's copy, or the current mapping is lost
 */
export async function repairStore(
  services: Services,
  confirm: Confirm,
  overOlder = false,
): Promise<Repair[]> {
  const done = await restoreEntries(services, confirm);
  const { facts, situation } = await runProposalLoop(services, { intent: 'look' });
  const block = ledgerRefusal(situation, services.store.name);
  if (block) throw new RefusedError(block);
  done.push(...(await restoreMapping(services, facts, confirm)));
  const after = await runProposalLoop(services, { intent: 'look', overOlder });
  const { store, subject } = after.facts;
  const late = outdatedProjections(store, subject, services.trust, after.question).map(({ key }) => key);
  const drops = overOlder && store.older.is === 'foreign' ? [...store.older.bars.keys()] : [];
  const repair: Repair = { kind: 'projections', keys: late, drops };
  if (late.length > 0 && (await confirm(repair))) {
    await runProposalLoop(services, { intent: 'repair', overOlder });
    done.push(repair);
  }
  return done;
}

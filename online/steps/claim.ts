/**
 * The successor claim: which request may follow a mapping. Taken by `submit`, or by `finalise` if nobody submitted, made
 * only if absent, so that of two coordinators exactly one has the turn. When its holder is given up, the next claim lies
 * under that one's digest: a chain that only grows, since the one primitive that every store has is "create if absent".
 */
import { Refusal } from '../../shared/errors.ts';
import { reviewCode } from '../../shared/review-code.ts';
import type { Store } from '../store/store.ts';
import { givenUp, isGivenUp } from './decision.ts';
import { keys } from './objects.ts';
import { createRecord, fetchRecord } from './records.ts';

/** Far more than anyone gives up on one mapping; a bound for a store that invents them. */
const MAX_CHAIN = 1000;

interface Turn {
  /** Digest of the request that has the turn, null while it is free. */
  holder: string | null;
  /** Where the next claim is made. */
  key: string;
  /** Those that had it and were given up. */
  passed: ReadonlySet<string>;
}

const fetchClaim = (store: Store, key: string) =>
  fetchRecord(store, key, 'successor', ['request'], f => f.hex('request', 32));

async function findTurn(store: Store, base: string): Promise<Turn> {
  const passed = new Set<string>();
  let key = keys.successor(base);
  for (;;) {
    const holder = await fetchClaim(store, key);
    if (holder === null) return { holder, key, passed };
    if (passed.has(holder) || passed.size === MAX_CHAIN) {
      throw new Refusal(
        'OBJECT_INVALID',
        `${key}: it names the request ${holder}, which was given up before`,
        `Someone changed the store: call the other controllers. The object ${key} was left as it is.`,
      );
    }
    if (!(await isGivenUp(store, holder))) return { holder, key, passed };
    passed.add(holder);
    key = keys.successor(base, holder);
  }
}

/**
 * Digest of the request that has the turn on this mapping, null while it is free.
 * @param likely digest of the one that most probably has it: the store is asked for all at once then
 */
export async function turnHolder(store: Store, base: string, likely?: string): Promise<string | null> {
  if (likely !== undefined) {
    const [first, isGone] = await Promise.all([
      fetchClaim(store, keys.successor(base)),
      isGivenUp(store, likely),
    ]);
    if (first === likely && !isGone) return likely;
  }
  return (await findTurn(store, base)).holder;
}

/** Digests of all requests that have or had the turn on this mapping. */
export async function hadTurn(store: Store, base: string): Promise<ReadonlySet<string>> {
  const { holder, passed } = await findTurn(store, base);
  return holder === null ? passed : new Set([...passed, holder]);
}

/**
 * Takes the turn, or finds it held by the same request already.
 * @throws Refusal CLAIM_TAKEN if another request holds it, NO_PROPOSAL if this one was given up
 */
export async function takeTurn(store: Store, base: string, request: string): Promise<void> {
  let turn = await findTurn(store, base);
  if (turn.holder === null) {
    // Given up in this very moment: a claim below its own name would close the chain to a circle.
    if (turn.passed.has(request)) throw givenUp(reviewCode(request));
    if (await createRecord(store, turn.key, 'successor', { request })) return;
    turn = await findTurn(store, base);
  }
  if (turn.holder === request) return;
  if (turn.passed.has(request)) throw givenUp(reviewCode(request));
  const other = turn.holder === null ? 'another one' : `${reviewCode(turn.holder)} (${turn.holder})`;
  throw new Refusal(
    'CLAIM_TAKEN',
    `the proposal ${other} has the turn on the mapping ${base}; this one is ${reviewCode(request)}`,
    'Nothing of this request was sent. Let the other one be finalised or given up, then prepare these assets again.',
  );
}

/**
 * Makes a request's redemptions from the burns on chain. Their amounts and heights come from the chain, and
 * not from a person. Pure.
 */
import { formatAmount, parseAmount } from '../../../shared/amount.ts';
import type { Burn, GivenChanges } from '../../../shared/changes.ts';
import { assetAtIndex } from '../../../shared/mapping/asset-listing.ts';
import type { Mapping } from '../../../shared/mapping/mapping.ts';
import { sumOfMasses } from '../../../shared/redemption/mass-sums.ts';
import { periodOf } from '../../../shared/token-schedule.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import {
  type BurnFact,
  burnProblem,
  earlierCountProblem,
  ONE_CONFIRMATION,
  outputName,
} from '../facts/burns.ts';
import type { Wanted } from '../facts/question.ts';
import type { DraftRefused } from './draft-refusals.ts';
import { isBarMapped, unknownBarRefusal } from './unknown-bars.ts';

/**
 * The refusal if the given list of burnt amounts differs from the chain for a token; null if the list agrees.
 */
function burntListRefusal(
  redemptions: GivenChanges['redemptions'] = [],
  listed: ReadonlyMap<string, bigint>,
): DraftRefused | null {
  const found = new Map<string, bigint>();
  for (const { token, amount } of redemptions.flatMap(({ burns }) => burns))
    found.set(token, (found.get(token) ?? 0n) + parseAmount(amount, 'amount'));
  const tokens = [...new Set([...listed.keys(), ...found.keys()])]
    .map(token => ({ token, listed: listed.get(token) ?? 0n, onChain: found.get(token) ?? 0n }))
    .filter(one => one.listed !== one.onChain);
  return tokens.length === 0 ? null : { kind: 'burnt-other', tokens };
}

/** @param burns the facts of the burns, in the order of the redemptions */
export function makeRedemptions(
  { redemptions: wanted = [], burnt }: Wanted,
  burns: readonly BurnFact[],
  base: Mapping,
  state: Pick<LedgerState, 'burnt' | 'published' | 'gone'>,
): GivenChanges | DraftRefused {
  const facts = [...burns];
  const redemptions = [];
  for (const { reference, burns: named } of wanted) {
    const own = facts.splice(0, named.length);
    if (!isBarMapped(base, reference)) return unknownBarRefusal(base, state.gone, reference);
    const [first] = own;
    const height = first?.height ?? 0;
    const counted: Burn[] = [];
    for (const fact of own) {
      const { txid, vout, token, amount } = fact;
      const output = outputName(fact);
      const problem = earlierCountProblem(state, output) ?? burnProblem(fact, ONE_CONFIRMATION);
      if (problem || vout === null || token === null || amount === null)
        return { kind: 'burn', reference, output, problem: problem ?? { is: 'unreadable' } };
      const got = fact.height ?? 0;
      if (periodOf(got) !== periodOf(height))
        return { kind: 'burn', reference, output, problem: { is: 'height', expected: height, got } };
      counted.push({ txid, vout, token, amount: formatAmount(amount) });
    }
    const places = [...base.placesOf(new Set([reference]))];
    const mass = sumOfMasses(places.map(place => assetAtIndex(base, place).mass));
    redemptions.push({ reference, mass, height, burns: counted });
  }
  return (burnt && burntListRefusal(redemptions, burnt)) ?? { redemptions };
}

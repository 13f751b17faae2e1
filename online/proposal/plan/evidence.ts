/**
 * Compares redemptions and removals with the chain. Each burn must be on chain and count once, and no more
 * tokens may remain than the mapping has. Pure.
 */
import { formatAmount, parseAmount } from '../../../shared/amount.ts';
import { type Burn, correctedReference, outpointText } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { sumOfMasses } from '../../../shared/redemption/mass-sums.ts';
import { tokenRatio } from '../../../shared/redemption/remapping.ts';
import { periodOf } from '../../../shared/token-schedule.ts';
import type { CountedBurn } from '../../ledger/ledger-event.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import { parseOutpoint } from '../../ledger/policy-coin.ts';
import {
  type BurnFact,
  type BurnProblem,
  burnProblem,
  type Evidence,
  earlierCountProblem,
} from '../facts/burns.ts';
import type { ChainFacts, SubjectFacts } from '../facts/facts.ts';

/** The reason why the chain does not confirm a redemption or a removal. */
export type EvidenceProblem =
  | ({ readonly kind: 'burn' } & BurnProblem)
  /** Tokens of a bar to be removed from the mapping are still on chain. */
  | {
      readonly kind: 'outstanding';
      readonly reference: string;
      readonly token: string;
      /** Atoms. */
      readonly amount: bigint;
    };

/**
 * Tolerances for the mass of a token, in fine troy ounces. PART is for the rounding at each burn in the
 * ledger. OLDER is for a token that the ledger did not issue: older tools may have redeemed parts of it, and
 * these redemptions are not in the ledger. ARITHMETIC is for floating-point numbers.
 */
const [PART, OLDER, ARITHMETIC] = [0.0005, 0.01, 0.00001];

/** Each burn of the request with its bar and its facts; empty if the facts were not read. */
export function burnsWithFacts({ request }: Derivation, facts: readonly BurnFact[]) {
  const burns = request.redemptions.flatMap(redemption =>
    redemption.burns.map(burn => ({ redemption, burn })),
  );
  return facts.flatMap((fact, i) => (burns[i] ? [{ ...burns[i], fact }] : []));
}

function findBurnDifference({ token, amount }: Burn, fact: BurnFact): BurnProblem['problem'] | null {
  if (fact.token !== token)
    return { is: 'other', member: 'token', expected: token, got: fact.token ?? 'none' };
  const got = fact.amount ?? 0n;
  const isSame = parseAmount(amount, 'amount') === got;
  return isSame ? null : { is: 'other', member: 'amount', expected: amount, got: formatAmount(got) };
}

/**
 * PART for each burn that the ledger counts, and for each bar of these burns. All are added, because each
 * rounding may have changed the same token.
 */
function roundingTolerance({ published }: LedgerState): number {
  const parts = published.map(({ burns }) => {
    const bars = Object.values(burns).map(({ bar }) => bar);
    return bars.length + new Set(bars).size;
  });
  return PART * parts.reduce((sum, count) => sum + count, 0);
}

/**
 * The masses of a burnt token, in fine troy ounces. `mapped` is its mass in the mapping. `found` is the mass
 * of the amount on chain and of this request's burns. Each amount is converted with the ratio of its own
 * period.
 */
export interface TokenSum {
  readonly token: string;
  /** Reference of the bar for which the request burns this token first. */
  readonly reference: string;
  readonly output: string;
  /** Decimal text. */
  readonly mapped: string;
  readonly found: number;
}

export function tokenSums(derivation: Derivation, { burns, amounts, height }: Evidence): TokenSum[] {
  const sums = new Map<string, TokenSum>();
  const all = burnsWithFacts(derivation, burns);
  for (const { redemption, burn } of all) {
    const { token } = burn;
    if (sums.has(token)) continue;
    const entries = derivation.remapped.before.filter(entry => entry.token === token);
    const mapped = sumOfMasses(entries.map(({ mass }) => String(mass)));
    const here = Number(formatAmount(amounts?.get(token) ?? 0n)) * tokenRatio(height);
    // The amount on chain still includes the tokens of a burn that is not confirmed.
    const gone = all.filter(one => one.burn.token === token && one.fact.depth !== 0);
    const masses = gone.map(one => Number(one.burn.amount) * tokenRatio(one.redemption.height));
    const found = masses.reduce((sum, mass) => sum + mass, here);
    const { reference } = redemption;
    sums.set(token, { token, reference, output: outpointText(burn), mapped, found });
  }
  return [...sums.values()];
}

function surplusTokensProblem(
  derivation: Derivation,
  evidence: Evidence,
  state: LedgerState,
): EvidenceProblem | null {
  const issued = new Set(state.published.flatMap(({ transactions }) => Object.keys(transactions)));
  const rounding = roundingTolerance(state) + ARITHMETIC;
  for (const { token, reference, output, mapped, found } of tokenSums(derivation, evidence)) {
    if (found <= Number(mapped) + rounding + (issued.has(token) ? 0 : OLDER)) continue;
    const problem = { is: 'too-many', token, mapped, found: found.toFixed(6) } as const;
    return { kind: 'burn', reference, output, problem };
  }
  return null;
}

/** The problem if a correction removes a bar whose tokens are on chain. Null if no correction does so. */
function outstandingTokensProblem(
  { corrections }: Derivation,
  { evidence }: ChainFacts,
): EvidenceProblem | null {
  for (const { request, tokens } of corrections)
    for (const token of 'remove' in request ? tokens : []) {
      const amount = evidence.amounts?.get(token) ?? 0n;
      if (amount > 0n) return { kind: 'outstanding', reference: request.reference, token, amount };
    }
  return null;
}

/**
 * @param needed confirmations of each burn, counting its own block
 * @returns null if the chain confirms the redemptions and removals
 */
export function findEvidenceProblem(
  derivation: Derivation,
  chain: ChainFacts,
  state: LedgerState,
  needed: number,
): EvidenceProblem | null {
  const { request } = derivation;
  for (const { redemption, burn, fact } of burnsWithFacts(derivation, chain.evidence.burns)) {
    const { reference, height } = redemption;
    const [output, got] = [outpointText(burn), fact.height ?? 0];
    const isOtherPeriod = periodOf(got) !== periodOf(height);
    const problem =
      earlierCountProblem(state, output, request.digest) ??
      burnProblem(fact, needed) ??
      (fact.depth === 0 ? null : findBurnDifference(burn, fact)) ??
      (fact.depth !== 0 && isOtherPeriod ? ({ is: 'height', expected: height, got } as const) : null);
    if (problem) return { kind: 'burn', reference, output, problem };
  }
  return (
    surplusTokensProblem(derivation, chain.evidence, state) ?? outstandingTokensProblem(derivation, chain)
  );
}

/** The chain contradicts the redemptions or removals of a proposal. */
export interface EvidenceTrouble {
  readonly kind: 'evidence';
  readonly problem: EvidenceProblem;
  /** True if the store has the burn's transaction, so that it can be sent again. */
  readonly isKept: boolean;
  /** True if the mapping that counts the burn is published. */
  readonly isPublished: boolean;
}

export function findEvidenceTrouble(
  derivation: Derivation,
  chain: ChainFacts,
  subject: SubjectFacts | null,
  state: LedgerState,
): EvidenceTrouble | null {
  const problem = findEvidenceProblem(derivation, chain, state, 0);
  if (problem === null) return null;
  return { kind: 'evidence', problem, isKept: isLostBurnKept(problem, subject), isPublished: false };
}

/** True if the problem is a lost burn, and the store has its transaction. */
function isLostBurnKept(problem: EvidenceProblem, subject: SubjectFacts | null): boolean {
  if (problem.kind !== 'burn' || problem.problem.is !== 'unknown' || !problem.problem.hasIndex) return false;
  const { txid } = parseOutpoint(problem.output);
  return subject?.keptBurns.some(kept => kept.txid === txid) ?? false;
}

/**
 * The member `corrected` of the entry `publish`: for each corrected bar, its new reference; null if the bar
 * is removed.
 */
export function correctedBars({ request }: Derivation): Record<string, string | null> {
  return Object.fromEntries(
    request.corrections.map(one => [one.reference, correctedReference(one) ?? null] as const),
  );
}

/** The member `burns` of the entry `publish`: for each burnt output, what it counts for. */
export function countedBurns(derivation: Derivation, { evidence }: ChainFacts): Record<string, CountedBurn> {
  return Object.fromEntries(
    burnsWithFacts(derivation, evidence.burns).map(({ redemption, burn, fact }) => [
      outpointText(burn),
      { bar: redemption.reference, height: fact.height ?? 0, block: fact.block ?? 0 },
    ]),
  );
}

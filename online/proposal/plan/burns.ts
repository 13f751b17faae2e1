/** Redemptions and removals against the chain: each burn is in it and counts once, and no token is left that no bar stands for. Pure. */
import { formatAmount, parseAmount } from '../../../shared/amount.ts';
import { type Burn, outpointOf } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { sumOfMasses } from '../../../shared/redemption/masses.ts';
import { tokenRatio } from '../../../shared/redemption/remap.ts';
import { periodOf } from '../../../shared/schedule.ts';
import type { CountedBurn } from '../../ledger/event.ts';
import type { LedgerState } from '../../ledger/state.ts';
import type { BurnProblem } from '../facts/burns.ts';
import { BURN_CONFIRMATIONS, type BurnFact, countedBefore, noBurn } from '../facts/burns.ts';
import type { ChainFacts } from '../facts/facts.ts';
import type { RefusedData } from '../refusals.ts';
import type { AtHand } from '../situation.ts';
import { stalled } from './following.ts';
import { type Plan, type Planning, refuse } from './step.ts';

/** Fine troy ounces: what rounding may have put on each token, by a re-mapping of the ledger or by older tools; and doubles. */
const [REMAPPING, OLDER, ARITHMETIC] = [0.001, 0.01, 0.00001];

/** Each burn of the request with the bar it is for, and what the chain has of it. */
function counted({ request }: Derivation, facts: readonly BurnFact[]) {
  const burns = request.redemptions.flatMap(redemption =>
    redemption.burns.map(burn => ({ redemption, burn })),
  );
  return burns.map((one, i) => ({ ...one, fact: facts[i] as BurnFact }));
}

function differs({ token, amount }: Burn, fact: BurnFact): BurnProblem['problem'] | null {
  if (fact.token !== token)
    return { is: 'other', member: 'token', expected: token, got: fact.token ?? 'none' };
  const got = fact.amount ?? 0n;
  const isSame = parseAmount(amount, 'amount') === got;
  return isSame ? null : { is: 'other', member: 'amount', expected: amount, got: formatAmount(got) };
}

/** What exists of a burnt token, and what is burnt of it here, in ounces: the tokens of several periods are added. */
export interface TokenSum {
  readonly token: string;
  /** Of its first burn. */
  readonly reference: string;
  readonly output: string;
  /** Decimal text. */
  readonly mapped: string;
  readonly found: number;
}

export function tokenSums(
  { request, remapped }: Derivation,
  { tip, evidence }: Pick<ChainFacts, 'tip' | 'evidence'>,
): TokenSum[] {
  const sums = new Map<string, TokenSum>();
  for (const { reference, burns } of request.redemptions)
    for (const { token, ...burn } of burns) {
      if (sums.has(token)) continue;
      const mapped = remapped.before.filter(entry => entry.token === token).map(({ mass }) => String(mass));
      const here = Number(formatAmount(evidence.amounts?.get(token) ?? 0n)) * tokenRatio(tip.height);
      const burnt = request.redemptions.flatMap(({ height, burns: all }) =>
        all.flatMap(one => (one.token === token ? [Number(one.amount) * tokenRatio(height)] : [])),
      );
      const found = burnt.reduce((sum, mass) => sum + mass, here);
      sums.set(token, { token, reference, output: outpointOf(burn), mapped: sumOfMasses(mapped), found });
    }
  return [...sums.values()];
}

function tooMany(derivation: Derivation, chain: ChainFacts, state: LedgerState): RefusedData | null {
  const issued = new Set(state.published.flatMap(({ transactions }) => Object.keys(transactions)));
  const remappings = state.published.filter(({ burns }) => Object.keys(burns).length > 0).length;
  for (const { token, reference, output, mapped, found } of tokenSums(derivation, chain)) {
    const tolerance = REMAPPING * remappings + (issued.has(token) ? 0 : OLDER) + ARITHMETIC;
    if (found <= Number(mapped) + tolerance) continue;
    const problem = { is: 'too-many', token, mapped, found: found.toFixed(6) } as const;
    return { kind: 'burn', reference, output, problem };
  }
  return null;
}

/** Tokens of bars that are taken out of the mapping: none may be on chain. */
function outstanding({ corrections }: Derivation, { evidence }: ChainFacts): RefusedData | null {
  for (const { request, tokens } of corrections)
    for (const token of 'remove' in request ? tokens : []) {
      const amount = evidence.amounts?.get(token) ?? 0n;
      if (amount > 0n) return { kind: 'outstanding', reference: request.reference, token, amount };
    }
  return null;
}

/** @param needed blocks on each burn, its own included @returns what keeps the tokens from being gone; null where they are */
export function evidenceProblem(
  derivation: Derivation,
  chain: ChainFacts,
  state: LedgerState,
  needed: number,
): RefusedData | null {
  const { request } = derivation;
  for (const { redemption, burn, fact } of counted(derivation, chain.evidence.burns)) {
    const { reference, height } = redemption;
    const [output, got] = [outpointOf(burn), fact.height ?? 0];
    const before = state.burnt.get(output);
    const isOtherPeriod = periodOf(got) !== periodOf(height);
    const problem =
      countedBefore(before, request.digest) ??
      noBurn(fact, needed) ??
      (fact.depth === 0 ? null : differs(burn, fact)) ??
      (fact.depth !== 0 && isOtherPeriod ? ({ is: 'height', expected: height, got } as const) : null);
    if (problem) return { kind: 'burn', reference, output, problem };
  }
  return tooMany(derivation, chain, state) ?? outstanding(derivation, chain);
}

/** For the entry that publishes. */
export function countedBurns(derivation: Derivation, { evidence }: ChainFacts): Record<string, CountedBurn> {
  return Object.fromEntries(
    counted(derivation, evidence.burns).map(({ redemption, burn, fact }) => [
      outpointOf(burn),
      { bar: redemption.reference, height: fact.height ?? 0, block: fact.block ?? 0 },
    ]),
  );
}

/** The store keeps the transactions of burns that the chain lost: they are sent again, and the holder need not. */
function sendAgain({ facts }: Planning, lost: readonly BurnFact[], stage: AtHand): Plan {
  const { memory, subject } = facts;
  const kept = subject?.keptBurns ?? [];
  for (const { txid, vout, problem } of lost) {
    const outcome = memory.outcomes.get(txid);
    const isKept = kept.some(one => one.txid === txid);
    if (isKept && outcome?.state !== 'refused') continue;
    const bar = stage.request.redemptions.find(({ burns }) => burns.some(burn => burn.txid === txid));
    const refused =
      outcome?.state === 'refused' ? ({ is: 'refused', message: outcome.message } as const) : null;
    const why = refused ?? problem ?? ({ is: 'unknown', hasIndex: true } as const);
    return refuse({ kind: 'burn', reference: bar?.reference ?? '', output: `${txid}:${vout}`, problem: why });
  }
  const transactions = kept.map(({ txid, hex }) => ({ key: txid, hex, isWaiting: false }));
  return { do: 'send', transactions, again: memory.sentAt !== null, all: kept.length };
}

/** @param isPublished the burns are counted: only that they are in the chain is looked at @returns null once all is as it should be */
export function followBurns(
  planning: Planning,
  stage: AtHand,
  chain: ChainFacts,
  isPublished: boolean,
): Plan | null {
  const { situation, question } = planning;
  const { state } = situation;
  const { burns } = chain.evidence;
  const lost = burns.filter(({ problem }) => problem?.is === 'unknown' && problem.hasIndex);
  if (lost.length > 0) return sendAgain(planning, lost, stage);
  const problem = isPublished || state === null ? null : evidenceProblem(stage.derivation, chain, state, 0);
  if (problem) return refuse(problem);
  const needed = isPublished ? 1 : (question.confirmations ?? BURN_CONFIRMATIONS);
  if (burns.every(({ depth }) => (depth ?? 0) >= needed)) return null;
  return stalled(planning, stage, chain) ?? { do: 'wait' };
}

/** Possible facts about the sample's burns, and about tokens that must not be on chain. */
import { parseAmount } from '../../../../shared/amount.ts';
import { listAssets } from '../../../../shared/mapping/asset-listing.ts';
import { groupMassesBy, sumOfMasses } from '../../../../shared/redemption/mass-sums.ts';
import { tokenAmount } from '../../../../shared/token-schedule.ts';
import type { RawTransaction } from '../../../ledger/burn-transactions.ts';
import type { BurnFact, Evidence, NoBurn } from '../../facts/burns.ts';
import { base, idFromNumber, type Sample } from './samples.ts';

/** Confirmations of a burn, counting its own block. By default, a burn needs 30. */
const DEPTHS = { mempool: 0, shallow: 1, nearly: 29, deep: 30 } as const;
const PROBLEMS: Record<string, NoBurn> = {
  'not burnt': { is: 'not-burnt', script: '76a9' },
  unreadable: { is: 'unreadable' },
  'no such output': { is: 'no-output', outputs: 1 },
  'parent unknown': { is: 'input-unknown', txid: idFromNumber(0xdd) },
  'two periods': { is: 'periods', heights: [2700, 3300] },
};
export const BURNS = [
  ...['unknown', 'hidden', 'mempool', 'shallow', 'nearly', 'deep'],
  ...['not burnt', 'unreadable', 'no such output', 'parent unknown', 'two periods'],
  ...['other token', 'other amount', 'other period'],
] as const;
export type BurnKind = (typeof BURNS)[number];

const burnsOfSample = ({ derivation }: Sample) =>
  derivation.request.redemptions.flatMap(({ height, burns }) => burns.map(burn => ({ ...burn, height })));

/** The burns' transactions, as `prepare` stores them. */
export const keptBurnTransactions = (sample: Sample): RawTransaction[] =>
  burnsOfSample(sample).map(({ txid }) => ({ txid, hex: txid.slice(-4) }));

export function makeBurnFact(sample: Sample, i: number, kind: BurnKind, tip: number): BurnFact {
  const { txid, vout, token, amount, height } = burnsOfSample(sample)[i] as ReturnType<
    typeof burnsOfSample
  >[number];
  const nothing = { txid, vout, depth: null, block: null, token: null, amount: null, height: null };
  if (kind === 'unknown' || kind === 'hidden')
    return { ...nothing, transactions: [], problem: { is: 'unknown', hasIndex: kind === 'unknown' } };
  if (kind === 'mempool') return { ...nothing, depth: 0, transactions: [], problem: null };
  const depth = DEPTHS[kind as keyof typeof DEPTHS] ?? DEPTHS.deep;
  const block = tip - depth + 1;
  const problem = PROBLEMS[kind] ?? null;
  if (problem) return { ...nothing, depth, block, transactions: [], problem };
  return {
    ...{ txid, vout, depth, block, problem: null },
    token: kind === 'other token' ? idFromNumber(0xeee) : token,
    amount: parseAmount(amount, 'amount') + (kind === 'other amount' ? 1n : 0n),
    height: kind === 'other period' ? height + 480 : height,
    transactions: keptBurnTransactions(sample).slice(i, i + 1),
  };
}

export interface EvidenceKind {
  readonly burns: readonly [BurnKind, BurnKind];
  /** True if too many tokens are on chain, even without the tokens of unconfirmed burns. */
  readonly hasOutstanding: boolean;
}

const IN_NO_BLOCK: readonly BurnKind[] = ['unknown', 'mempool'];

/** For each asset id: the atoms on chain. */
function amountsOnChain({ derivation }: Sample, { burns, hasOutstanding }: EvidenceKind, height: number) {
  const { request, remapped } = derivation;
  const masses = new Map(
    [...groupMassesBy(listAssets(base), 'assetId')].map(([token, all]) => [token, Number(sumOfMasses(all))]),
  );
  for (const { token } of remapped.before) masses.set(token, 0);
  for (const { token, mass } of remapped.after) masses.set(token, (masses.get(token) ?? 0) + mass);
  request.redemptions.forEach(({ burns: [burn], mass }, i) => {
    const times = (IN_NO_BLOCK.includes(burns[i] as BurnKind) ? 1 : 0) + (hasOutstanding ? 1 : 0);
    if (burn) masses.set(burn.token, (masses.get(burn.token) ?? 0) + times * Number(mass));
  });
  for (const { request: one, tokens } of derivation.corrections)
    for (const token of 'remove' in one && !hasOutstanding ? tokens : []) masses.set(token, 0);
  const amounts = [...masses].map(([token, mass]) => [token, tokenAmount(mass.toFixed(3), height)] as const);
  return new Map(amounts.filter(([, amount]) => amount > 0n));
}

export function makeEvidence(sample: Sample, kind: EvidenceKind, height: number): Evidence {
  const { redemptions, corrections } = sample.derivation.request;
  if (redemptions.length + corrections.length === 0) return NO_EVIDENCE;
  const facts = redemptions.map((_, i) => makeBurnFact(sample, i, kind.burns[i] as BurnKind, height));
  return { burns: facts, amounts: amountsOnChain(sample, kind, height), height };
}

export const NO_EVIDENCE: Evidence = { burns: [], amounts: null, height: 0 };

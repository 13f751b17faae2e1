/** Every token on chain against the mapping. */
import { formatAmount } from '../../shared/amount.ts';
import { assetIdOf } from '../../shared/issuance.ts';
import type { Asset } from '../../shared/mapping/assets.ts';
import { assetsOf } from '../../shared/mapping/listing.ts';
import { reviewCode } from '../../shared/review-code.ts';
import { PERIOD, periodOf, tokenAmount } from '../../shared/schedule.ts';
import { fromOutpoint } from '../ledger/coins.ts';
import type { Published } from '../ledger/mappings.ts';
import type { LedgerState } from '../ledger/state.ts';
import { checkTip } from '../node/checks/tip.ts';
import type { AssetInfo, Tip, Watch } from '../node/node.ts';
import { blocked, MAP_TROUBLES, refusedBy } from '../proposal/plan/gates.ts';
import { run } from '../proposal/run.ts';
import { Refused } from '../proposal/texts/refused.ts';
import { fetchIssuances, type IssuanceRecord, type ReportServices } from './issuances.ts';
import { findOrigins } from './origin.ts';

export type Verdict =
  /** As much as at its issue, or as the schedule has made of it since. */
  | 'ok'
  | 'missing'
  | 'wrong amount'
  /** A mass that no schedule takes, in an entry of an older tool. */
  | 'unreadable mass';

export interface MappedToken {
  reference: string;
  token: string;
  mass: string;
  /** Amounts are decimal text; null where it is not known. */
  expectedAtIssue: string | null;
  expectedNow: string | null;
  spendable: string;
  frozen: string;
  /** On chain less what is expected now. */
  difference: string | null;
  /** On chain less the schedule's nearest amount, where the difference is an older tool's rounding and accepted. */
  rounding: string | null;
  verdict: Verdict;
}

export interface UnmappedToken {
  token: string;
  spendable: string;
  frozen: string;
  /** Issued from a policy coin of ours; null where that could not be determined. */
  ours: boolean | null;
  /** What is known of it. */
  note: string;
}

export interface Report {
  published: Published;
  tip: Tip;
  /** Milliseconds since 1970, of this computer, when the chain was asked. */
  asked: number;
  /** In the order of the published mapping. */
  mapped: MappedToken[];
  unmapped: UnmappedToken[];
  /** Whether the node's wallet shows the policy coins. */
  watch: Watch;
  /** What could not be looked at, each with what to do about it. */
  gaps: readonly string[];
  /** What made each published mapping, by its digest. */
  issuances: ReadonlyMap<string, IssuanceRecord>;
  /** Whether every mapped token is on chain as it should be, and every token of ours is mapped, as far as can be determined. */
  verdict: 'agree' | 'disagree' | 'undetermined';
}

const NONE: AssetInfo = { spendable: 0n, frozen: 0n };
/** What a request may say of a mass; older entries may hold any number. */
export const MASS = /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,20})?$/;

/**
 * The older coordinator divided the mass by a ratio of 13 decimals: 0.00000043 tokens from the schedule at block 1,000,000.
 * Accepted for tokens that no issuance of this store made, in atoms; the older scripts' own tolerance for redemptions.
 */
export const OLDER_ROUNDING = 100n;

const signedAmount = (atoms: bigint) => (atoms < 0n ? `-${formatAmount(-atoms)}` : formatAmount(atoms));

/** The amount of one of these periods that is nearest to the total. Amounts only grow from period to period. */
function nearestAmount(mass: string, total: bigint, first: number, last: number): bigint {
  const amountOf = (period: number) => tokenAmount(mass, period * PERIOD);
  let [low, high] = [first, last];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (amountOf(middle) >= total) high = middle;
    else low = middle + 1;
  }
  const above = amountOf(low);
  const below = low > first ? amountOf(low - 1) : above;
  return above - total <= total - below ? above : below;
}

function mappedToken(
  asset: Asset,
  info: AssetInfo,
  height: number,
  issueHeight: number | undefined,
): MappedToken {
  const total = info.spendable + info.frozen;
  const readable = MASS.test(asset.mass);
  const atIssue = readable && issueHeight !== undefined ? tokenAmount(asset.mass, issueHeight) : null;
  const now = readable ? tokenAmount(asset.mass, height) : null;
  const tolerance = issueHeight === undefined ? OLDER_ROUNDING : 0n;
  let rounding = 0n;
  const verdict = (): Verdict => {
    if (total === 0n) return 'missing';
    if (now === null) return 'unreadable mass';
    // Most tokens have one of these two amounts; finding another one takes a dozen walks over all periods.
    if (total === now || total === atIssue) return 'ok';
    const first = issueHeight === undefined ? 0 : periodOf(issueHeight);
    const difference = total - nearestAmount(asset.mass, total, first, Math.max(first, periodOf(height)));
    if (difference < -tolerance || difference > tolerance) return 'wrong amount';
    rounding = difference;
    return 'ok';
  };
  const found = verdict();
  return {
    reference: asset.reference,
    token: asset.assetId,
    mass: asset.mass,
    expectedAtIssue: atIssue === null ? null : formatAmount(atIssue),
    expectedNow: now === null ? null : formatAmount(now),
    spendable: formatAmount(info.spendable),
    frozen: formatAmount(info.frozen),
    difference: now === null ? null : signedAmount(total - now),
    rounding: rounding === 0n ? null : signedAmount(rounding),
    verdict: found,
  };
}

/** What the ledger says of tokens that no mapping has. */
function notesOf(state: LedgerState): Map<string, string> {
  const unpublished = [...state.proposals.values()].filter(({ status }) => status !== 'published');
  return new Map(
    unpublished.flatMap(({ request, status, reserves }) => {
      const note = (reference: string) =>
        status === 'open' || status === 'sent'
          ? `of ${reference}, in the open proposal ${reviewCode(request)}: run finalise`
          : `of ${reference}, in the proposal ${reviewCode(request)}, which was ${status}: call the other controllers`;
      return [...reserves].map(
        ([reference, coin]) => [assetIdOf(fromOutpoint(coin)), note(reference)] as const,
      );
    }),
  );
}

const NOTES = {
  ours: 'issued from a policy coin of ours, by no proposal of this store: call the other controllers',
  early: 'of others: the chain began with it',
  others: 'of others: from no policy coin that led to one of ours',
  unknown: 'it could not be determined whether it was issued from a policy coin of ours',
};

async function describeUnmapped(
  services: ReportServices,
  state: LedgerState,
  info: ReadonlyMap<string, AssetInfo>,
  known: ReadonlySet<string>,
): Promise<Pick<Report, 'unmapped' | 'gaps' | 'watch'>> {
  const wanted = [...info.keys()].filter(id => id !== services.trust.policyAsset && !known.has(id));
  const { ours, reissuance, early, gaps, watch } = await findOrigins(services, state, wanted);
  const tokens = wanted.filter(id => !reissuance.has(id));
  const notes = tokens.some(id => ours.has(id)) ? notesOf(state) : new Map();
  const unmapped = tokens.map((token): UnmappedToken => {
    const { spendable, frozen } = info.get(token) ?? NONE;
    const amounts = { token, spendable: formatAmount(spendable), frozen: formatAmount(frozen) };
    if (ours.has(token)) return { ...amounts, ours: true, note: notes.get(token) ?? NOTES.ours };
    if (early.has(token)) return { ...amounts, ours: false, note: NOTES.early };
    if (gaps.length > 0) return { ...amounts, ours: null, note: NOTES.unknown };
    return { ...amounts, ours: false, note: NOTES.others };
  });
  return { unmapped, gaps, watch };
}

function verdictOf(mapped: readonly MappedToken[], unmapped: readonly UnmappedToken[]): Report['verdict'] {
  if (mapped.some(({ verdict }) => verdict !== 'ok') || unmapped.some(({ ours }) => ours)) return 'disagree';
  return unmapped.some(({ ours }) => ours === null) ? 'undetermined' : 'agree';
}

/** @throws Refused where the ledger cannot be read, or `map.json` is another mapping than the ledger's */
export async function report(services: ReportServices, maxTipAge: number): Promise<Report> {
  const { store, node, world, trust } = services;
  const { facts, situation } = await run(services, { intent: 'look' });
  const refused = blocked(situation, store.name) ?? refusedBy(situation, ...MAP_TROUBLES);
  if (refused) throw new Refused(refused);
  const state = situation.state as LedgerState;
  const published = facts.store.current as Published;
  const [tip, info, issuances] = await Promise.all([
    node.tip(),
    node.assetInfo(),
    fetchIssuances(store, state),
  ]);
  const asked = world.now();
  checkTip(node.rpc.endpoint, tip, { network: trust.network.name, now: asked / 1000, maxAge: maxTipAge });
  const issuedAt = new Map<string, number>();
  for (const { height, transactions } of issuances.values())
    for (const token of transactions.keys()) issuedAt.set(token, height);
  const mapped: MappedToken[] = [];
  const known = new Set<string>();
  for (const asset of assetsOf(published.mapping)) {
    known.add(asset.assetId);
    mapped.push(mappedToken(asset, info.get(asset.assetId) ?? NONE, tip.height, issuedAt.get(asset.assetId)));
  }
  const { unmapped, gaps, watch } = await describeUnmapped(services, state, info, known);
  const verdict = verdictOf(mapped, unmapped);
  return { published, tip, asked, mapped, unmapped, gaps, watch, issuances, verdict };
}

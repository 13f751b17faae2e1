/** The report: compares every token on chain with the mapping. */
import { formatAmount } from '../../shared/amount.ts';
import { reviewCode } from '../../shared/review-code.ts';
import type { LedgerState } from '../ledger/ledger-state.ts';
import { assetIdOfOutpoint } from '../ledger/policy-coin.ts';
import type { Published } from '../ledger/stored-mappings.ts';
import { checkTip } from '../node/checks/best-block.ts';
import type { AssetInfo, Tip, Watch } from '../node/node.ts';
import type { ChainFacts } from '../proposal/facts/facts.ts';
import type { Situation } from '../proposal/situation/situation.ts';
import { readCurrentMapping } from '../redeemable/current-mapping.ts';
import { findOpenRedemption, type OpenRedemption } from './open-burns.ts';
import {
  fetchPublishedRequests,
  heightsOfIssue,
  type PublishedRequest,
  type ReportServices,
  remappingsOf,
} from './published-requests.ts';
import { ORIGINS, reservedTokenText } from './texts/unmapped-tokens.ts';
import { findOrigins } from './token-origins.ts';
import { isTokenGood, judgeTokens, type MappedToken, type MappedTokens, NONE } from './token-verdicts.ts';

export interface UnmappedToken {
  token: string;
  spendable: string;
  frozen: string;
  /** True if the token was issued from a policy coin of the controllers; null if this is not known. */
  ours: boolean | null;
  /** A remark about the token's origin. */
  note: string;
}

export interface Report extends MappedTokens {
  published: Published;
  /** Digests of all past mappings and of the current mapping, from the ledger, oldest first. */
  line: readonly string[];
  tip: Tip;
  /** This computer's time when the chain was read, milliseconds since 1970. */
  asked: number;
  /** The open redemption; null if there is none, or if its burns could not be read from the node. */
  open: OpenRedemption | null;
  unmapped: UnmappedToken[];
  /** Whether the node's wallet watches the address of the policy coins. */
  watch: Watch;
  /** Sentences about what could not be checked, each with the next step. */
  gaps: readonly string[];
  /** For each published mapping, by its digest: the record of the request that made it. */
  issuances: ReadonlyMap<string, PublishedRequest>;
  /**
   * `disagree` if a mapped token is not good, or if a token from our policy coins is not in the mapping.
   * Otherwise `undetermined` if the origin of a token is not known.
   */
  verdict: 'agree' | 'disagree' | 'undetermined';
}

/**
 * A remark about each token that an unpublished proposal would issue, or has issued. The remarks are by asset
 * id.
 */
function tokenNotes(state: LedgerState): Map<string, string> {
  const unpublished = [...state.proposals.values()].filter(({ status }) => status !== 'published');
  return new Map(
    unpublished.flatMap(({ request, status, reserves }) => {
      const code = reviewCode(request);
      return [...reserves].map(
        ([reference, coin]) => [assetIdOfOutpoint(coin), reservedTokenText(reference, code, status)] as const,
      );
    }),
  );
}

async function unmappedPartOfReport(
  services: ReportServices,
  state: LedgerState,
  info: ReadonlyMap<string, AssetInfo>,
  known: ReadonlySet<string>,
): Promise<Pick<Report, 'unmapped' | 'gaps' | 'watch'>> {
  // If a whole token was burnt, an output of this token with amount 0 may remain on chain.
  const wanted = [...info]
    .filter(([, { spendable, frozen }]) => spendable + frozen > 0n)
    .map(([id]) => id)
    .filter(id => id !== services.trust.policyAsset && !known.has(id));
  const { ours, reissuance, early, gaps, watch } = await findOrigins(services, state, wanted);
  const tokens = wanted.filter(id => !reissuance.has(id));
  const notes = tokens.some(id => ours.has(id)) ? tokenNotes(state) : new Map();
  const unmapped = tokens.map((token): UnmappedToken => {
    const { spendable, frozen } = info.get(token) ?? NONE;
    const amounts = { token, spendable: formatAmount(spendable), frozen: formatAmount(frozen) };
    if (ours.has(token)) return { ...amounts, ours: true, note: notes.get(token) ?? ORIGINS.ours };
    if (early.has(token)) return { ...amounts, ours: false, note: ORIGINS.early };
    if (gaps.length > 0) return { ...amounts, ours: null, note: ORIGINS.unknown };
    return { ...amounts, ours: false, note: ORIGINS.others };
  });
  return { unmapped, gaps, watch };
}

function verdictOfReport(
  mapped: readonly MappedToken[],
  unmapped: readonly UnmappedToken[],
): Report['verdict'] {
  if (!mapped.every(isTokenGood) || unmapped.some(({ ours }) => ours)) return 'disagree';
  return unmapped.some(({ ours }) => ours === null) ? 'undetermined' : 'agree';
}

function openRedemptionOfStage({ stage, state }: Situation, chain: ChainFacts | null): OpenRedemption | null {
  const isOpen = 'request' in stage && stage.request.digest === state?.open?.request;
  return isOpen && chain ? findOpenRedemption(stage, chain) : null;
}

/**
 * @throws RefusedError if the ledger cannot be read, or `map.json` differs from the ledger's mapping. Refusal
 * if {@link checkTip} refuses the node's best block
 */
export async function makeReport(services: ReportServices, maxTipAge: number): Promise<Report> {
  const { store, node, world, trust } = services;
  const { state, published, situation, chain } = await readCurrentMapping(services);
  const [tip, info, issuances] = await Promise.all([
    node.tip(),
    node.assetInfo(),
    fetchPublishedRequests(store, state),
  ]);
  const asked = world.now();
  checkTip(node.rpc.endpoint, tip, { network: trust.network.name, now: asked / 1000, maxAge: maxTipAge });
  const remappings = remappingsOf(issuances, state);
  const open = openRedemptionOfStage(situation, chain);
  const heights = heightsOfIssue(issuances);
  const tokens = judgeTokens(published.mapping, info, tip.height, heights, remappings, open?.burns);
  const known = published.mapping.contained(new Set(info.keys()), 'assetId');
  const { unmapped, gaps, watch } = await unmappedPartOfReport(services, state, info, known);
  const verdict = verdictOfReport(tokens.mapped, unmapped);
  const line = state.mappings;
  return { published, line, tip, asked, ...tokens, open, unmapped, gaps, watch, issuances, verdict };
}

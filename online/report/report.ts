/** Every token on chain against the mapping. */
import { formatAmount } from '../../shared/amount.ts';
import type { Asset } from '../../shared/mapping/assets.ts';
import { assetsOf } from '../../shared/mapping/listing.ts';
import { type Request, referenceOf } from '../../shared/request.ts';
import { periodOf, tokenAmount } from '../../shared/schedule.ts';
import { parseCoins } from '../legacy/coins-file.ts';
import type { AssetInfo } from '../node/node.ts';
import { checkedTip } from '../steps/chain.ts';
import { fetchPublished } from '../steps/fetch-published.ts';
import { fetchIssuances, type IssuanceRecord } from '../steps/issuance-record.ts';
import { keys, MAX_COINS_BYTES } from '../steps/objects.ts';
import { fetchGivenUp, tokenOf } from '../steps/pins.ts';
import { listProposals, openRequests } from '../steps/proposals.ts';
import type { Published } from '../steps/published.ts';
import type { Services } from '../steps/services.ts';
import { periodOfAmount } from '../steps/token-check.ts';
import { issuedBehind } from './lineage.ts';

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
  verdict: Verdict;
}

export interface UnmappedToken {
  token: string;
  spendable: string;
  frozen: string;
  /** Issued from a policy coin of ours. */
  ours: boolean;
  /** What is known of it. */
  note: string;
}

export interface Report {
  published: Published;
  height: number;
  /** In the order of the published mapping. */
  mapped: MappedToken[];
  unmapped: UnmappedToken[];
  /** What made each published mapping, by its digest. */
  issuances: ReadonlyMap<string, IssuanceRecord>;
  /** Whether every mapped token is on chain as it should be, and every token of ours is mapped. */
  agrees: boolean;
}

const NONE: AssetInfo = { spendable: 0n, frozen: 0n, entropy: null, token: null };
/** What a request may say of a mass; older entries may hold any number. */
export const MASS = /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,20})?$/;

const signedAmount = (atoms: bigint) => (atoms < 0n ? `-${formatAmount(-atoms)}` : formatAmount(atoms));

function mappedToken(
  asset: Asset,
  info: AssetInfo,
  height: number,
  issueHeight: number | undefined,
): MappedToken {
  const total = info.spendable + info.frozen;
  const readable = MASS.test(asset.mass);
  const at = (block: number) => formatAmount(tokenAmount(asset.mass, block));
  const now = readable ? tokenAmount(asset.mass, height) : null;
  const verdict = (): Verdict => {
    if (total === 0n) return 'missing';
    if (now === null) return 'unreadable mass';
    // Amounts are compared first with those of now and of the issue: the walk over all periods is for the rest.
    if (total === now) return 'ok';
    const first = issueHeight === undefined ? 0 : periodOf(issueHeight);
    return periodOfAmount(asset.mass, total, first, periodOf(height)) === null ? 'wrong amount' : 'ok';
  };
  return {
    reference: asset.reference,
    token: asset.tokenId,
    mass: asset.mass,
    expectedAtIssue: readable && issueHeight !== undefined ? at(issueHeight) : null,
    expectedNow: now === null ? null : formatAmount(now),
    spendable: formatAmount(info.spendable),
    frozen: formatAmount(info.frozen),
    difference: now === null ? null : signedAmount(total - now),
    verdict: verdict(),
  };
}

/** Assets that somebody issued, without the policy asset and without reissuance tokens, which come with them. */
function issuedAssets(info: ReadonlyMap<string, AssetInfo>, policyAsset: string): string[] {
  const reissuance = new Set([...info.values()].flatMap(({ token }) => token ?? []));
  return [...info].flatMap(([id, { entropy }]) =>
    entropy === null || id === policyAsset || reissuance.has(id) ? [] : [id],
  );
}

/** What each token of these requests would be of. */
function meant(requests: readonly Request[], say: (request: Request, reference: string) => string) {
  return requests.flatMap(request =>
    request.issuances.map(i => [tokenOf(i.coin), say(request, referenceOf(i))] as const),
  );
}

async function describeUnmapped(
  services: Services,
  published: Published,
  ids: readonly string[],
  info: ReadonlyMap<string, AssetInfo>,
): Promise<UnmappedToken[]> {
  if (ids.length === 0) return [];
  const { store, node, trust } = services;
  const [listing, bytes, watched] = await Promise.all([
    listProposals(store),
    store.get(keys.coins, MAX_COINS_BYTES),
    node.listUnspent(trust.address, 0),
  ]);
  const [open, givenUp] = await Promise.all([
    openRequests(store, published.mapping.digest, listing),
    fetchGivenUp(services, listing),
  ]);
  const notes = new Map([
    ...meant(
      givenUp,
      (r, ref) =>
        `of ${ref}, in the proposal ${r.reviewCode}, which was given up: call the other controllers`,
    ),
    ...meant(
      [...open.current, ...open.overtaken],
      (r, ref) => `of ${ref}, in the open proposal ${r.reviewCode}: run finalise`,
    ),
  ]);
  let coins = watched.map(({ txid }) => ({ txid }));
  try {
    if (bytes) coins = [...coins, ...parseCoins(bytes, keys.coins)];
  } catch {
    // A damaged list costs only what it would have added.
  }
  const ours = await issuedBehind(services, coins, new Set(ids));
  return ids.map(token => {
    const { spendable, frozen } = info.get(token) ?? NONE;
    const isOurs = ours.has(token) || notes.has(token);
    const otherwise = isOurs
      ? 'issued from a policy coin of ours, by no proposal of this store: call the other controllers'
      : 'issued by others: from no policy coin that led to one of ours';
    return {
      token,
      spendable: formatAmount(spendable),
      frozen: formatAmount(frozen),
      ours: isOurs,
      note: notes.get(token) ?? otherwise,
    };
  });
}

export async function report(services: Services, maxTipAge: number): Promise<Report> {
  const { store, trust, node } = services;
  const [published, tip, info, issuances] = await Promise.all([
    fetchPublished(services),
    checkedTip(services, maxTipAge),
    node.assetInfo(),
    fetchIssuances(store),
  ]);
  const issuedAt = new Map<string, number>();
  for (const { height, transactions } of issuances.values())
    for (const token of transactions.keys()) issuedAt.set(token, height);
  const mapped: MappedToken[] = [];
  const known = new Set<string>();
  for (const asset of assetsOf(published.mapping)) {
    known.add(asset.tokenId);
    mapped.push(mappedToken(asset, info.get(asset.tokenId) ?? NONE, tip.height, issuedAt.get(asset.tokenId)));
  }
  const ids = issuedAssets(info, trust.policyAsset).filter(id => !known.has(id));
  const unmapped = await describeUnmapped(services, published, ids, info);
  const agrees = mapped.every(({ verdict }) => verdict === 'ok') && unmapped.every(({ ours }) => !ours);
  return { published, height: tip.height, mapped, unmapped, issuances, agrees };
}

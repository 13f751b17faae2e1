/** The coordinator's step: from assets to a request, everything checked against store and chain. */
import { formatAmount } from '../../shared/amount.ts';
import { type Derivation, derive } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { type AssetEntry, type Request, referenceOf, withDigest } from '../../shared/request.ts';
import { blocksLeft, tokenAmount } from '../../shared/schedule.ts';
import type { PolicyCoin } from '../ledger/coins.ts';
import { parseCoins } from '../legacy/coins-file.ts';
import { newTime } from '../platform/text/time.ts';
import { counted } from '../platform/text/words.ts';
import { type Absent, fetchAbsent, listPast } from './absent.ts';
import { checkedTip, checkPeriod } from './chain.ts';
import { chooseCoins } from './coin-choice.ts';
import { fetchPublished } from './fetch-published.ts';
import { checkLooseTokens } from './loose-tokens.ts';
import { lostIssuances, notOnChain } from './lost.ts';
import { checkAgainstNode } from './node-check.ts';
import { keys, MAX_COINS_BYTES } from './objects.ts';
import { bindingCoins, earlierRequests, fetchGivenUp, isMoved } from './pins.ts';
import { type Listing, listProposals, type OpenRequests, openRequests, requestInTurn } from './proposals.ts';
import type { Published } from './published.ts';
import { checkAbsent } from './replaced.ts';
import type { Services } from './services.ts';

/** As many as fit into a sentence that is still read. */
const SHOWN_REFERENCES = 20;

export interface Prepared {
  derivation: Derivation;
  blocksLeft: number;
}

async function fetchCoins(services: Services) {
  const bytes = await services.store.get(keys.coins, MAX_COINS_BYTES);
  if (bytes) return parseCoins(bytes, keys.coins);
  throw new Refusal(
    'OBJECT_MISSING',
    `${keys.coins}: there is none in ${services.store.name}`,
    'Make it from the chain with `countersign coins scan`.',
  );
}

/** Each of them is told: `derive`, as the signer, stops at the first. @throws Refusal DUPLICATE_ASSET */
function checkNotIssued(base: Mapping, references: readonly string[]): void {
  const issued = [...base.contained(new Set(references))].sort();
  if (issued.length === 0) return;
  const shownOnes = issued.slice(0, SHOWN_REFERENCES).join(', ');
  const more = issued.length > SHOWN_REFERENCES ? ` and ${issued.length - SHOWN_REFERENCES} more` : '';
  throw new Refusal(
    'DUPLICATE_ASSET',
    `${shownOnes}${more} ${issued.length === 1 ? 'stands' : 'stand'} in the mapping already`,
  );
}

/** What an issuance can begin with. */
export interface Ready {
  published: Published;
  coins: PolicyCoin[];
  height: number;
  listed: Listing;
  open: OpenRequests;
  givenUp: Request[];
  absent: Absent;
}

/**
 * Whatever would refuse any asset, so that nobody types them in vain.
 * @param maxTipAge seconds
 */
export async function checkReady(services: Services, maxTipAge: number): Promise<Ready> {
  const { store } = services;
  const calls = [
    fetchPublished(services),
    fetchCoins(services),
    checkedTip(services, maxTipAge),
    listProposals(store),
    listPast(services),
  ] as const;
  await Promise.allSettled(calls); // of several refusals the first of these is told, not the quickest
  const [published, coins, tip, listed, past] = await Promise.all(calls);
  const base = published.mapping;
  const inTurn = async () => {
    const open = await openRequests(store, base.digest, listed);
    return { open, standing: open.current[0] ?? (await requestInTurn(store, base.digest, open)) };
  };
  const [{ open, standing }, givenUp, absent, lost] = await Promise.all([
    inTurn(),
    fetchGivenUp(services, listed),
    fetchAbsent(services, published, listed, Promise.resolve(past)),
    lostIssuances(services, published),
  ]);
  checkPeriod(tip.height, tip.height, standing?.reviewCode);
  if (standing) {
    throw new Refusal(
      'PROPOSAL_OPEN',
      `the proposal ${standing.reviewCode} of ${counted(standing.issuances.length, 'asset')} is open`,
      'Finish it, or give it up with `countersign abandon`; `countersign status` says where it stands.',
    );
  }
  if (lost.length > 0) throw notOnChain(lost);
  await checkLooseTokens(services, published, open.overtaken, givenUp);
  return { published, coins, height: tip.height, listed, open, givenUp, absent };
}

/**
 * @param assets checked entries, see `readAssets`
 * @param maxTipAge seconds
 */
export async function prepare(
  services: Services,
  assets: readonly AssetEntry[],
  maxTipAge: number,
): Promise<Prepared> {
  const { trust, state, world, progress } = services;
  const { published, coins, height, listed, open, givenUp, absent } = await checkReady(services, maxTipAge);
  const base = published.mapping;
  const references = assets.map(referenceOf);
  await checkAbsent(services, published, absent, references);
  const requests = [...open.overtaken, ...givenUp];
  const earlier = await earlierRequests(services, state.requests(), listed, requests);
  const all = { ...earlier, kept: absent.kept };
  const pinned = await bindingCoins(services, assets, all, published, coins);
  checkNotIssued(base, references);
  // Bars that stand twice are told as such, before they would take a coin each.
  const unique = [...new Set(references)];
  const { coins: chosen, borrowed } = chooseCoins(unique, coins, pinned);
  for (const others of borrowed)
    progress(
      `The coin of ${others.join(' and of ')}, prepared here and never submitted, is used: if that request was signed, do not submit it any more; prepare it again after this issuance, for controllers who did not sign it.`,
    );
  const moved = unique.filter((reference, i) => isMoved(earlier, reference, chosen[i] as PolicyCoin));
  if (moved.length > 0)
    progress(
      `An earlier request had ${moved.join(', ')} on another coin: a signer that signed that one refuses this one (DOUBLE_ISSUE). Let controllers sign who did not.`,
    );
  const time = newTime(Math.max(world.now(), Math.ceil(Number(base.time) * 1000)));
  const request = withDigest({
    network: trust.network.name,
    trust: trust.digest,
    base: { mapping: base.digest, text: new TextDecoder().decode(published.bytes) },
    height,
    time,
    issuances: assets.map((asset, i) => {
      const coin = chosen[i] ?? chosen[0]!;
      return {
        ...asset,
        tokens: formatAmount(tokenAmount(asset.mass, height)),
        coin: { txid: coin.txid, vout: coin.vout, amount: formatAmount(coin.amount) },
      };
    }),
  });
  const derivation = derive(request, base, trust);
  await checkAgainstNode(services, derivation, 'the list');
  return { derivation, blocksLeft: blocksLeft(height) };
}

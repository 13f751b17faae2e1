/** A derivation against the node: coins, addresses, and the node's own transactions, in one round trip. */
import { parseAddress } from '../../shared/address.ts';
import { parseAmount } from '../../shared/amount.ts';
import type { Derivation } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import type { CoinRef } from '../../shared/request.ts';
import { transactionHex } from '../../shared/transaction.ts';
import type { PolicyCoin } from '../ledger/coins.ts';
import type { CoinState } from '../node/node.ts';
import { checkCoin } from './coin-choice.ts';
import type { Services } from './services.ts';

export function policyCoin(coin: CoinRef): PolicyCoin {
  return { txid: coin.txid, vout: coin.vout, amount: parseAmount(coin.amount, 'coin.amount') };
}

/** Where the coins come from: `ptxo.dat`, or a request that stands, which is not mended by another list. */
export type CoinSource = 'the list' | 'the request';

/** Coins as the request names them are unspent, ours, and of that amount. @throws Refusal COIN_SPENT, COIN_INVALID */
export async function checkCoins(
  services: Services,
  derivation: Derivation,
  source: CoinSource,
): Promise<void> {
  const coins = derivation.issuances.map(({ request: { coin } }) => policyCoin(coin));
  const onChain = await services.node.coins(coins);
  coins.forEach((coin, i) => {
    const reference = derivation.issuances[i]?.reference as string;
    checkCoin(coin, onChain[i] as CoinState, services.trust, source === 'the list' ? null : reference);
  });
}

/**
 * Where the chain keeps a whitelist, it looks at an issuance's first output, and takes none there but a listed key's
 * hash: a script's address is refused even if the node says that it is listed.
 * @throws Refusal ADDRESS_NOT_WHITELISTED naming each
 */
export async function checkWhitelist({ node, trust }: Services, derivation: Derivation): Promise<void> {
  const addresses = derivation.issuances.map(({ request }) => request.address);
  const listed = await node.whitelisted(addresses);
  if (listed === 'off') return;
  const refused = derivation.issuances.flatMap(({ reference, request: { address } }, i) => {
    if (parseAddress(trust.network, address, 'address').kind === 'p2sh')
      return [
        `${reference}: the address ${address} is a script's, which an issuance may not pay to on this chain`,
      ];
    return listed[i] ? [] : [`${reference}: the address ${address} is not on the whitelist of the chain`];
  });
  if (refused.length === 0) return;
  throw new Refusal(
    'ADDRESS_NOT_WHITELISTED',
    refused.join('; '),
    'Have the address whitelisted, or prepare the asset with another one, of a single key.',
  );
}

async function checkBuilt({ node, trust }: Services, derivation: Derivation): Promise<void> {
  const built = await node.createRawIssuance(
    derivation.issuances.map(({ request, tokens }) => ({
      assetAddress: request.address,
      assetAmount: tokens,
      tokenAddress: trust.reissuanceAddress,
      reissuanceAmount: trust.reissuanceTokens,
      changeAddress: trust.address,
      changeAmount: parseAmount(request.coin.amount, 'coin.amount'),
      coin: request.coin,
    })),
  );
  derivation.issuances.forEach((issuance, i) => {
    const ours = transactionHex(issuance.transaction);
    const theirs = built[i];
    if (
      theirs?.rawtx !== ours ||
      theirs.asset !== issuance.assetId ||
      theirs.token !== issuance.reissuanceTokenId
    ) {
      throw new Refusal(
        'NODE_GARBLED',
        `${issuance.reference}: the node builds another transaction (${theirs?.rawtx.length} hex digits, asset ${theirs?.asset}) than this tool (${ours.length} hex digits, asset ${issuance.assetId})`,
        'Check that the node is an Ocean node of this chain and of the expected version; nothing was written.',
      );
    }
  });
}

/** The coins are unspent and ours, the addresses are allowed, and the node builds the same transactions. */
export async function checkAgainstNode(
  services: Services,
  derivation: Derivation,
  source: CoinSource,
): Promise<void> {
  // Told in this order, whichever fails first: a wrong coin explains more than what follows from it.
  const checks = [
    checkCoins(services, derivation, source),
    checkWhitelist(services, derivation),
    checkBuilt(services, derivation),
  ];
  await Promise.allSettled(checks);
  for (const check of checks) await check;
}

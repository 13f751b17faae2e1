/** A derivation against the node: coins, addresses, and the node's own transactions, in one round trip. */
import { parseAmount } from '../../shared/amount.ts';
import type { Derivation } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import type { CoinRef } from '../../shared/request.ts';
import { transactionHex } from '../../shared/transaction.ts';
import type { PolicyCoin } from '../coins-file.ts';
import type { Services } from '../commands/base.ts';
import type { CoinState } from '../node/node.ts';
import { checkCoin } from './coin-choice.ts';

export function policyCoin(coin: CoinRef): PolicyCoin {
  return { txid: coin.txid, vout: coin.vout, amount: parseAmount(coin.amount, 'coin.amount') };
}

/** The coins are unspent and ours, the addresses are allowed, and the node builds the same transactions. */
export async function checkAgainstNode(services: Services, derivation: Derivation): Promise<void> {
  const { node, trust } = services;
  const chosen = derivation.issuances.map(({ request: { coin } }) => policyCoin(coin));
  const addresses = derivation.issuances.map(({ request }) => request.address);
  const [onChain, built, allowed] = await Promise.all([
    node.coins(chosen),
    node.createRawIssuance(
      derivation.issuances.map(({ request, tokens }) => ({
        assetAddress: request.address,
        assetAmount: tokens,
        tokenAddress: trust.reissuanceAddress,
        tokenAmount: trust.reissuanceTokens,
        changeAddress: trust.address,
        changeAmount: parseAmount(request.coin.amount, 'coin.amount'),
        coin: request.coin,
      })),
    ),
    node.whitelisted(addresses),
  ]);
  chosen.forEach((coin, i) => {
    checkCoin(coin, onChain[i] as CoinState, trust);
  });
  const refused = allowed === 'off' ? -1 : allowed.indexOf(false);
  if (refused >= 0) {
    throw new Refusal(
      'ADDRESS_NOT_WHITELISTED',
      `${derivation.issuances[refused]?.reference}: the chain does not allow the address ${addresses[refused]}`,
      'Have the address whitelisted, or give another one.',
    );
  }
  derivation.issuances.forEach((issuance, i) => {
    const ours = transactionHex(issuance.transaction);
    const theirs = built[i];
    if (theirs?.rawtx !== ours || theirs.asset !== issuance.assetId || theirs.token !== issuance.tokenId) {
      throw new Refusal(
        'NODE_GARBLED',
        `${issuance.reference}: the node builds another transaction (${theirs?.rawtx.length} hex digits, asset ${theirs?.asset}) than this tool (${ours.length} hex digits, asset ${issuance.assetId})`,
        'Check that the node is an Ocean node of this chain and of the expected version; nothing was written.',
      );
    }
  });
}

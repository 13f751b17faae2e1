/** Progress lines while a command waits. */
import { reviewCode } from '../../../shared/review-code.ts';
import { blocksLeft, periodOf } from '../../../shared/token-schedule.ts';
import type { Tip } from '../../node/answer-types.ts';
import { tipAge, tipText } from '../../node/checks/best-block.ts';
import { countText } from '../../platform/text/words.ts';
import { blocksWithTimeText } from '../../platform/waiting/progress.ts';
import type { TokenDifference, TokenFacts, TransactionFact } from '../facts/facts.ts';
import { differenceText } from './sending.ts';

export const NODE_AWAY = 'Waiting until the node answers again.';

export function transactionsDroppedText(request: string): string {
  return `Transactions of the published proposal ${reviewCode(request)} are no longer on chain. They are sent again first.`;
}

export function closedOnChainText(request: string): string {
  return `The proposal ${reviewCode(request)} was abandoned, but another tool sent its transactions. Its mapping is published when the transactions are confirmed.`;
}

export const FOLLOWS =
  'The mapping is published, but some of its transactions are no longer on chain. Sending them again.';

export function transactionsSentText(count: number, all: number, again: boolean, isWaiting: boolean): string {
  if (isWaiting)
    return `${countText(count, 'transaction')} ${count === 1 ? 'waits' : 'wait'} for a block, and ${count === 1 ? 'was' : 'were'} sent to the node again.`;
  return again
    ? `${countText(count, 'transaction')} that the node did not have ${count === 1 ? 'was' : 'were'} sent to the node.`
    : `Sent ${count} of ${countText(all, 'transaction')}.`;
}

/** Lines for transactions that were sent with other signatures. */
export function sameIssuanceLines(transactions: readonly TransactionFact[]): string[] {
  return transactions.flatMap(({ issuance, txid, spender }) =>
    spender?.is === 'same'
      ? [
          `${issuance.reference}: the issuance was sent with other signatures, as transaction ${txid}. This transaction counts.`,
        ]
      : [],
  );
}

/**
 * If the best block is older than this number of seconds, it is printed during a wait. An old best block, or
 * a node without peers, may be the reason for the wait.
 */
const OLD_SECONDS = 300;

export function bestBlockWarningText(tip: Tip, now: number): string {
  const isOdd = tip.peers === 0 || tipAge(tip, now) > OLD_SECONDS;
  return isOdd ? ` The chain is at ${tipText(tip, now)}.` : '';
}

export const NO_PEERS =
  'The node has no peers, so it cannot pass transactions on. Transactions are sent to the node again every few blocks.';

/**
 * @param since height of the request
 * @param seconds measured time between blocks; null if unknown
 */
export function confirmationWaitText(
  height: number,
  since: number,
  confirmed: number,
  all: number,
  seconds: number | null,
): string {
  const late = periodOf(height) !== periodOf(since);
  const time = late
    ? `the period is over, and the amounts of block ${since} still apply`
    : `${blocksWithTimeText(blocksLeft(height), seconds)} of the period left`;
  return `Block ${height}: ${confirmed} of ${countText(all, 'transaction')} confirmed, ${time}.`;
}

export const wrongAmountText = (one: TokenDifference): string => `${differenceText(one)}. Checking again.`;

/** Lines about the tokens before the mapping is published. */
export function tokenLines({ less, none }: TokenFacts, all: number): string[] {
  return [
    ...less.map(
      one =>
        `${differenceText(one)}. The holder may already have redeemed a part. The mapping is published anyway.`,
    ),
    ...none.map(
      one =>
        `${differenceText(one)}. The token was redeemed or destroyed later. The mapping is published anyway. Check the token with \`countersign report\`.`,
    ),
    allTokensFoundText(all, less.length, none.length),
  ];
}

/**
 * @param less number of tokens with a smaller amount than issued
 * @param none number of tokens that the chain lacks
 */
export function allTokensFoundText(all: number, less: number, none: number): string {
  if (none > 0) return `${all === 1 ? 'The transaction is' : `All ${all} transactions are`} confirmed.`;
  if (all === 1) return `The token is on chain${less > 0 ? '' : ' in the right amount'}.`;
  const right = less > 0 ? `${all - less} of them in the right amount` : 'in the right amounts';
  return `All ${all} tokens are on chain${less > 0 ? ', ' : ' '}${right}.`;
}

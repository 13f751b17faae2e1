/** Progress lines while a command waits. */
import { reviewCode } from '../../../shared/review-code.ts';
import { blocksLeft, periodOf } from '../../../shared/schedule.ts';
import { tipAge, tipText } from '../../node/checks/tip.ts';
import type { Tip } from '../../node/types.ts';
import { counted } from '../../platform/text/words.ts';
import { blocksText } from '../../platform/waiting/progress.ts';
import type { TokenDifference, TokenFacts, TransactionFact } from '../facts/facts.ts';
import { differenceText } from './sending.ts';

export const NODE_AWAY = 'Waiting for the node to come back.';

export function broughtBack(request: string): string {
  return `Transactions of the proposal ${reviewCode(request)}, which is published, are no longer on chain. They are sent again first.`;
}

export function strayPublished(request: string): string {
  return `The proposal ${reviewCode(request)} was abandoned, and its transactions were sent all the same, not by this tool: its mapping is published once they are confirmed.`;
}

export const FOLLOWS =
  'The mapping is published, but some of its transactions are no longer on chain. Sending them again.';

export function sentText(count: number, all: number, again: boolean, isWaiting: boolean): string {
  if (isWaiting)
    return `${counted(count, 'transaction')} ${count === 1 ? 'waits' : 'wait'} for a block, and ${count === 1 ? 'was' : 'were'} handed to the node again.`;
  return again
    ? `${counted(count, 'transaction')} that the node did not have ${count === 1 ? 'was' : 'were'} sent to it.`
    : `Sent ${count} of ${counted(all, 'transaction')}.`;
}

/** Lines for transactions that were sent with other signatures. */
export function sameIssuanceLines(transactions: readonly TransactionFact[]): string[] {
  return transactions.flatMap(({ issuance, txid, spender }) =>
    spender?.is === 'same'
      ? [
          `${issuance.reference}: its issuance was sent with other signatures, as transaction ${txid}. That transaction counts.`,
        ]
      : [],
  );
}

/** Seconds. A node without peers or with an older best block may be the reason for the wait. */
const OLD_SECONDS = 300;

export function chainText(tip: Tip, now: number): string {
  const isOdd = tip.peers === 0 || tipAge(tip, now) > OLD_SECONDS;
  return isOdd ? ` The chain is at ${tipText(tip, now)}.` : '';
}

export const NO_PEERS =
  'The node has no peers: what it is sent goes no further until it has some. It is handed out again after every few blocks.';

/**
 * @param since height of the request
 * @param seconds measured time between blocks; null if unknown
 */
export function waitingText(
  height: number,
  since: number,
  confirmed: number,
  all: number,
  seconds: number | null,
): string {
  const late = periodOf(height) !== periodOf(since);
  const time = late
    ? `the period of block ${since} is over, and the amounts are those of it`
    : `${blocksText(blocksLeft(height), seconds)} of the period left`;
  return `Block ${height}: ${confirmed} of ${counted(all, 'transaction')} confirmed, ${time}.`;
}

export const oddText = (one: TokenDifference): string => `${differenceText(one)}. Looking again.`;

/** Lines about the tokens before the mapping is published. */
export function tokenLines({ less, none }: TokenFacts, all: number): string[] {
  return [
    ...less.map(
      one =>
        `${differenceText(one)}. Its holder may have redeemed a part already: the mapping is published all the same.`,
    ),
    ...none.map(
      one =>
        `${differenceText(one)}: it was redeemed or destroyed since, and the mapping is published all the same. Look with \`countersign report\`.`,
    ),
    allThere(all, less.length, none.length),
  ];
}

function allThere(all: number, less: number, none: number): string {
  if (none > 0) return `${all === 1 ? 'The transaction is' : `All ${all} transactions are`} confirmed.`;
  if (all === 1) return `The token is on chain${less > 0 ? '' : ' in the right amount'}.`;
  const right = less > 0 ? `${all - less} of them in the right amount` : 'in the right amounts';
  return `All ${all} tokens are on chain${less > 0 ? ', ' : ' '}${right}.`;
}

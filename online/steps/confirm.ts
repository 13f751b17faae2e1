/** Sends transactions and waits until every one is confirmed and every token is there; what the node forgets is sent again. */
import { blocksLeft, periodOf } from '../../shared/schedule.ts';
import type { PolicyCoin } from '../ledger/coins.ts';
import { counted } from '../platform/text/words.ts';
import { blocksText, Pace, Patience } from '../platform/waiting.ts';
import {
  deadEnd,
  type Known,
  look,
  type SentTransaction,
  sendMissing,
  traceCoins,
  untracedRefusal,
} from './sending.ts';
import type { Services } from './services.ts';
import { checkTokens, tokenMismatch } from './token-check.ts';

export interface WaitOptions {
  /** Seconds between two looks. */
  poll: number;
  confirmations: number;
  /** The request's. */
  height: number;
  reviewCode: string;
  /** Not for a mapping that is published: bars may have been redeemed, and their tokens destroyed. */
  checkTokens: boolean;
  /**
   * Called before anything is sent; `begun` is false while nothing of the request is known to the node.
   * It may refuse, and then nothing is sent.
   */
  beforeSending(begun: boolean): Promise<void>;
}

/** Looks at confirmed transactions whose tokens are not there, before that is believed. */
const TOKEN_LOOKS = 3;

/** What the sending came to. */
interface SentLine {
  /** For the person who waits. */
  line: string;
  /** In a block, as the node says, which did not show them. */
  unseen: SentTransaction[];
}

/** Sends what is missing. */
async function send(
  services: Services,
  sent: readonly SentTransaction[],
  missing: readonly SentTransaction[],
  options: WaitOptions,
  again: boolean,
): Promise<SentLine> {
  // Spent coins of transactions that the node does not know: somebody may have sent the same with other signatures.
  const { adopted, foreign, untraced } = await traceCoins(services, missing, options.height);
  const lacking = missing.filter(transaction => !adopted.includes(transaction));
  if (lacking.length === 0) return { line: 'All transactions are known to the node.', unseen: [] };
  const there = sent.filter(one => !lacking.includes(one)).map(({ issuance }) => issuance.reference);
  if (foreign.size > 0 && there.length > 0 && options.checkTokens)
    throw deadEnd(options.reviewCode, there, foreign);
  if (untraced.length > 0 && foreign.size === 0) throw untracedRefusal(services.node.rpc.name, untraced);
  await options.beforeSending(lacking.length < sent.length);
  const sending = { height: options.height, all: sent.length, isPublished: !options.checkTokens };
  const { sent: out, unseen } = await sendMissing(services, lacking, sending);
  const count = out.length + unseen.length;
  return {
    unseen,
    line: again
      ? `${counted(count, 'transaction')} ${count === 1 ? 'was' : 'were'} dropped by the node and sent again.`
      : `Sent ${count} of ${counted(sent.length, 'transaction')}.`,
  };
}

export async function confirmAll(
  services: Services,
  sent: readonly SentTransaction[],
  options: WaitOptions,
): Promise<void> {
  const { node, world, progress } = services;
  const patience = new Patience(world, progress, options.poll);
  const pace = new Pace();
  let told = '';
  let sentBefore = false;
  let unseen: SentTransaction[] = [];
  for (let looks = 0; ; ) {
    const known = await patience.ask<Known[]>(() => look(services, sent));
    if (known === null) continue;
    const missing = sent.filter((_, i) => known[i] === null);
    if (missing.length > 0) {
      const said = await patience.ask(() => send(services, sent, missing, options, sentBefore));
      if (said === null) continue;
      // A block may have come between the two questions; what it has is shown when it is asked for again.
      const hidden = said.unseen.filter(transaction => unseen.includes(transaction));
      if (hidden.length > 0) throw untracedRefusal(services.node.rpc.name, hidden);
      unseen = said.unseen;
      progress(said.line);
      sentBefore = true;
    }
    const confirmed = known.filter(
      t => t !== null && t !== 'mempool' && t.confirmations >= options.confirmations,
    );
    if (confirmed.length === sent.length) {
      if (!options.checkTokens) return;
      const tokens = await patience.ask(() => checkTokens(services, options.height, sent));
      // None at all may also be a block that went between the two questions: looked at again before it is believed.
      const isSure = tokens !== null && (tokens.none.length === 0 || looks + 1 >= TOKEN_LOOKS);
      if (tokens?.wrong.length === 0 && isSure) {
        for (const one of tokens.less)
          progress(
            `${one}. Its holder may have redeemed a part already: the mapping is published all the same.`,
          );
        for (const one of tokens.none)
          progress(
            `${one}: it was redeemed or destroyed since, and the mapping is published all the same. Look with \`countersign report\`.`,
          );
        progress(allThere(sent.length, tokens.less.length, tokens.none.length));
        return;
      }
      // A block may have gone between the two questions; then the transactions are waited for once more.
      if (tokens !== null && ++looks === TOKEN_LOOKS) throw tokenMismatch(tokens.wrong);
    } else {
      looks = 0;
      const tip = await patience.ask(() => node.tip());
      if (tip === null) continue;
      const line = progressLine(tip.height, confirmed.length, sent.length, options, pace.secondsABlock(tip));
      if (line !== told) progress(line);
      told = line;
    }
    await patience.pause();
  }
}

function progressLine(
  height: number,
  confirmed: number,
  all: number,
  { height: since }: WaitOptions,
  secondsABlock: number | null,
): string {
  const late = periodOf(height) !== periodOf(since);
  const time = late
    ? `the period of block ${since} is over, and the amounts are those of it`
    : `${blocksText(blocksLeft(height), secondsABlock)} of the period left`;
  return `Block ${height}: ${confirmed} of ${counted(all, 'transaction')} confirmed, ${time}.`;
}

function allThere(all: number, less: number, none: number): string {
  if (none > 0) return `${all === 1 ? 'The transaction is' : `All ${all} transactions are`} confirmed.`;
  if (all === 1) return `The token is on chain${less > 0 ? '' : ' in the right amount'}.`;
  const right = less > 0 ? `${all - less} of them in the right amount` : 'in the right amounts';
  return `All ${all} tokens are on chain${less > 0 ? ', ' : ' '}${right}.`;
}

/** The change that replaces a spent policy coin. */
export function changeCoin({ issuance, txid }: SentTransaction): PolicyCoin {
  const { outputs } = issuance.transaction;
  const vout = outputs.length - 1;
  return { txid: txid as string, vout, amount: (outputs[vout] as { value: bigint }).value };
}

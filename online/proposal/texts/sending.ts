/** Messages about signatures, sending and publishing. */
import { formatAmount } from '../../../shared/amount.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import { outpoint } from '../../ledger/coins.ts';
import { counted, isAre, listed, sayControllers } from '../../platform/text/words.ts';
import type { TokenDifference } from '../facts/facts.ts';
import type { RefusedData } from '../refusals.ts';
import { BLOCKS_NEEDED } from '../situation/trouble.ts';
import { type Explained, nameOf, unseenText } from './explained.ts';

type Kind =
  | 'rejected'
  | 'unsendable'
  | 'built-upon'
  | 'stalled'
  | 'token-mismatch'
  | 'need-signatures'
  | 'already-sent'
  | 'other-sent'
  | 'stray-part'
  | 'read-back';
export type SendingData = Extract<RefusedData, { kind: Kind }>;
type Of<K extends Kind> = Extract<RefusedData, { kind: K }>;

function rejected({ refused, all, isPublished, end }: Of<'rejected'>): Explained {
  const others = all - refused.length;
  const hints = [...new Set(refused.map(({ outcome }) => outcome.hint))].join(' ');
  // Conditions of `abandon`: after `send`, only the end of the period makes it safe.
  const rest =
    others > 0
      ? `The other ${others === 1 ? 'one' : others} of this request ${others === 1 ? 'was' : 'were'} taken, so that it cannot be abandoned any more.`
      : `If nothing of it is sent by block ${end}, when its period is over, it can be abandoned with \`countersign abandon\`, not before.`;
  return {
    code: 'TX_REJECTED',
    message: refused
      .map(
        ({ transaction: { issuance, own }, outcome }) =>
          `${issuance.reference}: the node refuses ${own?.txid}: ${outcome.what} (${outcome.code}, "${outcome.message}")`,
      )
      .join('; '),
    hint: isPublished
      ? `The mapping that holds these tokens is published, and they are not on chain any more: once the cause is gone, run finalise again. ${hints} If it never can be, call the other controllers: they have to sign a mapping without them, with the older scripts.`
      : `Nothing was published, and all that is needed to go on is kept: once the cause is gone, run finalise again. ${hints} ${rest}`,
    way: { run: 'finalise' },
  };
}

export function differenceText({ reference, assetId, expected, found, block }: TokenDifference): string {
  const where = block === null ? '' : `. Its transaction is in block ${block}`;
  return `${reference}: token ${assetId}: expected ${formatAmount(expected)} on chain, found ${formatAmount(found)}${where}`;
}

/** A refusal stores nothing, so it names files whose content is not in the store. */
function needSignatures(data: Of<'need-signatures'>): Explained {
  const { signed, needed, chosen, unseen, isOnChain, isOpen, does } = data;
  if (chosen !== null) {
    const missing = chosen.filter(controller => !signed.includes(controller));
    return {
      code: 'NEED_SIGNATURES',
      message: `${does === 'issuances' ? 'the transactions were begun' : 'the publication was decided'} with the signatures of ${sayControllers(chosen)}; those of ${sayControllers(missing)} are missing`,
      hint: `Give the signatures file of ${sayControllers(missing)} too.`,
      way: { run: 'review' },
    };
  }
  const text = isOpen ? unseenText(unseen) : '';
  const give = isOpen ? 'with that signatures file' : 'with the signatures files of all';
  const next = `another controller review and sign the request, and run \`countersign finalise\` ${give}.`;
  const why = isOnChain
    ? ' Its transactions are on chain already: the mapping still needs the signatures.'
    : '';
  return {
    code: 'NEED_SIGNATURES',
    message: `signed by ${sayControllers(signed)}; ${needed} needed`,
    hint: `${text === '' ? `Have ${next}` : `${text} Then have ${next}`}${why}`,
    way: { run: 'review' },
  };
}

function alreadySent({ request, does, spent, all, end, height, isDead }: Of<'already-sent'>): Explained {
  const code = reviewCode(request);
  if (does !== 'issuances')
    return {
      code: 'ALREADY_SENT',
      message: `it was decided to publish the proposal ${code}`,
      hint: `Run \`countersign finalise\` until it is done: it is safe to repeat. If it cannot be completed, it can be abandoned from block ${end} on (now: block ${height}).`,
      way: { run: 'finalise' },
    };
  if (spent.length === 0) {
    // Too few blocks are left, or it can never be completed: only the end of the period changes that.
    const isEnding = isDead || end - height < BLOCKS_NEEDED;
    const message = `the proposal ${code} is being sent, its transactions may be on their way`;
    const hint = isEnding
      ? `Wait until block ${end}, when its period is over (now: block ${height}): if nothing of it is on chain then, run \`countersign abandon\` again.`
      : `Run \`countersign finalise\` again until it is done, which is safe to repeat. If nothing of it was sent by block ${end}, when its period is over, it can be abandoned (now: block ${height}).`;
    return { code: 'ALREADY_SENT', message, hint, way: isEnding ? { wait: 'period' } : { run: 'finalise' } };
  }
  const coins = spent.map(({ reference, coin }) => `${coin} (${reference})`).join(', ');
  return {
    code: 'ALREADY_SENT',
    message: `of the ${counted(all, 'coin')} of the proposal ${code}, ${spent.length} ${isAre(spent.length)} spent: ${coins}`,
    hint: 'Run `countersign finalise` until it is done: it is safe to repeat, and sends what is missing.',
    way: { run: 'finalise' },
  };
}

function stalled({ references, blocks, tip }: Of<'stalled'>): Explained {
  const what =
    references.length === 0
      ? 'more confirmations'
      : `the ${references.length === 1 ? 'transaction' : 'transactions'} of ${listed(references)}`;
  const since = blocks === 0 ? 'no block came for an hour' : `${counted(blocks, 'block')} came without`;
  return {
    code: 'TX_WAITING',
    message: `${since}, at block ${tip.height}, while waiting for ${what}`,
    hint: `What was sent stays sent, and nothing of it is prepared again. Look whether the node has peers${tip.peers === 0 ? ' (it has none)' : ''} and gets blocks, and what the other controllers' nodes show; then run \`countersign finalise\` again, with another node if this one is the reason.`,
    way: { correct: 'node' },
  };
}

export function explainSending(data: SendingData): Explained {
  switch (data.kind) {
    case 'rejected':
      return rejected(data);
    case 'unsendable': {
      const { issuance, coin } = data.transaction;
      return {
        code: 'NEED_SIGNATURES',
        message: `${issuance.reference}: the node has no transaction that issues it from the coin ${outpoint(coin)}, and the signatures to send it are not at hand`,
        hint: 'Give the signatures files of this request, or finalise where they are.',
        way: { correct: 'file' },
      };
    }
    case 'built-upon':
      return {
        code: 'TX_REJECTED',
        message: `${data.transaction.issuance.reference}: the node lacks the transaction ${data.txid}. Other signatures than those at hand completed it, and another request spends its change`,
        hint: 'Call the other controllers: whoever sent it with another tool sends the same transaction again. Then run `countersign finalise` again. Nothing was sent: with the signatures at hand, the other request could never be on chain.',
        way: { call: 'controllers' },
      };
    case 'stalled':
      return stalled(data);
    case 'token-mismatch':
      return {
        code: 'TOKEN_MISMATCH',
        message: data.wrong.map(differenceText).join('; '),
        hint: 'Nothing was published. Check the node, look with `countersign report`, and run finalise again when it is in step.',
        way: { correct: 'node' },
      };
    case 'need-signatures':
      return needSignatures(data);
    case 'already-sent':
      return alreadySent(data);
    case 'other-sent':
      return {
        code: 'PROPOSAL_OPEN',
        message: `the tokens of ${listed(data.references)} of the closed proposal ${nameOf(data.request)} are on chain all the same; ${nameOf(data.sent)} is sent on the same mapping now`,
        hint: `Finish ${reviewCode(data.sent)} first. Never issue the bars of ${reviewCode(data.request)} again: the controllers then have to sign a mapping that holds both, with the older scripts, and adopt it.`,
        way: { run: 'finalise' },
      };
    case 'stray-part':
      return {
        code: 'ALREADY_SENT',
        message: `the proposal ${reviewCode(data.request)} was abandoned, and ${data.there.length} of its ${data.all} transactions are on chain or on the way all the same, those of ${listed(data.there)}`,
        hint: `Call the other controllers, and never issue ${listed(data.there)} again on another coin: sign a mapping that holds what is on chain, with the older scripts, and take it into the ledger with \`countersign map adopt\`.`,
        way: { call: 'controllers' },
      };
    case 'read-back':
      return {
        code: 'STORE_FAILED',
        message: `${data.keys.join(', ')}: read back as something else than was written, or nothing; the ledger names the mapping ${data.expected}`,
        hint: 'Run the command again: the ledger is right, the objects that older tools read have to follow. If it stays so, look who writes to the store.',
        way: { correct: 'store' },
      };
  }
}

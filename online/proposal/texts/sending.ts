/** Messages about signatures, sending and publishing. */
import { formatAmount } from '../../../shared/amount.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import { outpointText } from '../../ledger/policy-coin.ts';
import { controllersText, countText, isOrAre, joinFirstTexts } from '../../platform/text/words.ts';
import type { TokenDifference } from '../facts/facts.ts';
import type { RefusedData } from '../refusals.ts';
import { BLOCKS_NEEDED } from '../situation/trouble.ts';
import { type Explained, proposalNameText, SIGN_AND_ADOPT, unseenFilesText } from './explanation.ts';

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
  | 'closed-on-chain'
  | 'read-back';
export type SendingData = Extract<RefusedData, { kind: Kind }>;
type Of<K extends Kind> = Extract<RefusedData, { kind: K }>;

function explainRejected({ refused, all, isPublished, end }: Of<'rejected'>): Explained {
  const others = all - refused.length;
  const hints = [...new Set(refused.map(({ outcome }) => outcome.hint))].join(' ');
  // The end of the hint says when the proposal can be abandoned. After the entry `send`, to abandon is safe
  // only when the period is over.
  const rest =
    others > 0
      ? `The node accepted the other ${others === 1 ? 'transaction' : `${others} transactions`} of this request, so the proposal cannot be abandoned any more.`
      : `The period ends at block ${end}. If no transaction is sent by then, the proposal can be abandoned with \`countersign abandon\`, but not earlier.`;
  return {
    code: 'TX_REJECTED',
    message: refused
      .map(
        ({ transaction: { issuance, own }, outcome }) =>
          `${issuance.reference}: the node refuses ${own?.txid}: ${outcome.what} (${outcome.code}, "${outcome.message}")`,
      )
      .join('; '),
    hint: isPublished
      ? `Run \`countersign finalise\` again when the cause is fixed. The published mapping has these tokens, and they are no longer on chain. ${hints} If the cause cannot be fixed, call the other controllers. They must use the older scripts to sign a mapping without these tokens.`
      : `Run \`countersign finalise\` again when the cause is fixed. Nothing was published, and no data is lost. ${hints} ${rest}`,
    way: { run: 'finalise' },
  };
}

export function differenceText({ reference, assetId, expected, found, block }: TokenDifference): string {
  const where = block === null ? '' : `. Its transaction is in block ${block}`;
  return `${reference}: token ${assetId}: expected ${formatAmount(expected)} on chain, found ${formatAmount(found)}${where}`;
}

/**
 * The hint for a proposal on chain without enough signatures. A laptop refuses to sign a bar that it signed
 * on another coin.
 */
const REFUSED_BY_LAPTOPS = `If too few laptops sign the request (\`DOUBLE_ISSUE\`), call the other controllers. ${SIGN_AND_ADOPT}`;

/** A refused command stores nothing, so the message names the files whose signatures are not in the store. */
function explainNeedSignatures(data: Of<'need-signatures'>): Explained {
  const { signed, needed, chosen, unseen, isOnChain, isOpen, does } = data;
  if (chosen !== null) {
    const missing = chosen.filter(controller => !signed.includes(controller));
    return {
      code: 'NEED_SIGNATURES',
      message: `${does === 'issuances' ? 'sending began' : 'the publication was decided'} with the signatures of ${controllersText(chosen)}; the signatures of ${controllersText(missing)} are missing`,
      hint: `Also give the signatures file of ${controllersText(missing)}.`,
      way: { run: 'review' },
    };
  }
  const text = isOpen ? unseenFilesText(unseen) : '';
  const give = isOpen ? 'with that signatures file' : 'with the signatures files of all controllers';
  const next = `another controller to review and sign the request. Then run \`countersign finalise\` ${give}.`;
  const why = isOnChain
    ? ` The transactions are already on chain, but the mapping still needs signatures.${isOpen ? '' : ` ${REFUSED_BY_LAPTOPS}`}`
    : '';
  return {
    code: 'NEED_SIGNATURES',
    message: `signed by ${controllersText(signed)}; ${needed} needed`,
    hint: `${text === '' ? `Ask ${next}` : `${text} Then ask ${next}`}${why}`,
    way: { run: 'review' },
  };
}

function explainAlreadySent(data: Of<'already-sent'>): Explained {
  const { request, does, spent, all, end, height, isDead, isSigned } = data;
  const code = reviewCode(request);
  if (does !== 'issuances')
    return {
      code: 'ALREADY_SENT',
      message: `the ledger has the decision to publish the proposal ${code}`,
      hint: `Run \`countersign finalise\` until the proposal is published. It is safe to repeat the command. If the proposal cannot be completed, it can be abandoned from block ${end} on (now: block ${height}).`,
      way: { run: 'finalise' },
    };
  if (spent.length === 0) {
    // True if the proposal has too few blocks left, or cannot be completed. The controllers then have to wait
    // for the end of the period.
    const isEnding = isDead || end - height < BLOCKS_NEEDED;
    const message = `the proposal ${code} is being sent, and other nodes may have its transactions`;
    const hint = isEnding
      ? `Wait until block ${end}, the end of the period (now: block ${height}). If none of its transactions is on chain then, run \`countersign abandon\` again.`
      : `Run \`countersign finalise\` until the proposal is published. It is safe to repeat the command. If no transaction was sent by block ${end}, the end of the period, the proposal can be abandoned (now: block ${height}).`;
    return { code: 'ALREADY_SENT', message, hint, way: isEnding ? { wait: 'period' } : { run: 'finalise' } };
  }
  const coins = spent.map(({ reference, coin }) => `${coin} (${reference})`).join(', ');
  return {
    code: 'ALREADY_SENT',
    message: `${spent.length} of ${countText(all, 'coin')} of the proposal ${code} ${isOrAre(spent.length)} spent: ${coins}`,
    hint: `Run \`countersign finalise\` until the proposal is published. It is safe to repeat the command, and it sends the missing transactions.${isSigned ? '' : ` ${REFUSED_BY_LAPTOPS}`}`,
    way: isSigned ? { run: 'finalise' } : { call: 'controllers' },
  };
}

function explainStalled({ references, blocks, tip }: Of<'stalled'>): Explained {
  const what =
    references.length === 0
      ? 'more confirmations'
      : `the ${references.length === 1 ? 'transaction' : 'transactions'} of ${joinFirstTexts(references)}`;
  const since =
    blocks === 0 ? 'no new block for an hour' : `${countText(blocks, 'new block')} without progress`;
  return {
    code: 'TX_WAITING',
    message: `stopped waiting for ${what} at block ${tip.height}: ${since}`,
    hint: `Do not prepare these assets again: sent transactions stay sent. Check whether the node has peers${tip.peers === 0 ? ' (it has none)' : ''} and receives blocks, and what the other controllers' nodes show. Then run \`countersign finalise\` again, with another node if this node is the cause.`,
    way: { correct: 'node' },
  };
}

export function explainSending(data: SendingData): Explained {
  switch (data.kind) {
    case 'rejected':
      return explainRejected(data);
    case 'unsendable': {
      const { issuance, coin } = data.transaction;
      return {
        code: 'NEED_SIGNATURES',
        message: `${issuance.reference}: the node has no transaction that issues this bar from the coin ${outpointText(coin)}, and the signatures to send one are missing`,
        hint: 'Give the signatures files of this request, or run `countersign finalise` on the PC that has them.',
        way: { correct: 'file' },
      };
    }
    case 'built-upon':
      return {
        code: 'TX_REJECTED',
        message: `${data.transaction.issuance.reference}: the node lacks the transaction ${data.txid}. This transaction was completed with other signatures than the given signatures, and another request spends its change`,
        hint: 'Call the other controllers. The person who sent the transaction with another tool must send it again, unchanged. Then run `countersign finalise` again. Nothing was sent: with the given signatures, the other request could never be on chain.',
        way: { call: 'controllers' },
      };
    case 'stalled':
      return explainStalled(data);
    case 'token-mismatch':
      return {
        code: 'TOKEN_MISMATCH',
        message: data.wrong.map(differenceText).join('; '),
        hint: 'Check the node, and look at the tokens with `countersign report`. Run `countersign finalise` again when the node has the right amounts. Nothing was published.',
        way: { correct: 'node' },
      };
    case 'need-signatures':
      return explainNeedSignatures(data);
    case 'already-sent':
      return explainAlreadySent(data);
    case 'other-sent':
      return {
        code: 'PROPOSAL_OPEN',
        message: `the tokens of ${joinFirstTexts(data.references)} are on chain, although their proposal ${proposalNameText(data.request)} is closed; the proposal ${proposalNameText(data.sent)} is sent on the same mapping`,
        hint: `Finish the proposal ${reviewCode(data.sent)} first. Never issue the bars of ${reviewCode(data.request)} again. Afterwards, the controllers must use the older scripts to sign a mapping that has the bars of both proposals. Then adopt that mapping.`,
        way: { run: 'finalise' },
      };
    case 'stray-part':
      return {
        code: 'ALREADY_SENT',
        message: `the proposal ${reviewCode(data.request)} was abandoned, but ${data.there.length} of its ${data.all} transactions ${isOrAre(data.there.length)} on chain or in a mempool: ${joinFirstTexts(data.there)}`,
        hint: `Call the other controllers. Never issue ${joinFirstTexts(data.there)} again on another coin. ${SIGN_AND_ADOPT}`,
        way: { call: 'controllers' },
      };
    case 'closed-on-chain':
      return {
        code: 'ALREADY_SENT',
        message: `no proposal is open, and the closed proposal ${reviewCode(data.request)} cannot be abandoned, because its transactions were sent`,
        hint: `Publish its mapping with \`countersign finalise\`. ${REFUSED_BY_LAPTOPS}`,
        way: { call: 'controllers' },
      };
    case 'read-back':
      return {
        code: 'STORE_FAILED',
        message: `${data.keys.join(', ')}: the content read back is missing, or differs from the content written; the ledger names the mapping ${data.expected}`,
        hint: 'Run the command again. The ledger is right, and the command updates the objects that older tools read. If this message appears again, find out who else writes to the store.',
        way: { correct: 'store' },
      };
  }
}

/** Messages about differences between the tokens of the mapping and the tokens on chain. */
import { kindOfChange } from '../../../shared/changes.ts';
import { Refusal } from '../../../shared/errors.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import { countText, isOrAre, joinFirstTexts } from '../../platform/text/words.ts';
import type { MissingPublication, MissingToken, UnmappedToken } from '../facts/facts.ts';
import { isTransactionSent } from '../facts/transactions.ts';
import type { Trouble } from '../situation/trouble.ts';
import { ASK_ANOTHER_NODE, barReferences, CALL, type Explained, SIGN_AND_ADOPT } from './explanation.ts';

/** Explains that published transactions are in no block. */
export function explainMissingPublications(missing: readonly MissingPublication[]): Explained {
  const all = missing.reduce((sum, one) => sum + one.all, 0);
  const gone = missing.flatMap(one => one.missing);
  const last =
    missing.length === 1
      ? `its last ${countText(all, 'transaction')}`
      : `the ${all} transactions of ${missing.length} proposals`;
  const isIssued = missing.every(
    ({ traced }) => traced instanceof Refusal || kindOfChange(traced.request) === 'issuances',
  );
  const what = isIssued ? 'has tokens' : 'depends on burns or tokens';
  const names = missing.map(({ request }) => reviewCode(request)).join(', ');
  return {
    code: 'MAPPING_INVALID',
    message: `the published mapping ${what} that are not on chain, or no longer: ${gone.length} of ${last} ${isOrAre(gone.length)} in no block, ${joinFirstTexts(gone)} (${missing.length === 1 ? 'proposal' : 'proposals'} ${names})`,
    hint: 'Run `countersign finalise` first. It sends the transactions again, oldest first, and waits for them. Do not run `countersign coins scan` before that.',
    way: { run: 'finalise' },
  };
}

export function explainClosedOnChain({
  proposal,
  part,
  isPublishable,
}: Extract<Trouble, { kind: 'stray' }>): Explained {
  const there = barReferences(proposal.transactions.filter(isTransactionSent));
  const one = there.length === 1;
  const was = proposal.status === 'superseded' ? 'was superseded' : 'was abandoned';
  const who = `${joinFirstTexts(there)} of the proposal ${proposal.request.reviewCode}, which ${was}`;
  const never = `Never issue ${one ? 'this bar' : 'these bars'} again on another coin.`;
  if (part === 'waiting')
    return {
      code: 'ALREADY_SENT',
      message: `${who}: a transaction that waits for a block spends ${one ? 'its coin' : 'their coins'}`,
      hint: `Wait for a block, then run \`countersign status\` again. When all transactions are confirmed, \`countersign finalise\` publishes them. ${ASK_ANOTHER_NODE} ${never}`,
      way: { wait: 'block' },
    };
  const message = `${who}, ${isOrAre(there.length)} on chain, but in no mapping`;
  if (isPublishable)
    return {
      code: 'ALREADY_SENT',
      message,
      hint: 'Run `countersign finalise` first. It publishes the mapping with these bars, with the signatures in the store or in files.',
      way: { run: 'finalise' },
    };
  return {
    code: 'ALREADY_SENT',
    message,
    hint: `Call the other controllers, and look at the tokens with \`countersign report\`. ${never} ${SIGN_AND_ADOPT}`,
    way: CALL,
  };
}

export function explainMissingAdoptedTokens(tokens: readonly MissingToken[]): Explained {
  const unspent = tokens.filter(({ isWaiting }) => !isWaiting);
  const shown = unspent.length > 0 ? unspent : tokens;
  const which = shown.map(({ reference, coin }) => `${reference} (coin ${coin})`);
  const message = `the adopted mapping has ${countText(which.length, 'token')}`;
  if (unspent.length === 0)
    return {
      code: 'MAPPING_INVALID',
      message: `${message} with a transaction that waits for a block: ${joinFirstTexts(which)}`,
      hint: `Wait for the next block, then run \`countersign status\` again. ${ASK_ANOTHER_NODE}`,
      way: { wait: 'block' },
    };
  return {
    code: 'MAPPING_INVALID',
    message: `${message} no longer on chain, with ${which.length === 1 ? 'a coin that is' : 'coins that are'} unspent again: ${joinFirstTexts(which)}`,
    hint: 'Call the other controllers. The person who issued the tokens must send the same transactions again. Otherwise, use the older scripts to sign a mapping without the tokens, and adopt that mapping. Never issue these bars on other coins. `countersign report` compares every token.',
    way: CALL,
  };
}

export function explainUnmappedTokens(tokens: readonly UnmappedToken[]): Explained {
  const one = tokens.length === 1;
  const which = tokens.map(({ reference, assetId }) => `${reference} (token ${assetId})`);
  return {
    code: 'MAPPING_INVALID',
    message: `the mapping lacks ${countText(tokens.length, 'bar')} of an earlier mapping whose ${one ? 'token is' : 'tokens are'} on chain: ${joinFirstTexts(which)}`,
    hint: `Call the other controllers. ${SIGN_AND_ADOPT} Never issue ${one ? 'this bar' : 'these bars'} again. \`countersign report\` compares every token.`,
    way: CALL,
  };
}

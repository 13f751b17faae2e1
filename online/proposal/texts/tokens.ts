/** Messages about tokens in which the mapping and the chain differ. */
import { kindOf } from '../../../shared/changes.ts';
import { Refusal } from '../../../shared/errors.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import { counted, isAre, listed } from '../../platform/text/words.ts';
import type { MissingPublication, MissingToken, UnmappedToken } from '../facts/facts.ts';
import { isThere } from '../facts/transactions.ts';
import type { Trouble } from '../situation/trouble.ts';
import { ASK_ANOTHER_NODE, CALL, type Explained, references } from './explained.ts';

/** A sentence about published transactions that are in no block. */
export function missingText(missing: readonly MissingPublication[]): Explained {
  const all = missing.reduce((sum, one) => sum + one.all, 0);
  const gone = missing.flatMap(one => one.missing);
  const last =
    missing.length === 1
      ? `of its last ${counted(all, 'transaction')}`
      : `of the ${all} transactions of ${missing.length} proposals`;
  const isIssued = missing.every(
    ({ traced }) => traced instanceof Refusal || kindOf(traced.request) === 'issuances',
  );
  const what = isIssued ? 'holds tokens' : 'rests on burns or tokens';
  const names = missing.map(({ request }) => reviewCode(request)).join(', ');
  return {
    code: 'MAPPING_INVALID',
    message: `the published mapping ${what} that are not on chain (any more): ${last}, ${gone.length} ${isAre(gone.length)} in no block, ${listed(gone)}, of ${counted(missing.length, 'proposal')}, ${names}`,
    hint: 'Run `countersign finalise` first: it sends them again, the oldest first, and waits for them. Run no `countersign coins scan` before that.',
    way: { run: 'finalise' },
  };
}

export function strayText({ proposal, part, isPublishable }: Extract<Trouble, { kind: 'stray' }>): Explained {
  const there = references(proposal.transactions.filter(isThere));
  const one = there.length === 1;
  const was = proposal.status === 'superseded' ? 'was superseded' : 'was abandoned';
  const who = `${listed(there)} of the proposal ${proposal.request.reviewCode}, which ${was}`;
  const never = `Never issue ${one ? 'this bar' : 'these bars'} again on another coin.`;
  if (part === 'waiting')
    return {
      code: 'ALREADY_SENT',
      message: `${who}, ${one ? 'has its coin' : 'have their coins'} spent by a transaction that waits for a block`,
      hint: `Wait for it, then look again: once all of them are confirmed, \`countersign finalise\` publishes them. ${ASK_ANOTHER_NODE} ${never}`,
      way: { wait: 'block' },
    };
  const message = `${who}, ${isAre(there.length)} on chain all the same, in no mapping`;
  if (isPublishable)
    return {
      code: 'ALREADY_SENT',
      message,
      hint: 'Run `countersign finalise` first: it publishes the mapping that holds them, with the signatures in the store or in files.',
      way: { run: 'finalise' },
    };
  return {
    code: 'ALREADY_SENT',
    message,
    hint: `Call the other controllers, and look with \`countersign report\`. ${never} Sign a mapping that holds what is on chain, with the older scripts, and take it into the ledger with \`countersign map adopt\`.`,
    way: CALL,
  };
}

export function missingAdoptedText(tokens: readonly MissingToken[]): Explained {
  const unspent = tokens.filter(({ isWaiting }) => !isWaiting);
  const shown = unspent.length > 0 ? unspent : tokens;
  const which = shown.map(({ reference, coin }) => `${reference} (coin ${coin})`);
  const message = `the adopted mapping has ${counted(which.length, 'token')} that ${isAre(which.length)}`;
  if (unspent.length === 0)
    return {
      code: 'MAPPING_INVALID',
      message: `${message} in no block yet, since the transactions still wait: ${listed(which)}`,
      hint: `Wait for the next block, then run \`countersign status\` again. ${ASK_ANOTHER_NODE}`,
      way: { wait: 'block' },
    };
  return {
    code: 'MAPPING_INVALID',
    message: `${message} not on chain any more, since the coins are unspent again: ${listed(which)}`,
    hint: 'Call the other controllers: whoever issued them sends the same transactions again, or all sign a mapping without them, with the older scripts, and adopt it. Never issue these bars on other coins. `countersign report` compares every token.',
    way: CALL,
  };
}

export function unmappedText(tokens: readonly UnmappedToken[]): Explained {
  const one = tokens.length === 1;
  const which = tokens.map(({ reference, assetId }) => `${reference} (token ${assetId})`);
  return {
    code: 'MAPPING_INVALID',
    message: `the mapping lacks ${counted(tokens.length, 'bar')} of an earlier mapping whose ${one ? 'token is' : 'tokens are'} on chain: ${listed(which)}`,
    hint: `Call the other controllers. Sign a mapping that has ${one ? 'this bar' : 'these bars'} too, with the older scripts, then run \`countersign map adopt\`. Never issue ${one ? 'this bar' : 'these bars'} again. \`countersign report\` compares every token.`,
    way: CALL,
  };
}

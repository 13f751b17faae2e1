/** Refusals about objects and entries of the store. */
import { Refusal } from '../../../shared/errors.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import { ledgerKey } from '../../ledger/ledger.ts';
import { keys } from '../../ledger/object-keys.ts';
import { notChangedHint } from '../../ledger/texts.ts';
import { proposalNameText } from './explanation.ts';

const STORE_CHANGED = 'Call the other controllers: someone changed the store.';

/** The refusal of an object whose content is another request. */
export const otherRequestRefusal = (key: string, digest: string, got: string): Refusal =>
  new Refusal(
    'OBJECT_INVALID',
    `${key}: expected the request with the digest ${digest}, got the digest ${got}`,
    `Call the other controllers: someone changed the object. ${notChangedHint(key)}`,
  );

const LEFT = notChangedHint('the object');

/** The hint about damaged signatures, which do not count. */
export const giveSignaturesHint = (controller: number): string =>
  `Give the signatures file of controller ${controller}, or run \`countersign submit SIGNATURES\` with it. ${LEFT}`;

/** The hint for a line of progress, without the remark about the object. */
export const hintWithoutObjectRemark = (hint: string): string => hint.replace(` ${LEFT}`, '');

export function requestLostRefusal(digest: string): Refusal {
  const code = reviewCode(digest);
  return new Refusal(
    'OBJECT_MISSING',
    `${keys.request(digest)}: missing, and the ledger has the proposal ${code}`,
    `${STORE_CHANGED} On a PC that prepared or reviewed the request, run \`countersign submit SIGNATURES\` with a signatures file of ${code}, or run \`countersign repair\`. On another PC, run \`countersign submit SIGNATURES\` with the request file as --request. If no controller has the request, abandon the proposal with \`countersign abandon\`. Its coins stay reserved for its bars.`,
  );
}

/** @param member a bar, or `height` @param named value in the request @param kept value in the entry */
export const falseEntryRefusal = (
  entry: number,
  member: string,
  code: string,
  named: string | undefined,
  kept: string | undefined,
): Refusal =>
  new Refusal(
    'OBJECT_INVALID',
    `${ledgerKey(entry)}: ${member}: expected ${named ?? 'nothing'} as in the request ${code}, got ${kept ?? 'nothing'}`,
    'Call the other controllers: someone wrote a false entry into the ledger. Sign nothing and send nothing of this request.',
  );

/** @param mine digest of the profile on this PC @param ledger digest of the profile in the ledger */
export const otherProfileRefusal = (mine: string, ledger: string): Refusal =>
  new Refusal(
    'TRUST_MISMATCH',
    `ledger/00000000.json: trust: expected the profile of this PC, ${proposalNameText(mine)}, got ${proposalNameText(ledger)}`,
    'Use the trust profile that the controllers of this store agreed on, or name the right store.',
  );

export const otherTimeRefusal = (time: string, height: number): Refusal =>
  new Refusal(
    'OBJECT_INVALID',
    `${keys.mapping}: time: expected six decimals, as in the request that made this mapping, got ${time} (and height ${height}) under the same signatures`,
    `${STORE_CHANGED} Restore the mapping with \`countersign repair\`.`,
  );

export const mappingLostRefusal = (digest: string): Refusal =>
  new Refusal(
    'OBJECT_MISSING',
    `${keys.history(digest)}: the ledger names this mapping, but neither ${keys.mapping} nor history/ has it`,
    `${STORE_CHANGED} If anyone has a copy of this mapping, store it as ${keys.history(digest)}.`,
  );

export const ledgerExistsRefusal = (store: string): Refusal =>
  new Refusal(
    'MAPPING_EXISTS',
    `ledger/00000000.json: ${store} already has a ledger`,
    'Look at the mapping with `countersign map show`, and at the ledger with `countersign status`. Nothing was changed.',
  );

/** @param past key of an earlier mapping in `history/` */
export const mappingRemovedRefusal = (store: string, past: string): Refusal =>
  new Refusal(
    'MAPPING_EXISTS',
    `${keys.mapping}: missing in ${store}, and ${past} shows that it existed`,
    `Call the other controllers: someone removed ${keys.mapping}. Copy the newest mapping of history/ to ${keys.mapping}, then run this command again. Nothing was changed.`,
  );

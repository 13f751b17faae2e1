/** Sentences about the list of redeemable bars. */
import { printableText, Refusal, valueText } from '../../shared/errors.ts';
import { keys } from '../ledger/object-keys.ts';
import { word } from '../platform/text/shell-words.ts';
import { countText, isOrAre } from '../platform/text/words.ts';

const KEY = keys.redeemable;

export const SLOW_WRITE = `Writing ${KEY} took a long time, and a change of another PC may be lost. Compare the list with the other controllers.`;
export const CHANGED_MEANWHILE = `Another PC changed ${KEY} at the same time. This command reads the new list, and makes its change again.`;

export const listNeverSettledRefusal = (attempts: number) =>
  new Refusal(
    'STORE_FAILED',
    `${KEY}: other PCs changed the list after each of ${attempts} attempts to write it`,
    'Agree with the other controllers who changes the list. Check it with `countersign redeem list`, then run the command again.',
  );

export const notListedRefusal = (reference: string) =>
  new Refusal(
    'ASSET_UNKNOWN',
    `${KEY}: expected a listed bar, got ${valueText(reference)}`,
    `List this bar with \`countersign redeem add ${word(reference)}\`. \`countersign redeem list\` shows the listed bars.`,
  );

export const notMappedRefusal = (reference: string) =>
  new Refusal(
    'ASSET_UNKNOWN',
    `${keys.mapping}: expected a bar of the mapping, got ${valueText(reference)}`,
    'Write the reference as in the mapping: `countersign map show --find SERIAL` shows it. A redeemed bar is not in the mapping.',
  );

const lockHint = (reference: string, then: string) =>
  `Find out for which holder the bar is locked. If that holder will not redeem it, run \`countersign redeem unlock ${word(reference)}\`, then ${then}.`;

export const lockedBarRefusal = (reference: string) =>
  new Refusal(
    'ASSET_LOCKED',
    `${KEY}: ${valueText(reference)} is locked for a holder who redeems it`,
    lockHint(reference, 'remove the bar'),
  );

/** @param isAgain true if this command wrote a lock before, and another PC's list replaced it */
export const alreadyLockedRefusal = (reference: string, isAgain: boolean) =>
  new Refusal(
    'ASSET_LOCKED',
    `${KEY}: ${valueText(reference)} is already locked, ${isAgain ? 'by this command or by another PC at the same time' : 'for a holder who redeems it'}`,
    lockHint(reference, 'lock the bar again'),
  );

/** @param all true if bars that are not in the list were requested too */
export const noBarsText = (all: boolean) =>
  all
    ? 'The mapping has no bars, and no bar is listed.\n'
    : 'No bar is listed. List a bar with `countersign redeem add REFERENCE`. `countersign redeem list --all` shows all bars.\n';

/** @param count number of listed bars that were removed or renamed. If it is 0, the text is empty */
export const changedBarsText = (count: number) =>
  count === 0
    ? ''
    : `${countText(count, 'listed bar')} left the mapping or ${count === 1 ? 'has' : 'have'} another reference now. Run \`countersign repair\` to correct the list.\n`;

/**
 * @param count number of listed bars that the mapping lacks without a known reason. If it is 0, the text is
 * empty
 */
export const unknownBarsText = (count: number) =>
  count === 0
    ? ''
    : `${countText(count, 'listed bar')} ${isOrAre(count)} not in the mapping, and the ledger has no redemption or correction of ${count === 1 ? 'it. Remove it' : 'them. Remove each'} with \`countersign redeem remove REFERENCE\`.\n`;

export const amountsUntilText = (block: number) =>
  `Masses are in fine troy ounces. The amounts change at block ${block}. For a redemption, the block of its transaction counts.\n`;

export const STATES = {
  removed: 'left the mapping',
  unknown: 'not in the mapping',
  unlisted: 'not listed',
  locked: 'locked',
  available: 'available',
};

export const barRenamedText = (reference: string) => `is now ${printableText(reference)}`;

/** The type of an explanation, and phrases that several explanations share. */
import { barsOfChanges, type Changes, kindOfChange } from '../../../shared/changes.ts';
import type { Code } from '../../../shared/errors.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import { pathWord } from '../../platform/text/shell-words.ts';
import { countText } from '../../platform/text/words.ts';
import type { TransactionFact } from '../facts/facts.ts';
import type { Way } from '../refusals.ts';
import { BLOCKS_NEEDED } from '../situation/trouble.ts';

/** A hint for a node without peers, which may keep a transaction for weeks and never pass it on. */
export const ASK_ANOTHER_NODE =
  'If the transaction still waits after several blocks, perhaps only this node has it. In this case, run the command with another node (`--node`).';

/** The way for a problem about which the controllers have to decide together. */
export const CALL: Way = { call: 'controllers' };

export interface Explained {
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
  readonly way: Way;
}

/** The noun for the changes of each kind of request. */
export const NOUNS: Record<keyof Changes, string> = {
  issuances: 'asset',
  redemptions: 'redemption',
  corrections: 'correction',
};

/** The number of bars with their noun, such as `2 assets` or `1 redemption`. */
export const barCountText = (changes: Changes): string =>
  countText(barsOfChanges(changes).length, NOUNS[kindOfChange(changes)]);

export const barReferences = (facts: readonly TransactionFact[]): string[] =>
  facts.map(({ issuance }) => issuance.reference);

/** The review code, which people compare, and the full digest. */
export const proposalNameText = (digest: string): string => `${reviewCode(digest)} (${digest})`;

/** Hint for a proposal that was sent and can never be completed. */
export function abandonLaterText(until: number): string {
  return `From block ${until} on, abandon the proposal with \`countersign abandon\`, rebuild the list with \`countersign coins scan\`, and prepare again. The proposal can never be completed. Until its period is over, its other transactions can still be confirmed.`;
}

/** The message of PERIOD_ENDING, for a request whose period is nearly over. */
export const tooFewBlocksText = (left: number, height: number): string =>
  `height: expected at least ${BLOCKS_NEEDED} blocks left in the period, got ${left} at block ${height}`;

export const AMOUNTS_CHANGE = 'The amounts of tokens change with the period.';

/** The hint for tokens on chain that no request can add to the mapping. */
export const SIGN_AND_ADOPT =
  'Use the older scripts to sign a mapping with the tokens that are on chain. Then add the mapping to the ledger with `countersign map adopt`.';

/** The hint for a proposal of an older tool. */
export const DROP_OLDER =
  'If all controllers agree to drop that proposal, replace it with `countersign repair --over-older`.';

/**
 * Names the files whose signatures are not in the store, with advice to submit them. Empty if there are no
 * such files.
 */
export function unseenFilesText(files: readonly string[]): string {
  if (files.length === 0) return '';
  const names = files.length === 1 ? files[0] : `${files.slice(0, -1).join(', ')} and ${files.at(-1)}`;
  return `${names} ${files.length === 1 ? 'is' : 'are'} not in the store yet, so other controllers do not see ${files.length === 1 ? 'it' : 'them'}. Run \`countersign submit ${files.map(pathWord).join(' ')}\`.`;
}

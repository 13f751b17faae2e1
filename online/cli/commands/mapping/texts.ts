/** What the commands on the mapping and its policy coins print, and their refusals. */
import { Refusal, valueText } from '../../../../shared/errors.ts';
import type { Mapping } from '../../../../shared/mapping/mapping.ts';
import type { Trust } from '../../../../shared/trust.ts';
import { keys } from '../../../ledger/object-keys.ts';
import { outpointText } from '../../../ledger/policy-coin.ts';
import type { StopText } from '../../../platform/stop-signals.ts';
import { word } from '../../../platform/text/shell-words.ts';
import { countText, joinFirstTexts } from '../../../platform/text/words.ts';
import type { Adopted } from '../../../proposal/upkeep/adopt-mapping.ts';
import type { Scanned } from '../../../proposal/upkeep/scan-coins.ts';

// Texts about files and objects that are not a mapping.

export const notAMappingRefusal = (file: string, kind: string): Refusal =>
  new Refusal(
    'FORMAT_INVALID',
    `${file}: expected a mapping, got ${kind}`,
    'Give a mapping: map.json, or a file of history/.',
  );

const BEGIN_OR_CORRECT = 'Begin with `countersign map init`, or correct the name of the store.';

/** @param isBegun whether this PC knows a ledger */
export const noMappingRefusal = (store: string, isBegun: boolean): Refusal =>
  new Refusal(
    'OBJECT_MISSING',
    `${keys.mapping} is not in ${store}`,
    isBegun
      ? 'Check that the disk of the store is mounted. If someone removed map.json, `countersign status` shows what is wrong, and `countersign repair` restores it.'
      : BEGIN_OR_CORRECT,
  );

export const nothingToCheckRefusal = (store: string): Refusal =>
  new Refusal(
    'OBJECT_MISSING',
    `${keys.mapping} is not in ${store}, so the page has nothing to check`,
    BEGIN_OR_CORRECT,
  );

/** For a person who may have typed a reference in place of a file name. */
export const hintToUseFind = (file: string): string =>
  `Check the name of the file. To find a bar or token in the published mapping, run \`countersign map show --find ${word(file)}\`.`;

export const olderMappingRefusal = (current: string, found: string): Refusal =>
  new Refusal(
    'ROLLBACK',
    `${keys.mapping}: expected ${current}, the current mapping of the ledger, got ${found}, an older mapping`,
    'Find out who put the older mapping back, then run `countersign repair`.',
  );

export const OLDER_CONTROLLERS = 'a controllers.json of the older scripts (--trust takes a trust profile)';

/**
 * Says how many entries were found. This sentence replaces the summary of the mapping, because a person could
 * take its totals for totals of the found entries.
 */
export function foundEntriesText(found: number, all: number, wanted: string): string {
  const entries = `${all} ${all === 1 ? 'entry' : 'entries'}`;
  if (found === 0) return `No entry contains ${valueText(wanted)} (${entries}).\n`;
  return `${found} of ${entries} ${found === 1 ? 'contains' : 'contain'} ${valueText(wanted)}\n`;
}

// Texts about beginning the ledger and adopting a mapping.

export const commandNotConfirmedRefusal = (command: string): Refusal =>
  new Refusal('NOT_CONFIRMED', `${command} was not confirmed`, 'Nothing was changed.');

export const otherToolMappingText = (store: string): string => `${store} has a mapping of another tool:\n`;

/**
 * Names the store, so that a person who typed the wrong store notices the mistake before a second ledger
 * begins.
 */
export const noLedgerYetText = (store: string): string =>
  `${store} has no ledger and no mapping. One controller of the group begins the ledger, once.
If another controller has begun it already, this is the wrong store. Then answer no, and correct the store with \`countersign init --overwrite\`.
`;

/** @param isNew whether the mapping is the new, empty mapping */
export const begunText = (store: string, isNew: boolean, { n, m }: Pick<Trust, 'n' | 'm'>): string =>
  `The ledger in ${store} begins with ${isNew ? 'the empty mapping' : 'the mapping of the other tool'}, for a policy of ${n} of ${m}.\n`;

export function adoptedText(
  { digest, height }: Pick<Mapping, 'digest' | 'height'>,
  { settled, dropped, staleCoins }: Pick<Adopted, 'settled' | 'dropped' | 'staleCoins'>,
): string {
  const lines = [`The current mapping is now ${digest} of height ${height}.`];
  if (settled.length > 0)
    lines.push(`With this mapping, no coin is reserved any more for ${joinFirstTexts(settled)}.`);
  if (dropped.length > 0)
    lines.push(
      `This mapping lacks ${joinFirstTexts(dropped)}, and the mapping before had ${dropped.length === 1 ? 'this bar' : 'these bars'}. \`countersign report\` shows the tokens.`,
    );
  if (staleCoins.length > 0)
    lines.push(
      `The issuances of this mapping spent ${countText(staleCoins.length, 'coin')} of the list. Run \`countersign coins scan\` before the next issuance.`,
    );
  return `${lines.join('\n')}\n`;
}

// Texts about scanning for policy coins.

export const SCAN_STOPPED: StopText = {
  message: `stopped: ${keys.coins} was not changed`,
  hint: 'Run the command again later. If the node was importing the address, it continues by itself.',
};

export const addressWatchedText = (address: string): string => `The node now watches ${address}.`;

export const coinListSummaryText = (coins: number, address: string, total: string): string =>
  `${keys.coins} lists ${countText(coins, 'policy coin')} at ${address}, ${total} in total.\n`;

const theseCoinsText = ({ length }: readonly unknown[]) => (length === 1 ? 'this coin' : 'these coins');

/** Remarks that a scan prints besides the list of coins. */
export function scanNotes({ unseen, spent, respent, untraced }: Scanned): string[] {
  const lines: string[] = [];
  if (unseen.length > 0)
    lines.push(
      `The node's wallet does not show ${countText(unseen.length, 'unspent coin')} that ${unseen.length === 1 ? 'was' : 'were'} listed or reserved before: ${unseen.map(outpointText).join(', ')}. The wallet may have searched only a part of the chain. The list keeps ${theseCoinsText(unseen)}. Let the node search the whole chain (-rescan), then scan again.`,
    );
  if (spent.length > 0)
    lines.push(
      `The node shows ${countText(spent.length, 'coin')} that a published issuance spent: ${spent.join(', ')}. The node does not have all blocks yet. The list leaves ${theseCoinsText(spent)} out.`,
    );
  if (respent.length > 0)
    lines.push(
      `Transactions of no proposal spent ${countText(respent.length, 'reserved coin')}: ${respent.join(', ')}. No bar is reserved for ${theseCoinsText(respent)} any more. Each laptop that signed a bar on ${respent.length === 1 ? 'this coin' : 'one of these coins'} needs \`signer release REFERENCE\`.`,
    );
  if (untraced.length > 0)
    lines.push(
      `The chain has no unspent output for ${countText(untraced.length, 'reserved coin')}: ${untraced.join(', ')}. The bars of ${theseCoinsText(untraced)} cannot be issued now. \`countersign status\` and \`countersign report\` show whether the bars have tokens. If not, scan again with a node that has txindex=1 and all blocks.`,
    );
  return lines;
}

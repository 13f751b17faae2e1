/** Sentences about what a report or its history could not check. Most of them name the next step. */
import { keys } from '../../ledger/object-keys.ts';
import { countText, isOrAre } from '../../platform/text/words.ts';

/** @param indexed true if the node runs with txindex */
export function unknownTransactionsText(txids: readonly string[], indexed: boolean): string {
  const what = `The node does not find ${countText(txids.length, 'earlier transaction')} of our policy coins (${txids[0]}${txids.length > 1 ? ', …' : ''}).`;
  return indexed
    ? `${what} Use a node that keeps all blocks.`
    : `${what} The node runs without txindex. Start it with txindex=1 and, once, with -reindex.`;
}

const UNSEEN = 'Policy coins that were never in a list are therefore unknown.';

export const noWallet = `The node has no wallet. ${UNSEEN} Start the node without disablewallet, then run \`countersign coins scan\` on this PC.`;

export const addressNotWatchedText = (address: string): string =>
  `The node's wallet does not watch ${address}. ${UNSEEN} Run \`countersign coins scan\` on this PC to import the address.`;

export const coinsNotInWalletText = (count: number): string =>
  `${countText(count, 'unspent policy coin')} of ${keys.coins} ${isOrAre(count)} not in the node's wallet. The wallet may have scanned only a part of the chain. Restart the node with -rescan.`;

const mappingNameText = ({ digest, height }: Named) => `${digest} (height ${height})`;

/** Digest and height of a mapping, for a sentence about it. */
export interface Named {
  readonly digest: string;
  readonly height: number;
}

/** @param reason a sentence without its full stop */
export const unusableObjectText = (key: string, reason: string): string =>
  `${key} cannot be used: ${reason}.`;

export const NOT_KEPT = 'The published mapping is not in history/. Another tool published it.';

export const notInLedgerText = (mapping: Named): string =>
  `No entry of the ledger names the mapping ${mappingNameText(mapping)}. The charts do not show it.`;

/**
 * @param issuance height of the mapping's request, and number of assets that it issued; null if the ledger
 * has no record of the request
 */
export function missingObjectText(
  digest: string,
  issuance: { readonly height: number; readonly issued: number } | null,
): string {
  const what = issuance ? ` (height ${issuance.height}, ${countText(issuance.issued, 'asset')} issued)` : '';
  return `${keys.history(digest)}${what} is missing. If anyone has a copy, put it back into the store.`;
}

/** New assets of a mapping, if its own request did not issue all of them. */
export interface Unexplained {
  readonly mapping: Named;
  /** The previous mapping; null if `mapping` is the oldest one. */
  readonly before: Named | null;
  /** Number of assets that no earlier mapping has. */
  readonly added: number;
  /**
   * Number of the added assets that the mapping's request issued; null if the ledger has no record of the
   * request.
   */
  readonly issued: number | null;
}

export function unexplainedAssetsText({ mapping, before, added, issued }: Unexplained): string {
  const than = before
    ? ` more than the previous mapping (height ${before.height})`
    : ' and is the oldest mapping in history/';
  const size = `The mapping ${mappingNameText(mapping)} has ${countText(added, 'asset')}${than}.`;
  const drawn = (which: string) => `The chart shows ${which} at its height. The issuance may be earlier.`;
  if (issued === null)
    return `${size} The ledger has no record of the issuance. Earlier mappings may be missing. ${drawn(added === 1 ? 'this asset' : 'these assets')}`;
  const others = added - issued;
  return `${size} Its request issued ${issued} of them. At least one earlier mapping is missing in history/. ${drawn(others === 1 ? 'the other asset' : `the other ${others} assets`)}`;
}

/** @param altered number of changed and removed entries @param removedMass fine troy ounces */
export function alteredEntriesText(
  mapping: Named,
  before: Named,
  altered: number,
  removedMass: string,
): string {
  const less = Number(removedMass) > 0 ? ` Its mass is ${removedMass} fine troy ounces less.` : '';
  return `The mapping ${mappingNameText(mapping)} lacks or changes ${altered === 1 ? '1 entry' : `${altered} entries`} of the previous mapping (height ${before.height}).${less} The ledger has no record of this change. Another tool redeemed or removed bars.`;
}

export const readingHistoryText = (count: number): string => `Reading the ${count} mappings of history/.`;

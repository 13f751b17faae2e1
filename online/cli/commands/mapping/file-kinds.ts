/** Files of the older scripts and of this PC, given in the place of a mapping: they have no type. */
import { Refusal } from '../../../../shared/errors.ts';
import { readJson } from '../../../../shared/json.ts';

const MAX_BYTES = 48 * 1024 * 1024;

/** A member that no other one has. */
const OLDER: [member: string, kind: string][] = [
  ['numiss', 'a ps1_tx.json, partially signed transactions'],
  ['pubkeys', 'a controllers.json of the older scripts'],
  ['redeemScript', 'a p2sh.json of the older scripts'],
  ['store', "this program's configuration"],
];

/** @returns in words; null for any other file */
export function olderKindOf(bytes: Uint8Array): string | null {
  try {
    const value = readJson(bytes, 'the file', MAX_BYTES);
    // A mapping, whatever is wrong with it.
    if (!(value instanceof Map) || value.has('assets')) return null;
    return OLDER.find(([member]) => value.has(member))?.[1] ?? null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

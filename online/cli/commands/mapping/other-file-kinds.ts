/**
 * Recognises files of the older scripts and of this PC that a person gave in place of a mapping. These files
 * have no member `type`.
 */
import { Refusal } from '../../../../shared/errors.ts';
import { readJson } from '../../../../shared/json.ts';

const MAX_BYTES = 48 * 1024 * 1024;

/** For each kind of file, a member that only this kind has. */
const OLDER: [member: string, kind: string][] = [
  ['numiss', 'a ps1_tx.json (partially signed transactions)'],
  ['pubkeys', 'a controllers.json of the older scripts'],
  ['redeemScript', 'a p2sh.json of the older scripts'],
  ['store', 'the configuration of Countersign'],
];

/** @returns a description; null for any other file */
export function otherFileKind(bytes: Uint8Array): string | null {
  try {
    const value = readJson(bytes, 'the file', MAX_BYTES);
    // A file with assets counts as a mapping, even if it has errors.
    if (!(value instanceof Map) || value.has('assets')) return null;
    return OLDER.find(([member]) => value.has(member))?.[1] ?? null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

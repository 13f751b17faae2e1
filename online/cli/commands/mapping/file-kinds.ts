/** Which of our files one is: for who gives another than the one that is meant. */
import { Refusal } from '../../../../shared/errors.ts';
import { readJson } from '../../../../shared/json.ts';

const MAX_BYTES = 48 * 1024 * 1024;

const TYPES: Record<string, string> = {
  'countersign/request': 'a request',
  'countersign/signatures': 'signatures',
  'countersign/trust': 'a trust profile',
};

/** Files of the older scripts have no type: a member that no other one has. */
const OLDER: [member: string, kind: string][] = [
  ['numiss', 'a ps1_tx.json, partially signed transactions'],
  ['pubkeys', 'a controllers.json of the older scripts'],
  ['redeemScript', 'a p2sh.json of the older scripts'],
  ['store', "this program's configuration"],
];

/** @returns in words, `a request`; null for any other file */
export function kindOf(bytes: Uint8Array): string | null {
  try {
    const value = readJson(bytes, 'the file', MAX_BYTES);
    if (!(value instanceof Map)) return null;
    const type = value.get('type');
    if (typeof type === 'string') return TYPES[type] ?? null;
    if (value.has('assets')) return null; // a mapping, whatever is wrong with it
    return OLDER.find(([member]) => value.has(member))?.[1] ?? null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

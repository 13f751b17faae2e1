/** Reads a transaction file of the older wallet: hex, or JSON with the member `hex`. */
import { valueText } from '../../../shared/errors.ts';
import { readJson } from '../../../shared/json.ts';
import { notATransactionFileRefusal } from './texts.ts';

export const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;

/** @returns lower-case hex @throws Refusal FORMAT_INVALID */
export function readTransactionFile(bytes: Uint8Array, what: string): string {
  const text = new TextDecoder().decode(bytes).trim();
  const value = text.startsWith('{') ? readJson(bytes, what, MAX_TRANSACTION_BYTES) : text;
  const hex = value instanceof Map ? value.get('hex') : value;
  if (typeof hex === 'string' && /^(?:[0-9a-fA-F]{2})+$/.test(hex)) return hex.toLowerCase();
  const got = value instanceof Map ? 'JSON without this member' : valueText(text);
  throw notATransactionFileRefusal(what, got);
}

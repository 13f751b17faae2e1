/**
 * `rassets.json`, the list of redeemable bars, in the older scripts' format: `{"assets": [{"ref": …, "lock":
 * …}]}`. Entries keep their order and unknown members. The file is written in the format of Python's
 * `json.dumps`.
 */
import { utf8 } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { JsonNumber, type JsonObject, type JsonValue, readJson } from '../../shared/json.ts';
import { checkField, Fields } from '../../shared/json-fields.ts';
import { pythonString } from '../../shared/mapping/python-json.ts';
import { barsInvalidRefusal } from './texts.ts';

export const MAX_LIST_BYTES = 16 * 1024 * 1024;
/**
 * Largest number of JSON values. A file of the largest size has fewer, if its entries have no unknown
 * members.
 */
const MAX_VALUES = 4_000_000;
const MAX_BARS = 1_000_000;
/** A bar's reference. Tools write different forms, so only length and characters are checked. */
export const REFERENCE = /^[\x20-\x7e]{1,64}$/;
export const REFERENCE_EXPECTED = '1 to 64 characters of printable ASCII';

export interface RedeemableBar {
  readonly reference: string;
  /** True if the bar is reserved for a holder who is about to redeem it. */
  readonly lock: boolean;
  /** All members of the entry that was read, including unknown members; empty for a new entry. */
  readonly members: JsonObject;
}

function readBar(value: JsonValue, path: string): RedeemableBar {
  checkField(value instanceof Map, path, 'an object', value);
  const bar = new Fields(value, path, [...value.keys(), 'ref', 'lock']);
  const reference = bar.text('ref', REFERENCE, REFERENCE_EXPECTED);
  const lock = bar.value('lock');
  checkField(typeof lock === 'boolean', bar.at('lock'), 'true or false', lock);
  return { reference, lock, members: value };
}

function readBarEntries(bytes: Uint8Array, key: string): RedeemableBar[] {
  const list = new Fields(readJson(bytes, key, MAX_LIST_BYTES, MAX_VALUES), '', ['assets']);
  const places = new Map<string, number>();
  return list.list('assets', 0, MAX_BARS).map((value, i) => {
    const bar = readBar(value, `assets[${i}]`);
    const { reference } = bar;
    const first = places.get(reference);
    checkField(first === undefined, `assets[${i}].ref`, `a bar other than assets[${first}]`, reference);
    places.set(reference, i);
    return bar;
  });
}

/** @throws Refusal OBJECT_INVALID, naming the key and the place in the list */
export function parseBarsFile(bytes: Uint8Array, key = 'rassets.json'): RedeemableBar[] {
  try {
    return readBarEntries(bytes, key);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const message = error.message.startsWith(key) ? error.message : `${key}: ${error.message}`;
    const begins = /^\s*</.test(new TextDecoder().decode(bytes.subarray(0, 100)));
    throw barsInvalidRefusal(key, begins ? `${key}: expected a list of bars, got an HTML page` : message);
  }
}

/**
 * Updates the list after bars were renamed or removed. If two entries then name the same bar, the first entry
 * stays. This entry is locked if one of the two was locked.
 * @param nameOf function that returns a bar's current reference; null to remove the bar from the list
 * @returns the same list if nothing changes
 */
export function renameOrRemoveBars(
  bars: readonly RedeemableBar[],
  nameOf: (reference: string) => string | null,
): readonly RedeemableBar[] {
  const names = bars.map(({ reference }) => nameOf(reference));
  if (bars.every(({ reference }, i) => names[i] === reference)) return bars;
  const found = new Map<string, RedeemableBar>();
  bars.forEach((bar, i) => {
    const reference = names[i] ?? null;
    if (reference === null) return;
    const before = found.get(reference) ?? { ...bar, reference };
    found.set(reference, { ...before, lock: before.lock || bar.lock });
  });
  return [...found.values()];
}

function jsonAsPython(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === 'string') return pythonString(value);
  if (Array.isArray(value)) return `[${value.map(jsonAsPython).join(', ')}]`;
  if (value instanceof Map) return jsonObjectText(value);
  return String(value);
}

const jsonObjectText = (members: JsonObject): string =>
  `{${[...members].map(([name, value]) => `${pythonString(name)}: ${jsonAsPython(value)}`).join(', ')}}`;

export function barsFileBytes(bars: readonly RedeemableBar[]): Uint8Array {
  const entries = bars.map(({ reference, lock, members }) =>
    jsonObjectText(new Map(members).set('ref', reference).set('lock', lock)),
  );
  return utf8(`{"assets": [${entries.join(', ')}]}`);
}

/**
 * The assets of a mapping. A mapping can have a million, so they are stored as offsets into the bytes of its file.
 * Values are decoded on demand, and converted to Python's form for the signed message.
 */
import { asciiText, utf8 } from '../bytes.ts';
import { JsonReader } from '../json.ts';
import { lookAlikeSearchKey } from '../look-alike.ts';
import { pythonNumber, pythonString } from './python-json.ts';

export interface Asset {
  /** The entry's key in `assets`. */
  key: number;
  /** Normally `serial-year-manufacturer`; in older mappings, any text. */
  reference: string;
  /** Text of the number as in the file, in fine troy ounces. */
  mass: string;
  /** Normally 64 hex digits, in displayed byte order; in older mappings, any text. */
  assetId: string;
}

/** Values of an entry in the order of the signed message. Python sorts the members by name. */
export const PARTS: readonly (keyof Asset)[] = ['key', 'mass', 'reference', 'assetId'];
const [KEY, MASS] = [0, 1];
const NAMES = ['', 'mass', 'ref', 'tokenid'].map(utf8);
/** Text of the signed message before each value, and after the last value of an entry. */
const BEFORE = ['"', '": {"mass": ', ', "ref": "', '", "tokenid": "'].map(utf8);
const AFTER_LAST = utf8('"}');
/** Number of offsets for each entry: start and end of each value. */
export const OFFSETS_PER_ENTRY = 2 * PARTS.length;
/** Number of bytes that an entry adds to the signed message besides its values. */
export const FRAME = [...BEFORE, AFTER_LAST].reduce((sum, { length }) => sum + length, 0);
/** Smallest size of an entry in the file, without the comma after it. */
const MIN_ENTRY_SIZE = '"1":{"ref":"","mass":1,"tokenid":""}'.length;

export const ASSET_PROBLEM = {
  mass: 'mass that is not a finite number',
  key: 'asset key that is not a number of up to 9 digits',
  member: 'asset with a member other than ref, mass and tokenid',
};

const [POINT, ZERO, NINE, BACKSLASH, DASH, TILDE] = [0x2e, 0x30, 0x39, 0x5c, 0x2d, 0x7e];
const isDigit = (byte: number) => byte >= ZERO && byte <= NINE;

/** All assets of a mapping, in file order. */
export interface Assets {
  /** Bytes of the file, which must not change afterwards. */
  bytes: Uint8Array;
  /** Offsets of the start and end of the text between the braces of `assets`. */
  open: number;
  close: number;
  keys: Int32Array;
  /** Start and end offset of each entry's four values. Strings are without quotes. */
  places: Int32Array;
  /**
   * For each entry: one bit for each value in {@link PARTS}, set if Python prints the value differently from the file.
   */
  odd: Uint8Array;
  /** Size of all entries in the signed message, in bytes. */
  length: number;
}

/**
 * An entry's key as a number; -1 if Python's `str(int(key))` does not give the key back. Also -1 for more than nine
 * digits, because more digits may need more than 32 bits.
 */
function parseEntryKey(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let key = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[+at] as number;
    if (!isDigit(byte) || (key === 0 && at > from)) return -1;
    key = 10 * key + byte - ZERO;
  }
  return to === from || to - from > 9 ? -1 : key;
}

/** Index in {@link PARTS} of the part with this member name; -1 if there is none. */
function partIndex(bytes: Uint8Array, from = 0, to = bytes.length): number {
  for (let part = MASS; part < NAMES.length; part++) {
    const name = NAMES[+part] as Uint8Array;
    let same = to - from === name.length;
    for (let at = 0; same && at < name.length; at++) same = bytes[from + at] === name[at];
    if (same) return part;
  }
  return -1;
}

/**
 * True if Python certainly prints the decimal as it is written; false if this is not certain. A double keeps 15 digits,
 * and Python prints a value below 0.0001 with an exponent.
 */
function isPrintedUnchanged(bytes: Uint8Array, from: number, to: number): boolean {
  const small = bytes[+from] === ZERO && bytes[from + 2] === ZERO;
  return to - from <= 16 && !small && (bytes[to - 1] !== ZERO || bytes[to - 2] === POINT);
}

/**
 * Skips a value of an entry.
 * @returns the bytes that Python prints for the value; undefined if the file has the same bytes
 */
function skipAndConvertValue(reader: JsonReader, part: number): Uint8Array | undefined {
  const { bytes } = reader;
  if (part !== MASS) {
    if (reader.skipString()) return undefined;
  } else if (reader.skipNumber() && isPrintedUnchanged(bytes, reader.from, reader.to)) return undefined;
  const text = asciiText(bytes, reader.from, reader.to);
  const printed = part === MASS ? pythonNumber(text) : pythonString(reader.text()).slice(1, -1);
  if (printed === null) return reader.fail(ASSET_PROBLEM.mass, reader.from);
  return printed === text ? undefined : utf8(printed);
}

/**
 * Reads the `assets` object at the reader's position, with members in any order and any white space.
 * @param before entries at the start of the object, read earlier from the same bytes; they are skipped
 */
export function readAssets(reader: JsonReader, before?: Assets): Assets {
  const { bytes } = reader;
  reader.expect('{');
  const open = reader.at;
  let [count, length] = [before?.keys.length ?? 0, before?.length ?? 0];
  if (before) reader.at += before.close - before.open;
  const room = count + Math.ceil((bytes.length - reader.at) / MIN_ENTRY_SIZE);
  const [keys, odd, places] = [new Int32Array(room), new Uint8Array(room), new Int32Array(OFFSETS_PER_ENTRY * room)];
  if (before) {
    keys.set(before.keys);
    odd.set(before.odd.subarray(0, count));
    places.set(before.places.subarray(0, OFFSETS_PER_ENTRY * count).map(place => place + open - before.open));
  }
  for (; reader.more('}', count === 0); count++) {
    let found = 0;
    // The key is part 0 of an entry, so it comes first in the offsets and the flags.
    for (let part = KEY; ; ) {
      const other = skipAndConvertValue(reader, part);
      const { from, to } = reader;
      places[OFFSETS_PER_ENTRY * count + 2 * part] = from;
      places[OFFSETS_PER_ENTRY * count + 2 * part + 1] = to;
      length += other ? other.length : to - from;
      if (other) (odd[count] as number) |= 1 << part;
      if (part === KEY) {
        const key = other ? parseEntryKey(other) : parseEntryKey(bytes, from, to);
        if (key < 0) reader.fail(ASSET_PROBLEM.key, from - 1);
        keys[+count] = key;
        length += FRAME;
        reader.expect(':');
        reader.expect('{');
      }
      found |= 1 << part;
      if (!reader.more('}', part === KEY)) break;
      part = reader.skipString() ? partIndex(bytes, reader.from, reader.to) : partIndex(utf8(reader.text()));
      if (part < 0) reader.fail(ASSET_PROBLEM.member, reader.from - 1);
      if (found & (1 << part))
        reader.fail(`the key "${asciiText(NAMES[+part] as Uint8Array)}" occurs twice`, reader.from - 1);
      reader.expect(':');
    }
    if (found !== 0b1111) reader.fail('asset without ref, mass or tokenid');
  }
  return { bytes, open, close: reader.at - 1, keys: keys.subarray(0, count), places, odd, length };
}

/** Sum of all masses, in units of 10^-8 fine troy ounces. */
export function totalMass({ bytes, keys, places }: Assets): bigint {
  let total = 0n;
  for (let i = 0, place = 2 * MASS; i < keys.length; i++, place += OFFSETS_PER_ENTRY) {
    const mass = Number(asciiText(bytes, places[+place] as number, places[place + 1] as number));
    // A mass of 1e15 or more is rounded to whole ounces, because such a double has almost no digits after the point.
    total += Math.abs(mass) < 1e15 ? BigInt(Math.round(mass * 1e8)) : BigInt(Math.round(mass)) * 100_000_000n;
  }
  return total;
}

/** Indices of the entries with a negative mass. Older tools made such masses by rounding in redemptions. */
export function* negativeEntryIndices({ bytes, keys, places }: Assets): Generator<number> {
  for (let i = 0, place = 2 * MASS; i < keys.length; i++, place += OFFSETS_PER_ENTRY)
    if (bytes[places[+place] as number] === DASH) yield i;
}

/** A reader whose position is the start of this value. */
function readerAtValue({ bytes, places }: Assets, i: number, part: number): JsonReader {
  const reader = new JsonReader(bytes, 'mapping', bytes.length);
  reader.at = (places[OFFSETS_PER_ENTRY * i + 2 * part] as number) - (part === MASS ? 0 : 1);
  return reader;
}

export function partText(assets: Assets, i: number, part: Exclude<keyof Asset, 'key'>): string {
  const reader = readerAtValue(assets, i, PARTS.indexOf(part));
  return part === 'mass' ? reader.number() : reader.string();
}

/** The bytes that Python prints for a value; undefined if the file has the same bytes. */
const printedBytesIfDifferent = (assets: Assets, i: number, part: number): Uint8Array | undefined =>
  (assets.odd[+i] as number) & (1 << part) ? skipAndConvertValue(readerAtValue(assets, i, part), part) : undefined;

/** Size of a value in the signed message, in bytes. */
export function printedLength(assets: Assets, i: number, part: number): number {
  const place = OFFSETS_PER_ENTRY * i + 2 * part;
  const written = (assets.places[place + 1] as number) - (assets.places[+place] as number);
  return printedBytesIfDifferent(assets, i, part)?.length ?? written;
}

/** Passes an entry of the signed message to `put`, part by part. */
export function writeEntry(
  assets: Assets,
  i: number,
  put: (bytes: Uint8Array, from: number, to: number) => void,
): void {
  const { bytes, places } = assets;
  for (let part = KEY; part < PARTS.length; part++) {
    const before = BEFORE[+part] as Uint8Array;
    put(before, 0, before.length);
    const place = OFFSETS_PER_ENTRY * i + 2 * part;
    const other = printedBytesIfDifferent(assets, i, part);
    if (other) put(other, 0, other.length);
    else put(bytes, places[place] as number, places[place + 1] as number);
  }
  put(AFTER_LAST, 0, AFTER_LAST.length);
}

/**
 * For each byte: the byte that stands for it in a comparison. Characters that look alike, or differ only in case, have
 * the same byte. 0 for a character that the comparison ignores.
 */
const FOLDED = Uint8Array.from(
  { length: 128 },
  (_, byte) => lookAlikeSearchKey(String.fromCharCode(byte)).charCodeAt(0) || 0,
);
/** Number of characters that {@link lookAlikeHash} reads: more than a serial has, and enough to distinguish asset ids. */
const MARK_LENGTH = 16;
/**
 * Returned in place of a hash for a text with escapes or non-ASCII characters. Such a text has to be decoded before it
 * is compared.
 */
const UNKNOWN = -1;

/**
 * A hash of the text up to the first dash, with each character replaced as in {@link FOLDED}. Look-alike texts have the
 * same hash, and few other texts have it.
 */
function lookAlikeHash(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let mark = 0;
  for (let i = from; i < to && i < from + MARK_LENGTH && bytes[+i] !== DASH; i++) {
    const byte = bytes[+i] as number;
    if (byte === BACKSLASH || byte > TILDE) return UNKNOWN;
    const folded = FOLDED[+byte] as number;
    if (folded !== 0) mark = Math.imul(mark ^ folded, 0x0100_0193) >>> 0;
  }
  return mark;
}

/**
 * Indices of the entries whose text may look like one of these texts, compared up to the first dash. Includes every
 * true look-alike, and sometimes other entries.
 */
export function* lookAlikeIndices(
  assets: Assets,
  texts: Iterable<string>,
  part: 'reference' | 'assetId',
): Generator<number> {
  const marks = new Set([...texts].map(text => lookAlikeHash(utf8(text))));
  if (marks.size === 0) return;
  marks.add(UNKNOWN);
  const { bytes, places, keys } = assets;
  for (let i = 0, place = 2 * PARTS.indexOf(part); i < keys.length; i++, place += OFFSETS_PER_ENTRY)
    if (marks.has(lookAlikeHash(bytes, places[place] as number, places[place + 1] as number))) yield i;
}

/**
 * The assets of a mapping, kept as places in the bytes of its file, since there can be a million. A value is decoded when
 * somebody asks for it, and put into Python's form when the signed message is written.
 */
import { ascii, utf8 } from '../bytes.ts';
import { JsonReader } from '../json.ts';
import { folded } from '../look-alike.ts';
import { pythonNumber, pythonString } from './python.ts';

export interface Asset {
  /** The number that it stands under. */
  key: number;
  /** `serial-year-manufacturer`. */
  reference: string;
  /** The number's text, as it was written. */
  mass: string;
  /** 64 hex digits. */
  assetId: string;
}

/** The values of an entry, in the order of the signed message: Python sorts the members by name. */
export const PARTS: readonly (keyof Asset)[] = ['key', 'mass', 'reference', 'assetId'];
const [KEY, MASS] = [0, 1];
const NAMES = ['', 'mass', 'ref', 'tokenid'].map(utf8);
/** In the message: what is before each value, and behind the last. */
const BEFORE = ['"', '": {"mass": ', ', "ref": "', '", "tokenid": "'].map(utf8);
const BEHIND = utf8('"}');
/** Places of an entry: two for each value. */
export const PLACES = 2 * PARTS.length;
/** Bytes of an entry in the signed message beside its values. */
export const FRAME = [...BEFORE, BEHIND].reduce((sum, { length }) => sum + length, 0);
/** An entry has at least these bytes, and a comma. */
const SHORTEST = '"1":{"ref":"","mass":1,"tokenid":""}'.length;

const [POINT, ZERO, NINE, BACKSLASH, DASH, TILDE] = [0x2e, 0x30, 0x39, 0x5c, 0x2d, 0x7e];
const isDigit = (byte: number) => byte >= ZERO && byte <= NINE;

/** All assets of a mapping, in the order of the file. */
export interface Assets {
  /** The file, which may not change. */
  bytes: Uint8Array;
  /** What is between the braces of the file. */
  open: number;
  close: number;
  keys: Int32Array;
  /** Of each entry's four values the first byte, and the one behind the last; strings without their quotes. */
  places: Int32Array;
  /** A bit for each value of an entry that Python prints in other bytes. */
  odd: Uint8Array;
  /** Bytes of all entries in the signed message. */
  length: number;
}

/** Python's `int()` of a key must give it back; nine digits fit 32 bits. @returns -1 for any other key */
function keyIn(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let key = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[+at] as number;
    if (!isDigit(byte) || (key === 0 && at > from)) return -1;
    key = 10 * key + byte - ZERO;
  }
  return to === from || to - from > 9 ? -1 : key;
}

/** Which part has this name, or -1. */
function partNamed(bytes: Uint8Array, from = 0, to = bytes.length): number {
  for (let part = MASS; part < NAMES.length; part++) {
    const name = NAMES[+part] as Uint8Array;
    let same = to - from === name.length;
    for (let at = 0; same && at < name.length; at++) same = bytes[from + at] === name[at];
    if (same) return part;
  }
  return -1;
}

/** Whether Python prints a decimal as it is written. A double keeps 15 digits, and one below 0.0001 has an exponent. */
function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  const small = bytes[+from] === ZERO && bytes[from + 2] === ZERO;
  return to - from <= 16 && !small && (bytes[to - 1] !== ZERO || bytes[to - 2] === POINT);
}

/** Skips a value of an entry. @returns Python's bytes of it, where the file has others */
function skipValue(reader: JsonReader, part: number): Uint8Array | undefined {
  const { bytes } = reader;
  if (part !== MASS) {
    if (reader.skipString()) return undefined;
  } else if (reader.skipNumber() && isPlain(bytes, reader.from, reader.to)) return undefined;
  const text = ascii(bytes, reader.from, reader.to);
  const printed = part === MASS ? pythonNumber(text) : pythonString(reader.text()).slice(1, -1);
  if (printed === null) return reader.fail('a mass beyond any number', reader.from);
  return printed === text ? undefined : utf8(printed);
}

/**
 * Reads the object of assets at the reader's position: any order of members, any layout.
 * @param before entries that the object begins with, in the same bytes; they are not read again
 */
export function readAssets(reader: JsonReader, before?: Assets): Assets {
  const { bytes } = reader;
  reader.expect('{');
  const open = reader.at;
  let [count, length] = [before?.keys.length ?? 0, before?.length ?? 0];
  if (before) reader.at += before.close - before.open;
  const room = count + Math.ceil((bytes.length - reader.at) / SHORTEST);
  const [keys, odd, places] = [new Int32Array(room), new Uint8Array(room), new Int32Array(PLACES * room)];
  if (before) {
    keys.set(before.keys);
    odd.set(before.odd.subarray(0, count));
    places.set(before.places.subarray(0, PLACES * count).map(place => place + open - before.open));
  }
  for (; reader.more('}', count === 0); count++) {
    let found = 0;
    // The key is read as if it were a member, the first.
    for (let part = KEY; ; ) {
      const other = skipValue(reader, part);
      const { from, to } = reader;
      places[PLACES * count + 2 * part] = from;
      places[PLACES * count + 2 * part + 1] = to;
      length += other ? other.length : to - from;
      if (other) (odd[count] as number) |= 1 << part;
      if (part === KEY) {
        const key = other ? keyIn(other) : keyIn(bytes, from, to);
        if (key < 0) reader.fail("an asset's key that is not a number of up to 9 digits", from - 1);
        keys[+count] = key;
        length += FRAME;
        reader.expect(':');
        reader.expect('{');
      }
      found |= 1 << part;
      if (!reader.more('}', part === KEY)) break;
      part = reader.skipString() ? partNamed(bytes, reader.from, reader.to) : partNamed(utf8(reader.text()));
      if (part < 0) reader.fail('an asset with a member other than ref, mass and tokenid', reader.from - 1);
      if (found & (1 << part))
        reader.fail(`the key "${ascii(NAMES[+part] as Uint8Array)}" stands twice`, reader.from - 1);
      reader.expect(':');
    }
    if (found !== 0b1111) reader.fail('an asset without ref, mass or tokenid');
  }
  return { bytes, open, close: reader.at - 1, keys: keys.subarray(0, count), places, odd, length };
}

/** Sum of all masses, in atoms. */
export function totalMass({ bytes, keys, places }: Assets): bigint {
  let total = 0n;
  for (let i = 0, place = 2 * MASS; i < keys.length; i++, place += PLACES) {
    const mass = Number(ascii(bytes, places[+place] as number, places[place + 1] as number));
    // So large a double is a whole number, or nearly.
    total += Math.abs(mass) < 1e15 ? BigInt(Math.round(mass * 1e8)) : BigInt(Math.round(mass)) * 100_000_000n;
  }
  return total;
}

/** Numbers of the entries with a mass below 0: older re-mappings left some, by rounding. */
export function* belowZero({ bytes, keys, places }: Assets): Generator<number> {
  for (let i = 0, place = 2 * MASS; i < keys.length; i++, place += PLACES)
    if (bytes[places[+place] as number] === DASH) yield i;
}

/** A reader in front of a value. */
function readerOf({ bytes, places }: Assets, i: number, part: number): JsonReader {
  const reader = new JsonReader(bytes, 'mapping', bytes.length);
  reader.at = (places[PLACES * i + 2 * part] as number) - (part === MASS ? 0 : 1);
  return reader;
}

export function textOf(assets: Assets, i: number, part: Exclude<keyof Asset, 'key'>): string {
  const reader = readerOf(assets, i, PARTS.indexOf(part));
  return part === 'mass' ? reader.number() : reader.string();
}

/** Python's bytes of a value, where the file has others. */
const printedValue = (assets: Assets, i: number, part: number): Uint8Array | undefined =>
  (assets.odd[+i] as number) & (1 << part) ? skipValue(readerOf(assets, i, part), part) : undefined;

/** Bytes of a value in the signed message. */
export function printedLength(assets: Assets, i: number, part: number): number {
  const place = PLACES * i + 2 * part;
  const written = (assets.places[place + 1] as number) - (assets.places[+place] as number);
  return printedValue(assets, i, part)?.length ?? written;
}

/** Hands out an entry as it is in the signed message, part by part. */
export function writeEntry(
  assets: Assets,
  i: number,
  put: (bytes: Uint8Array, from: number, to: number) => void,
): void {
  const { bytes, places } = assets;
  for (let part = KEY; part < PARTS.length; part++) {
    const before = BEFORE[+part] as Uint8Array;
    put(before, 0, before.length);
    const place = PLACES * i + 2 * part;
    const other = printedValue(assets, i, part);
    if (other) put(other, 0, other.length);
    else put(bytes, places[place] as number, places[place + 1] as number);
  }
  put(BEHIND, 0, BEHIND.length);
}

/** Bytes that people take for one another are one: case, look-alikes; 0 for those that are left out. */
const FOLDED = Uint8Array.from({ length: 128 }, (_, byte) => folded(String.fromCharCode(byte)).charCodeAt(0) || 0);
/** Enough of an asset id to tell it from others, and more than a serial. */
const MARKED = 16;
/** Of a text that has to be decoded to be compared. */
const UNKNOWN = -1;

/** A number that two texts share if they are alike up to a dash; nearly all others have another. */
function markOf(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let mark = 0;
  for (let i = from; i < to && i < from + MARKED && bytes[+i] !== DASH; i++) {
    const byte = bytes[+i] as number;
    if (byte === BACKSLASH || byte > TILDE) return UNKNOWN;
    const folded = FOLDED[+byte] as number;
    if (folded !== 0) mark = Math.imul(mark ^ folded, 0x0100_0193) >>> 0;
  }
  return mark;
}

/** Numbers of the entries that may be alike, up to a dash, to one of these texts; none is left out that is. */
export function* alike(assets: Assets, texts: Iterable<string>, part: 'reference' | 'assetId'): Generator<number> {
  const marks = new Set([...texts].map(text => markOf(utf8(text))));
  if (marks.size === 0) return;
  marks.add(UNKNOWN);
  const { bytes, places, keys } = assets;
  for (let i = 0, place = 2 * PARTS.indexOf(part); i < keys.length; i++, place += PLACES)
    if (marks.has(markOf(bytes, places[place] as number, places[place + 1] as number))) yield i;
}

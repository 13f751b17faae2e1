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
const PARTS: readonly (keyof Asset)[] = ['key', 'mass', 'reference', 'assetId'];
const [KEY, MASS] = [0, 1];
const NAMES = ['', 'mass', 'ref', 'tokenid'].map(utf8);
/** In the message: what is before each value, and behind the last. */
const BEFORE = ['"', '": {"mass": ', ', "ref": "', '", "tokenid": "'].map(utf8);
const BEHIND = utf8('"}');
const FRAME = [...BEFORE, BEHIND].reduce((sum, { length }) => sum + length, 0);
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
  /** In atoms. */
  totalMass: bigint;
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

/** Which part has this name, or 0. */
function partNamed(bytes: Uint8Array, from = 0, to = bytes.length): number {
  for (let part = MASS; part < NAMES.length; part++) {
    const name = NAMES[+part] as Uint8Array;
    let same = to - from === name.length;
    for (let at = 0; same && at < name.length; at++) same = bytes[from + at] === name[at];
    if (same) return part;
  }
  return 0;
}

/**
 * The value of a decimal number that Python prints as it is written; NaN where that takes more than a look at it.
 * A double keeps 15 digits, and two whole numbers that fit it have a quotient that is rounded once, as when it is read.
 */
function plainDecimal(bytes: Uint8Array, from: number, to: number): number {
  let digits = 0;
  let scale = 0; // of the digits behind the point
  for (let at = from; at < to; at++) {
    const byte = bytes[+at] as number;
    if (isDigit(byte)) {
      digits = 10 * digits + byte - ZERO;
      scale *= 10;
    } else if (byte === POINT) scale = 1;
    else return Number.NaN;
  }
  const value = scale === 0 ? digits : digits / scale;
  const zeroAtEnd = scale > 10 && bytes[to - 1] === ZERO;
  return to - from > 15 || zeroAtEnd || (value < 1e-4 && scale > 10) ? Number.NaN : value;
}

function massAtoms(mass: number): bigint {
  // So large a double is a whole number, or nearly.
  return Math.abs(mass) < 1e15 ? BigInt(Math.round(mass * 1e8)) : BigInt(Math.round(mass)) * 100_000_000n;
}

/** Reads the object of assets at the reader's position: any order of members, any layout. */
export function readAssets(reader: JsonReader): Assets {
  const { bytes } = reader;
  const room = Math.ceil((bytes.length - reader.at) / SHORTEST);
  const [keys, odd] = [new Int32Array(room), new Uint8Array(room)];
  const places = new Int32Array(PARTS.length * 2 * room);
  let [count, found, atoms, totalMass] = [0, 0, 0, 0n];

  function put(part: number, isOdd: boolean): void {
    const place = 2 * (PARTS.length * count + part);
    places[place] = reader.from;
    places[place + 1] = reader.to;
    if (isOdd) (odd[count] as number) |= 1 << part;
    found |= 1 << part;
  }
  function readMass(): void {
    reader.skipNumber();
    const { from, to } = reader;
    let mass = plainDecimal(bytes, from, to);
    const text = Number.isNaN(mass) ? ascii(bytes, from, to) : '';
    if (text) mass = Number(text);
    if (!Number.isFinite(mass)) reader.fail('a mass beyond any number', from);
    // Sums stay exact: in a double as far as it goes.
    const sum = atoms + Math.round(mass * 1e8);
    if (Math.abs(sum) > Number.MAX_SAFE_INTEGER) totalMass += BigInt(atoms) + massAtoms(mass);
    atoms = Math.abs(sum) > Number.MAX_SAFE_INTEGER ? 0 : sum;
    put(MASS, text !== '' && pythonNumber(text) !== text);
  }
  /** @returns whether Python prints other bytes for it */
  function readText(): boolean {
    return !reader.skipString() && pythonString(reader.text()) !== `"${ascii(bytes, reader.from, reader.to)}"`;
  }
  function readMember(): void {
    const start = reader.at;
    const part = reader.skipString() ? partNamed(bytes, reader.from, reader.to) : partNamed(utf8(reader.text()));
    if (part === 0) reader.fail('an asset with a member other than ref, mass and tokenid', start);
    if (found & (1 << part)) reader.fail(`the key "${ascii(NAMES[+part] as Uint8Array)}" stands twice`, start);
    reader.expect(':');
    if (part === MASS) readMass();
    else put(part, readText());
  }
  reader.expect('{');
  const open = reader.at--;
  reader.each('{', () => {
    found = 0;
    const isPlain = reader.skipString();
    const key = isPlain ? keyIn(bytes, reader.from, reader.to) : keyIn(utf8(reader.text()));
    if (key < 0) reader.fail("an asset's key that is not a number of up to 9 digits", reader.from - 1);
    put(KEY, !isPlain);
    keys[count] = key;
    reader.expect(':');
    reader.each('{', readMember);
    if (found !== 0b1111) reader.fail('an asset without ref, mass or tokenid');
    count++;
  });
  totalMass += BigInt(atoms);
  return { bytes, open, close: reader.at - 1, keys: keys.subarray(0, count), places, odd, totalMass };
}

/** First byte of a value, and the one behind it. */
export function placeOf({ places }: Assets, i: number, part: keyof Asset): [from: number, to: number] {
  const place = 2 * (PARTS.length * i + PARTS.indexOf(part));
  return [places[place] as number, places[place + 1] as number];
}

export function textOf(assets: Assets, i: number, part: Exclude<keyof Asset, 'key'>): string {
  const [from, to] = placeOf(assets, i, part);
  if (part === 'mass') return ascii(assets.bytes, from, to);
  const reader = new JsonReader(assets.bytes, 'mapping', assets.bytes.length);
  reader.at = from - 1;
  return reader.string();
}

/** A value in Python's form, if that is not the one that it has in the file. */
function printed(assets: Assets, i: number, part: number): Uint8Array | undefined {
  if (((assets.odd[i] as number) & (1 << part)) === 0) return undefined;
  if (part === KEY) return utf8(String(assets.keys[+i]));
  const name = PARTS[+part] as Exclude<keyof Asset, 'key'>;
  const text = textOf(assets, i, name);
  return utf8(part === MASS ? (pythonNumber(text) as string) : pythonString(text).slice(1, -1));
}

/** Bytes of an entry in the signed message. */
export function entryLength(assets: Assets, i: number): number {
  const { places, odd } = assets;
  let length = FRAME;
  for (let part = 0; part < PARTS.length; part++) {
    const place = 2 * (PARTS.length * i + part);
    const other = odd[i] === 0 ? undefined : printed(assets, i, part);
    length += other ? other.length : (places[place + 1] as number) - (places[place] as number);
  }
  return length;
}

/** @returns the place behind what was copied */
function copy(bytes: Uint8Array, from: number, end: number, to: Uint8Array, at: number): number {
  const shift = at - from;
  for (let i = from; i < end; i++) to[i + shift] = bytes[+i] as number;
  return end + shift;
}

/** Writes an entry as it stands in the signed message. @returns the place behind it */
export function writeEntry(assets: Assets, i: number, to: Uint8Array, start: number): number {
  const { bytes, places, odd } = assets;
  let at = start;
  for (let part = 0; part < PARTS.length; part++) {
    const before = BEFORE[part] as Uint8Array;
    at = copy(before, 0, before.length, to, at);
    const place = 2 * (PARTS.length * i + part);
    const other = odd[i] === 0 ? undefined : printed(assets, i, part);
    if (other) at = copy(other, 0, other.length, to, at);
    else at = copy(bytes, places[place] as number, places[place + 1] as number, to, at);
  }
  return copy(BEHIND, 0, BEHIND.length, to, at);
}

/** Bytes that people take for one another are one: case, look-alikes; 0 for those that are left out. */
const FOLDED = Uint8Array.from({ length: 128 }, (_, byte) => folded(String.fromCharCode(byte)).charCodeAt(0) || 0);
/** Enough of a token id to tell it from others, and more than a serial. */
const MARKED = 16;
/** Of a text that has to be decoded to be compared. */
const UNKNOWN = -1;

/** A number that two texts share if they are alike up to a dash; nearly all others have another. */
function markOf(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let mark = 0;
  for (let i = from; i < to && i < from + MARKED && bytes[i] !== DASH; i++) {
    const byte = bytes[+i] as number;
    if (byte === BACKSLASH || byte > TILDE) return UNKNOWN;
    const folded = FOLDED[+byte] as number;
    if (folded !== 0) mark = Math.imul(mark ^ folded, 0x0100_0193) >>> 0;
  }
  return mark;
}

/** Numbers of the entries that may be alike, up to a dash, to one of these texts; none is left out that is. */
export function* alike(assets: Assets, texts: Iterable<string>, part: 'reference' | 'assetId'): Generator<number> {
  const marks = new Set<number>([UNKNOWN]);
  for (const text of texts) marks.add(markOf(utf8(text)));
  const { bytes, places, keys } = assets;
  for (let i = 0, place = 2 * PARTS.indexOf(part); i < keys.length; i++, place += 2 * PARTS.length)
    if (marks.has(markOf(bytes, places[place] as number, places[place + 1] as number))) yield i;
}

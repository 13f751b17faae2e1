/**
 * The one strict JSON reader: UTF-8, no duplicate and no `__proto__` keys, bounded depth and size, number text kept.
 * {@link JsonReader} walks the bytes; the mapping uses it directly, since it can be 100 MB; everything else is read
 * into a tree by {@link readJson}.
 */
import { ascii } from './bytes.ts';
import { check, Refusal, shown } from './errors.ts';

/** A number as it was written. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type JsonObject = Map<string, JsonValue>;
export type JsonValue = null | boolean | string | JsonNumber | JsonValue[] | JsonObject;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const WORDS = ['true', 'false', 'null'];
const MAX_DEPTH = 16;
/** A thousand issuances take 15,000; a tree costs up to a hundred bytes for each byte of its text. */
const MAX_VALUES = 100_000;

const [TAB, LINE_FEED, RETURN, SPACE, QUOTE, BACKSLASH] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x5c];
const [COMMA, TILDE] = [0x2c, 0x7e];
const [MINUS, PLUS, POINT, ZERO, NINE, SMALL_E, LARGE_E] = [0x2d, 0x2b, 0x2e, 0x30, 0x39, 0x65, 0x45];

/** Of each byte, whether it is in a string for itself and in every text as it is. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= SPACE && byte <= TILDE && byte !== QUOTE && byte !== BACKSLASH),
);

/** A position in the bytes of a JSON file. Outside strings anything but ASCII is refused, so only they are decoded. */
export class JsonReader {
  readonly bytes: Uint8Array;
  readonly what: string;
  at = 0;
  /** Of the string (without its quotes) or number that was skipped last: its first byte, and the one behind it. */
  from = 0;
  to = 0;
  private valuesLeft: number;

  /** @throws Refusal TOO_LARGE over `maxBytes` */
  constructor(bytes: Uint8Array, what: string, maxBytes: number, maxValues = MAX_VALUES) {
    this.bytes = bytes;
    this.what = what;
    // A byte order mark, with which editors on Windows begin a file, says nothing.
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
    this.valuesLeft = maxValues;
    const sizes = `${bytes.length} bytes, expected at most ${maxBytes}`;
    check(bytes.length <= maxBytes, 'TOO_LARGE', `${what}: ${sizes}`);
  }

  fail(problem: string, at = this.at): never {
    const place = at < this.bytes.length ? `byte ${at}` : 'its end';
    throw new Refusal('FORMAT_INVALID', `${this.what}: not valid JSON, ${problem} at ${place}`);
  }

  /** Skips white space and returns the byte that follows, or -1. A single read beyond the end makes V8 slow down all reads. */
  private byte(): number {
    const { bytes } = this;
    for (; this.at < bytes.length; this.at++) {
      const c = bytes[+this.at] as number;
      if (c > SPACE || (c !== SPACE && c !== LINE_FEED && c !== RETURN && c !== TAB)) return c;
    }
    return -1;
  }

  /** Skips white space and returns the character that follows, or '' at the end. */
  peek(): string {
    const c = this.byte();
    return c < 0 ? '' : String.fromCharCode(c);
  }

  /** Skips this byte if it is the next. */
  private skip(byte: number): boolean {
    const follows = this.bytes[+this.at] === byte;
    if (follows) this.at++;
    return follows;
  }

  expect(c: string): void {
    this.byte();
    if (!this.skip(c.charCodeAt(0))) this.fail(`expected "${c}"`);
  }

  /** Whether one more member of an object or list follows; skips the comma before it, or the end. */
  more(close: '}' | ']', first: boolean): boolean {
    const c = this.byte();
    const ends = c === close.charCodeAt(0);
    if (first && !ends) return true;
    if (!ends && c !== COMMA) this.fail(`expected "," or "${close}"`);
    this.at++;
    return !ends;
  }

  /** An object or list: `read` is called at the beginning of each of its members. */
  each(open: '{' | '[', read: () => void): void {
    this.expect(open);
    for (let first = true; this.more(open === '{' ? '}' : ']', first); first = false) read();
  }

  /** An object, its names told apart: `read` is called at the beginning of each value. */
  members(read: (name: string, start: number) => void): void {
    const names = new Set<string>();
    this.each('{', () => {
      this.peek();
      const start = this.at;
      const name = this.string();
      if (names.has(name)) this.fail(`the key ${shown(name)} stands twice`, start);
      if (name === '__proto__') this.fail('the key "__proto__"', start);
      names.add(name);
      this.expect(':');
      read(name, start);
    });
  }

  /** Skips a string. @returns whether its bytes are its text: printable ASCII without escapes; else `text` checks them */
  skipString(): boolean {
    if (this.byte() !== QUOTE) this.fail('expected a string');
    const { bytes } = this;
    this.from = this.at + 1;
    let to = this.from;
    while (IS_PLAIN[+(bytes[+to] as number)] === 1) to++;
    const plain = bytes[+to] === QUOTE;
    for (let c = bytes[+to]; c !== QUOTE; c = bytes[+to]) {
      if (c === undefined) return this.fail('a string that is cut off', bytes.length);
      to += c === BACKSLASH ? 2 : 1;
    }
    this.to = to;
    this.at = to + 1;
    return plain;
  }

  /** The text of the string that was skipped last. */
  text(): string {
    try {
      return JSON.parse(`"${decoder.decode(this.bytes.subarray(this.from, this.to))}"`);
    } catch (error) {
      const binary = error instanceof TypeError;
      const problem = binary ? 'bytes that are not UTF-8' : 'a string with a control character or a wrong escape';
      return this.fail(problem, this.from - 1);
    }
  }

  string(): string {
    return this.skipString() ? decoder.decode(this.bytes.subarray(this.from, this.to)) : this.text();
  }

  private digits(): void {
    const { bytes } = this;
    const start = this.at;
    while ((bytes[+this.at] as number) >= ZERO && (bytes[+this.at] as number) <= NINE) this.at++;
    if (this.at === start) this.fail('expected a value', this.from);
  }

  /** Skips a number. @returns whether it is digits, a point and digits */
  skipNumber(): boolean {
    this.byte();
    this.from = this.at;
    const negative = this.skip(MINUS);
    if (!this.skip(ZERO)) this.digits();
    const point = this.skip(POINT);
    if (point) this.digits();
    const exponent = this.skip(SMALL_E) || this.skip(LARGE_E);
    if (exponent) {
      if (!this.skip(PLUS)) this.skip(MINUS);
      this.digits();
    }
    this.to = this.at;
    return point && !negative && !exponent;
  }

  /** The text of a number. */
  number(): string {
    this.skipNumber();
    return ascii(this.bytes, this.from, this.to);
  }

  value(depth = 0): JsonValue {
    if (--this.valuesLeft < 0) this.fail('more values than any such file has');
    const c = this.peek();
    if (c === '"') return this.string();
    if (c === '{' || c === '[') {
      if (depth === MAX_DEPTH) this.fail(`nested deeper than ${MAX_DEPTH}`);
      const list: JsonValue[] = [];
      const object: JsonObject = new Map();
      if (c === '[') this.each(c, () => list.push(this.value(depth + 1)));
      else this.members(name => object.set(name, this.value(depth + 1)));
      return c === '[' ? list : object;
    }
    const word = WORDS.find(one => ascii(this.bytes, this.at, this.at + one.length) === one);
    if (word === undefined) return new JsonNumber(this.number());
    this.at += word.length;
    return JSON.parse(word);
  }

  /** Nothing may follow but white space. */
  finish(): void {
    if (this.peek() !== '') this.fail('more than one value');
  }
}

/**
 * Reads JSON bytes into a tree of Maps, arrays, texts and {@link JsonNumber}s.
 * @throws Refusal FORMAT_INVALID naming the place, TOO_LARGE over `maxBytes`
 */
export function readJson(bytes: Uint8Array, what: string, maxBytes: number, maxValues?: number): JsonValue {
  const reader = new JsonReader(bytes, what, maxBytes, maxValues);
  const value = reader.value();
  reader.finish();
  return value;
}

/** Data of our own formats: integers, texts, lists and objects only. */
export type PlainValue = string | number | PlainValue[] | { [key: string]: PlainValue };

/** The canonical form that digests are taken of: members sorted by code point, no white space; whole numbers as written. */
export function canonicalJson(value: PlainValue | JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value instanceof JsonNumber) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries: [string, PlainValue | JsonValue][] = value instanceof Map ? [...value] : Object.entries(value);
  const members = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

/**
 * The strict JSON reader. It requires UTF-8, limits depth and size, keeps the text of numbers, and refuses duplicate
 * keys and `__proto__`. {@link readJson} reads a file into a tree. A mapping can have 100 MB, so it is read with {@link
 * JsonReader} and without a tree.
 */
import { asciiText } from './bytes.ts';
import { checkSize, Refusal, valueText } from './errors.ts';

/** A number. It is kept as the text in the file. */
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
/**
 * Largest number of values in a tree. Without a limit, a tree could take 100 bytes of memory for each byte of text. A
 * request with a thousand issuances has 15,000 values.
 */
const MAX_VALUES = 100_000;

export const JSON_PROBLEM = {
  noString: 'expected a string',
  noValue: 'expected a value',
  secondValue: 'more than one value',
  manyValues: 'too many values',
  deep: `nested deeper than ${MAX_DEPTH} levels`,
};

const [TAB, LINE_FEED, RETURN, SPACE, QUOTE, BACKSLASH] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x5c];
const [COMMA, TILDE] = [0x2c, 0x7e];
const [MINUS, PLUS, POINT, ZERO, NINE, SMALL_E, LARGE_E] = [0x2d, 0x2b, 0x2e, 0x30, 0x39, 0x65, 0x45];

/** For each byte: true if it is an unescaped printable ASCII character of a string. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= SPACE && byte <= TILDE && byte !== QUOTE && byte !== BACKSLASH),
);

/** The text in a {@link RepeatedKeyRefusal} that names the key. */
export const repeatedKeyText = (key: string): string => `the key ${valueText(key)}`;

/**
 * The refusal of an object that has a key twice. The author of the file chose the key's text. So the key is a separate
 * member, and a caller can remove it from the message.
 */
export class RepeatedKeyRefusal extends Refusal {
  readonly key: string;
  constructor(message: string, key: string) {
    super('FORMAT_INVALID', message);
    this.key = key;
  }
}

/** A position in the bytes of a JSON file. Non-ASCII is refused outside strings, so only strings have to be decoded. */
export class JsonReader {
  readonly bytes: Uint8Array;
  readonly what: string;
  at = 0;
  /** Range of the last skipped string (without quotes) or number: first byte, and the byte after the last. */
  from = 0;
  to = 0;
  private valuesLeft: number;

  /**
   * @param what how error messages name the file
   * @throws Refusal TOO_LARGE above `maxBytes`
   */
  constructor(bytes: Uint8Array, what: string, maxBytes: number, maxValues = MAX_VALUES) {
    this.bytes = bytes;
    this.what = what;
    // Skips a byte order mark, which editors on Windows put at the start of a file.
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
    this.valuesLeft = maxValues;
    checkSize(bytes.length, maxBytes, what);
  }

  private messageOf(problem: string, at: number): string {
    const place = at < this.bytes.length ? `byte ${at}` : 'the end of the file';
    return `${this.what}: not valid JSON: ${problem} at ${place}`;
  }

  fail(problem: string, at = this.at): never {
    throw new Refusal('FORMAT_INVALID', this.messageOf(problem, at));
  }

  /**
   * Skips white space. Returns the next byte, or -1 at the end. Never reads beyond the end, because one read beyond the
   * end makes V8 use slower code permanently.
   */
  private byte(): number {
    const { bytes } = this;
    for (; this.at < bytes.length; this.at++) {
      const c = bytes[+this.at] as number;
      if (c > SPACE || (c !== SPACE && c !== LINE_FEED && c !== RETURN && c !== TAB)) return c;
    }
    return -1;
  }

  /** Skips white space. Returns the next character, or '' at the end. */
  peek(): string {
    const c = this.byte();
    return c < 0 ? '' : String.fromCharCode(c);
  }

  /** Skips the next byte if it equals `byte`. @returns true if the byte was skipped */
  private skip(byte: number): boolean {
    const follows = this.bytes[+this.at] === byte;
    if (follows) this.at++;
    return follows;
  }

  expect(c: string): void {
    this.byte();
    if (!this.skip(c.charCodeAt(0))) this.fail(`expected "${c}"`);
  }

  /** True if another member of an object or list follows. Skips the comma before it, or the closing bracket. */
  more(close: '}' | ']', first: boolean): boolean {
    const c = this.byte();
    const ends = c === close.charCodeAt(0);
    if (first && !ends) return true;
    if (!ends && c !== COMMA) this.fail(`expected "," or "${close}"`);
    this.at++;
    return !ends;
  }

  /** Reads an object or list. Calls `read` at the start of each member. */
  each(open: '{' | '[', read: () => void): void {
    this.expect(open);
    for (let first = true; this.more(open === '{' ? '}' : ']', first); first = false) read();
  }

  /**
   * Reads an object. Calls `read` for each member, with its name and the position of the name. The reader is then at
   * the member's value. Duplicate names and the name `__proto__` are refused.
   */
  members(read: (name: string, start: number) => void): void {
    const names = new Set<string>();
    this.each('{', () => {
      this.peek();
      const start = this.at;
      const name = this.string();
      if (names.has(name))
        throw new RepeatedKeyRefusal(this.messageOf(`${repeatedKeyText(name)} occurs twice`, start), name);
      if (name === '__proto__') this.fail('the key "__proto__" is not permitted', start);
      names.add(name);
      this.expect(':');
      read(name, start);
    });
  }

  /**
   * Skips a string.
   * @returns true for printable ASCII without escapes. Other strings have to be decoded with {@link text}.
   */
  skipString(): boolean {
    if (this.byte() !== QUOTE) this.fail(JSON_PROBLEM.noString);
    const { bytes } = this;
    this.from = this.at + 1;
    let to = this.from;
    while (IS_PLAIN[+(bytes[+to] as number)] === 1) to++;
    const plain = bytes[+to] === QUOTE;
    for (let c = bytes[+to]; c !== QUOTE; c = bytes[+to]) {
      if (c === undefined) return this.fail('incomplete string', bytes.length);
      to += c === BACKSLASH ? 2 : 1;
    }
    this.to = to;
    this.at = to + 1;
    return plain;
  }

  /** Text of the last skipped string. */
  text(): string {
    try {
      return JSON.parse(`"${decoder.decode(this.bytes.subarray(this.from, this.to))}"`);
    } catch (error) {
      const binary = error instanceof TypeError;
      const problem = binary
        ? 'string with bytes that are not UTF-8'
        : 'string with a control character or a wrong escape';
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
    if (this.at === start) this.fail(JSON_PROBLEM.noValue, this.from);
  }

  /** Skips a number. @returns true if it has the form digits, point, digits */
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

  /** Reads a number and returns its text. */
  number(): string {
    this.skipNumber();
    return asciiText(this.bytes, this.from, this.to);
  }

  value(depth = 0): JsonValue {
    if (--this.valuesLeft < 0) this.fail(JSON_PROBLEM.manyValues);
    const c = this.peek();
    if (c === '"') return this.string();
    if (c === '{' || c === '[') {
      if (depth === MAX_DEPTH) this.fail(JSON_PROBLEM.deep);
      const list: JsonValue[] = [];
      const object: JsonObject = new Map();
      if (c === '[') this.each(c, () => list.push(this.value(depth + 1)));
      else this.members(name => object.set(name, this.value(depth + 1)));
      return c === '[' ? list : object;
    }
    const word = WORDS.find(one => asciiText(this.bytes, this.at, this.at + one.length) === one);
    if (word === undefined) return new JsonNumber(this.number());
    this.at += word.length;
    return JSON.parse(word);
  }

  /** Checks that only white space follows. */
  finish(): void {
    if (this.peek() !== '') this.fail(JSON_PROBLEM.secondValue);
  }
}

/**
 * Reads JSON into a tree of Maps, arrays, texts and {@link JsonNumber}s.
 * @param what how error messages name the file
 * @throws Refusal FORMAT_INVALID, naming the place; TOO_LARGE above `maxBytes`
 */
export function readJson(bytes: Uint8Array, what: string, maxBytes: number, maxValues?: number): JsonValue {
  const reader = new JsonReader(bytes, what, maxBytes, maxValues);
  const value = reader.value();
  reader.finish();
  return value;
}

/** Values of Countersign's own formats: integers, texts, lists and objects. */
export type PlainValue = string | number | PlainValue[] | { [key: string]: PlainValue };

/** Canonical form, the input of digests: members sorted by code point, no white space, integers as written. */
export function canonicalJson(value: PlainValue | JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value instanceof JsonNumber) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries: [string, PlainValue | JsonValue][] = value instanceof Map ? [...value] : Object.entries(value);
  const members = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

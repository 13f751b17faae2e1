/**
 * The one strict JSON reader: UTF-8, no duplicate and no `__proto__` keys, bounded depth and size, number text kept.
 * {@link JsonScanner} walks the bytes; the mapping uses it directly, since it can be 100 MB; everything else is read
 * into a tree by {@link readJson}.
 */
import { Refusal } from './errors.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
export const OPEN = 0x7b;
export const CLOSE = 0x7d;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const COMMA = 0x2c;
export const COLON = 0x3a;

/** 1 for the bytes that stand for themselves in JSON and in Python's ASCII output: printable, no quote, no backslash. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, b) =>
  b >= 0x20 && b < 0x7f && b !== QUOTE && b !== BACKSLASH ? 1 : 0,
);

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** A position in JSON bytes. `start`, `end` and `plain` tell of the token read last. */
export class JsonScanner {
  readonly bytes: Uint8Array;
  readonly what: string;
  /** Values that a tree of this may still have. */
  valuesLeft = 0;
  at = 0;
  start = 0;
  end = 0;
  /** Whether the last string holds nothing but {@link PLAIN} bytes. */
  plain = true;

  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.what = what;
  }

  fail(problem: string, at = this.at): never {
    const place = at >= this.bytes.length ? `at its end (byte ${this.bytes.length})` : `at byte ${at}`;
    throw new Refusal(
      'FORMAT_INVALID',
      `${this.what}: not valid JSON, ${problem} ${place}`,
      'The file was cut or changed on its way, or is another file: get it or make it again.',
    );
  }

  /** Skips white space and returns the byte that follows, or -1 at the end. */
  peek(): number {
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined) return -1;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.at++;
    }
  }

  expect(byte: number): void {
    if (this.peek() !== byte) this.fail(`expected ${JSON.stringify(String.fromCharCode(byte))}`);
    this.at++;
  }

  /** After a member: true if another one follows, false after the closing byte. */
  more(close: number): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== close)
      this.fail(`expected "," or ${JSON.stringify(String.fromCharCode(close))}`);
    this.at++;
    return byte === COMMA;
  }

  /** After an opening byte: true if it closes at once. */
  closesAtOnce(close: number): boolean {
    if (this.peek() !== close) return false;
    this.at++;
    return true;
  }

  /** Reads a string token; its content is `start` to `end`, still escaped. */
  string(): void {
    if (this.peek() !== QUOTE) this.fail('expected a string');
    const { bytes } = this;
    let at = this.at + 1;
    this.start = at;
    while (PLAIN[bytes[at] as number] === 1) at++;
    this.plain = bytes[at] === QUOTE;
    while (bytes[at] !== QUOTE) {
      const byte = bytes[at];
      if (byte === undefined) this.fail('a string does not end', at);
      if (byte < 0x20) this.fail('a control character in a string', at);
      at += byte === BACKSLASH ? 2 : 1;
    }
    this.end = at;
    this.at = at + 1;
    if (!this.plain) this.text(); // bad UTF-8 and bad escapes are refused here, not where the text is first used
  }

  /** The text of the string read last. */
  text(): string {
    return stringText(this, this.start, this.end);
  }

  /** Reads a number token by JSON's grammar; its text is `start` to `end`. */
  number(): void {
    this.peek();
    const { bytes } = this;
    let at = this.at;
    this.start = at;
    if (bytes[at] === 0x2d) at++;
    if (bytes[at] === 0x30) at++;
    else {
      if (!isDigit(bytes[at])) this.fail('expected a value', at);
      while (isDigit(bytes[at])) at++;
    }
    if (bytes[at] === 0x2e) {
      if (!isDigit(bytes[++at])) this.fail('expected a digit', at);
      while (isDigit(bytes[at])) at++;
    }
    if (bytes[at] === 0x65 || bytes[at] === 0x45) {
      at++;
      if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
      if (!isDigit(bytes[at])) this.fail('expected a digit', at);
      while (isDigit(bytes[at])) at++;
    }
    this.end = at;
    this.at = at;
  }

  word(text: string): void {
    for (let i = 0; i < text.length; i++) {
      if (this.bytes[this.at + i] !== text.charCodeAt(i)) this.fail('expected a value');
    }
    this.at += text.length;
  }

  /** Nothing may follow but white space. */
  finish(): void {
    if (this.peek() !== -1) this.fail('more than one value');
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of the string content that stands between two positions, escapes resolved. */
export function stringText(scanner: JsonScanner, start: number, end: number): string {
  try {
    return JSON.parse(`"${decoder.decode(scanner.bytes.subarray(start, end))}"`);
  } catch {
    return scanner.fail('a string that is not UTF-8 or has a wrong escape', start);
  }
}

/** A number as it was written. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type JsonObject = Map<string, JsonValue>;
export type JsonValue = null | boolean | string | JsonNumber | JsonValue[] | JsonObject;

const MAX_DEPTH = 16;
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

function readValue(s: JsonScanner, depth: number): JsonValue {
  if (--s.valuesLeft < 0) s.fail('more values than any such file has');
  const byte = s.peek();
  if (byte === QUOTE) {
    s.string();
    return s.text();
  }
  if (byte === OPEN || byte === OPEN_LIST) {
    if (depth >= MAX_DEPTH) s.fail(`nested deeper than ${MAX_DEPTH}`);
    s.at++;
    return byte === OPEN ? readObject(s, depth + 1) : readList(s, depth + 1);
  }
  for (const [word, value] of WORDS) {
    if (byte === word.charCodeAt(0)) {
      s.word(word);
      return value;
    }
  }
  s.number();
  return new JsonNumber(decoder.decode(s.bytes.subarray(s.start, s.end)));
}

function readObject(s: JsonScanner, depth: number): JsonObject {
  const out: JsonObject = new Map();
  if (s.closesAtOnce(CLOSE)) return out;
  do {
    s.string();
    const key = s.text();
    if (out.has(key)) s.fail(`the key ${JSON.stringify(key.slice(0, 40))} stands twice`, s.start);
    if (key === '__proto__') s.fail('the key "__proto__"', s.start);
    s.expect(COLON);
    out.set(key, readValue(s, depth));
  } while (s.more(CLOSE));
  return out;
}

function readList(s: JsonScanner, depth: number): JsonValue[] {
  const out: JsonValue[] = [];
  if (s.closesAtOnce(CLOSE_LIST)) return out;
  do out.push(readValue(s, depth));
  while (s.more(CLOSE_LIST));
  return out;
}

export function checkSize(bytes: Uint8Array, what: string, maxBytes: number): void {
  if (bytes.length > maxBytes) {
    throw new Refusal(
      'TOO_LARGE',
      `${what}: ${bytes.length} bytes, expected at most ${maxBytes}`,
      'This is not the file that it should be: check which one was given.',
    );
  }
}

/** A thousand issuances take 15,000; a tree costs up to a hundred bytes for each byte of its text. */
const MAX_VALUES = 100_000;

/**
 * Reads JSON bytes into a tree of Maps, arrays, texts and {@link JsonNumber}s.
 * @throws Refusal FORMAT_INVALID naming the byte, TOO_LARGE over `maxBytes`
 */
export function readJson(
  bytes: Uint8Array,
  what: string,
  maxBytes: number,
  maxValues = MAX_VALUES,
): JsonValue {
  checkSize(bytes, what, maxBytes);
  const scanner = new JsonScanner(bytes, what);
  scanner.valuesLeft = maxValues;
  const value = readValue(scanner, 0);
  scanner.finish();
  return value;
}

/** Data of our own formats: integers, texts, lists and objects only. */
export type PlainValue = string | number | PlainValue[] | { [key: string]: PlainValue };

/** The canonical form that digests are taken of: members sorted by code point, no white space. */
export function canonicalJson(value: PlainValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.keys(value)
      .sort()
      .map(key => `${JSON.stringify(key)}:${canonicalJson(value[key] as PlainValue)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

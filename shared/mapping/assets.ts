/**
 * The assets of a mapping: entries read from bytes, kept as positions in those bytes, and entries added to them.
 * A mapping can hold a million: nothing is made per entry, and adding copies nothing.
 */
import { ascii } from '../bytes.ts';
import { CLOSE, COLON, type JsonScanner, OPEN, stringText } from '../json.ts';
import { pythonNumber } from './python.ts';

export interface Asset {
  /** The number that it stands under. */
  key: number;
  /** `serial-year-manufacturer`. */
  reference: string;
  /** The number's text, as it was written. */
  mass: string;
  /** 64 hex digits. */
  tokenId: string;
}

/** Columns of the table, per entry. */
const KEY = 0;
const REF = 1; // start and end
const MASS = 3;
const TOKEN = 5;
const WIDTH = 7;

/** Flags: what may be copied into the signed message as it stands. */
const PLAIN_REF = 1;
const PLAIN_TOKEN = 2;
const CANONICAL_MASS = 4;

/** Python's `int()` of a key must give it back; nine digits keep positions and keys in 32 bits. */
const MAX_KEY_DIGITS = 9;

const NAMES: readonly [name: string, column: number, flag: number][] = [
  ['ref', REF, PLAIN_REF],
  ['mass', MASS, CANONICAL_MASS],
  ['tokenid', TOKEN, PLAIN_TOKEN],
];
const NAME_BYTES = NAMES.map(([name]) => Uint8Array.from(name, c => c.charCodeAt(0)));
const ALL_SEEN = (1 << NAMES.length) - 1;

export class AssetTable {
  readonly scanner: JsonScanner;
  count = 0;
  /** Positions of the braces around the entries. */
  open = 0;
  close = 0;
  private rows = new Int32Array(64 * WIDTH);
  private flags = new Uint8Array(64);
  /** Sum of the masses with up to three decimals, in thousandths; the few others are summed by their text. */
  thousandths = 0;
  readonly otherMasses: string[] = [];

  constructor(scanner: JsonScanner) {
    this.scanner = scanner;
  }

  /** Reads the object of assets at the scanner's position. */
  scan(): void {
    const { scanner: s } = this;
    s.expect(OPEN);
    this.open = s.at - 1;
    if (!s.closesAtOnce(CLOSE)) {
      do this.scanEntry();
      while (s.more(CLOSE));
    }
    this.close = s.at - 1;
    this.rows = this.rows.slice(0, this.count * WIDTH);
    this.flags = this.flags.slice(0, this.count);
  }

  private scanEntry(): void {
    const { scanner: s } = this;
    if (this.count === this.flags.length) this.grow();
    const row = this.count * WIDTH;
    s.string();
    this.rows[row + KEY] = keyNumber(s);
    s.expect(COLON);
    s.expect(OPEN);
    let seen = 0;
    let flags = 0;
    do {
      s.string();
      const member = memberIndex(s);
      if (seen & (1 << member)) s.fail(`the key "${NAMES[member]![0]}" stands twice`, s.start);
      seen |= 1 << member;
      s.expect(COLON);
      const [, column, flag] = NAMES[member]!;
      if (column === MASS) {
        s.number();
        if (this.addMass()) flags |= flag;
      } else {
        s.string();
        if (s.plain) flags |= flag;
      }
      this.rows[row + column] = s.start;
      this.rows[row + column + 1] = s.end;
    } while (s.more(CLOSE));
    if (seen !== ALL_SEEN) s.fail('an asset without ref, mass or tokenid');
    this.flags[this.count++] = flags;
  }

  /** Sums the mass read last. @returns whether its text is already Python's */
  private addMass(): boolean {
    const { bytes, start, end } = this.scanner;
    let value = 0;
    let point = -1;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte === 0x2e) point = i;
      else if (byte < 0x30)
        return this.addOther(); // a sign
      else if (byte > 0x39)
        return this.addOther(); // an exponent
      else value = value * 10 + byte - 0x30;
    }
    const decimals = point < 0 ? 0 : end - point - 1;
    if (decimals > 3 || end - start > 14) return this.addOther();
    this.thousandths += value * (decimals === 0 ? 1000 : decimals === 1 ? 100 : decimals === 2 ? 10 : 1);
    // Up to 13 digits read back as the same double, so Python prints them as they are, without zeros at the end.
    if (point < 0) return true;
    return (decimals === 1 || bytes[end - 1] !== 0x30) && (bytes[start] !== 0x30 || value === 0);
  }

  private addOther(): boolean {
    const { bytes, start, end } = this.scanner;
    const text = ascii(bytes, start, end);
    if (end - start > 400 || pythonNumber(text) === null)
      this.scanner.fail('a mass beyond any number', start);
    this.otherMasses.push(text);
    return false;
  }

  private grow(): void {
    const rows = new Int32Array(this.rows.length * 2);
    rows.set(this.rows);
    this.rows = rows;
    const flags = new Uint8Array(this.flags.length * 2);
    flags.set(this.flags);
    this.flags = flags;
  }

  key(i: number): number {
    return this.rows[i * WIDTH + KEY] as number;
  }

  private textAt(i: number, column: number): string {
    const row = i * WIDTH + column;
    return stringText(this.scanner, this.rows[row] as number, this.rows[row + 1] as number);
  }

  /** Read a million times in a row: plain ones, nearly all, without a decoder. */
  reference(i: number): string {
    if (!((this.flags[i] as number) & PLAIN_REF)) return this.textAt(i, REF);
    const row = i * WIDTH + REF;
    return ascii(this.scanner.bytes, this.rows[row], this.rows[row + 1]);
  }

  asset(i: number): Asset {
    const row = i * WIDTH + MASS;
    return {
      key: this.key(i),
      reference: this.reference(i),
      mass: ascii(this.scanner.bytes, this.rows[row], this.rows[row + 1]),
      tokenId: this.textAt(i, TOKEN),
    };
  }

  /** The bytes of the three values if all may be copied into the message as they stand, else false. */
  plainSpans(i: number, out: Int32Array): boolean {
    if (this.flags[i] !== (PLAIN_REF | PLAIN_TOKEN | CANONICAL_MASS)) return false;
    const row = i * WIDTH;
    for (let column = 1; column < WIDTH; column++) out[column - 1] = this.rows[row + column] as number;
    return true;
  }
}

function keyNumber(s: JsonScanner): number {
  const { bytes, start, end } = s;
  let value = 0;
  if (end - start > MAX_KEY_DIGITS || end === start || (bytes[start] === 0x30 && end - start > 1)) value = -1;
  for (let i = start; i < end && value >= 0; i++) {
    const digit = (bytes[i] as number) - 0x30;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : -1;
  }
  if (value < 0) s.fail(`an asset's key that is not a number of up to ${MAX_KEY_DIGITS} digits`, start);
  return value;
}

function memberIndex(s: JsonScanner): number {
  const { bytes, start, end } = s;
  for (let i = 0; i < NAME_BYTES.length; i++) {
    const name = NAME_BYTES[i] as Uint8Array;
    let k = name.length === end - start ? 0 : -1;
    while (k >= 0 && k < name.length) k = name[k] === bytes[start + k] ? k + 1 : -1;
    if (k >= 0) return i;
  }
  return s.fail('an asset with a member other than ref, mass and tokenid', start);
}

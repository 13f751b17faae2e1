/**
 * The assets that stand in a mapping's file. Those written as every tool writes them are kept as places in its bytes, since
 * there can be a million; any others as objects.
 */
import { ascii, utf8 } from '../bytes.ts';
import type { JsonReader } from '../json.ts';
import { Found, findEntry, lengthOf, markOf, PLACES, placeOf, writeSorted } from './layout.ts';
import { pythonNumber, pythonString } from './python.ts';

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

/** Python's `int()` of a key must give it back; nine digits fit 32 bits. */
const KEY = /^(0|[1-9][0-9]{0,8})$/;
/** No entry takes fewer bytes: `"1":{"ref":"","mass":1,"tokenid":""}`. */
const SHORTEST = 32;
const [COMMA, SPACE] = [0x2c, 0x20];

/** An entry as `json.dumps` with sorted keys prints it. */
export function messageEntry({ key, reference, mass, tokenId }: Asset): Uint8Array {
  const members = `"mass": ${pythonNumber(mass)}, "ref": ${pythonString(reference)}, "tokenid": ${pythonString(tokenId)}`;
  return utf8(`"${key}": {${members}}`);
}

export function massAtoms(mass: string): bigint {
  const value = Number(mass);
  // Beyond this a double has no fraction left.
  return Math.abs(value) < 1e15 ? BigInt(Math.round(value * 1e8)) : BigInt(value) * 100_000_000n;
}

export class AssetTable {
  readonly keys: Int32Array;
  /** Sum of the masses, in atoms. */
  totalMass = 0n;
  /** Bytes of all entries in the signed message, without what stands between them. */
  messageLength = 0;
  /** The bytes between the braces. */
  readonly inner: Uint8Array;
  private readonly bytes: Uint8Array;
  /** See `layout.ts`; -1 for entries in another layout. */
  private readonly places: Int32Array;
  private readonly others = new Map<number, Asset>();
  private count = 0;

  /** Reads the object of assets at the reader's position; the reader's bytes may not change from then on. */
  constructor(reader: JsonReader) {
    this.bytes = reader.bytes;
    const room = Math.ceil(this.bytes.length / SHORTEST);
    this.keys = new Int32Array(room);
    this.places = new Int32Array(PLACES * room);
    reader.peek();
    const open = reader.at + 1;
    reader.each('{', () => {
      if (!this.takeUsual(reader)) this.takeOther(reader);
    });
    this.keys = this.keys.subarray(0, this.count);
    this.inner = this.bytes.subarray(open, reader.at - 1);
  }

  /** As many entries as follow one another in Python's layout. @returns whether there was one */
  private takeUsual(reader: JsonReader): boolean {
    const { bytes, places, keys, count } = this;
    const found = new Found();
    let thousandths = 0; // exact up to nine million tonnes
    for (let at = reader.at; ; at += 2) {
      const start = at;
      at = findEntry(bytes, start, places, this.count, found);
      if (at < 0) break;
      keys[this.count++] = found.key;
      thousandths += found.mass;
      this.messageLength += at - start;
      reader.at = at;
      if (bytes[at] !== COMMA || bytes[at + 1] !== SPACE) break;
    }
    this.totalMass += BigInt(thousandths) * 100_000n;
    return this.count > count;
  }

  private takeOther(reader: JsonReader): void {
    const asset = readAsset(reader);
    this.others.set(this.count, asset);
    this.places.fill(-1, PLACES * this.count, PLACES * (this.count + 1));
    this.totalMass += massAtoms(asset.mass);
    this.messageLength += messageEntry(asset).length;
    this.keys[this.count++] = asset.key;
  }

  text(i: number, what: 'reference' | 'mass' | 'tokenId'): string {
    return this.other(i)?.[what] ?? ascii(this.bytes, ...placeOf(what, this.places, i));
  }

  asset(i: number): Asset {
    const [reference, mass, tokenId] = [this.text(i, 'reference'), this.text(i, 'mass'), this.text(i, 'tokenId')];
    return { key: this.keys[i] as number, reference, mass, tokenId };
  }

  /** Numbers of the entries that may be alike, up to a dash, to one of these texts; none is left out that is. */
  *alike(texts: Iterable<string>, what: 'reference' | 'tokenId'): Generator<number> {
    const marks = new Set<number>();
    for (const text of texts) marks.add(markOf(utf8(text), 0, text.length));
    for (let i = 0; i < this.keys.length; i++) {
      const [from, to] = placeOf(what, this.places, i);
      if (this.other(i) || marks.has(markOf(this.bytes, from, to))) yield i;
    }
  }

  /** Bytes of an entry in the signed message. */
  lengthOf(i: number): number {
    const other = this.other(i);
    return other ? messageEntry(other).length : lengthOf(this.places, i);
  }

  /** Writes an entry as it stands in the signed message. @returns the place behind it */
  write(i: number, to: Uint8Array, at: number): number {
    const other = this.other(i);
    if (!other) return writeSorted(this.bytes, this.places, i, to, at);
    const entry = messageEntry(other);
    to.set(entry, at);
    return at + entry.length;
  }

  private other(i: number): Asset | undefined {
    return (this.places[PLACES * i] as number) < 0 ? this.others.get(i) : undefined;
  }
}

function readAsset(reader: JsonReader): Asset {
  reader.peek();
  const start = reader.at;
  const key = reader.string();
  if (!KEY.test(key)) reader.fail("an asset's key that is not a number of up to 9 digits", start);
  reader.expect(':');
  const found = new Map<string, string>();
  reader.members((name, at) => {
    if (name === 'ref' || name === 'tokenid') found.set(name, reader.string());
    else if (name === 'mass') found.set(name, reader.number());
    else reader.fail('an asset with a member other than ref, mass and tokenid', at);
  });
  const [reference, mass, tokenId] = ['ref', 'mass', 'tokenid'].map(
    name => found.get(name) ?? reader.fail('an asset without ref, mass or tokenid'),
  ) as [string, string, string];
  if (!Number.isFinite(Number(mass))) reader.fail('a mass beyond any number', start);
  return { key: Number(key), reference, mass, tokenId };
}

/**
 * The assets that stand in a mapping's text. Those written as every tool writes them are kept as places in that text,
 * since there can be a million; any others as objects.
 */
import type { JsonReader } from '../json.ts';
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

/** Python's layout, of values that read the same in the signed message: no escapes, a mass as Python prints it. */
const USUAL =
  / ?"(0|[1-9][0-9]{0,8})": \{"ref": "[ !#-[\]-~]*", "mass": ((?:0|[1-9][0-9]{0,6})(?:\.(?:0|[0-9]{0,2}[1-9]))?), "tokenid": "[0-9a-f]{64}"\}/y;
const REF_AT = '{"ref": "'.length;
const MASS_AT = ', "mass": '.length;
const TOKEN_LENGTH = `, "tokenid": "${'0'.repeat(64)}"}`.length;
/** Python's `int()` of a key must give it back; nine digits fit 32 bits. */
const KEY = /^(0|[1-9][0-9]{0,8})$/;

/** No entry takes fewer characters: `"1":{"ref":"","mass":1,"tokenid":""}`. */
const SHORTEST = 32;

/** An entry as `json.dumps` with sorted keys prints it. */
export function messageEntry({ key, reference, mass, tokenId }: Asset): string {
  return `"${key}": {"mass": ${pythonNumber(mass)}, "ref": ${pythonString(reference)}, "tokenid": ${pythonString(tokenId)}}`;
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
  /** The text between the braces. */
  readonly inner: string;
  private readonly text: string;
  /** First character of each entry, and the one after its last. */
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly others = new Map<number, Asset>();

  /** Reads the object of assets at the reader's position. */
  constructor(reader: JsonReader) {
    this.text = reader.text;
    let thousandths = 0; // exact up to nine million tonnes
    const room = Math.ceil(this.text.length / SHORTEST);
    const [keys, starts, ends] = [new Int32Array(room), new Int32Array(room), new Int32Array(room)];
    let count = 0;
    reader.peek();
    const open = reader.at;
    reader.each('{', () => {
      const start = reader.at;
      USUAL.lastIndex = start;
      const usual = USUAL.exec(this.text);
      if (usual) {
        reader.at = USUAL.lastIndex;
        thousandths += Math.round(Number(usual[2]) * 1000);
        keys[count] = Number(usual[1]);
      } else {
        const asset = readAsset(reader);
        this.others.set(count, asset);
        this.totalMass += massAtoms(asset.mass);
        keys[count] = asset.key;
      }
      starts[count] = this.text.charAt(start) === ' ' ? start + 1 : start;
      ends[count++] = reader.at;
    });
    [this.keys, this.starts, this.ends] = [keys.subarray(0, count), starts, ends];
    this.totalMass += BigInt(thousandths) * 100_000n;
    this.inner = this.text.slice(open + 1, reader.at - 1);
  }

  /** Where the values of a usual entry begin: after `{`, at the comma after ref, at the comma after mass. */
  private places(i: number): [ref: number, mass: number, token: number] {
    const token = (this.ends[i] as number) - TOKEN_LENGTH;
    const mass = this.text.lastIndexOf(',', token - 1);
    return [this.text.indexOf('{', this.starts[i]), mass, token];
  }

  reference(i: number): string {
    const [ref, mass] = this.places(i);
    return this.others.get(i)?.reference ?? this.text.slice(ref + REF_AT, mass - 1);
  }

  tokenId(i: number): string {
    const end = this.ends[i] as number;
    return this.others.get(i)?.tokenId ?? this.text.slice(end - 66, end - 2);
  }

  asset(i: number): Asset {
    const [, mass, token] = this.places(i);
    const usual = { key: this.keys[i] as number, reference: this.reference(i), tokenId: this.tokenId(i) };
    return this.others.get(i) ?? { ...usual, mass: this.text.slice(mass + MASS_AT, token) };
  }

  /** The entry as it stands in the signed message: Python sorts the members by name. */
  messageEntry(i: number): string {
    const other = this.others.get(i);
    if (other) return messageEntry(other);
    const { text } = this;
    const [ref, mass, token] = this.places(i);
    const [start, end] = [this.starts[i] as number, this.ends[i] as number];
    return `${text.slice(start, ref + 1)}${text.slice(mass + 2, token)}, ${text.slice(ref + 1, mass)}${text.slice(token, end)}`;
  }

  /** The length of {@link messageEntry}: of a usual entry the members only change places. */
  messageLength(i: number): number {
    return this.others.has(i) ? this.messageEntry(i).length : (this.ends[i] as number) - (this.starts[i] as number);
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

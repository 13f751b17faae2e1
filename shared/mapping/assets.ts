/**
 * The assets that stand in a mapping's file. Those written as every tool writes them are kept as places in its bytes, since
 * there can be a million; any others as objects.
 */
import { ascii, utf8 } from '../bytes.ts';
import { check } from '../errors.ts';
import type { JsonReader } from '../json.ts';
import { findEntries, lengthOf, markOf, type Part, PLACES, partOf, writeSorted } from './layout.ts';
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
const MAX_KEY = 999_999_999;
/** No entry takes fewer bytes: `"1":{"ref":"","mass":1,"tokenid":""}`. */
const SHORTEST = 32;

/** An entry as `json.dumps` with sorted keys prints it. */
function messageEntry({ key, reference, mass, tokenId }: Asset): Uint8Array {
  const members = `"mass": ${pythonNumber(mass)}, "ref": ${pythonString(reference)}, "tokenid": ${pythonString(tokenId)}`;
  return utf8(`"${key}": {${members}}`);
}

function massAtoms(mass: string): bigint {
  const value = Number(mass);
  // Beyond this a double has no fraction left.
  return Math.abs(value) < 1e15 ? BigInt(Math.round(value * 1e8)) : BigInt(value) * 100_000_000n;
}

/** All assets of a mapping, in the order of the file. */
export interface Assets {
  /** The file's bytes, which may not change. */
  bytes: Uint8Array;
  /** The number that each stands under. */
  keys: Int32Array;
  /** Where each lies in the bytes (see `layout.ts`); -1 for the others. */
  places: Int32Array;
  /** Those in another layout or added since, by their place in the order. */
  others: ReadonlyMap<number, Asset>;
  /** What stands between the braces of the file, in pieces. */
  inner: readonly Uint8Array[];
  /** In atoms. */
  totalMass: bigint;
}

/** Reads the object of assets at the reader's position. */
export function readAssets(reader: JsonReader): Assets {
  const { bytes } = reader;
  const room = Math.ceil(bytes.length / SHORTEST);
  const all = { bytes, keys: new Int32Array(room), places: new Int32Array(PLACES * room), totalMass: 0n };
  const others = new Map<number, Asset>();
  let count = 0;
  let thousandths = 0; // exact up to nine million tonnes
  reader.peek();
  const open = reader.at + 1;
  reader.each('{', () => {
    const before = count;
    findEntries(bytes, reader.at, all.places, count, (i, key, mass, end) => {
      all.keys[i] = Number(key);
      thousandths += Math.round(Number(mass) * 1000);
      reader.at = end;
      count = i + 1;
    });
    if (count > before) return;
    const asset = readAsset(reader);
    others.set(count, asset);
    all.places.fill(-1, PLACES * count, PLACES * (count + 1));
    all.totalMass += massAtoms(asset.mass);
    all.keys[count++] = asset.key;
  });
  all.totalMass += BigInt(thousandths) * 100_000n;
  const inner = [bytes.subarray(open, reader.at - 1)];
  return { ...all, keys: all.keys.subarray(0, count), others, inner };
}

/** With these behind them, numbered on from the largest. @throws Refusal MAPPING_INVALID when no number is left */
export function withAdded(assets: Assets, entries: readonly Omit<Asset, 'key'>[]): Assets {
  const { length } = assets.keys;
  const largest = assets.keys.reduce((a, b) => Math.max(a, b), 0);
  const left = `assets: numbers go up to ${MAX_KEY}, and the largest is ${largest} with ${entries.length} to be added`;
  check(largest + entries.length <= MAX_KEY, 'MAPPING_INVALID', left, 'Find out who gave an asset that number.');
  const added = entries.map((entry, i): Asset => ({ key: largest + 1 + i, ...entry }));
  const keys = new Int32Array(length + added.length);
  keys.set(assets.keys);
  keys.set(
    added.map(({ key }) => key),
    length,
  );
  const places = new Int32Array(PLACES * keys.length).fill(-1);
  places.set(assets.places.subarray(0, PLACES * length));
  const others = new Map([...assets.others, ...added.map((asset, i): [number, Asset] => [length + i, asset])]);
  const texts = added.map(({ key, reference, mass, tokenId }) => {
    return `"${key}": {"ref": ${pythonString(reference)}, "mass": ${mass}, "tokenid": ${pythonString(tokenId)}}`;
  });
  const between = length > 0 && added.length > 0 ? ', ' : '';
  const inner = [...assets.inner, utf8(between + texts.join(', '))];
  const totalMass = added.reduce((sum, { mass }) => sum + massAtoms(mass), assets.totalMass);
  return { ...assets, keys, places, others, inner, totalMass };
}

const otherAt = ({ places, others }: Assets, i: number) =>
  (places[PLACES * i] as number) < 0 ? others.get(i) : undefined;

export const textOf = (assets: Assets, i: number, what: Part): string =>
  otherAt(assets, i)?.[what] ?? ascii(assets.bytes, ...partOf(what, assets.places, i));

/** Numbers of the entries that may be alike, up to a dash, to one of these texts; none is left out that is. */
export function* alike(assets: Assets, texts: Iterable<string>, what: Part): Generator<number> {
  const marks = new Set<number>();
  for (const text of texts) marks.add(markOf(utf8(text), 0, text.length));
  for (let i = 0; i < assets.keys.length; i++) {
    const [from, to] = partOf(what, assets.places, i);
    if (otherAt(assets, i) || marks.has(markOf(assets.bytes, from, to))) yield i;
  }
}

/** Bytes of an entry in the signed message. */
export function entryLength(assets: Assets, i: number): number {
  const other = otherAt(assets, i);
  return other ? messageEntry(other).length : lengthOf(assets.places, i);
}

/** Writes an entry as it stands in the signed message. @returns the place behind it */
export function writeEntry(assets: Assets, i: number, to: Uint8Array, at: number): number {
  const other = otherAt(assets, i);
  if (!other) return writeSorted(assets.bytes, assets.places, i, to, at);
  const entry = messageEntry(other);
  to.set(entry, at);
  return at + entry.length;
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

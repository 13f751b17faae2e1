/**
 * The mapping: which token represents which asset. It also has a policy, a time and a height. A mapping is read from
 * `map.json`, or made from an older mapping. It does not change afterwards.
 */
import { formatDecimal } from '../amount.ts';
import { bytesToHex, concatBytes, utf8 } from '../bytes.ts';
import { checkThat } from '../errors.ts';
import { FILE, readAsExpectedKind } from '../file-kind.ts';
import { type MakeHasher, nobleSha256, sha256 } from '../hash.ts';
import { JsonReader } from '../json.ts';
import { compactSizeBytes } from '../transaction.ts';
import { type Asset, type Assets, lookAlikeIndices, partText, readAssets, totalMass, writeEntry } from './assets.ts';
import { type EntryChange, editAssets } from './entry-edits.ts';
import { orderByText } from './entry-order.ts';
import { pythonNumber, pythonString } from './python-json.ts';

/** Largest size of a mapping's file. Two million assets need less. Offsets in the file have to fit in 31 bits. */
export const MAX_MAPPING_BYTES = 320 * 1024 * 1024;
/**
 * The most signatures that a file may have. A policy has at most 15 controllers, but an older file may have more
 * signatures, under labels that are not indices.
 */
const MAX_SIGNATURES = 64;
const MESSAGE_PREFIX = utf8('\x18Bitcoin Signed Message:\n');
/** Bytes of the message that are hashed at once. */
const PIECE_SIZE = 1 << 16;
const [OPEN, BETWEEN] = [utf8('{'), utf8(', ')];
/** Largest key of an entry. Nine digits fit in 32 bits. */
const MAX_KEY = 999_999_999;

export const NEW_TIME_FORM = 'seconds with exactly six decimals, the last not zero';
/**
 * The pattern of {@link NEW_TIME_FORM}. With any other form, time and height could not be separated in the signed
 * message.
 */
const NEW_TIME = /^[1-9][0-9]{8,10}\.[0-9]{5}[1-9]$/;

export function isUnambiguousTime(text: string): boolean {
  // The second condition excludes times that Python prints differently. A double has 15 to 17 digits, so with ten or
  // more digits before the point the sixth decimal can differ.
  return NEW_TIME.test(text) && pythonNumber(text) === text;
}

/** Base64 signatures by label. A label is normally the controller's index. */
export type MappingSignatures = ReadonlyMap<string, string>;

interface Content {
  n: number;
  m: number;
  /** Text of the number as in the file, in seconds since 1970. */
  time: string;
  height: number;
  assets: Assets;
  signatures: MappingSignatures;
}

export class Mapping {
  readonly n: number;
  readonly m: number;
  readonly time: string;
  readonly height: number;
  readonly signatures: MappingSignatures;
  /** The parsed parts of the file, from which `asset-listing.ts` reads the assets. */
  readonly content: Content;
  private readonly makeHasher: MakeHasher;
  /** Indices of the entries in the order of the signed message. */
  private readonly order: Int32Array;
  private hashes: { digest: string; signedHash: Uint8Array } | undefined;
  /** Sum of all masses in atoms, computed on first use, because it reads every mass. */
  private sum: bigint | undefined;

  /**
   * @param like a mapping with the same assets, time and height, whose computed values are reused
   * @throws Refusal FORMAT_INVALID if a key occurs twice
   */
  constructor(content: Content, makeHasher: MakeHasher, like?: Mapping) {
    this.content = content;
    this.makeHasher = makeHasher;
    ({ n: this.n, m: this.m, time: this.time, height: this.height, signatures: this.signatures } = content);
    this.order = like?.order ?? orderByText(content.assets.keys);
    this.hashes = like?.hashes;
    this.sum = like?.sum;
  }

  /** Number of entries in `assets`. */
  get size(): number {
    return this.order.length;
  }

  /** All references, in file order. */
  *references(): Generator<string> {
    for (let i = 0; i < this.size; i++) yield partText(this.content.assets, i, 'reference');
  }

  /** References (or asset ids) that may look like one of these texts, as in {@link lookAlikeIndices}. */
  *alike(texts: Iterable<string>, what: 'reference' | 'assetId' = 'reference'): Generator<string> {
    for (const i of lookAlikeIndices(this.content.assets, texts, what)) yield partText(this.content.assets, i, what);
  }

  /** The given references (or asset ids) that the mapping contains. */
  contained(wanted: ReadonlySet<string>, what: 'reference' | 'assetId' = 'reference'): Set<string> {
    return new Set([...this.alike(wanted, what)].filter(one => wanted.has(one)));
  }

  /** Indices, in file order, of the entries that have one of these references (or asset ids). */
  *placesOf(wanted: ReadonlySet<string>, what: 'reference' | 'assetId' = 'reference'): Generator<number> {
    const { assets } = this.content;
    for (const i of lookAlikeIndices(assets, wanted, what)) if (wanted.has(partText(assets, i, what))) yield i;
  }

  /** Reference of the first bar with this asset id; undefined if the mapping has none. */
  holderOf(token: string): string | undefined {
    for (const i of this.placesOf(new Set([token]), 'assetId')) return partText(this.content.assets, i, 'reference');
    return undefined;
  }

  /** Sum of all masses in fine troy ounces, decimal text with at least three decimals. */
  get totalMass(): string {
    this.sum ??= totalMass(this.content.assets);
    const atoms = this.sum;
    return atoms < 0n ? `-${formatDecimal(-atoms, 3)}` : formatDecimal(atoms, 3);
  }

  /**
   * Passes the signed message to `emit` in pieces: Python's `json.dumps(assets, sort_keys=True)`, then n, m, time and
   * height without separators. The message can be as long as the file, so it is never in memory as a whole. A piece is
   * valid until the next call of `emit`.
   */
  message(emit: (piece: Uint8Array) => void): void {
    const piece = new Uint8Array(PIECE_SIZE);
    let at = 0;
    const put = (bytes: Uint8Array, from: number, to: number) => {
      if (at + to - from > PIECE_SIZE) {
        emit(piece.subarray(0, at));
        at = 0;
      }
      if (to - from > PIECE_SIZE) return emit(bytes.subarray(from, to));
      const shift = at - from;
      for (let i = from; i < to; i++) piece[+i + +shift] = bytes[+i] as number;
      at = to + shift;
    };
    put(OPEN, 0, 1);
    for (let n = 0; n < this.size; n++) {
      if (n > 0) put(BETWEEN, 0, BETWEEN.length);
      writeEntry(this.content.assets, this.order[n] as number, put);
    }
    emit(piece.subarray(0, at));
    emit(utf8(`}${this.tail}`));
  }

  private get tail(): string {
    return `${this.n}${this.m}${pythonNumber(this.time)}${this.height}`;
  }

  private get computed() {
    if (this.hashes) return this.hashes;
    const [plain, signed] = [this.makeHasher(), this.makeHasher()];
    // The length is hashed before the message.
    const between = BETWEEN.length * Math.max(0, this.size - 1);
    const length = '{}'.length + this.content.assets.length + between + this.tail.length;
    signed.update(MESSAGE_PREFIX);
    signed.update(compactSizeBytes(length));
    this.message(piece => {
      plain.update(piece);
      signed.update(piece);
    });
    this.hashes = { digest: bytesToHex(plain.digest()), signedHash: sha256(signed.digest()) };
    return this.hashes;
  }

  /** SHA-256 of the signed message, hex: identifies this mapping. */
  get digest(): string {
    return this.computed.digest;
  }

  /** The 32 bytes that a controller signs, computed as for Bitcoin's signed messages. */
  get signedHash(): Uint8Array {
    return this.computed.signedHash;
  }

  /** A copy of this mapping with other signatures. */
  withSignatures(signatures: MappingSignatures): Mapping {
    return new Mapping({ ...this.content, signatures }, this.makeHasher, this);
  }

  /**
   * The next mapping, without signatures: some entries are changed or removed, and new entries are appended. Their
   * numbers follow the largest existing number, even if the entry with the largest number is removed. Existing entries
   * keep their bytes, and only the new entries are parsed.
   * @param changes the changes, by index of the entry in file order; null removes the entry
   * @throws Refusal MAPPING_INVALID if no number is left
   */
  extended(
    entries: readonly Omit<Asset, 'key'>[],
    time: string,
    height: number,
    changes: ReadonlyMap<number, EntryChange | null> = new Map(),
  ): Mapping {
    const largest = this.content.assets.keys.reduce((a, b) => Math.max(a, b), 0);
    const assets = changes.size > 0 ? editAssets(this.content.assets, changes) : this.content.assets;
    const left = `assets: expected numbers up to ${MAX_KEY}, got ${largest} and ${entries.length} new assets`;
    checkThat(
      largest + entries.length <= MAX_KEY,
      'MAPPING_INVALID',
      left,
      `Find out who gave an asset the number ${largest}.`,
    );
    const added = entries.map(({ reference, mass, assetId }, i) => {
      const members = `"ref": ${pythonString(reference)}, "mass": ${mass}, "tokenid": ${pythonString(assetId)}`;
      return `${assets.keys.length + i > 0 ? ', ' : ''}"${largest + 1 + i}": {${members}}`;
    });
    const file = mappingFileBytes({ ...this.content, assets, time, height, signatures: new Map() }, added.join(''));
    return parseMapping(file, 'the new mapping', this.makeHasher, assets);
  }

  /** The file `map.json` as Python's `json.dump` formats it. Entries that were read keep their bytes. */
  bytes(): Uint8Array<ArrayBuffer> {
    return mappingFileBytes(this.content);
  }
}

function mappingFileBytes({ n, m, time, height, assets, signatures }: Content, added = ''): Uint8Array<ArrayBuffer> {
  const labels = [...signatures].map(([label, text]) => `${pythonString(label)}: ${pythonString(text)}`);
  const end = `${added}}, "sigs": {${labels.join(', ')}}, "time": ${time}, "height": ${height}}`;
  const inner = assets.bytes.subarray(assets.open, assets.close);
  return concatBytes(utf8(`{"n": ${n}, "m": ${m}, "assets": {`), inner, utf8(end));
}

function readNumberText(reader: JsonReader, name: string, valid: (text: string) => boolean): string {
  const text = reader.number();
  return valid(text) ? text : reader.fail(`"${name}" is out of range`, reader.from);
}

const isWholeNumber = (text: string) => /^(0|[1-9][0-9]{0,8})$/.test(text);
const isTimeText = (text: string) => text.length <= 40 && Number(text) >= 0 && Number(text) < 1e11;

function readSignatures(reader: JsonReader): MappingSignatures {
  const out = new Map<string, string>();
  reader.members((label, start) => {
    if (out.size === MAX_SIGNATURES) reader.fail(`more than ${MAX_SIGNATURES} signatures`, start);
    out.set(label, reader.string());
  });
  return out;
}

/**
 * Reads a `map.json`.
 * @param bytes the bytes of the file. They are kept without a copy, so they must not change afterwards
 * @param what how error messages name the file
 * @param before entries at the start of `assets` that were read earlier; they are skipped
 * @throws Refusal FORMAT_INVALID, TOO_LARGE
 */
export function parseMapping(
  bytes: Uint8Array,
  what = 'mapping',
  makeHasher: MakeHasher = nobleSha256,
  before?: Assets,
): Mapping {
  return readAsExpectedKind(bytes, what, FILE.mapping, () => parseMappingBytes(bytes, what, makeHasher, before));
}

function parseMappingBytes(bytes: Uint8Array, what: string, makeHasher: MakeHasher, before?: Assets): Mapping {
  const reader = new JsonReader(bytes, what, MAX_MAPPING_BYTES);
  const found: Partial<Content> = {};
  const whole = (name: string) => Number(readNumberText(reader, name, isWholeNumber));
  reader.members((name, start) => {
    if (name === 'assets') found.assets = readAssets(reader, before);
    else if (name === 'sigs') found.signatures = readSignatures(reader);
    else if (name === 'time') found.time = readNumberText(reader, name, isTimeText);
    else if (name === 'n') found.n = whole(name);
    else if (name === 'm') found.m = whole(name);
    else if (name === 'height') found.height = whole(name);
    else reader.fail('unknown key (known: n, m, assets, sigs, time and height)', start);
  });
  reader.finish();
  const { n, m, assets, signatures, time, height } = found;
  if (!assets || !signatures || n === undefined || m === undefined || time === undefined || height === undefined)
    return reader.fail('missing key (needed: n, m, assets, sigs, time and height)');
  return new Mapping({ n, m, time, height, assets, signatures }, makeHasher);
}

/**
 * The initial mapping: no assets, no signatures, height 0.
 * @param time the time of the mapping in seconds since 1970, as decimal text
 * @throws Refusal FIELD_INVALID
 */
export function emptyMapping(n: number, m: number, time: string): Mapping {
  checkThat(
    isUnambiguousTime(time),
    'FIELD_INVALID',
    `time: expected ${NEW_TIME_FORM}, got ${time}`,
    'Give a time with microseconds.',
  );
  return parseMapping(utf8(`{"n": ${n}, "m": ${m}, "assets": {}, "sigs": {}, "time": ${time}, "height": 0}`));
}

/**
 * The mapping: which token stands for which asset, under the policy n of m, at a time and a height.
 * Read from a `map.json`, or made from an older one by adding, changing and removing entries; never changed in place.
 */
import { formatDecimal } from '../amount.ts';
import { bytesToHex, concat, utf8 } from '../bytes.ts';
import { check } from '../errors.ts';
import { readAs } from '../file-kind.ts';
import { type MakeHasher, nobleSha256, sha256 } from '../hash.ts';
import { JsonReader } from '../json.ts';
import { compactSize } from '../transaction.ts';
import { type Asset, type Assets, alike, readAssets, textOf, totalMass, writeEntry } from './assets.ts';
import { type EntryChange, edited } from './edit.ts';
import { textOrder } from './order.ts';
import { pythonNumber, pythonString } from './python.ts';

/** Larger than a mapping of two million assets; positions have to fit 31 bits. */
export const MAX_MAPPING_BYTES = 320 * 1024 * 1024;
/** No policy has more than 15 controllers; older objects may hold stray labels. */
const MAX_SIGNATURES = 64;
const MESSAGE_PREFIX = utf8('\x18Bitcoin Signed Message:\n');
/** Bytes of the message that are hashed at a time. */
const PIECE = 1 << 16;
const [OPEN, BETWEEN] = [utf8('{'), utf8(', ')];
/** Nine digits fit 32 bits. */
const MAX_KEY = 999_999_999;

/** Exactly six decimals, the last not zero: so time and height cannot run into one another in the message. */
const NEW_TIME = /^[1-9][0-9]{8,10}\.[0-9]{5}[1-9]$/;

export function isNewTime(text: string): boolean {
  // The last: beyond ten digits a double has no six decimals, and Python would print another text.
  return NEW_TIME.test(text) && pythonNumber(text) === text;
}

/** Label of a controller (or what stands in its place) to base64 text. */
export type MappingSignatures = ReadonlyMap<string, string>;

interface Content {
  n: number;
  m: number;
  /** The number's text, as it was written. */
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
  /** What it is made of; see `listing.ts`. */
  readonly content: Content;
  private readonly makeHasher: MakeHasher;
  /** Places of the entries in the order of the signed message. */
  private readonly order: Int32Array;
  private hashes: { digest: string; signedHash: Uint8Array } | undefined;
  /** Atoms: every mass is read for it. */
  private sum: bigint | undefined;

  /** @param like one with the same assets, time and height @throws Refusal FORMAT_INVALID if a key stands twice */
  constructor(content: Content, makeHasher: MakeHasher, like?: Mapping) {
    this.content = content;
    this.makeHasher = makeHasher;
    ({ n: this.n, m: this.m, time: this.time, height: this.height, signatures: this.signatures } = content);
    this.order = like?.order ?? textOrder(content.assets.keys);
    this.hashes = like?.hashes;
    this.sum = like?.sum;
  }

  /** Number of assets. */
  get size(): number {
    return this.order.length;
  }

  /** All references, in the order of the file. */
  *references(): Generator<string> {
    for (let i = 0; i < this.size; i++) yield textOf(this.content.assets, i, 'reference');
  }

  /** References (or tokens) that may be taken for one of these, as they have the same serial but for case and look-alikes. */
  *alike(texts: Iterable<string>, what: 'reference' | 'assetId' = 'reference'): Generator<string> {
    for (const i of alike(this.content.assets, texts, what)) yield textOf(this.content.assets, i, what);
  }

  /** Which of these references, or tokens, stand in the mapping. */
  contained(wanted: ReadonlySet<string>, what: 'reference' | 'assetId' = 'reference'): Set<string> {
    return new Set([...this.alike(wanted, what)].filter(one => wanted.has(one)));
  }

  /** Places, in the order of the file, of the entries that have one of these references, or tokens. */
  *placesOf(wanted: ReadonlySet<string>, what: 'reference' | 'assetId' = 'reference'): Generator<number> {
    const { assets } = this.content;
    for (const i of alike(assets, wanted, what)) if (wanted.has(textOf(assets, i, what))) yield i;
  }

  /** The reference of the asset that has this token. */
  holderOf(token: string): string | undefined {
    for (const i of this.placesOf(new Set([token]), 'assetId')) return textOf(this.content.assets, i, 'reference');
    return undefined;
  }

  /** Sum of all masses, as decimal text with at least three decimals. */
  get totalMass(): string {
    this.sum ??= totalMass(this.content.assets);
    const atoms = this.sum;
    return atoms < 0n ? `-${formatDecimal(-atoms, 3)}` : formatDecimal(atoms, 3);
  }

  /**
   * The signed message in pieces: Python's `json.dumps(assets, sort_keys=True)` and n, m, time and height with nothing
   * between. It is as long as the mapping, so it is never held as a whole; a piece holds until the next one.
   */
  message(emit: (piece: Uint8Array) => void): void {
    const piece = new Uint8Array(PIECE);
    let at = 0;
    const put = (bytes: Uint8Array, from: number, to: number) => {
      if (at + to - from > PIECE) {
        emit(piece.subarray(0, at));
        at = 0;
      }
      if (to - from > PIECE) return emit(bytes.subarray(from, to));
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
    // The length comes before the message.
    const between = BETWEEN.length * Math.max(0, this.size - 1);
    const length = '{}'.length + this.content.assets.length + between + this.tail.length;
    signed.update(MESSAGE_PREFIX);
    signed.update(compactSize(length));
    this.message(piece => {
      plain.update(piece);
      signed.update(piece);
    });
    this.hashes = { digest: bytesToHex(plain.digest()), signedHash: sha256(signed.digest()) };
    return this.hashes;
  }

  /** SHA-256 of the signed message, hex: the name of this mapping. */
  get digest(): string {
    return this.computed.digest;
  }

  /** 32 bytes: what a controller signs, by the rule of Bitcoin's signed messages. */
  get signedHash(): Uint8Array {
    return this.computed.signedHash;
  }

  /** This mapping with other signatures. */
  withSignatures(signatures: MappingSignatures): Mapping {
    return new Mapping({ ...this.content, signatures }, this.makeHasher, this);
  }

  /**
   * The next mapping, unsigned: some entries changed or removed, and these behind all others, numbered on from the largest,
   * also where that one is removed. What was read keeps its bytes, and only what is added is read.
   * @param changes by place in the order of the file; null removes
   * @throws Refusal MAPPING_INVALID when no number is left
   */
  extended(
    entries: readonly Omit<Asset, 'key'>[],
    time: string,
    height: number,
    changes: ReadonlyMap<number, EntryChange | null> = new Map(),
  ): Mapping {
    const largest = this.content.assets.keys.reduce((a, b) => Math.max(a, b), 0);
    const assets = changes.size > 0 ? edited(this.content.assets, changes) : this.content.assets;
    const left = `assets: numbers go up to ${MAX_KEY}, and the largest is ${largest} with ${entries.length} to be added`;
    check(largest + entries.length <= MAX_KEY, 'MAPPING_INVALID', left, 'Find out who gave an asset that number.');
    const added = entries.map(({ reference, mass, assetId }, i) => {
      const members = `"ref": ${pythonString(reference)}, "mass": ${mass}, "tokenid": ${pythonString(assetId)}`;
      return `${assets.keys.length + i > 0 ? ', ' : ''}"${largest + 1 + i}": {${members}}`;
    });
    const file = fileOf({ ...this.content, assets, time, height, signatures: new Map() }, added.join(''));
    return parseMapping(file, 'the new mapping', this.makeHasher, assets);
  }

  /** The file `map.json` as Python's `json.dump` lays it out; entries that were read keep their bytes. */
  bytes(): Uint8Array<ArrayBuffer> {
    return fileOf(this.content);
  }
}

function fileOf({ n, m, time, height, assets, signatures }: Content, added = ''): Uint8Array<ArrayBuffer> {
  const labels = [...signatures].map(([label, text]) => `${pythonString(label)}: ${pythonString(text)}`);
  const end = `${added}}, "sigs": {${labels.join(', ')}}, "time": ${time}, "height": ${height}}`;
  const inner = assets.bytes.subarray(assets.open, assets.close);
  return concat(utf8(`{"n": ${n}, "m": ${m}, "assets": {`), inner, utf8(end));
}

function readNumber(reader: JsonReader, name: string, valid: (text: string) => boolean): string {
  const text = reader.number();
  return valid(text) ? text : reader.fail(`"${name}" is out of range`, reader.from);
}

const isWhole = (text: string) => /^(0|[1-9][0-9]{0,8})$/.test(text);
const isTime = (text: string) => text.length <= 40 && Number(text) >= 0 && Number(text) < 1e11;

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
 * @param bytes kept, not copied: they may not change from then on
 * @param what how to name it in a complaint
 * @param before entries that the assets begin with, and that are not read again
 * @throws Refusal FORMAT_INVALID, TOO_LARGE
 */
export function parseMapping(
  bytes: Uint8Array,
  what = 'mapping',
  makeHasher: MakeHasher = nobleSha256,
  before?: Assets,
): Mapping {
  return readAs(bytes, what, 'a mapping', () => mappingFrom(bytes, what, makeHasher, before));
}

function mappingFrom(bytes: Uint8Array, what: string, makeHasher: MakeHasher, before?: Assets): Mapping {
  const reader = new JsonReader(bytes, what, MAX_MAPPING_BYTES);
  const found: Partial<Content> = {};
  const whole = (name: string) => Number(readNumber(reader, name, isWhole));
  reader.members((name, start) => {
    if (name === 'assets') found.assets = readAssets(reader, before);
    else if (name === 'sigs') found.signatures = readSignatures(reader);
    else if (name === 'time') found.time = readNumber(reader, name, isTime);
    else if (name === 'n') found.n = whole(name);
    else if (name === 'm') found.m = whole(name);
    else if (name === 'height') found.height = whole(name);
    else reader.fail('an unknown key (n, m, assets, sigs, time and height are known)', start);
  });
  reader.finish();
  const { n, m, assets, signatures, time, height } = found;
  if (!assets || !signatures || n === undefined || m === undefined || time === undefined || height === undefined)
    return reader.fail('one of the keys n, m, assets, sigs, time and height is missing');
  return new Mapping({ n, m, time, height, assets, signatures }, makeHasher);
}

/** The first mapping of all: no assets, no signatures, height 0. */
export function emptyMapping(n: number, m: number, time: string): Mapping {
  check(isNewTime(time), 'FIELD_INVALID', `time: expected six decimals, got ${time}`, 'Use a time in microseconds.');
  return parseMapping(utf8(`{"n": ${n}, "m": ${m}, "assets": {}, "sigs": {}, "time": ${time}, "height": 0}`));
}

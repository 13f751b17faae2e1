/**
 * The mapping: which token stands for which asset, under the policy n of m, at a time and a height.
 * Read from the text of `map.json`, or made from an older one by adding entries; never changed in place.
 */
import { formatDecimal, parseAmount } from '../amount.ts';
import { ascii, bytesToHex, concat, utf8 } from '../bytes.ts';
import { Refusal } from '../errors.ts';
import { type MakeHasher, nobleSha256, sha256 } from '../hash.ts';
import { CLOSE, COLON, checkSize, JsonScanner, OPEN } from '../json.ts';
import { compactSize, encode } from '../wire.ts';
import { type Asset, AssetTable } from './assets.ts';
import { type MessageParts, messageLength, messageOrder, streamMessage } from './message.ts';
import { pythonNumber, pythonString } from './python.ts';

/** Larger than a mapping of two million assets; positions have to fit 31 bits. */
export const MAX_MAPPING_BYTES = 320 * 1024 * 1024;
/** No policy has more than 15 controllers; older objects may hold stray labels. */
const MAX_SIGNATURES = 64;

const MESSAGE_PREFIX = utf8('\x18Bitcoin Signed Message:\n');

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
  table: AssetTable;
  added: readonly Asset[];
  signatures: MappingSignatures;
  makeHasher: MakeHasher;
}

interface Hashes {
  digest: string;
  signedHash: Uint8Array;
}

export class Mapping {
  private readonly content: Content;
  private hashes: Hashes | undefined;
  /** Positions of the entries in the order of the signed message. */
  private readonly order: Int32Array;

  /** @throws Refusal FORMAT_INVALID if a key stands twice */
  constructor(content: Content, order?: Int32Array) {
    this.content = content;
    this.order = order ?? messageOrder(this.parts, 'mapping');
  }

  get n(): number {
    return this.content.n;
  }
  get m(): number {
    return this.content.m;
  }
  get time(): string {
    return this.content.time;
  }
  get height(): number {
    return this.content.height;
  }
  get signatures(): MappingSignatures {
    return this.content.signatures;
  }
  /** Number of assets. */
  get size(): number {
    return this.content.table.count + this.content.added.length;
  }
  /** Entries that this one has more than the one it was made from. */
  get added(): readonly Asset[] {
    return this.content.added;
  }

  asset(i: number): Asset {
    const { table, added } = this.content;
    return i < table.count ? table.asset(i) : (added[i - table.count] as Asset);
  }

  /** All assets in the order of the file. */
  *assets(): Generator<Asset> {
    for (let i = 0; i < this.size; i++) yield this.asset(i);
  }

  /** All references in the order of the file; quicker than all assets. */
  *references(): Generator<string> {
    const { table, added } = this.content;
    for (let i = 0; i < table.count; i++) yield table.reference(i);
    for (const { reference } of added) yield reference;
  }

  /** Which of these references stand in the mapping. */
  contained(references: ReadonlySet<string>): Set<string> {
    const found = new Set<string>();
    for (const reference of this.references()) if (references.has(reference)) found.add(reference);
    return found;
  }

  /** Sum of all masses, as decimal text with at least three decimals. */
  get totalMass(): string {
    const { table, added } = this.content;
    let atoms = BigInt(table.thousandths) * 100_000n;
    for (const mass of table.otherMasses) atoms += massAtoms(mass);
    for (const { mass } of added) atoms += massAtoms(mass);
    return atoms < 0n ? `-${formatDecimal(-atoms, 3)}` : formatDecimal(atoms, 3);
  }

  private get parts(): MessageParts {
    const { n, m, time, height, table, added } = this.content;
    return { table, added, tail: `${n}${m}${pythonNumber(time)}${height}` };
  }

  private get computed(): Hashes {
    if (!this.hashes) {
      const { parts } = this;
      const plain = this.content.makeHasher();
      const signed = this.content.makeHasher();
      signed.update(MESSAGE_PREFIX);
      signed.update(encode(compactSize, messageLength(parts)));
      streamMessage(parts, this.order, piece => {
        plain.update(piece);
        signed.update(piece);
      });
      this.hashes = { digest: bytesToHex(plain.digest()), signedHash: sha256(signed.digest()) };
    }
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

  /** The signed message itself; for tests and small mappings. */
  get message(): string {
    let text = '';
    streamMessage(this.parts, this.order, piece => {
      text += ascii(piece);
    });
    return text;
  }

  /** This mapping with other signatures. */
  withSignatures(signatures: MappingSignatures): Mapping {
    const copy = new Mapping({ ...this.content, signatures }, this.order);
    copy.hashes = this.hashes;
    return copy;
  }

  /**
   * The next mapping: these entries, numbered on from the largest, at a later time and height, unsigned.
   * Older entries are kept as they are.
   */
  extended(entries: readonly Omit<Asset, 'key'>[], time: string, height: number): Mapping {
    const { content } = this;
    let largest = 0;
    for (let i = 0; i < content.table.count; i++) largest = Math.max(largest, content.table.key(i));
    for (const { key } of content.added) largest = Math.max(largest, key);
    const added = entries.map((entry, i) => ({ ...entry, key: largest + 1 + i }));
    return new Mapping({
      ...content,
      time,
      height,
      added: [...content.added, ...added],
      signatures: new Map(),
    });
  }

  /** The text of `map.json`, in pieces, as Python's `json.dump` lays it out; entries that were read keep their bytes. */
  pieces(): Uint8Array[] {
    const { n, m, time, height, table, added, signatures } = this.content;
    const entries = added.map(({ key, reference, mass, tokenId }) => {
      return `"${key}": {"ref": ${pythonString(reference)}, "mass": ${mass}, "tokenid": ${pythonString(tokenId)}}`;
    });
    const join = table.count > 0 && entries.length > 0 ? ', ' : '';
    const labels = [...signatures].map(([label, text]) => `${pythonString(label)}: ${pythonString(text)}`);
    return [
      utf8(`{"n": ${n}, "m": ${m}, "assets": {`),
      table.scanner.bytes.subarray(table.open + 1, table.close),
      utf8(
        `${join}${entries.join(', ')}}, "sigs": {${labels.join(', ')}}, "time": ${time}, "height": ${height}}`,
      ),
    ];
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return concat(...this.pieces());
  }
}

/** Rounded to atoms; a mass may be any JSON number in entries that others wrote. */
function massAtoms(text: string): bigint {
  const value = Number(text);
  if (/^[0-9]{1,12}(\.[0-9]{1,8})?$/.test(text)) return parseAmount(text.replace(/^0+(?=[0-9])/, ''), 'mass');
  // toFixed leaves exponents only above 1e21, where every double is a whole number.
  const [whole, fraction = ''] = (Math.abs(value) < 1e21 ? Math.abs(value).toFixed(8) : '').split('.') as [
    string,
    string?,
  ];
  const atoms = whole === '' ? BigInt(Math.abs(value)) * 100_000_000n : BigInt(whole + fraction);
  return value < 0 ? -atoms : atoms;
}

function integer(s: JsonScanner, name: string): number {
  s.number();
  const text = ascii(s.bytes, s.start, s.end);
  if (!/^(0|[1-9][0-9]{0,8})$/.test(text)) s.fail(`"${name}" is not a whole number`, s.start);
  return Number(text);
}

function time(s: JsonScanner): string {
  s.number();
  const text = s.end - s.start > 40 ? '' : ascii(s.bytes, s.start, s.end);
  const value = Number(text);
  if (text === '' || !(value >= 0 && value < 1e11)) s.fail('"time" is not a time in seconds', s.start);
  return text;
}

function signatureMap(s: JsonScanner): MappingSignatures {
  const out = new Map<string, string>();
  s.expect(OPEN);
  if (s.closesAtOnce(CLOSE)) return out;
  do {
    s.string();
    const label = s.text();
    if (out.has(label)) s.fail('a signature stands twice under one label', s.start);
    if (out.size === MAX_SIGNATURES) s.fail(`more than ${MAX_SIGNATURES} signatures`, s.start);
    s.expect(COLON);
    s.string();
    out.set(label, s.text());
  } while (s.more(CLOSE));
  return out;
}

/**
 * Reads the text of a `map.json`. The bytes are kept and must not be changed afterwards.
 * @param what how to name it in a complaint
 * @throws Refusal FORMAT_INVALID, TOO_LARGE
 */
export function parseMapping(
  bytes: Uint8Array,
  what = 'mapping',
  makeHasher: MakeHasher = nobleSha256,
): Mapping {
  checkSize(bytes, what, MAX_MAPPING_BYTES);
  const s = new JsonScanner(bytes, what);
  const table = new AssetTable(s);
  const content: Partial<Content> = { table, added: [], makeHasher };
  const read: Record<string, () => unknown> = {
    n: () => Object.assign(content, { n: integer(s, 'n') }),
    m: () => Object.assign(content, { m: integer(s, 'm') }),
    assets: () => table.scan(),
    sigs: () => Object.assign(content, { signatures: signatureMap(s) }),
    time: () => Object.assign(content, { time: time(s) }),
    height: () => Object.assign(content, { height: integer(s, 'height') }),
  };
  const missing = new Set(Object.keys(read));
  s.expect(OPEN);
  do {
    s.string();
    const name = s.text();
    if (!missing.delete(name)) {
      s.fail(
        Object.hasOwn(read, name)
          ? `the key "${name}" stands twice`
          : 'an unknown key (n, m, assets, sigs, time and height are known)',
        s.start,
      );
    }
    s.expect(COLON);
    (read[name] as () => unknown)();
  } while (s.more(CLOSE));
  s.finish();
  const [first] = missing;
  if (first !== undefined) s.fail(`the key "${first}" is missing`);
  return new Mapping(content as Content);
}

/** The first mapping of all: no assets, no signatures, height 0. */
export function emptyMapping(n: number, m: number, time: string): Mapping {
  if (!isNewTime(time)) {
    throw new Refusal(
      'FIELD_INVALID',
      `time: expected six decimals, got ${time}`,
      'Use a time in microseconds.',
    );
  }
  return parseMapping(utf8(`{"n": ${n}, "m": ${m}, "assets": {}, "sigs": {}, "time": ${time}, "height": 0}`));
}

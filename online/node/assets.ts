/**
 * `getutxoassetinfo`: one entry for every asset of the chain, so tens of megabytes once there are 100,000 bars (each has its
 * reissuance token beside it). Read in one pass over the bytes, since a tree of them would take ten times the room.
 */
import { parseAmount } from '../../shared/amount.ts';
import { Refusal } from '../../shared/errors.ts';
import { CLOSE, CLOSE_LIST, COLON, JsonScanner, OPEN, OPEN_LIST } from '../../shared/json.ts';
import { parseBody, type Question, readError, withoutQuotes } from './answers.ts';
import type { Endpoint } from './endpoint.ts';
import { garbled } from './errors.ts';
import type { HttpAnswer } from './transport.ts';
import type { AssetInfo } from './types.ts';

const METHOD = 'getutxoassetinfo';
const QUOTE = 0x22;
const MAX_DEPTH = 16;

/** Passes over any value; whoever adds members to the answer may nest them. */
function skip(s: JsonScanner, depth = 0): void {
  const byte = s.peek();
  if (depth > MAX_DEPTH) s.fail(`nested deeper than ${MAX_DEPTH}`);
  if (byte === QUOTE) s.string();
  else if (byte === OPEN || byte === OPEN_LIST) {
    const close = byte === OPEN ? CLOSE : CLOSE_LIST;
    s.at++;
    if (s.closesAtOnce(close)) return;
    do {
      if (byte === OPEN) {
        s.string();
        s.expect(COLON);
      }
      skip(s, depth + 1);
    } while (s.more(close));
  } else if (byte === 0x74) s.word('true');
  else if (byte === 0x66) s.word('false');
  else if (byte === 0x6e) s.word('null');
  else s.number();
}

/** Members of an object, each by its name; the reader passes its value. */
function members(
  s: JsonScanner,
  text: (start: number, end: number) => string,
  read: (name: string) => void,
): void {
  s.expect(OPEN);
  if (s.closesAtOnce(CLOSE)) return;
  const seen: string[] = [];
  do {
    s.string();
    const name = s.plain ? text(s.start, s.end) : s.text();
    if (seen.includes(name)) s.fail('a key stands twice', s.start);
    seen.push(name);
    s.expect(COLON);
    read(name);
  } while (s.more(CLOSE));
}

class AssetReader {
  private readonly s: JsonScanner;
  private readonly bytes: Buffer;
  readonly text: (start: number, end: number) => string;

  constructor(s: JsonScanner, bytes: Buffer) {
    this.s = s;
    this.bytes = bytes;
    this.text = (start, end) => this.bytes.toString('latin1', start, end);
  }

  private wrong(i: number, name: string, expected: string): never {
    throw new WrongMember(`result[${i}].${name}: expected ${expected}`);
  }

  private id(i: number, name: string): string | null {
    this.s.string();
    const text = this.text(this.s.start, this.s.end);
    if (text === 'null' && name !== 'asset') return null;
    if (!/^[0-9a-f]{64}$/.test(text)) this.wrong(i, name, '64 lower-case hex digits');
    return text;
  }

  private amount(i: number, name: string): bigint {
    const quoted = this.s.peek() === QUOTE;
    if (quoted) this.s.string();
    else this.s.number();
    try {
      return parseAmount(this.text(this.s.start, this.s.end), name);
    } catch {
      return this.wrong(i, name, 'an amount with at most 8 decimals');
    }
  }

  list(): Map<string, AssetInfo> {
    const { s } = this;
    const out = new Map<string, AssetInfo>();
    s.expect(OPEN_LIST);
    if (s.closesAtOnce(CLOSE_LIST)) return out;
    let i = 0;
    do {
      let asset: string | null = null;
      let spendable: bigint | undefined;
      let frozen: bigint | undefined;
      const info: AssetInfo = { spendable: 0n, frozen: 0n, entropy: null, token: null };
      members(s, this.text, name => {
        if (name === 'asset') asset = this.id(i, name);
        else if (name === 'entropy' || name === 'token') info[name] = this.id(i, name);
        else if (name === 'amountspendable') spendable = this.amount(i, name);
        else if (name === 'amountfrozen') frozen = this.amount(i, name);
        else skip(s);
      });
      if (asset === null) this.wrong(i, 'asset', 'a value, got nothing');
      if (out.has(asset)) this.wrong(i, 'asset', 'each asset once');
      info.spendable = spendable ?? this.wrong(i, 'amountspendable', 'a value, got nothing');
      info.frozen = frozen ?? this.wrong(i, 'amountfrozen', 'a value, got nothing');
      out.set(asset, info);
      i++;
    } while (s.more(CLOSE_LIST));
    return out;
  }
}

class WrongMember extends Error {}

/** @throws Refusal NODE_GARBLED; NodeError what the node answers */
export function readAssetInfo(
  endpoint: Endpoint,
  { id }: Question,
  answer: HttpAnswer,
): Map<string, AssetInfo> {
  const { bytes, status } = answer;
  const fail = (problem: string) => garbled(endpoint.name, METHOD, problem);
  // Errors, pages and the like are small: they go the way of every other call.
  if (status !== 200) {
    const body = parseBody(endpoint, METHOD, answer);
    const error = body instanceof Map ? (body.get('error') ?? null) : null;
    throw error === null
      ? fail(`an answer without an error (HTTP ${status})`)
      : readError(endpoint, METHOD, error);
  }
  const s = new JsonScanner(bytes, 'the answer');
  if (s.peek() !== OPEN) parseBody(endpoint, METHOD, { status, bytes: bytes.subarray(0, 1000) });
  const reader = new AssetReader(s, bytes);
  let assets: Map<string, AssetInfo> | null = null;
  let idText = '';
  let failed = false;
  try {
    members(s, reader.text, name => {
      const isNull = s.peek() === 0x6e;
      if (name === 'result' && !isNull) assets = reader.list();
      else if (name === 'id') {
        const start = s.at;
        skip(s);
        idText = reader.text(start, s.at);
      } else {
        if (name === 'error') failed = !isNull;
        skip(s);
      }
    });
    s.finish();
  } catch (error) {
    if (error instanceof WrongMember) throw fail(error.message);
    if (error instanceof Refusal) throw fail(withoutQuotes(error));
    throw error;
  }
  if (failed) {
    const body = parseBody(endpoint, METHOD, answer);
    throw readError(endpoint, METHOD, (body instanceof Map ? body.get('error') : null) ?? null);
  }
  if (idText !== String(id)) throw fail('the answer to another question (its id differs)');
  if (assets === null) throw fail('an answer without a result');
  return assets;
}

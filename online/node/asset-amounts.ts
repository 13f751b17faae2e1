/**
 * Reads `getutxoassetinfo`, which has one entry for every asset of the chain: tens of megabytes for 100,000
 * bars and their reissuance tokens. The bytes are read in one pass, because a tree would need ten times the
 * memory. The members `entropy` and `token` are skipped: a node has them only with `-recordinflation`, and
 * loses them when it restarts.
 */
import { parseAmount } from '../../shared/amount.ts';
import { asciiText } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { JsonReader } from '../../shared/json.ts';
import type { AssetInfo } from './answer-types.ts';
import { parseBody, parseNodeError, type Question, safeJsonErrorText } from './rpc/answer-matching.ts';
import type { Endpoint } from './rpc/endpoint.ts';
import { garbledRefusal } from './rpc/node-errors.ts';
import { NO_RESULT, noErrorWithStatusText, OTHER_CALL } from './rpc/texts/connection.ts';
import type { HttpAnswer } from './rpc/transport.ts';

const METHOD = 'getutxoassetinfo';

class AssetReader {
  private readonly json: JsonReader;

  constructor(json: JsonReader) {
    this.json = json;
  }

  private wrong(i: number, name: string, expected: string): never {
    throw new WrongMemberError(`result[${i}].${name}: expected ${expected}`);
  }

  private id(i: number, name: string): string {
    const text = this.json.string();
    if (!/^[0-9a-f]{64}$/.test(text)) this.wrong(i, name, '64 lower-case hex digits');
    return text;
  }

  private amount(i: number, name: string): bigint {
    const text = this.json.peek() === '"' ? this.json.string() : this.json.number();
    try {
      return parseAmount(text, name);
    } catch {
      return this.wrong(i, name, 'an amount with at most 8 decimals');
    }
  }

  list(): Map<string, AssetInfo> {
    const { json } = this;
    const out = new Map<string, AssetInfo>();
    let i = 0;
    json.each('[', () => {
      let asset: string | null = null;
      let spendable: bigint | undefined;
      let frozen: bigint | undefined;
      const info: AssetInfo = { spendable: 0n, frozen: 0n };
      json.members(name => {
        if (name === 'asset') asset = this.id(i, name);
        else if (name === 'amountspendable') spendable = this.amount(i, name);
        else if (name === 'amountfrozen') frozen = this.amount(i, name);
        else json.value();
      });
      if (asset === null) this.wrong(i, 'asset', 'a value, got nothing');
      if (out.has(asset)) this.wrong(i, 'asset', 'each asset once');
      info.spendable = spendable ?? this.wrong(i, 'amountspendable', 'a value, got nothing');
      info.frozen = frozen ?? this.wrong(i, 'amountfrozen', 'a value, got nothing');
      out.set(asset, info);
      i++;
    });
    return out;
  }
}

class WrongMemberError extends Error {}

/** @throws Refusal NODE_GARBLED; NodeError for an error that the node answers */
export function readAssetInfo(
  endpoint: Endpoint,
  { id }: Question,
  answer: HttpAnswer,
): Map<string, AssetInfo> {
  const { bytes, status } = answer;
  const fail = (problem: string) => garbledRefusal(endpoint.name, METHOD, problem);
  // Error pages are small, so they are read in the same way as for every other call.
  if (status !== 200) {
    const body = parseBody(endpoint, METHOD, answer);
    const error = body instanceof Map ? (body.get('error') ?? null) : null;
    throw error === null ? fail(noErrorWithStatusText(status)) : parseNodeError(endpoint, METHOD, error);
  }
  let assets: Map<string, AssetInfo> | null = null;
  let idText = '';
  let failed = false;
  try {
    const json = new JsonReader(bytes, 'the answer', bytes.length, Number.POSITIVE_INFINITY);
    if (json.peek() !== '{') parseBody(endpoint, METHOD, { status, bytes: bytes.subarray(0, 1000) });
    json.members(name => {
      const isNull = json.peek() === 'n';
      if (name === 'result' && !isNull) assets = new AssetReader(json).list();
      else if (name === 'id') {
        const start = json.at;
        json.value();
        idText = asciiText(bytes, start, json.at);
      } else {
        if (name === 'error') failed = !isNull;
        json.value();
      }
    });
    json.finish();
  } catch (error) {
    if (error instanceof WrongMemberError) throw fail(error.message);
    if (error instanceof Refusal) throw fail(safeJsonErrorText(error));
    throw error;
  }
  if (failed) {
    const body = parseBody(endpoint, METHOD, answer);
    throw parseNodeError(endpoint, METHOD, (body instanceof Map ? body.get('error') : null) ?? null);
  }
  if (idText !== String(id)) throw fail(OTHER_CALL);
  if (assets === null) throw fail(NO_RESULT);
  return assets;
}

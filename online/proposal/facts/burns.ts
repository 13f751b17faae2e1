/** Facts of burnt outputs from the chain: token, amount, confirmations and redemption height. */
import { bytesToHex, bytesToId, hexToBytes } from '../../../shared/bytes.ts';
import { DecodingError, decodeTransaction } from '../../../shared/decode-transaction.ts';
import { p2pkhScript } from '../../../shared/output-scripts.ts';
import { periodOf } from '../../../shared/token-schedule.ts';
import type { Input, Output, Transaction } from '../../../shared/transaction.ts';
import type { RawTransaction } from '../../ledger/burn-transactions.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import type { ConfirmedTransaction } from '../../node/answer-types.ts';
import type { ChainNode, Known } from '../../node/chain-node.ts';

/** A burnt output as a person names it. The transaction id suffices if only one output is burnt. */
export interface NamedBurn {
  readonly txid: string;
  readonly vout: number | null;
}

/** The reason why an output does not count as burnt. */
export type NoBurn =
  /** The node does not show the transaction. */
  | { readonly is: 'unknown'; readonly hasIndex: boolean }
  /** The transaction is blinded, has a witness, or has another unsupported form. */
  | { readonly is: 'unreadable' }
  | { readonly is: 'no-output'; readonly outputs: number }
  /** The output is not burnt: its tokens can still be spent, or are frozen. `script` is in hex. */
  | { readonly is: 'not-burnt'; readonly script: string }
  /** No index was given, and several outputs are burnt. */
  | { readonly is: 'not-one'; readonly vouts: readonly number[] }
  /**
   * No index was given, and no output is burnt. `freezes` is true if the transaction freezes tokens, which another
   * transaction has to burn.
   */
  | { readonly is: 'none-burnt'; readonly freezes: boolean }
  /** The node does not show a transaction whose outputs the burn spends. */
  | { readonly is: 'input-unknown'; readonly txid: string }
  /** The inputs were frozen in blocks of different periods. */
  | { readonly is: 'periods'; readonly heights: readonly number[] };

/** The reason why a burn cannot count for its bar. */
export interface BurnProblem {
  readonly reference: string;
  /** `txid`, or `txid:vout`. */
  readonly output: string;
  readonly problem:
    | NoBurn
    /** Too few confirmations; `depth` is 0 in the mempool. */
    | { readonly is: 'waiting'; readonly depth: number; readonly needed: number }
    | {
        readonly is: 'other';
        readonly member: 'token' | 'amount';
        readonly expected: string;
        readonly got: string;
      }
    /** The burn's period differs from the period of the bar's first burn, or from the period that the request has. */
    | { readonly is: 'height'; readonly expected: number; readonly got: number }
    /** An earlier request counted the burn for the bar `bar`. */
    | { readonly is: 'counted'; readonly request: string; readonly bar: string }
    /**
     * The token's amount on chain plus its burns exceeds the token's mass in the mapping. `mapped` and `found` are in
     * fine troy ounces.
     */
    | { readonly is: 'too-many'; readonly token: string; readonly mapped: string; readonly found: string }
    | { readonly is: 'refused'; readonly message: string };
}

export interface BurnFact extends NamedBurn {
  /**
   * Confirmations, counting the transaction's own block; 0 in the mempool, null if the node does not know the
   * transaction.
   */
  readonly depth: number | null;
  /** Height of the transaction's block. This and the following members are known for confirmed transactions only. */
  readonly block: number | null;
  /** Asset id. */
  readonly token: string | null;
  /** Atoms. */
  readonly amount: bigint | null;
  /**
   * Redemption height: the height of the block in which the tokens were frozen. Without a freeze, the height of the
   * burn's own block.
   */
  readonly height: number | null;
  /**
   * The transactions on which the burn depends, and then the burn's own transaction, in sending order. After a
   * reorganisation, a PC can send these transactions again.
   */
  readonly transactions: readonly RawTransaction[];
  readonly problem: NoBurn | null;
}

/**
 * Output script of the address for freezing tokens, in hex. Nobody has a key for this address. Source: the chain's
 * `IsZeroAddress`.
 */
const ZERO_ADDRESS = bytesToHex(p2pkhScript(new Uint8Array(20)));
const OP_RETURN = 0x6a;

export const isZeroAddressOutput = ({ scriptPubKey }: Output): boolean =>
  bytesToHex(scriptPubKey) === ZERO_ADDRESS;
const isBurntOutput = ({ scriptPubKey, value }: Output): boolean =>
  scriptPubKey[0] === OP_RETURN && value > 0n;
const isInBlock = (known: Known | undefined): known is ConfirmedTransaction =>
  known !== null && known !== undefined && known !== 'mempool';

function decodeOrNull(hex: string): Transaction | null {
  try {
    return decodeTransaction(hexToBytes(hex, 'transaction'));
  } catch (error) {
    if (error instanceof DecodingError) return null;
    throw error;
  }
}

const NOTHING = { depth: null, block: null, token: null, amount: null, height: null, transactions: [] };
const parentId = ({ prevHash }: Input): string => bytesToId(prevHash);
const parentIds = (hex: string): string[] => decodeOrNull(hex)?.inputs.map(parentId) ?? [];
// False if the transaction cannot be decoded: a blinded transaction, or one with a witness, never freezes tokens.
const isFreezingTransaction = (hex: string): boolean =>
  decodeOrNull(hex)?.outputs.some(isZeroAddressOutput) ?? false;

interface Shown {
  known: ReadonlyMap<string, Known>;
  /** Height of each block of the best chain, by block hash. */
  heights: ReadonlyMap<string, number>;
  hasIndex: boolean;
}

/** The named output with its index, or the reason why it does not count as burnt. */
function findBurntOutput({ outputs }: Transaction, vout: number | null): [number, Output] | NoBurn {
  if (vout === null) {
    const burnt = [...outputs.entries()].filter(([, output]) => isBurntOutput(output));
    const [only] = burnt;
    if (!only) return { is: 'none-burnt', freezes: outputs.some(isZeroAddressOutput) };
    return burnt.length === 1 ? only : { is: 'not-one', vouts: burnt.map(([i]) => i) };
  }
  const output = outputs[vout];
  if (!output) return { is: 'no-output', outputs: outputs.length };
  return isBurntOutput(output)
    ? [vout, output]
    : { is: 'not-burnt', script: bytesToHex(output.scriptPubKey) };
}

/** Hex digits of the largest transaction that nodes relay. */
const MAX_KEPT_DIGITS = 200_000;

/**
 * Of the transactions on which a burn depends, those that are confirmed and not too large to be relayed. A
 * reorganisation that removes the burn may remove them too.
 */
function parentsToKeep(txids: Iterable<string>, { known }: Shown): RawTransaction[] {
  return [...new Set(txids)].flatMap(txid => {
    const one = known.get(txid);
    return isInBlock(one) && one.hex.length <= MAX_KEPT_DIGITS ? [{ txid, hex: one.hex }] : [];
  });
}

/**
 * `heights`: for each transaction whose outputs the burn spends, the height that determines the period. `before`: the
 * transactions on which the burn depends, in sending order.
 */
function traceBurnInputs(
  transaction: Transaction,
  block: number,
  shown: Shown,
): Extract<NoBurn, { is: 'input-unknown' }> | { heights: number[]; before: RawTransaction[] } {
  const { known, heights } = shown;
  const found: number[] = [];
  const earlier: string[] = [];
  for (const txid of new Set(transaction.inputs.map(parentId))) {
    const parent = known.get(txid);
    const height = isInBlock(parent) ? heights.get(parent.blockHash) : undefined;
    if (!isInBlock(parent) || height === undefined) return { is: 'input-unknown', txid };
    const isFrozen = isFreezingTransaction(parent.hex);
    found.push(isFrozen ? height : block);
    if (isFrozen) earlier.push(...parentIds(parent.hex));
  }
  return { heights: found, before: parentsToKeep([...earlier, ...transaction.inputs.map(parentId)], shown) };
}

function burnFactOf({ txid, vout }: NamedBurn, shown: Shown): BurnFact {
  const known = shown.known.get(txid) ?? null;
  const named = { txid, vout };
  if (known === null) return { ...named, ...NOTHING, problem: { is: 'unknown', hasIndex: shown.hasIndex } };
  const block = isInBlock(known) ? (shown.heights.get(known.blockHash) ?? null) : null;
  if (!isInBlock(known) || block === null) return { ...named, ...NOTHING, depth: 0, problem: null };
  const inBlock = { ...named, ...NOTHING, depth: known.confirmations, block };
  const transaction = decodeOrNull(known.hex);
  if (!transaction) return { ...inBlock, problem: { is: 'unreadable' } };
  const output = findBurntOutput(transaction, vout);
  if ('is' in output) return { ...inBlock, problem: output };
  const from = traceBurnInputs(transaction, block, shown);
  const [index, { asset, value }] = output;
  const burnt = { ...inBlock, vout: index, token: bytesToId(asset), amount: value };
  if ('is' in from) return { ...burnt, problem: from };
  const { heights, before } = from;
  const [first = block] = heights;
  const isOnePeriod = heights.every(height => periodOf(height) === periodOf(first));
  const transactions = [...before, { txid, hex: known.hex }];
  return { ...burnt, height: first, transactions, problem: isOnePeriod ? null : { is: 'periods', heights } };
}

/**
 * @param last function that sends other requests. It is called together with the last requests for the burns, so that
 * all of them share a round trip
 */
async function readBurnsWithOtherRequests<T>(
  node: ChainNode,
  wanted: readonly NamedBurn[],
  last: () => Promise<T>,
): Promise<[BurnFact[], T]> {
  const known = new Map<string, Known>();
  const ask = async (txids: readonly string[]) => {
    const fresh = [...new Set(txids)].filter(txid => !known.has(txid));
    const answers = await node.transaction(fresh);
    for (const [i, txid] of fresh.entries()) known.set(txid, answers[i] ?? null);
  };
  await ask(wanted.map(({ txid }) => txid));
  const burns = [...known.values()].filter(isInBlock);
  await ask(burns.flatMap(({ hex }) => parentIds(hex)));
  const before = [...known.values()].filter(isInBlock);
  const hashes = [...new Set([...known.values()].filter(isInBlock).map(({ blockHash }) => blockHash))];
  const isHidden = [...known.values()].includes(null);
  const [blocks, hasIndex, more] = await Promise.all([
    node.blocks(hashes),
    isHidden ? node.hasTransactionIndex() : true,
    last(),
    ask(before.filter(({ hex }) => isFreezingTransaction(hex)).flatMap(({ hex }) => parentIds(hex))),
  ]);
  const heights = new Map(
    hashes.flatMap((hash, i) => (blocks[i] ? [[hash, blocks[i].height] as const] : [])),
  );
  return [wanted.map(one => burnFactOf(one, { known, heights, hasIndex })), more];
}

/**
 * Reads burns, and returns their facts in the order of `wanted`. Takes at most three round trips to the node.
 * @throws Refusal of the node
 */
export async function readBurns(node: ChainNode, wanted: readonly NamedBurn[]): Promise<BurnFact[]> {
  const [facts] = await readBurnsWithOtherRequests(node, wanted, async () => undefined);
  return facts;
}

/**
 * Confirmations that a burn needs before its bar leaves the mapping. The number is high, because a redemption is not
 * urgent.
 */
export const BURN_CONFIRMATIONS = 30;
/** Confirmations of a burn that `prepare` and `review` need. `finalise` waits for more. */
export const ONE_CONFIRMATION = 1;

/** `txid:vout`, or the id alone if the index is unknown. */
export const outputName = ({ txid, vout }: NamedBurn): string => (vout === null ? txid : `${txid}:${vout}`);

/** The problem if an earlier request counted the output; null if none did. @param own the request that counts it now */
export function earlierCountProblem(
  { burnt, published }: Pick<LedgerState, 'burnt' | 'published'>,
  output: string,
  own?: string,
): BurnProblem['problem'] | null {
  const request = burnt.get(output);
  if (request === undefined || request === own) return null;
  const bar = published.find(one => one.request === request)?.burns[output]?.bar ?? '';
  return { is: 'counted', request, bar };
}

/** The reason why the output does not count as burnt; null if it counts. */
export function burnProblem({ problem, depth }: BurnFact, needed: number): BurnProblem['problem'] | null {
  if (problem) return problem;
  return (depth ?? 0) < needed ? { is: 'waiting', depth: depth ?? 0, needed } : null;
}

/** Facts about the tokens that a request treats as burnt or removed. */
export interface Evidence {
  /** The burns, in request order. */
  readonly burns: readonly BurnFact[];
  /** For each asset id: the atoms on chain, spendable and frozen. Null if the request redeems and removes nothing. */
  readonly amounts: ReadonlyMap<string, bigint> | null;
  /**
   * Height of the best block when the amounts were read; 0 if nothing was read. The expected amounts depend on its
   * period.
   */
  readonly height: number;
}

/** @param removes true if the request removes bars whose tokens must not be on chain */
export async function readEvidence(
  node: ChainNode,
  wanted: readonly NamedBurn[],
  removes: boolean,
): Promise<Evidence> {
  if (wanted.length === 0 && !removes) return { burns: [], amounts: null, height: 0 };
  // The amounts are read in the last round trip. Amounts from before the block of a burn would include the burnt
  // tokens.
  const [burns, [info, height]] = await readBurnsWithOtherRequests(node, wanted, () =>
    Promise.all([node.assetInfo(), node.height()]),
  );
  const amounts = new Map([...info].map(([asset, { spendable, frozen }]) => [asset, spendable + frozen]));
  return { burns, amounts, height };
}

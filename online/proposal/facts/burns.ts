/** What the chain has of burnt outputs: of which token and how many, how deep, and the height by which they count. */
import { bytesToHex, bytesToId, hexToBytes } from '../../../shared/bytes.ts';
import { decodeTransaction, WireError } from '../../../shared/decode-transaction.ts';
import { periodOf } from '../../../shared/schedule.ts';
import { p2pkhScript } from '../../../shared/script.ts';
import type { Input, Output, Transaction } from '../../../shared/transaction.ts';
import type { RawTransaction } from '../../ledger/kept-burns.ts';
import type { LedgerState } from '../../ledger/state.ts';
import type { ChainNode, Known } from '../../node/chain-node.ts';
import type { ConfirmedTransaction } from '../../node/types.ts';

/** A burnt output as a person names it. The id is enough for a transaction with one burnt output. */
export interface NamedBurn {
  readonly txid: string;
  readonly vout: number | null;
}

/** Why an output counts for nothing. */
export type NoBurn =
  /** The node does not show the transaction. */
  | { readonly is: 'unknown'; readonly hasIndex: boolean }
  /** Blinded, with a witness, or of another form than the chain's own transactions. */
  | { readonly is: 'unreadable' }
  | { readonly is: 'no-output'; readonly outputs: number }
  /** The script of the output, hex: tokens there can still be spent, or are frozen. */
  | { readonly is: 'not-burnt'; readonly script: string }
  /** No index was named, and several outputs are burnt. */
  | { readonly is: 'not-one'; readonly vouts: readonly number[] }
  /** No index was named, and none is burnt. `freezes`: the transaction freezes tokens, which another one burns. */
  | { readonly is: 'none-burnt'; readonly freezes: boolean }
  /** The transaction before, whose outputs it spends, is not shown. */
  | { readonly is: 'input-unknown'; readonly txid: string }
  /** Its inputs count by the blocks of several periods. */
  | { readonly is: 'periods'; readonly heights: readonly number[] };

/** Why a burn cannot be counted for its bar. */
export interface BurnProblem {
  readonly reference: string;
  /** `txid`, or `txid:vout`. */
  readonly output: string;
  readonly problem:
    | NoBurn
    /** Not deep enough in the best chain; 0 in the mempool. */
    | { readonly is: 'waiting'; readonly depth: number; readonly needed: number }
    | {
        readonly is: 'other';
        readonly member: 'token' | 'amount';
        readonly expected: string;
        readonly got: string;
      }
    /** Of another period than the first burn of the bar, or than the request says. */
    | { readonly is: 'height'; readonly expected: number; readonly got: number }
    /** `bar` is what it was counted for. */
    | { readonly is: 'counted'; readonly request: string; readonly bar: string }
    /** What exists of the token and what was burnt is more than is mapped, in fine troy ounces. */
    | { readonly is: 'too-many'; readonly token: string; readonly mapped: string; readonly found: string }
    | { readonly is: 'refused'; readonly message: string };
}

export interface BurnFact extends NamedBurn {
  /** Blocks on top of its transaction, its own included; 0 in the mempool, null where the node does not know it. */
  readonly depth: number | null;
  /** What follows is known of a transaction in a block. Height of that block. */
  readonly block: number | null;
  /** Asset id. */
  readonly token: string | null;
  /** Atoms. */
  readonly amount: bigint | null;
  /** Redemption height: of the block of the transaction that froze the tokens, else of its own block. */
  readonly height: number | null;
  /** What brings it back after a reorganisation, in the order of sending: what it spends too. */
  readonly transactions: readonly RawTransaction[];
  readonly problem: NoBurn | null;
}

/** Where tokens go to be frozen: nobody has the key of this hash. Source: the chain's `IsZeroAddress`. */
const ZERO_ADDRESS = bytesToHex(p2pkhScript(new Uint8Array(20)));
const OP_RETURN = 0x6a;

export const isZeroAddress = ({ scriptPubKey }: Output): boolean => bytesToHex(scriptPubKey) === ZERO_ADDRESS;
const isBurnt = ({ scriptPubKey, value }: Output): boolean => scriptPubKey[0] === OP_RETURN && value > 0n;
const isConfirmed = (known: Known | undefined): known is ConfirmedTransaction =>
  known !== null && known !== undefined && known !== 'mempool';

function decoded(hex: string): Transaction | null {
  try {
    return decodeTransaction(hexToBytes(hex, 'transaction'));
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}

const NOTHING = { depth: null, block: null, token: null, amount: null, height: null, transactions: [] };
const parentOf = ({ prevHash }: Input): string => bytesToId(prevHash);
const parentsOf = (hex: string): string[] => decoded(hex)?.inputs.map(parentOf) ?? [];
// One that cannot be read has blinded amounts or a witness, as no transaction that freezes tokens has.
const isFreezing = (hex: string): boolean => decoded(hex)?.outputs.some(isZeroAddress) ?? false;

interface Shown {
  known: ReadonlyMap<string, Known>;
  /** Height by block hash, of the best chain. */
  heights: ReadonlyMap<string, number>;
  hasIndex: boolean;
}

/** Which output is meant, or why none can be. */
function outputOf({ outputs }: Transaction, vout: number | null): [number, Output] | NoBurn {
  if (vout === null) {
    const burnt = [...outputs.entries()].filter(([, output]) => isBurnt(output));
    const [only] = burnt;
    if (!only) return { is: 'none-burnt', freezes: outputs.some(isZeroAddress) };
    return burnt.length === 1 ? only : { is: 'not-one', vouts: burnt.map(([i]) => i) };
  }
  const output = outputs[vout];
  if (!output) return { is: 'no-output', outputs: outputs.length };
  return isBurnt(output) ? [vout, output] : { is: 'not-burnt', script: bytesToHex(output.scriptPubKey) };
}

/** Hex digits of the largest transaction that nodes relay. */
const MOST_KEPT = 200_000;

/** Confirmed transactions before a burn: the reorganisation that drops the burn may drop them too. */
function keptOf(txids: Iterable<string>, { known }: Shown): RawTransaction[] {
  return [...new Set(txids)].flatMap(txid => {
    const one = known.get(txid);
    return isConfirmed(one) && one.hex.length <= MOST_KEPT ? [{ txid, hex: one.hex }] : [];
  });
}

/** The block by whose period each input counts, and the transactions before, in the order of sending. */
function origins(
  transaction: Transaction,
  block: number,
  shown: Shown,
): Extract<NoBurn, { is: 'input-unknown' }> | { heights: number[]; before: RawTransaction[] } {
  const { known, heights } = shown;
  const found: number[] = [];
  const earlier: string[] = [];
  for (const txid of new Set(transaction.inputs.map(parentOf))) {
    const parent = known.get(txid);
    const height = isConfirmed(parent) ? heights.get(parent.blockHash) : undefined;
    if (!isConfirmed(parent) || height === undefined) return { is: 'input-unknown', txid };
    const isFrozen = isFreezing(parent.hex);
    found.push(isFrozen ? height : block);
    if (isFrozen) earlier.push(...parentsOf(parent.hex));
  }
  return { heights: found, before: keptOf([...earlier, ...transaction.inputs.map(parentOf)], shown) };
}

function factOf({ txid, vout }: NamedBurn, shown: Shown): BurnFact {
  const known = shown.known.get(txid) ?? null;
  const named = { txid, vout };
  if (known === null) return { ...named, ...NOTHING, problem: { is: 'unknown', hasIndex: shown.hasIndex } };
  const block = isConfirmed(known) ? (shown.heights.get(known.blockHash) ?? null) : null;
  if (!isConfirmed(known) || block === null) return { ...named, ...NOTHING, depth: 0, problem: null };
  const inBlock = { ...named, ...NOTHING, depth: known.confirmations, block };
  const transaction = decoded(known.hex);
  if (!transaction) return { ...inBlock, problem: { is: 'unreadable' } };
  const output = outputOf(transaction, vout);
  if ('is' in output) return { ...inBlock, problem: output };
  const from = origins(transaction, block, shown);
  const [index, { asset, value }] = output;
  const burnt = { ...inBlock, vout: index, token: bytesToId(asset), amount: value };
  if ('is' in from) return { ...burnt, problem: from };
  const { heights, before } = from;
  const [first = block] = heights;
  const isOnePeriod = heights.every(height => periodOf(height) === periodOf(first));
  const transactions = [...before, { txid, hex: known.hex }];
  return { ...burnt, height: first, transactions, problem: isOnePeriod ? null : { is: 'periods', heights } };
}

/** @param last what is asked once the burns are known, in the last round trip */
async function lookUp<T>(
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
  const burns = [...known.values()].filter(isConfirmed);
  await ask(burns.flatMap(({ hex }) => parentsOf(hex)));
  const before = [...known.values()].filter(isConfirmed);
  const hashes = [...new Set([...known.values()].filter(isConfirmed).map(({ blockHash }) => blockHash))];
  const isHidden = [...known.values()].includes(null);
  const [blocks, hasIndex, more] = await Promise.all([
    node.blocks(hashes),
    isHidden ? node.hasTransactionIndex() : true,
    last(),
    ask(before.filter(({ hex }) => isFreezing(hex)).flatMap(({ hex }) => parentsOf(hex))),
  ]);
  const heights = new Map(
    hashes.flatMap((hash, i) => (blocks[i] ? [[hash, blocks[i].height] as const] : [])),
  );
  return [wanted.map(one => factOf(one, { known, heights, hasIndex })), more];
}

/**
 * In the order asked. Three round trips at most: the transactions, those before them, and their blocks.
 * @throws Refusal of the node
 */
export async function readBurns(node: ChainNode, wanted: readonly NamedBurn[]): Promise<BurnFact[]> {
  const [facts] = await lookUp(node, wanted, async () => undefined);
  return facts;
}

/** Blocks on a burn before its bar leaves the mapping: nothing about a redemption is urgent. */
export const BURN_CONFIRMATIONS = 30;
/** Enough for prepare and review; finalise waits for more. */
export const IN_A_BLOCK = 1;

/** `txid:vout`, or the id alone where no index is known. */
export const outputName = ({ txid, vout }: NamedBurn): string => (vout === null ? txid : `${txid}:${vout}`);

/** @param output `txid:vout` @param own the request that counts it now */
export function countedBefore(
  { burnt, published }: Pick<LedgerState, 'burnt' | 'published'>,
  output: string,
  own?: string,
): BurnProblem['problem'] | null {
  const request = burnt.get(output);
  if (request === undefined || request === own) return null;
  const bar = published.find(one => one.request === request)?.burns[output]?.bar ?? '';
  return { is: 'counted', request, bar };
}

/** Why the chain does not have it as a burn; null where it has. */
export function noBurn({ problem, depth }: BurnFact, needed: number): BurnProblem['problem'] | null {
  if (problem) return problem;
  return (depth ?? 0) < needed ? { is: 'waiting', depth: depth ?? 0, needed } : null;
}

/** What the chain says of tokens that are to be gone from it. */
export interface Evidence {
  /** In the order of the request. */
  readonly burns: readonly BurnFact[];
  /** Atoms by asset id, spendable and frozen; null where nothing is to be gone. */
  readonly amounts: ReadonlyMap<string, bigint> | null;
  /** Of the best block right after the amounts were read: they grow with the period. */
  readonly height: number;
}

/** @param removes bars are taken out of the mapping, whose tokens may not be on chain */
export async function readEvidence(
  node: ChainNode,
  wanted: readonly NamedBurn[],
  removes: boolean,
): Promise<Evidence> {
  if (wanted.length === 0 && !removes) return { burns: [], amounts: null, height: 0 };
  // Amounts that were read before a burn's block would still have its tokens.
  const [burns, [info, height]] = await lookUp(node, wanted, () =>
    Promise.all([node.assetInfo(), node.height()]),
  );
  const amounts = new Map([...info].map(([asset, { spendable, frozen }]) => [asset, spendable + frozen]));
  return { burns, amounts, height };
}

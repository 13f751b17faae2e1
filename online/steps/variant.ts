/**
 * The same issuance with other signatures. Ids cover the signatures, so a confirmer with the older tool, who finishes what
 * lies in `ps1_tx.json`, sends the same outputs under another id. Its token is the same, since that follows from the coin;
 * its change is another coin, which has to be known.
 */
import { bytesToHex, bytesToId, hexToBytes } from '../../shared/bytes.ts';
import { decodeTransaction } from '../../shared/decode-transaction.ts';
import { decodeDer } from '../../shared/der.ts';
import type { DerivedIssuance } from '../../shared/derive.ts';
import { verify } from '../../shared/ecdsa.ts';
import { sha256d } from '../../shared/hash.ts';
import type { JsonValue } from '../../shared/json.ts';
import { type Transaction, transactionHex } from '../../shared/transaction.ts';
import type { Trust } from '../../shared/trust.ts';
import type { Services } from './services.ts';

export interface Variant {
  txid: string;
  hex: string;
}

/** A scriptSig's pushes, or null if there is anything else in it. */
function pushes(script: Uint8Array): Uint8Array[] | null {
  const out: Uint8Array[] = [];
  for (let at = 0; at < script.length; ) {
    const op = script[at++] as number;
    let length = op;
    if (op === 0x4c) length = script[at++] ?? 0;
    else if (op === 0x4d) length = (script[at++] ?? 0) + 256 * (script[at++] ?? 0);
    else if (op > 0x4d) return null;
    if (at + length > script.length) return null;
    out.push(script.slice(at, at + length));
    at += length;
  }
  return out;
}

/** Whether n different controllers signed it: a node could else show a transaction that no chain would take. */
function isSigned(issuance: DerivedIssuance, scriptSig: Uint8Array, trust: Trust): boolean {
  const [, ...rest] = pushes(scriptSig) ?? [];
  const redeem = rest.pop();
  if (!redeem || bytesToHex(redeem) !== bytesToHex(trust.redeemScript)) return false;
  const signers = new Set<number>();
  for (const signature of rest) {
    const compact = decodeDer(signature.slice(0, -1));
    const key = compact
      ? trust.pubkeys.findIndex(
          (pubkey, i) => !signers.has(i) && verify(issuance.signatureHash, compact, pubkey),
        )
      : -1;
    if (key >= 0) signers.add(key);
  }
  return signers.size >= trust.n;
}

function parse(hex: string): Transaction | null {
  try {
    return decodeTransaction(hexToBytes(hex, 'transaction'));
  } catch {
    return null; // of a form that no issuance of ours has
  }
}

/** Whether it is the derived transaction, whoever of the controllers signed it. */
export function isSameIssuance(issuance: DerivedIssuance, hex: string, trust: Trust): boolean {
  const tx = parse(hex);
  const [input] = tx?.inputs ?? [];
  if (!tx || !input) return false;
  const bare = { ...tx, inputs: [{ ...input, scriptSig: new Uint8Array(0) }, ...tx.inputs.slice(1)] };
  return (
    transactionHex(bare) === transactionHex(issuance.transaction) &&
    isSigned(issuance, input.scriptSig, trust)
  );
}

const hexOf = (value: JsonValue | undefined) =>
  typeof value === 'string' && /^([0-9a-f]{2})+$/.test(value) ? value : null;
const idOf = (value: JsonValue) => (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? [value] : []);

/** Where spent coins went, by the token that spending each issues. */
export interface Spenders {
  /** The same issuance, signed by n controllers. */
  same: Map<string, Variant>;
  /** Another transaction, which spent the coin for something else: its id. */
  foreign: Map<string, string>;
}

class Search implements Spenders {
  readonly same = new Map<string, Variant>();
  readonly foreign = new Map<string, string>();
  private readonly seen = new Set<string>();
  private readonly services: Services;
  private readonly wanted: readonly DerivedIssuance[];

  constructor(services: Services, wanted: readonly DerivedIssuance[]) {
    this.services = services;
    this.wanted = wanted;
  }

  get isDone(): boolean {
    return this.same.size + this.foreign.size === this.wanted.length;
  }

  /** Looks at these transactions; what the node does not know (any more) is passed over. */
  async among(txids: readonly string[]): Promise<void> {
    const fresh = [...new Set(txids)].filter(txid => !this.seen.has(txid));
    for (const txid of fresh) this.seen.add(txid);
    const { node, trust } = this.services;
    const answers = await node.rpc.batch(
      fresh.map(txid => ({ method: 'getrawtransaction', params: [txid, false] })),
    );
    for (const answer of answers) {
      const hex = 'result' in answer ? hexOf(answer.result) : null;
      const spends = hex && parse(hex)?.inputs[0];
      if (!hex || !spends) continue;
      const issuance = this.wanted.find(
        ({ transaction: { inputs } }) =>
          inputs[0]?.prevIndex === spends.prevIndex &&
          bytesToId(inputs[0].prevHash) === bytesToId(spends.prevHash),
      );
      if (!issuance) continue;
      const txid = bytesToId(sha256d(hexToBytes(hex, 'transaction')));
      if (isSameIssuance(issuance, hex, trust)) this.same.set(issuance.assetId, { txid, hex });
      else this.foreign.set(issuance.assetId, txid);
    }
  }

  /** Ids of all transactions in these blocks. */
  async inBlocks(from: number, to: number): Promise<string[]> {
    const { node } = this.services;
    const heights = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
    const hashes = (await node.blockHashes(heights)).filter(hash => hash !== null);
    const blocks = await node.rpc.batch(hashes.map(hash => ({ method: 'getblock', params: [hash] })));
    return blocks.flatMap(block => {
      const txs = 'result' in block && block.result instanceof Map ? block.result.get('tx') : undefined;
      return Array.isArray(txs) ? txs.flatMap(idOf) : [];
    });
  }
}

/** Issuances wait at most a few periods; looking through more blocks would take a node too long. */
const MAX_BLOCKS = 5000;

/**
 * Looks where a spent coin went: first where it costs nothing, in the mempool and among the coins of the policy address,
 * then in all blocks since the request.
 */
export async function findSpenders(
  services: Services,
  wanted: readonly DerivedIssuance[],
  since: number,
): Promise<Spenders> {
  const { node, trust } = services;
  const search = new Search(services, wanted);
  const [waiting, coins] = await Promise.all([node.mempool(), node.listUnspent(trust.address, 0)]);
  await search.among([...waiting, ...coins.map(coin => coin.txid)]);
  if (search.isDone) return search;
  const { height } = await node.tip();
  await search.among(await search.inBlocks(Math.max(since, height - MAX_BLOCKS), height));
  return search;
}

/**
 * Finds the transactions that spent coins. A transaction id covers the signatures. So a confirmer who
 * finishes `ps1_tx.json` with the older tool sends a transaction with the same outputs and another id. The
 * token is the same, because it depends on the coin only. The change is another coin.
 */
import { bytesToHex, bytesToId, hexToBytes } from '../../../shared/bytes.ts';
import { decodeTransaction } from '../../../shared/decode-transaction.ts';
import { decodeDer } from '../../../shared/der.ts';
import type { DerivedIssuance } from '../../../shared/derive.ts';
import { verifyHash } from '../../../shared/ecdsa.ts';
import { sha256d } from '../../../shared/hash.ts';
import { type Transaction, transactionHex } from '../../../shared/transaction.ts';
import type { Trust } from '../../../shared/trust.ts';
import type { Services } from '../services.ts';
import type { Spender } from './facts.ts';

/** The pushed data of a scriptSig; null if the script contains anything else. */
function parsePushedData(script: Uint8Array): Uint8Array[] | null {
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

/**
 * True if n different controllers signed the transaction. Without this check, a false node could show a
 * transaction that no chain accepts.
 */
function isSignedByPolicy(issuance: DerivedIssuance, scriptSig: Uint8Array, trust: Trust): boolean {
  const [, ...rest] = parsePushedData(scriptSig) ?? [];
  const redeem = rest.pop();
  if (!redeem || bytesToHex(redeem) !== bytesToHex(trust.redeemScript)) return false;
  const signers = new Set<number>();
  for (const signature of rest) {
    const compact = decodeDer(signature.slice(0, -1));
    const key = compact
      ? trust.pubkeys.findIndex(
          (pubkey, i) => !signers.has(i) && verifyHash(issuance.signatureHash, compact, pubkey),
        )
      : -1;
    if (key >= 0) signers.add(key);
  }
  return signers.size >= trust.n;
}

function parseTransaction(hex: string): Transaction | null {
  try {
    return decodeTransaction(hexToBytes(hex, 'transaction'));
  } catch {
    return null; // Every derived issuance can be decoded, so this is another transaction.
  }
}

/** True if this is the derived transaction with signatures of any n controllers. */
export function isSameIssuance(issuance: DerivedIssuance, hex: string, trust: Trust): boolean {
  const tx = parseTransaction(hex);
  const [input] = tx?.inputs ?? [];
  if (!tx || !input) return false;
  const bare = { ...tx, inputs: [{ ...input, scriptSig: new Uint8Array(0) }, ...tx.inputs.slice(1)] };
  return (
    transactionHex(bare) === transactionHex(issuance.transaction) &&
    isSignedByPolicy(issuance, input.scriptSig, trust)
  );
}

/**
 * Largest number of blocks to search. A request is a few periods old at most when its coins are looked for. A
 * node would take too long to show more blocks.
 */
const MAX_BLOCKS = 5000;

interface Look {
  services: Pick<Services, 'node' | 'trust'>;
  wanted: readonly DerivedIssuance[];
  /** For each asset id: what spent the coin, if it was found. */
  found: Map<string, Spender>;
  seen: Set<string>;
}

/**
 * Adds to `found` those of the transactions that spent the coin of a wanted issuance. Skips transactions that
 * the node does not show.
 */
async function searchCandidates(
  { services, wanted, found, seen }: Look,
  txids: readonly string[],
  confirmed: boolean,
) {
  const fresh = [...new Set(txids)].filter(txid => !seen.has(txid));
  for (const txid of fresh) seen.add(txid);
  for (const hex of await services.node.rawTransactions(fresh)) {
    const spends = hex && parseTransaction(hex)?.inputs[0];
    if (!hex || !spends) continue;
    const issuance = wanted.find(
      ({ transaction: { inputs } }) =>
        inputs[0]?.prevIndex === spends.prevIndex &&
        bytesToId(inputs[0].prevHash) === bytesToId(spends.prevHash),
    );
    if (!issuance) continue;
    const txid = bytesToId(sha256d(hexToBytes(hex, 'transaction')));
    const isSame = isSameIssuance(issuance, hex, services.trust);
    found.set(issuance.assetId, isSame ? { is: 'same', txid, hex } : { is: 'other', txid, confirmed });
  }
}

/**
 * Finds the transactions that spent coins. First searches the mempool and the coins of the policy address,
 * which takes little time. Then searches the blocks since the request, up to {@link MAX_BLOCKS}.
 * @param wanted issuances whose coins were spent by unknown transactions
 * @returns for each asset id, what spent the coin
 */
export async function findSpenders(
  services: Pick<Services, 'node' | 'trust'>,
  wanted: readonly DerivedIssuance[],
  since: number,
): Promise<ReadonlyMap<string, Spender>> {
  const { node, trust } = services;
  const look: Look = { services, wanted, found: new Map(), seen: new Set() };
  const isDone = () => look.found.size === wanted.length;
  if (wanted.length === 0) return look.found;
  const [waiting, coins] = await Promise.all([node.mempool(), node.listUnspent(trust.address, 0)]);
  await searchCandidates(look, waiting, false);
  if (!isDone())
    await searchCandidates(
      look,
      coins.filter(coin => coin.confirmations > 0).map(coin => coin.txid),
      true,
    );
  if (!isDone()) {
    const height = await node.height();
    const from = Math.max(since, height - MAX_BLOCKS);
    const heights = Array.from({ length: Math.max(0, height - from + 1) }, (_, i) => from + i);
    const hashes = (await node.blockHashes(heights)).filter(hash => hash !== null);
    const blocks = await node.blockTransactions(hashes);
    await searchCandidates(
      look,
      blocks.flatMap(block => block ?? []),
      true,
    );
  }
  const rest = wanted.filter(({ assetId }) => !look.found.has(assetId));
  const gone = await findAssetsWithoutCoin(node, rest);
  for (const { assetId } of rest) look.found.set(assetId, { is: 'untraced', isGone: gone.has(assetId) });
  return look.found;
}

/**
 * Asset ids of the issuances whose coin does not exist, because the chain lacks the transaction that creates
 * the coin. Empty if the node has no transaction index.
 */
async function findAssetsWithoutCoin(
  node: Services['node'],
  wanted: readonly DerivedIssuance[],
): Promise<ReadonlySet<string>> {
  if (wanted.length === 0) return new Set();
  const [known, hasIndex] = await Promise.all([
    node.transaction(wanted.map(({ request: { coin } }) => coin.txid)),
    node.hasTransactionIndex(),
  ]);
  const gone = wanted.filter((_, i) => hasIndex && known[i] === null);
  return new Set(gone.map(({ assetId }) => assetId));
}

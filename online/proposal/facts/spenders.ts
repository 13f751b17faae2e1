/**
 * Where spent coins went. Ids cover the signatures, so a confirmer with the older tool, who finishes what is in `ps1_tx.json`,
 * sends the same outputs under another id. Its token is the same, since that follows from the coin; its change is another coin.
 */
import { bytesToHex, bytesToId, hexToBytes } from '../../../shared/bytes.ts';
import { decodeTransaction } from '../../../shared/decode-transaction.ts';
import { decodeDer } from '../../../shared/der.ts';
import type { DerivedIssuance } from '../../../shared/derive.ts';
import { verify } from '../../../shared/ecdsa.ts';
import { sha256d } from '../../../shared/hash.ts';
import { type Transaction, transactionHex } from '../../../shared/transaction.ts';
import type { Trust } from '../../../shared/trust.ts';
import type { Services } from '../services.ts';
import type { Spender } from './facts.ts';

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

/** Issuances wait at most a few periods; a node would take too long to show more blocks. */
const MAX_BLOCKS = 5000;

interface Look {
  services: Pick<Services, 'node' | 'trust'>;
  wanted: readonly DerivedIssuance[];
  /** By asset id. */
  found: Map<string, Spender>;
  seen: Set<string>;
}

/** Looks at these transactions; what the node does not show is passed over. */
async function among({ services, wanted, found, seen }: Look, txids: readonly string[], confirmed: boolean) {
  const fresh = [...new Set(txids)].filter(txid => !seen.has(txid));
  for (const txid of fresh) seen.add(txid);
  for (const hex of await services.node.rawTransactions(fresh)) {
    const spends = hex && parse(hex)?.inputs[0];
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
 * First where it costs nothing, in the mempool and among the coins of the policy address, then in all blocks since the request.
 * @param wanted issuances whose coins are spent by what is not known
 * @returns by asset id, each of them
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
  await among(look, waiting, false);
  if (!isDone())
    await among(
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
    await among(
      look,
      blocks.flatMap(block => block ?? []),
      true,
    );
  }
  const rest = wanted.filter(({ assetId }) => !look.found.has(assetId));
  const gone = await goneCoins(node, rest);
  for (const { assetId } of rest) look.found.set(assetId, { is: 'untraced', isGone: gone.has(assetId) });
  return look.found;
}

/** Asset ids of those whose coin is not there, since the chain does not have the transaction that makes it. */
async function goneCoins(
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

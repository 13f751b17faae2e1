/** What a node can be relied on for: its wallet's watch, its index of transactions, and peers for what it is sent. */
import type { OceanNode } from '../node.ts';
import { CODE, NodeError } from '../rpc/errors.ts';
import type { Sent, Watch } from '../types.ts';

/** No transaction has this id. */
const NO_TRANSACTION = '0'.repeat(64);

/** Whether `listUnspent` shows the address's coins: without a watch it answers an empty list, and no error. */
export async function fetchWatch(node: OceanNode, address: string): Promise<Watch> {
  const [account, validated] = await Promise.all([
    node.askAllowing([CODE.noMethod], 'getaccount', address),
    node.validate([address]),
  ]);
  if (account instanceof NodeError) return 'no wallet';
  const [found] = validated;
  return found?.valid && (found.watched || found.mine) ? 'watched' : 'not watched';
}

/** Whether the node finds any confirmed transaction by its id: its answer about one that cannot be says so. */
export async function hasTransactionIndex(node: OceanNode): Promise<boolean> {
  const answer = await node.askAllowing([CODE.notFound], 'getrawtransaction', NO_TRANSACTION, false);
  return !(answer instanceof NodeError && /-txindex/.test(answer.rpcMessage));
}

/** The asset that issuances spend, as the node's configuration labels it; null where the node does not say. */
export async function labelledPolicyAsset(node: OceanNode): Promise<string | null> {
  const answer = await node.askAllowing([CODE.noMethod], 'dumpassetlabels');
  if (answer instanceof NodeError) return null;
  const label = answer.member('ISSUANCE');
  return label.isNull ? null : label.id();
}

export interface Broadcast {
  /** In the order sent. */
  results: Sent[];
  /** Connections right after sending; null where the node does not say. */
  peers: number | null;
  /** The node took transactions and had nobody to pass them on to: they wait there alone, until they are sent again. */
  heldAlone: boolean;
}

/**
 * Sends, and looks whether anybody else can have got it: a node without peers accepts a transaction as any other does, and
 * never announces it again by itself. Sending again announces it again.
 */
export async function broadcast(node: OceanNode, transactions: readonly string[]): Promise<Broadcast> {
  const results = await node.send(transactions);
  const peers = await node.peers();
  return { results, peers, heldAlone: peers === 0 && results.some(({ state }) => state === 'sent') };
}

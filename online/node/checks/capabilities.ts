/** What a node can be relied on for: its wallet's watch, and its index of transactions. */
import type { OceanNode } from '../node.ts';
import { CODE, NodeError } from '../rpc/errors.ts';
import type { Watch } from '../types.ts';

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

/** What a node can be relied on for: its wallet's watch, and the label of its policy asset. */
import type { OceanNode } from '../node.ts';
import { CODE, NodeError } from '../rpc/errors.ts';
import type { Watch } from '../types.ts';

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

/** The asset that issuances spend, as the node's configuration labels it; null where the node does not say. */
export async function labelledPolicyAsset(node: OceanNode): Promise<string | null> {
  const answer = await node.askAllowing([CODE.noMethod], 'dumpassetlabels');
  if (answer instanceof NodeError) return null;
  const label = answer.member('ISSUANCE');
  return label.isNull ? null : label.id();
}

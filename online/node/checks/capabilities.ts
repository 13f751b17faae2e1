/** Capabilities of a node: whether its wallet watches an address, and the label of its policy asset. */

import type { Watch } from '../answer-types.ts';
import type { OceanNode } from '../node.ts';
import { CODE, NodeError } from '../rpc/errors.ts';

/**
 * True if `listUnspent` shows the address's coins. For an unwatched address the node returns an empty list without an
 * error.
 */
export async function fetchWatch(node: OceanNode, address: string): Promise<Watch> {
  const [account, validated] = await Promise.all([
    node.askAllowing([CODE.noMethod], 'getaccount', address),
    node.validate([address]),
  ]);
  if (account instanceof NodeError) return 'no wallet';
  const [found] = validated;
  return found?.valid && (found.watched || found.mine) ? 'watched' : 'not watched';
}

/** The asset that issuances spend, by the label in the node's configuration; null if the node does not report it. */
export async function fetchPolicyAsset(node: OceanNode): Promise<string | null> {
  const answer = await node.askAllowing([CODE.noMethod], 'dumpassetlabels');
  if (answer instanceof NodeError) return null;
  const label = answer.member('ISSUANCE');
  return label.isNull ? null : label.id();
}

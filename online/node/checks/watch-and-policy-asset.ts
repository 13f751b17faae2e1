/** Capabilities of a node: whether its wallet watches an address, and which policy asset it names. */

import type { Watch } from '../answer-types.ts';
import type { OceanNode } from '../node.ts';
import { CODE, NodeError } from '../rpc/node-errors.ts';

/**
 * Whether `listUnspent` shows the coins of the address, or 'no wallet'. If the wallet does not watch the
 * address, the node returns an empty list without an error.
 */
export async function fetchWatchState(node: OceanNode, address: string): Promise<Watch> {
  const [account, validated] = await Promise.all([
    node.askAllowing([CODE.noMethod], 'getaccount', address),
    node.validate([address]),
  ]);
  if (account instanceof NodeError) return 'no wallet';
  const [found] = validated;
  return found?.valid && (found.watched || found.mine) ? 'watched' : 'not watched';
}

/**
 * Id of the asset that issuances spend: the node's configuration labels it ISSUANCE. Null if the node does
 * not report it.
 */
export async function fetchPolicyAsset(node: OceanNode): Promise<string | null> {
  const answer = await node.askAllowing([CODE.noMethod], 'dumpassetlabels');
  if (answer instanceof NodeError) return null;
  const label = answer.member('ISSUANCE');
  return label.isNull ? null : label.id();
}

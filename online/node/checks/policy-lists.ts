/** Ocean's freezelist and burnlist, as far as a node shows them. */

import type { PolicyList } from '../answer-types.ts';
import { CODE, NodeError } from '../rpc/node-errors.ts';
import type { Asker, ShapeReader } from '../shape-reader.ts';

/**
 * Whether each address is in this node's list; 'off' if the node has no such method. Each node has its own
 * lists in memory. A node without lists answers false for every address. So false has two possible meanings.
 * Either the node has a list without the address, and refuses to freeze or burn tokens at this address. Or
 * the node has no list.
 */
export async function fetchListMembership(
  node: Asker,
  list: PolicyList,
  addresses: readonly string[],
): Promise<boolean[] | 'off'> {
  const codes = [CODE.noMethod, CODE.notFound];
  const answers = await Promise.all(addresses.map(one => node.askAllowing(codes, `query${list}`, one)));
  const listed: boolean[] = [];
  for (const answer of answers) {
    const error = answer instanceof NodeError ? answer : null;
    if (error?.rpcCode === CODE.noMethod) return 'off';
    // Error -5 means the address of a script. The lists cannot contain such an address.
    listed.push(error === null ? (answer as ShapeReader).boolean() : false);
  }
  return listed;
}

/** Ocean's freezelist and burnlist, as far as a node shows them. */
import { CODE, NodeError } from '../rpc/errors.ts';
import type { Asker, Shape } from '../shape.ts';
import type { PolicyList } from '../types.ts';

/**
 * Which addresses the list of this node has, or 'off' where the node has no such method.
 *
 * The lists are policy of one node, in its memory. A node that runs without them answers false to every address, so false
 * says that this node would refuse the transaction, or that it does not care.
 */
export async function fetchPolicyListed(
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
    // -5: a script's address, which the lists cannot hold.
    listed.push(error === null ? (answer as Shape).boolean() : false);
  }
  return listed;
}

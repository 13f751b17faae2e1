/** Reads Ocean's whitelist, as far as a node shows it. */
import { CODE, NodeError } from '../rpc/node-errors.ts';
import type { Asker, ShapeReader } from '../shape-reader.ts';

/**
 * Whether each address is in the node's whitelist; 'off' if there is no visible whitelist. A node without a
 * whitelist answers false for every address, so this answer alone does not show whether there is a whitelist.
 * Ocean's `getnunassignedkycpubkeys` gives an error on a node without a whitelist, and a number on a node
 * with one. If a node without a wallet lacks this method, only a positive answer for some address shows that
 * a whitelist exists. In any case, a node with a whitelist refuses a transaction to an address that is not
 * listed (`kind: 'whitelist'`).
 */
export async function fetchWhitelistMembership(
  node: Asker,
  addresses: readonly string[],
): Promise<boolean[] | 'off'> {
  const probe = node.askAllowing([CODE.noMethod, CODE.misc, CODE.wallet], 'getnunassignedkycpubkeys');
  const codes = [CODE.noMethod, CODE.misc, CODE.notFound];
  const asked = addresses.map(address => node.askAllowing(codes, 'querywhitelist', address));
  const [enabled, ...answers] = await Promise.all([probe, ...asked]);
  let missing = enabled instanceof NodeError;
  const listed: boolean[] = [];
  for (const answer of answers) {
    const error = answer instanceof NodeError ? answer : null;
    if (error?.rpcCode === CODE.noMethod) return 'off';
    if (error?.rpcCode === CODE.misc) {
      if (!/enabled|disabled/.test(error.rpcMessage)) throw error;
      return 'off';
    }
    // Error -5 means the address of a script. Ocean's whitelist cannot contain such an address.
    listed.push(error === null ? (answer as ShapeReader).boolean() : false);
  }
  if (listed.includes(true)) missing = false;
  return missing ? 'off' : listed;
}

/** Ocean's whitelist, as far as a node shows it. */
import { CODE, NodeError } from '../rpc/errors.ts';
import type { Asker, Shape } from '../shape.ts';

/**
 * Which addresses the node's whitelist has, or 'off' where it keeps none, or none that can be seen.
 *
 * A node without whitelisting answers false to every address, so false alone says nothing. Ocean's
 * `getnunassignedkycpubkeys` is an error there and a number elsewhere; where it is missing (a node without its wallet),
 * only a list that holds one of the addresses shows that there is one. Sending finds out in any case
 * (`kind: 'whitelist'`).
 */
export async function fetchWhitelisted(
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
    // -5: a script's address, which Ocean's whitelist cannot hold.
    listed.push(error === null ? (answer as Shape).boolean() : false);
  }
  if (listed.includes(true)) missing = false;
  return missing ? 'off' : listed;
}

/** For tests: does what older tools do. It completes and sends transactions, and makes signed mappings. */
import type { TestWorld } from '../../../fixtures/pcs/testing.ts';
import { ocean } from '../../../fixtures/sample-request.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { signMapping } from '../../../shared/mapping/signatures.ts';

/**
 * Acts like the older confirmer: the node completes the transactions of `ps1_tx.json` with this controller's
 * key, and sends them.
 * @param only index of the only transaction to complete. Without it, all transactions are completed
 * @returns transaction ids
 */
export async function runOlderConfirmer(
  world: TestWorld,
  controller: number,
  only?: number,
  text = world.object('ps1_tx.json'),
): Promise<string[]> {
  const older = JSON.parse(text);
  const ids: string[] = [];
  for (let i = 0; i < older.numiss; i++) {
    if (only !== undefined && i !== only) continue;
    const { hex, txid, vout, scriptPubKey } = older[i];
    const previous = [{ txid, vout, scriptPubKey, redeemScript: ocean.p2sh.redeemScript }];
    const signed = await world.rpc('signrawtransaction', hex, previous, [ocean.wif[controller - 1]]);
    if (!signed.complete) throw new Error(`transaction ${i} is not complete`);
    ids.push(await world.rpc('sendrawtransaction', signed.hex));
  }
  return ids;
}

export interface OlderEntry {
  reference: string;
  mass: string;
  assetId: string;
}

/** The mapping with additional entries, as an older tool makes it, signed by two controllers. */
export function makeOlderMapping(world: TestWorld, base: string, entries: OlderEntry[]): string {
  const time = `${Math.floor(Date.now() / 1000) + 3600}.000001`;
  const made = parseMapping(utf8(base)).extended(entries, time, 3311);
  const signatures = [1, 2].map(
    i => [String(i), signMapping(made, world.keys[i - 1] as Uint8Array)] as const,
  );
  return new TextDecoder().decode(made.withSignatures(new Map(signatures)).bytes());
}

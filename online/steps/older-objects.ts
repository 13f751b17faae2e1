/**
 * `ps1_map.json` and `ps1_tx.json`, which the older scripts read: of the proposal that is open, or, once it is closed, what
 * those scripts stop at. They ask nobody whether a proposal was given up, and send what they find there.
 */
import { utf8 } from '../../shared/bytes.ts';
import type { Derivation } from '../../shared/derive.ts';
import { reviewCode } from '../../shared/review-code.ts';
import { type Signatures, signedMapping } from '../../shared/signatures.ts';
import { olderTransactions } from '../legacy/older-files.ts';
import { turnHolder } from './claim.ts';
import { JSON_TYPE, keys } from './objects.ts';
import { fetchRequest, listProposals, readProposal } from './proposals.ts';
import { fetchMapping } from './published.ts';
import type { Services } from './services.ts';

export async function putOlder(
  { store, trust }: Services,
  derivation: Derivation,
  signatures: readonly Signatures[],
): Promise<void> {
  await Promise.all([
    store.put(keys.olderMapping, signedMapping(derivation, signatures).bytes(), { contentType: JSON_TYPE }),
    store.put(keys.olderTransactions, olderTransactions(derivation, signatures, trust), {
      contentType: JSON_TYPE,
    }),
  ]);
}

/** No JSON, so that reading it fails in those scripts before anything is signed or sent; a person sees why. */
const closedText = (request: string) =>
  utf8(
    `The proposal ${reviewCode(request)} is closed: there is nothing here to sign or to send. countersign status says what is open.\n`,
  );

async function close({ store }: Services, request: string): Promise<void> {
  const text = closedText(request);
  const options = { contentType: 'text/plain' };
  await Promise.all([
    store.put(keys.olderTransactions, text, options),
    store.put(keys.olderMapping, text, options),
  ]);
}

/**
 * Right after a request was given up, or its objects were written: what stands there is of the request that has the turn on
 * the published mapping. Where this one has it not, or is about to lose it, the other one's objects are written, or that nothing is open.
 */
export async function correctOlderObjects(
  services: Services,
  digest: string,
  isClosing = false,
): Promise<void> {
  const { store } = services;
  const published = await fetchMapping(services, keys.mapping);
  const holder = published && (await turnHolder(store, published.mapping.digest, digest));
  if (holder === digest && !isClosing) return;
  const request = holder && holder !== digest ? await fetchRequest(store, holder) : null;
  if (!published || !request) return close(services, digest);
  const proposal = await readProposal(services, request, published.mapping, await listProposals(store));
  await putOlder(services, proposal.derivation, proposal.signatures);
}

/** Uploads a request and the signatures so far, and the objects of the older scripts. */
import { Refusal } from '../../shared/errors.ts';
import { signedMapping } from '../../shared/signatures.ts';
import type { Services } from '../commands/base.ts';
import { JSON_TYPE, keys } from '../objects.ts';
import { olderTransactions } from '../older-files.ts';
import { openRequests, uploadRequest, uploadSignatures } from '../proposals.ts';
import { type Gathered, gather } from './gather.ts';

/** @throws Refusal NO_PROPOSAL if it was closed, PROPOSAL_OPEN if another one is open, and those of {@link gather} */
export async function submit(
  services: Services,
  files: readonly string[],
  requestFile?: string,
): Promise<Gathered> {
  const { store, trust } = services;
  const gathered = await gather(services, files, requestFile);
  const { request, derivation, published, signatures } = gathered;
  if (published.mapping.digest !== request.base.mapping) {
    throw new Refusal(
      'BASE_INVALID',
      `the request was made on the mapping ${request.base.mapping}, the published one is ${published.mapping.digest}`,
      'Another issuance came first: prepare the request again.',
    );
  }
  const { current, listing } = await openRequests(store, published.mapping.digest);
  if (listing.closed.includes(request.digest)) {
    throw new Refusal(
      'NO_PROPOSAL',
      `the proposal ${request.reviewCode} was given up or finished`,
      'Prepare the assets again.',
    );
  }
  const other = current.find(r => r.digest !== request.digest);
  if (other) {
    throw new Refusal(
      'PROPOSAL_OPEN',
      `the proposal ${other.reviewCode} is open, this one is ${request.reviewCode}`,
      'Finish that one, or give it up with `countersign abandon`.',
    );
  }
  await uploadRequest(store, request);
  await Promise.all(gathered.given.map(s => uploadSignatures(store, s)));
  await Promise.all([
    store.put(keys.olderMapping, signedMapping(derivation, signatures).bytes(), { contentType: JSON_TYPE }),
    store.put(keys.olderTransactions, olderTransactions(derivation, signatures, trust), {
      contentType: JSON_TYPE,
    }),
  ]);
  services.state.keepRequest(request);
  return gathered;
}

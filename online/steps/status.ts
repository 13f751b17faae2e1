/** Where the open proposal stands, and what comes next. */
import { blocksLeft, periodOf } from '../../shared/schedule.ts';
import { signedTransaction } from '../../shared/signatures.ts';
import { transactionId } from '../../shared/transaction.ts';
import type { Services } from '../commands/base.ts';
import { blocksText } from '../issuance-view.ts';
import { sayControllers } from '../mapping-view.ts';
import { openProposal, openRequests, type Proposal } from '../proposals.ts';
import { fetchPublished, type Published } from '../published.ts';
import { type Claim, fetchClaim } from './claim.ts';

export type State = 'none' | 'proposed' | 'signed' | 'claimed' | 'sent' | 'confirmed';

export interface Status {
  state: State;
  /** A sentence: what to do. */
  next: string;
  published: Published;
  proposal?: Proposal;
  required: number;
  height?: number;
}

async function chainState(services: Services, proposal: Proposal, claim: Claim): Promise<State> {
  const from = proposal.signatures.filter(s => claim.controllers.includes(s.controller));
  if (from.length < claim.controllers.length) return 'claimed';
  const txids = proposal.derivation.issuances.map((issuance, i) =>
    transactionId(signedTransaction(issuance, i, from, services.trust)),
  );
  const known = await services.node.transaction(txids);
  if (known.every(t => t !== null && t !== 'mempool' && t.confirmations > 0)) return 'confirmed';
  return known.some(t => t !== null) ? 'sent' : 'claimed';
}

function nextStep(state: State, services: Services, proposal: Proposal | undefined, height: number): string {
  if (!proposal) return 'A coordinator can prepare an issuance: `countersign prepare`.';
  const { n } = services.trust;
  const have = proposal.signatures.length;
  const over = periodOf(height) !== periodOf(proposal.request.height);
  const time = over ? '' : ` within ${blocksText(blocksLeft(height))}`;
  if (over && (state === 'proposed' || state === 'signed' || state === 'claimed')) {
    return 'Its period is over: give it up with `countersign abandon` and prepare it again.';
  }
  switch (state) {
    case 'proposed':
      return `Signed by ${sayControllers(proposal.signatures.map(s => s.controller))}, ${n - have} more needed${time}: another controller runs \`countersign review\`, signs on the isolated laptop, and then \`countersign finalise\`.`;
    case 'signed':
      return `All signatures are there: run \`countersign finalise\`${time}.`;
    case 'claimed':
      return `Begun, nothing is on chain yet: run \`countersign finalise\` again${time}.`;
    case 'sent':
      return 'Sent and waiting for confirmation: run `countersign finalise` again to follow it to its end.';
    default:
      return 'Confirmed but not published: run `countersign finalise` again.';
  }
}

export async function status(services: Services): Promise<Status> {
  const { store, trust, state: local, node } = services;
  const published = await fetchPublished(store, trust, local);
  const { height } = await node.tip();
  const { current } = await openRequests(store, published.mapping.digest);
  const common = { published, required: trust.n, height };
  if (current.length === 0)
    return { ...common, state: 'none', next: nextStep('none', services, undefined, height) };
  const proposal = await openProposal(store, published.mapping, trust);
  const claim = await fetchClaim(store, published.mapping.digest);
  let state: State = proposal.signatures.length >= trust.n ? 'signed' : 'proposed';
  if (claim?.request === proposal.request.digest) state = await chainState(services, proposal, claim);
  return { ...common, state, proposal, next: nextStep(state, services, proposal, height) };
}

/** The confirmer's step before signing: everything fetched, derived again, and compared with a node of their own. */

import { referenceOf } from '../../shared/request.ts';
import { blocksLeft } from '../../shared/schedule.ts';
import { fetchAbsent } from './absent.ts';
import { checkedTip, checkPeriod } from './chain.ts';
import { fetchPublished } from './fetch-published.ts';
import { checkAgainstNode } from './node-check.ts';
import { listProposals, openProposal, type Proposal } from './proposals.ts';
import type { Published } from './published.ts';
import { checkAbsent } from './replaced.ts';
import type { Services } from './services.ts';

export interface Review extends Proposal {
  published: Published;
  blocksLeft: number;
}

/** @param maxTipAge seconds */
export async function review(services: Services, maxTipAge: number): Promise<Review> {
  const { state } = services;
  const [published, tip] = await Promise.all([fetchPublished(services), checkedTip(services, maxTipAge)]);
  const proposal = await openProposal(services, published.mapping);
  checkPeriod(proposal.request.height, tip.height, proposal.request.reviewCode);
  const absent = await fetchAbsent(services, published, await listProposals(services.store));
  await checkAbsent(services, published, absent, proposal.request.issuances.map(referenceOf));
  await checkAgainstNode(services, proposal.derivation, 'the request');
  state.keepRequest(proposal.request);
  return { ...proposal, published, blocksLeft: blocksLeft(tip.height) };
}

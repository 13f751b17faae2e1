/** Finds the proposal for a record. */
import { Refusal, shown } from '../../../shared/errors.ts';
import { isReviewCode, reviewCode } from '../../../shared/review-code.ts';
import type { LedgerState, ProposalState } from '../../ledger/state.ts';
import { listed } from '../../platform/text/words.ts';

const described = ({ request, status }: ProposalState) => `${reviewCode(request)} (${status})`;

/**
 * @param named a review code or a digest; by default the newest proposal
 * @throws Refusal NO_PROPOSAL, naming the proposals of the ledger
 */
export function findProposal({ proposals }: LedgerState, named: string | undefined): ProposalState {
  const all = [...proposals.values()].sort((a, b) => b.entry - a.entry);
  const [newest] = all;
  if (!newest)
    throw new Refusal(
      'NO_PROPOSAL',
      'the ledger has no proposal yet',
      'For the record of the key ceremony, run `countersign record --ceremony`.',
    );
  if (named === undefined) return newest;
  const found = all.find(
    ({ request }) => request === named.toLowerCase() || isReviewCode(named, reviewCode(request)),
  );
  if (found) return found;
  throw new Refusal(
    'NO_PROPOSAL',
    `proposal: expected the review code or digest of a proposal of the ledger, got ${shown(named)}`,
    `Name one of these proposals (newest first): ${listed(all.map(described))}.`,
  );
}

/** Finds the proposal for a record. */
import { Refusal, valueText } from '../../../shared/errors.ts';
import { isReviewCode, reviewCode } from '../../../shared/review-code.ts';
import type { LedgerState, ProposalState } from '../../ledger/ledger-state.ts';
import { joinFirstTexts } from '../../platform/text/words.ts';

const describeProposal = ({ request, status }: ProposalState) => `${reviewCode(request)} (${status})`;

/**
 * True if `named` is the proposal's digest, its review code, or the first four characters of the code. Names
 * of files have these four characters.
 */
const isNamedProposal = (named: string, { request }: ProposalState) => {
  const code = reviewCode(request);
  return request === named.toLowerCase() || [code, code.slice(0, 4)].some(text => isReviewCode(named, text));
};

/**
 * @param named a digest, a review code, or the first four characters of the code. If it is absent: the open
 * proposal, else the last published proposal, else the newest proposal
 * @param isFinished true to select the last published proposal if `named` is absent, even if another proposal
 * is open
 * @throws Refusal NO_PROPOSAL. Its hint names the proposals of the ledger, if there are any
 */
export function findProposal(
  state: LedgerState,
  named: string | undefined,
  isFinished = false,
): ProposalState {
  const all = [...state.proposals.values()].sort((a, b) => b.entry - a.entry);
  const [newest] = all;
  if (!newest)
    throw new Refusal(
      'NO_PROPOSAL',
      'the ledger has no proposal yet',
      'For the record of the key ceremony, run `countersign record --ceremony`.',
    );
  const last = all.find(({ request }) => request === state.published.at(-1)?.request);
  if (named === undefined && !isFinished) return state.open ?? last ?? newest;
  const found = named === undefined ? last && [last] : all.filter(one => isNamedProposal(named, one));
  if (found?.length === 1) return found[0] as ProposalState;
  const expected =
    named === undefined
      ? 'expected a published proposal, the ledger has none'
      : `expected the review code or digest of ${found?.length ? 'one proposal' : 'a proposal of the ledger'}, got ${valueText(named)}`;
  throw new Refusal(
    'NO_PROPOSAL',
    `proposal: ${expected}`,
    `Name one of these proposals (newest first): ${joinFirstTexts(all.map(describeProposal))}.`,
  );
}

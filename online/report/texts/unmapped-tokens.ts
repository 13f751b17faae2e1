/** Remarks about tokens that the mapping lacks. */
import type { ProposalState } from '../../ledger/ledger-state.ts';

/** @param reference reference of the bar for which the ledger reserves the token's coin */
export const reservedTokenText = (
  reference: string,
  code: string,
  status: ProposalState['status'],
): string =>
  status === 'open' || status === 'sent'
    ? `Token of ${reference}, in the open proposal ${code}. Run \`countersign finalise\`.`
    : `Token of ${reference}, in the proposal ${code}, which was ${status}. Call the other controllers.`;

export const ORIGINS = {
  ours: 'Issued from one of our policy coins, by no proposal of this store. Call the other controllers.',
  early: 'From another issuer: the asset is in the first block of the chain.',
  others: 'From another issuer: none of our policy coins, present or past, issued it.',
  unknown: 'Countersign could not determine whether one of our policy coins issued it.',
};

/** A refusal of the protocol. Its message and its hint are made from its data. */
import { Refusal } from '../../../shared/errors.ts';
import type { RefusedData, Way } from '../refusals.ts';
import { explainBar } from './bars.ts';
import { explainBurn } from './burns.ts';
import { explainCoins } from './coins.ts';
import type { Explained } from './explanation.ts';
import { explainProposal } from './proposal-refusals.ts';
import { explainSending } from './sending.ts';
import { addWayToRefusal, explainTrouble, wayAfterRefusal } from './troubles.ts';

export class RefusedError extends Refusal {
  readonly data: RefusedData;
  /** The next step for a person, as data. */
  readonly way: Way;

  constructor(data: RefusedData) {
    const { code, message, hint, way } = explainRefused(data);
    super(code, message, hint);
    this.data = data;
    this.way = way;
  }
}

export function explainRefused(data: RefusedData): Explained {
  switch (data.kind) {
    case 'other':
      return addWayToRefusal(
        data.refusal,
        'way' in data && data.way ? data.way : wayAfterRefusal(data.refusal),
      );
    case 'trouble':
      return explainTrouble(data.trouble, data.reviewCode);
    case 'few-blocks':
    case 'coins-short':
    case 'coin-unlisted':
    case 'coin-spent':
    case 'coin-other':
    case 'bars-issued':
    case 'bars-dropped':
    case 'bars-older':
    case 'addresses':
    case 'built-other':
      return explainCoins(data);
    case 'bar-unknown':
    case 'name-taken':
      return explainBar(data);
    case 'burn':
    case 'burn-sum':
    case 'burnt-other':
    case 'outstanding':
      return explainBurn(data);
    case 'rejected':
    case 'unsendable':
    case 'built-upon':
    case 'stalled':
    case 'token-mismatch':
    case 'need-signatures':
    case 'already-sent':
    case 'other-sent':
    case 'stray-part':
    case 'closed-on-chain':
    case 'read-back':
      return explainSending(data);
    default:
      return explainProposal(data);
  }
}

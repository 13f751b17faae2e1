/** Messages about the proposal of a command: it is open, closed, published or unknown. */
import { valueText } from '../../../shared/errors.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import { keys } from '../../ledger/object-keys.ts';
import { controllersText, joinFirstTexts } from '../../platform/text/words.ts';
import type { RefusedData } from '../refusals.ts';
import type { BarData } from './bars.ts';
import type { BurnData } from './burns.ts';
import type { CoinsData } from './coins.ts';
import { barCountText, type Explained, NOUNS, proposalNameText, unseenFilesText } from './explanation.ts';
import type { SendingData } from './sending.ts';

export type ProposalData = Exclude<
  RefusedData,
  BarData | BurnData | CoinsData | SendingData | { kind: 'other' } | { kind: 'trouble' }
>;
type Of<K extends ProposalData['kind']> = Extract<RefusedData, { kind: K }>;

function explainNotBegun({ earlierLayout, hasMap, store }: Of<'not-begun'>): Explained {
  if (earlierLayout)
    return {
      code: 'OBJECT_INVALID',
      message: `ledger/: missing in ${store}. The store has objects of an earlier version of countersign (successors/ or issuances/)`,
      hint: 'Use the earlier version with this store, or this version with another store. This version does not read objects of the earlier version.',
      way: { correct: 'store' },
    };
  const begin = '`countersign map init`';
  return {
    code: 'OBJECT_MISSING',
    message: `${hasMap ? 'ledger/' : keys.mapping}: missing in ${store}`,
    hint: hasMap
      ? `Check that this is the right store. Its mapping is from an older tool. ${begin} shows the mapping, and then begins the ledger with it.`
      : `Check that this is the right store. Create the very first mapping with ${begin}.`,
    way: { run: 'map init' },
  };
}

function explainSuperseded(data: Of<'superseded'>): Explained {
  const { request, does, base, mapping, there, all, by } = data;
  const code = reviewCode(request);
  if (does !== 'issuances')
    return {
      code: 'BASE_INVALID',
      message: `the request ${code} was made on the mapping ${base}; the current mapping is ${mapping}`,
      hint: `Prepare the ${NOUNS[does]} again: another proposal was published first.${does === 'redemptions' ? ' The burns stay valid, unless the other proposal counted them.' : ''}`,
      way: { run: 'prepare' },
    };
  if (by !== null && there.length === all)
    return {
      code: 'BASE_INVALID',
      message: `the proposal ${proposalNameText(by)} was published before the proposal ${code}, and added ${joinFirstTexts(there)} to the mapping`,
      hint: `Stop here. ${all === 1 ? 'This asset has its token' : 'These assets have their tokens'}, and no step is left.`,
      way: { run: 'status' },
    };
  const where =
    there.length === 0 ? 'does not have these assets' : `has ${joinFirstTexts(there)} from another request`;
  return {
    code: 'BASE_INVALID',
    message: `the request ${code} was made on the mapping ${base}; the current mapping ${mapping} ${where}`,
    hint: `Prepare again ${there.length === 0 ? 'the assets' : 'only the assets that the mapping does not have'}. Another proposal was published first.`,
    way: { run: 'prepare' },
  };
}

function explainProposalOpen({ request, changes, mine }: Of<'proposal-open'>): Explained {
  const waits = mine === null ? '' : `; the request ${reviewCode(mine)} must wait until it is closed`;
  return {
    code: 'PROPOSAL_OPEN',
    message: `the proposal ${reviewCode(request)}${changes === null ? '' : ` of ${barCountText(changes)}`} is open${waits}`,
    hint: 'Finish the open proposal, or abandon it with `countersign abandon`. `countersign status` shows its state.',
    way: { run: 'status' },
  };
}

function explainPublished(data: Of<'published'>): Explained {
  return data.abandoning
    ? {
        code: 'ALREADY_SENT',
        message: `the proposal ${reviewCode(data.request)} is published, so it cannot be abandoned`,
        hint: 'Run `countersign finalise` to complete the steps that another PC left undone.',
        way: { run: 'finalise' },
      }
    : {
        code: 'NO_PROPOSAL',
        message: `the proposal ${reviewCode(data.request)} is already published`,
        hint: `Look at the mapping with \`countersign map show\`. ${data.open === null ? 'Nothing is left to submit.' : `Nothing of this proposal is left to submit. The open proposal is ${reviewCode(data.open)}: run \`countersign next\`.`}`,
        way: { run: 'status' },
      };
}

function explainBroken({ refusal, until }: Of<'broken'>): Explained {
  const { code, message, hint } = refusal;
  if (until === null) return { code, message, hint, way: { call: 'controllers' } };
  const later = `The proposal is sent. It can be abandoned from block ${until} on.`;
  return { code, message, hint: `${hint} ${later}`, way: { wait: 'period' } };
}

function explainAdoptSent({ request, abandonFirst, until }: Of<'adopt-sent'>): Explained {
  const code = 'ALREADY_SENT';
  const message = `the proposal ${reviewCode(request)} is sent, and was made on the mapping of the ledger`;
  if (until !== null)
    return {
      ...{ code, message, way: { wait: 'period' } },
      hint: `From block ${until} on, abandon the proposal with \`countersign abandon\`. Then run \`countersign map adopt\` again. The proposal can never be completed.`,
    };
  if (abandonFirst)
    return {
      ...{ code, message, way: { run: 'abandon' } },
      hint: 'Abandon the proposal with `countersign abandon`. Then run `countersign map adopt` again. The other mapping has all tokens that the proposal has on chain.',
    };
  return {
    ...{ code, message, way: { run: 'repair' } },
    hint: 'Restore the mapping of the ledger with `countersign repair`, which keeps the other mapping in history/. Then run `countersign finalise`. If the other mapping has all tokens that the proposal has on chain, abandon the proposal first.',
  };
}

export function explainProposal(data: ProposalData): Explained {
  switch (data.kind) {
    case 'not-begun':
      return explainNotBegun(data);
    case 'broken':
      return explainBroken(data);
    case 'no-proposal':
      return {
        code: 'NO_PROPOSAL',
        message: data.toAbandon
          ? 'no proposal is open, so none can be abandoned'
          : `no proposal is open in ${data.store}`,
        hint: data.toAbandon
          ? 'Look at the state with `countersign status`.'
          : 'Ask the coordinator to prepare a request with `countersign prepare`.',
        way: { run: data.toAbandon ? 'status' : 'prepare' },
      };
    case 'proposal-open':
      return explainProposalOpen(data);
    case 'bar-open':
      return {
        code: 'PROPOSAL_OPEN',
        message: `${valueText(data.reference)} is redeemed by the open proposal ${reviewCode(data.request)}, so its entry in ${keys.redeemable} cannot be changed`,
        hint: 'Finish the proposal with `countersign finalise`, which removes the bar from the list, or abandon it with `countersign abandon`.',
        way: { run: 'status' },
      };
    case 'unknown-request':
      return {
        code: 'REQUEST_MISMATCH',
        message: `the signatures are for the request ${proposalNameText(data.request)}, and the ledger in ${data.store} has no entry for this request${data.open === null ? '' : `; the open proposal is ${reviewCode(data.open)}`}`,
        hint: 'Check that this is the right store, or give the signatures of the open proposal.',
        way: { correct: 'file' },
      };
    case 'abandoned':
      return {
        code: 'NO_PROPOSAL',
        message: `the proposal ${reviewCode(data.request)} was abandoned`,
        hint: `Prepare the ${NOUNS[data.does]}s again.${data.does === 'issuances' ? ' The assets keep the same coins.' : ''} If a new request exists already, sign and submit the new request. \`countersign status\` shows its state.`,
        way: { run: 'prepare' },
      };
    case 'superseded':
      return explainSuperseded(data);
    case 'published':
      return explainPublished(data);
    case 'signed-already':
      return {
        code: 'NOT_CONFIRMED',
        message: `the proposal ${reviewCode(data.request)} is signed by ${controllersText(data.controllers)}, or was sent; it cannot be abandoned with --unsigned`,
        hint: 'Abandon the proposal without --unsigned. The coins of an issuance then stay reserved for its assets.',
        way: { run: 'abandon' },
      };
    case 'not-confirmed':
      return {
        code: 'NOT_CONFIRMED',
        message: `${data.intent} was not confirmed`,
        hint: `Nothing was changed.${data.unseen.length > 0 ? ` ${unseenFilesText(data.unseen)}` : ''}`,
        way: { run: 'status' },
      };
    case 'nothing-to-adopt':
      return {
        code: 'MAPPING_INVALID',
        message: `${keys.mapping}: expected a valid mapping other than the mapping of the ledger, ${data.mapping}`,
        hint: 'Look at the state with `countersign status`. Nothing is left to adopt.',
        way: { run: 'status' },
      };
    case 'adopt-sent':
      return explainAdoptSent(data);
  }
}

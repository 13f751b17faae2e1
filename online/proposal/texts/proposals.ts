/** Messages about which proposal is open, closed or meant. */
import { shown } from '../../../shared/errors.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import { keys } from '../../ledger/objects.ts';
import { listed, sayControllers } from '../../platform/text/words.ts';
import type { RefusedData } from '../refusals.ts';
import type { BarData } from './bars.ts';
import type { BurnData } from './burns.ts';
import type { CoinsData } from './coins.ts';
import { countedBars, type Explained, NOUNS, nameOf, unseenText } from './explained.ts';
import type { SendingData } from './sending.ts';

export type ProposalData = Exclude<
  RefusedData,
  BarData | BurnData | CoinsData | SendingData | { kind: 'other' } | { kind: 'trouble' }
>;
type Of<K extends ProposalData['kind']> = Extract<RefusedData, { kind: K }>;

function notBegun({ earlierLayout, hasMap, store }: Of<'not-begun'>): Explained {
  if (earlierLayout)
    return {
      code: 'OBJECT_INVALID',
      message: `ledger/: there is none in ${store}, which has objects of an earlier version of countersign (successors/ or issuances/)`,
      hint: "This version does not read the earlier version's objects. Use the earlier version with this store, or this version with another store.",
      way: { correct: 'store' },
    };
  const begin = '`countersign map init`';
  return {
    code: 'OBJECT_MISSING',
    message: `${hasMap ? 'ledger/' : keys.mapping}: there is none in ${store}`,
    hint: hasMap
      ? `Check that this is the right store. The mapping there is of an older tool: ${begin} begins the ledger with it, after showing it.`
      : `Check that this is the right store; the very first mapping is made with ${begin}.`,
    way: { run: 'map init' },
  };
}

function superseded(data: Of<'superseded'>): Explained {
  const { request, does, base, mapping, there, all, by } = data;
  const code = reviewCode(request);
  if (does !== 'issuances')
    return {
      code: 'BASE_INVALID',
      message: `the request ${code} was made on the mapping ${base}; the current one is ${mapping}`,
      hint: `Another proposal came first: prepare the ${NOUNS[does]} again.${does === 'redemptions' ? ' Its burns stay good, unless that proposal counted them.' : ''}`,
      way: { run: 'prepare' },
    };
  if (by !== null && there.length === all)
    return {
      code: 'BASE_INVALID',
      message: `the proposal ${nameOf(by)} came before this one, ${code}, and brought ${listed(there)} into the published mapping`,
      hint: `${all === 1 ? 'This asset has its token' : 'These assets have their tokens'}: nothing is left to do.`,
      way: { run: 'status' },
    };
  const where =
    there.length === 0
      ? 'without these assets'
      : `where ${listed(there)} ${there.length === 1 ? 'stands' : 'stand'} by another request`;
  return {
    code: 'BASE_INVALID',
    message: `the request ${code} was made on the mapping ${base}; the current one is ${mapping}, ${where}`,
    hint: `Another proposal came first: prepare again ${there.length === 0 ? 'the assets' : 'only assets that the mapping does not have'}.`,
    way: { run: 'prepare' },
  };
}

function proposalOpen({ request, changes, mine }: Of<'proposal-open'>): Explained {
  const comes = mine === null ? '' : `, this one, ${reviewCode(mine)}, comes after it`;
  return {
    code: 'PROPOSAL_OPEN',
    message: `the proposal ${reviewCode(request)}${changes === null ? '' : ` of ${countedBars(changes)}`} is open${comes}`,
    hint: 'Finish it, or abandon it with `countersign abandon`; `countersign status` says where it stands.',
    way: { run: 'status' },
  };
}

function published(data: Of<'published'>): Explained {
  return data.abandoning
    ? {
        code: 'ALREADY_SENT',
        message: `the proposal ${reviewCode(data.request)} is in the published mapping`,
        hint: 'It cannot be abandoned any more. `countersign finalise` completes what another PC left undone.',
        way: { run: 'finalise' },
      }
    : {
        code: 'NO_PROPOSAL',
        message: `the proposal ${reviewCode(data.request)} is published already`,
        hint: 'Nothing is left to submit; `countersign map show` shows the mapping.',
        way: { run: 'status' },
      };
}

function broken({ refusal, until }: Of<'broken'>): Explained {
  const { code, message, hint } = refusal;
  if (until === null) return { code, message, hint, way: { call: 'controllers' } };
  const later = `It is sent: it can be abandoned from block ${until} on.`;
  return { code, message, hint: `${hint} ${later}`, way: { wait: 'period' } };
}

function adoptSent({ request, abandonFirst, until }: Of<'adopt-sent'>): Explained {
  const code = 'ALREADY_SENT';
  const message = `the proposal ${reviewCode(request)} is sent, and follows from the mapping of the ledger`;
  if (until !== null)
    return {
      ...{ code, message, way: { wait: 'period' } },
      hint: `It can never be completed: from block ${until} on, abandon it with \`countersign abandon\`, then adopt.`,
    };
  if (abandonFirst)
    return {
      ...{ code, message, way: { run: 'abandon' } },
      hint: 'The mapping found holds all that the proposal has on chain: abandon it with `countersign abandon`, then adopt.',
    };
  return {
    ...{ code, message, way: { run: 'repair' } },
    hint: 'Put that mapping back with `countersign repair`, which keeps the other one in history/, and run `countersign finalise`. Where the other one holds what the proposal has on chain, abandon the proposal first.',
  };
}

export function explainProposal(data: ProposalData): Explained {
  switch (data.kind) {
    case 'not-begun':
      return notBegun(data);
    case 'broken':
      return broken(data);
    case 'no-proposal':
      return {
        code: 'NO_PROPOSAL',
        message: data.toAbandon
          ? 'there is no open proposal to abandon'
          : `there is no open proposal in ${data.store}`,
        hint: data.toAbandon
          ? 'See `countersign status`.'
          : 'The coordinator makes one with `countersign prepare`.',
        way: { run: data.toAbandon ? 'status' : 'prepare' },
      };
    case 'proposal-open':
      return proposalOpen(data);
    case 'bar-open':
      return {
        code: 'PROPOSAL_OPEN',
        message: `${shown(data.reference)} is redeemed by the open proposal ${reviewCode(data.request)}: its entry in ${keys.redeemable} stays as it is`,
        hint: 'Finish the proposal with `countersign finalise`, which takes the bar out of the list, or abandon it with `countersign abandon`.',
        way: { run: 'status' },
      };
    case 'unknown-request':
      return {
        code: 'REQUEST_MISMATCH',
        message: `the signatures are for the request ${nameOf(data.request)}, which is in no entry of the ledger in ${data.store}${data.open === null ? '' : `; the open proposal is ${reviewCode(data.open)}`}`,
        hint: 'Check that this is the right store, or give the signatures of the open proposal.',
        way: { correct: 'file' },
      };
    case 'abandoned':
      return {
        code: 'NO_PROPOSAL',
        message: `the proposal ${reviewCode(data.request)} was abandoned`,
        hint: `Prepare the ${NOUNS[data.does]}s again${data.does === 'issuances' ? ': they are put on the same coins' : ''}. If that was done, sign and submit the new request; \`countersign status\` says where it stands.`,
        way: { run: 'prepare' },
      };
    case 'superseded':
      return superseded(data);
    case 'published':
      return published(data);
    case 'signed-already':
      return {
        code: 'NOT_CONFIRMED',
        message: `the proposal ${reviewCode(data.request)} is signed by ${sayControllers(data.controllers)}, or was sent: it cannot be abandoned as unsigned`,
        hint: 'Abandon it without --unsigned: the coins of an issuance stay reserved for its assets.',
        way: { run: 'abandon' },
      };
    case 'not-confirmed':
      return {
        code: 'NOT_CONFIRMED',
        message: `${data.intent} was not confirmed`,
        hint: `Nothing was changed.${data.unseen.length > 0 ? ` ${unseenText(data.unseen)}` : ''}`,
        way: { run: 'status' },
      };
    case 'nothing-to-adopt':
      return {
        code: 'MAPPING_INVALID',
        message: `${keys.mapping}: there is no other valid mapping than the one of the ledger, ${data.mapping}`,
        hint: 'Nothing is left to adopt; `countersign status` says where things stand.',
        way: { run: 'status' },
      };
    case 'adopt-sent':
      return adoptSent(data);
  }
}

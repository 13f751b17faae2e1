/** The next step in each stage, as text. */
import { kindOfChange } from '../../../shared/changes.ts';
import { Refusal } from '../../../shared/errors.ts';
import type { Request } from '../../../shared/request.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import { blocksLeft, firstBlockOfNextPeriod, PERIOD, periodOf } from '../../../shared/token-schedule.ts';
import type { Trust } from '../../../shared/trust.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import { capitalisedText, controllersText } from '../../platform/text/words.ts';
import { blocksWithTimeText } from '../../platform/waiting/progress.ts';
import { BURN_CONFIRMATIONS } from '../facts/burns.ts';
import type { Facts } from '../facts/facts.ts';
import type { Situation } from '../situation/situation.ts';
import type { Stage, StageKind } from '../situation/stage.ts';
import { BLOCKS_NEEDED, type Trouble } from '../situation/trouble.ts';
import { burnDepthsText } from './burns.ts';
import { explainTrouble } from './troubles.ts';

/** The name of a stage in `status`. */
export type State = 'none' | 'proposed' | 'signed' | 'sending' | 'sent' | 'confirmed';

/** A sentence for each stage of an issuance. */
export const STAGES: Record<StageKind, string> = {
  unreadable: 'The ledger cannot be read.',
  'not-begun': 'The store has no ledger.',
  none: 'No proposal is open.',
  broken: 'A proposal is open, but its request cannot be read.',
  unknown: 'The ledger has no entry for the request.',
  proposed: 'A proposal is open. Signatures are missing.',
  signed: 'A proposal is open. Enough controllers have signed.',
  sending: 'The ledger has the decision to send a proposal. The node has none of its transactions yet.',
  sent: 'The proposal is sent. Some transactions are not confirmed yet.',
  confirmed: 'All transactions of the proposal are confirmed. Its mapping is not published yet.',
  published: 'The proposal is published.',
  closed: 'The proposal is closed.',
};

/**
 * If the last proposal was closed without a publication, the sentence names it, for the controllers who
 * signed it.
 */
export function noneOpenSentence(state: LedgerState | null): string {
  const proposals = [...(state?.proposals.values() ?? [])];
  const last = proposals.sort((one, other) => one.entry - other.entry).at(-1);
  const isClosed = last?.status === 'abandoned' || last?.status === 'superseded';
  return isClosed
    ? `${STAGES.none} The proposal ${reviewCode(last.request)} was ${last.status}.`
    : STAGES.none;
}

function stageSentence(stage: Stage): string {
  if (stage.kind === 'sending' && kindOfChange(stage.request) !== 'issuances')
    return 'The ledger has the decision to publish a proposal. Its mapping is not published yet.';
  return STAGES[stage.kind];
}

/** A sentence for the situation, without the next step. */
export function situationSentence({ stage, state, troubles }: Situation): string {
  if (stage.kind === 'none') return noneOpenSentence(state);
  // Without an answer of the node, nothing is known about the proposal's transactions.
  if (stage.kind === 'sending' && troubles.some(({ kind }) => kind === 'node'))
    return 'The ledger has the decision to send a proposal.';
  return stageSentence(stage);
}

export function stateOfStage({ kind }: Stage): State {
  switch (kind) {
    case 'proposed':
    case 'signed':
    case 'sending':
    case 'sent':
    case 'confirmed':
      return kind;
    case 'broken':
      return 'proposed';
    default:
      return 'none';
  }
}

/**
 * Text about who may still sign, until when, and how.
 * @param isChecked true if this PC prepared or reviewed the request
 */
function signersNeededText(
  have: readonly number[],
  missing: readonly number[],
  needed: number,
  time: string,
  isChecked: boolean,
): string {
  const all = missing.length === needed;
  const others = all
    ? controllersText(missing)
    : `controller ${missing.slice(0, -1).join(', ')} or ${missing.at(-1)}`;
  const [lacking, who] =
    needed === 1
      ? ['1 more signature is', all ? 'This controller' : 'One of these controllers']
      : [`${needed} more signatures are`, all ? 'Each of these controllers' : 'Each controller who signs'];
  const state = `Signed by ${controllersText(have)}. ${lacking} needed from ${others}${time}.`;
  // While nobody has signed, the controller of this PC has not signed either.
  if (isChecked && have.length === 0) {
    const rest =
      missing.length === 1 ? '' : ' Each other controller who signs runs `countersign review` first.';
    return `${state} This PC checked the request. Sign it on the isolated laptop, then run \`countersign next\`.${rest}`;
  }
  return `${state} ${who} runs \`countersign review\`, signs on the isolated laptop, and then runs \`countersign next\`.`;
}

const AGAIN = 'abandon the proposal with `countersign abandon`, then prepare it again';

function periodEndingText(
  { is, height, since }: Extract<Trouble, { kind: 'period' }>,
  signed: string,
): string {
  const begins = periodOf(since) * PERIOD;
  if (is === 'early')
    return `${signed}The period of the request begins with block ${begins}, and the node is at block ${height}. Wait until the node has block ${begins}.`;
  if (is === 'over') return `${signed}The period of the request is over: ${AGAIN}.`;
  const left = blocksLeft(height);
  return `${signed}Only ${blocksWithTimeText(left)} of the period are left, and sending needs at least ${BLOCKS_NEEDED}. At block ${firstBlockOfNextPeriod(since)}, ${AGAIN}.`;
}

/** The end of a sentence, with the remaining time. Only the amounts of issuances depend on the period. */
function timeLeftText({ chain }: Facts, request: Request): string {
  if (chain === null || chain instanceof Refusal || kindOfChange(request) !== 'issuances') return '';
  const { height: since } = request;
  const { height } = chain.tip;
  if (periodOf(height) > periodOf(since)) return '';
  return ` within ${blocksWithTimeText(blocksLeft(height))}`;
}

/** A sentence about the confirmations of burns, for which `finalise` waits. Empty if there are enough. */
function burnWaitText({ chain }: Facts): string {
  if (chain === null || chain instanceof Refusal) return '';
  const depths = chain.evidence.burns.map(({ depth }) => depth ?? 0);
  if (depths.every(depth => depth >= BURN_CONFIRMATIONS)) return '';
  return ` The command waits for the burns. ${burnDepthsText(depths, BURN_CONFIRMATIONS, chain.tip.height)}`;
}

/** The next step for a request without transactions: its publication, or first the missing signatures. */
function publishingText(kind: 'signed' | 'sending', who: string, isEnough: boolean, facts: Facts): string {
  if (!isEnough)
    return `${who}The ledger has the decision to publish, but the store lacks some signatures of the decision. Run \`countersign finalise\` with their files.`;
  const what =
    kind === 'sending' ? 'The ledger has the decision to publish.' : 'No more signatures are needed.';
  return `${who}${what} Run \`countersign finalise\`.${burnWaitText(facts)}`;
}

function stageNextStepText(stage: Stage, trust: Trust, facts: Facts, isChecked: boolean): string {
  if (!('signed' in stage)) {
    if (stage.kind === 'broken') return `${capitalisedText(stage.refusal.message)}. ${stage.refusal.hint}`;
    return stage.kind === 'none'
      ? 'A coordinator can prepare a request with `countersign prepare`.'
      : stageSentence(stage);
  }
  const { signed, request } = stage;
  const time = timeLeftText(facts, request);
  const who = `Signed by ${controllersText(signed)}. `;
  const { length: have } = signed;
  const issues = kindOfChange(request) === 'issuances';
  const missing = trust.pubkeys.map((_, i) => i + 1).filter(c => !signed.includes(c));
  switch (stage.kind) {
    case 'proposed':
      return signersNeededText(signed, missing, trust.n - have, time === '' ? '' : `,${time}`, isChecked);
    case 'signed':
      if (!issues) return publishingText(stage.kind, who, true, facts);
      return `${who}No more signatures are needed. Run \`countersign finalise\`${time}.`;
    case 'sending':
      if (!issues) return publishingText(stage.kind, who, have >= trust.n, facts);
      if (have < trust.n)
        return `${who}The ledger has the decision to send, but the store lacks some signatures of the decision. Run \`countersign finalise\` with their files${time}.`;
      return `${who}The ledger has the decision to send, but the node has none of the transactions. Run \`countersign finalise\` again${time}.`;
    case 'sent':
    case 'confirmed': {
      if (have < trust.n)
        return `${who}Another tool sent the transactions. The mapping still needs signatures of ${trust.n} controllers: ${trust.n - have} more must run \`countersign review\`, sign, and run \`countersign finalise\`.`;
      if (stage.kind === 'confirmed')
        return `${who}Confirmed, but not published. Run \`countersign finalise\` again.`;
      const rest = time === '' ? '. The period is over, but the proposal can still be completed' : time;
      return `${who}Sent, but not all transactions are confirmed. Run \`countersign finalise\` again to complete the proposal${rest}.`;
    }
    default:
      return stageSentence(stage);
  }
}

/** The text if the node does not answer. Only the facts from the store are then known. */
export function withoutNodeText(stage: Stage, trust: Trust): string {
  const unknown = (what: string) =>
    `The node gave no usable answer, so it is not known ${what}. Correct the problem with the node, then run \`countersign status\` again.`;
  if (!('signed' in stage)) return unknown('whether an older proposal is on chain');
  const signed = `Signed by ${controllersText(stage.signed)}; ${trust.n} needed.`;
  if (kindOfChange(stage.request) !== 'issuances')
    return `${signed} ${unknown('which parts of the proposal are on chain')}`;
  const begun = stage.kind === 'sending' ? ' The ledger has the decision to send.' : '';
  return `${signed}${begun} ${unknown('which transactions are on chain')}`;
}

/**
 * @param lead the trouble that determines the next step, if any
 * @param isChecked true if this PC prepared or reviewed the request
 */
export function nextStepText(
  { stage, troubles }: Situation,
  trust: Trust,
  facts: Facts,
  lead: Trouble | undefined,
  isChecked = false,
): string {
  const node = troubles.find(({ kind }) => kind === 'node');
  if (node) return withoutNodeText(stage, trust);
  if (!lead) return stageNextStepText(stage, trust, facts, isChecked);
  const code = 'request' in stage ? stage.request.reviewCode : null;
  if (lead.kind === 'period') {
    const signed =
      'signed' in stage && stage.signed.length > 0 ? `Signed by ${controllersText(stage.signed)}. ` : '';
    return periodEndingText(lead, signed);
  }
  const { message, hint } = explainTrouble(lead, code);
  return `${capitalisedText(message)}. ${hint}`;
}

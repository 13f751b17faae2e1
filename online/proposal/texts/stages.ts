/** The next step in each stage, as text. */
import { kindOf } from '../../../shared/changes.ts';
import { Refusal } from '../../../shared/errors.ts';
import type { Request } from '../../../shared/request.ts';
import { blocksLeft, PERIOD, periodEnd, periodOf } from '../../../shared/schedule.ts';
import type { Trust } from '../../../shared/trust.ts';
import { capital, sayControllers } from '../../platform/text/words.ts';
import { blocksText } from '../../platform/waiting/progress.ts';
import { BURN_CONFIRMATIONS } from '../facts/burns.ts';
import type { Facts } from '../facts/facts.ts';
import type { Situation } from '../situation/situation.ts';
import type { Stage, StageKind } from '../situation/stage.ts';
import { BLOCKS_NEEDED, type Trouble } from '../situation/trouble.ts';
import { burnsText } from './burns.ts';
import { explainTrouble } from './troubles.ts';

/** The name of a stage in `status`. */
export type State = 'none' | 'proposed' | 'signed' | 'sending' | 'sent' | 'confirmed';

/** A sentence for each stage of an issuance. */
export const STAGES: Record<StageKind, string> = {
  unreadable: 'The ledger cannot be read.',
  'not-begun': 'The store has no ledger.',
  none: 'No proposal is open.',
  broken: 'A proposal is open, and what it is about cannot be read.',
  unknown: 'The request is in no entry of the ledger.',
  proposed: 'A proposal is open; signatures are missing.',
  signed: 'A proposal is open, and signed by enough controllers.',
  sending: 'A proposal was decided to be sent; the node has none of its transactions yet.',
  sent: 'Transactions of the proposal are on their way.',
  confirmed: 'All transactions of the proposal are confirmed; its mapping is not published yet.',
  published: 'The proposal is published.',
  closed: 'The proposal is closed.',
};

/** A sentence for the stage. */
export function stageSentence(stage: Stage): string {
  if (stage.kind === 'sending' && kindOf(stage.request) !== 'issuances')
    return 'A proposal was decided to be published; its mapping is not published yet.';
  return STAGES[stage.kind];
}

export function stateName({ kind }: Stage): State {
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

/** Who may still sign, until when, and how. */
function signing(have: readonly number[], missing: readonly number[], needed: number, time: string): string {
  const all = missing.length === needed;
  const others = all
    ? sayControllers(missing)
    : `controller ${missing.slice(0, -1).join(', ')} or ${missing.at(-1)}`;
  const [lacking, who] =
    needed === 1
      ? ['1 more signature is', all ? 'this one' : 'one of them']
      : [`${needed} more signatures are`, all ? 'each of them' : 'each who signs'];
  return `Signed by ${sayControllers(have)}; ${lacking} needed, of ${others}${time}: ${who} runs \`countersign review\`, signs on the isolated laptop, and then runs \`countersign next\`.`;
}

const AGAIN = 'abandon it with `countersign abandon` and prepare it again';

function periodText({ is, height, since }: Extract<Trouble, { kind: 'period' }>, signed: string): string {
  const begins = periodOf(since) * PERIOD;
  if (is === 'early')
    return `${signed}Its period begins with block ${begins}, and the node is at block ${height}: wait until the node has that block.`;
  if (is === 'over') return `${signed}Its period is over: ${AGAIN}.`;
  const left = blocksLeft(height);
  return `${signed}Only ${blocksText(left)} of its period are left, too few to begin (${BLOCKS_NEEDED} are needed): at block ${periodEnd(since)}, ${AGAIN}.`;
}

/** The end of a sentence with the remaining time. Only issuances depend on the period. */
function timeOf({ chain }: Facts, request: Request): string {
  if (chain === null || chain instanceof Refusal || kindOf(request) !== 'issuances') return '';
  const { height: since } = request;
  const { height } = chain.tip;
  if (periodOf(height) > periodOf(since)) return '';
  return ` within ${blocksText(blocksLeft(height))}`;
}

/** Confirmations of the burns that `finalise` waits for. */
function depthText({ chain }: Facts): string {
  if (chain === null || chain instanceof Refusal) return '';
  const depths = chain.evidence.burns.map(({ depth }) => depth ?? 0);
  if (depths.every(depth => depth >= BURN_CONFIRMATIONS)) return '';
  return ` It waits for the burns. ${burnsText(depths, BURN_CONFIRMATIONS, chain.tip.height)}`;
}

/** For a request without transactions, publishing follows directly after signing. */
function publishing(kind: 'signed' | 'sending', who: string, isEnough: boolean, facts: Facts): string {
  const again = kind === 'sending' ? 'Decided to be published' : 'All that is needed';
  if (!isEnough)
    return `${who}${again}, and signatures that it was decided with are missing in the store: run \`countersign finalise\` with their files.`;
  return `${who}${again}: run \`countersign finalise\`.${depthText(facts)}`;
}

function stageText(stage: Stage, trust: Trust, facts: Facts): string {
  if (!('signed' in stage)) {
    if (stage.kind === 'broken') return `${capital(stage.refusal.message)}. ${stage.refusal.hint}`;
    return stage.kind === 'none'
      ? 'A coordinator can prepare a request: `countersign prepare`.'
      : stageSentence(stage);
  }
  const { signed, request } = stage;
  const time = timeOf(facts, request);
  const who = `Signed by ${sayControllers(signed)}. `;
  const { length: have } = signed;
  const issues = kindOf(request) === 'issuances';
  const missing = trust.pubkeys.map((_, i) => i + 1).filter(c => !signed.includes(c));
  switch (stage.kind) {
    case 'proposed':
      return signing(signed, missing, trust.n - have, time === '' ? '' : `,${time}`);
    case 'signed':
      if (!issues) return publishing(stage.kind, who, true, facts);
      return `${who}All that is needed: run \`countersign finalise\`${time}.`;
    case 'sending':
      if (!issues) return publishing(stage.kind, who, have >= trust.n, facts);
      if (have < trust.n)
        return `${who}Decided to be sent, and signatures that it was begun with are missing in the store: run \`countersign finalise\` with their files${time}.`;
      return `${who}Decided to be sent, but the node has none of its transactions: run \`countersign finalise\` again${time}.`;
    case 'sent':
    case 'confirmed': {
      if (have < trust.n)
        return `${who}Sent by another tool, and the mapping still needs signatures of ${trust.n} controllers: ${trust.n - have} more run \`countersign review\`, sign, and run \`countersign finalise\`.`;
      if (stage.kind === 'confirmed')
        return `${who}Confirmed but not published: run \`countersign finalise\` again.`;
      const rest = time === '' ? '; its period is over, the rest follows all the same' : time;
      return `${who}Sent, and not all is confirmed: run \`countersign finalise\` again to follow it to its end${rest}.`;
    }
    default:
      return stageSentence(stage);
  }
}

/** If the node does not answer, only the store's facts are known. */
function withoutNode(stage: Stage, trust: Trust): string {
  const silent =
    'is not known, since the node could not be asked. Correct that, then run `countersign status` again.';
  if (!('signed' in stage)) return `Whether an older one is on chain ${silent}`;
  const signed = `Signed by ${sayControllers(stage.signed)}; ${trust.n} needed.`;
  if (kindOf(stage.request) !== 'issuances') return `${signed} What the chain has of it ${silent}`;
  const begun = stage.kind === 'sending' ? ' It was decided to send it.' : '';
  return `${signed}${begun} How far it is on chain ${silent}`;
}

/** @param lead the trouble that determines the next step, if any */
export function nextText(
  { stage, troubles }: Situation,
  trust: Trust,
  facts: Facts,
  lead: Trouble | undefined,
): string {
  const node = troubles.find(({ kind }) => kind === 'node');
  if (node) return withoutNode(stage, trust);
  if (!lead) return stageText(stage, trust, facts);
  const code = 'request' in stage ? stage.request.reviewCode : null;
  if (lead.kind === 'period') {
    const signed =
      'signed' in stage && stage.signed.length > 0 ? `Signed by ${sayControllers(stage.signed)}. ` : '';
    return periodText(lead, signed);
  }
  const { message, hint } = explainTrouble(lead, code);
  return `${capital(message)}. ${hint}`;
}

/** What the commands on proposals ask and print. */
import { Refusal } from '../../../../shared/errors.ts';
import { shellWord } from '../../../../shared/shell-words.ts';
import type { StopText } from '../../../platform/stop-signals.ts';
import { controllersText, joinFirstTexts } from '../../../platform/text/words.ts';
import { blocksWithTimeText } from '../../../platform/waiting/progress.ts';
import type { Abandoned } from '../../../proposal/commands/abandon.ts';
import type { Repair } from '../../../proposal/upkeep/repair-store.ts';

// abandon

/** A person types this text before coins are freed. */
export const NOBODY = 'nobody signed';

export const finaliseMayWaitText = (signed: readonly number[]): string =>
  `Signed by ${controllersText(signed)}. If \`countersign finalise\` waits for this proposal on another PC, abandoning the proposal ends that command.\n`;

/** @param which the proposal and its bars */
export const askEveryControllerText = (which: string): string =>
  `If a controller signed ${which} on any laptop, its coins must not go to other assets. Ask each controller first.\n`;

/** Says what happens to the proposal's bars and coins. */
export function abandonedText({ does, references }: Abandoned, unsigned: boolean): string {
  switch (does) {
    case 'redemptions': {
      const [only = '', ...others] = references;
      const reference = others.length === 0 ? shellWord(only) : 'REFERENCE';
      return `Its burns stay valid, and the redemption can be prepared again. A laptop that signed the proposal refuses these burns for another bar. The laptop accepts these burns after another mapping is published and \`signer release ${reference}\` was run on the laptop.`;
    }
    case 'corrections':
      return 'The mapping was not changed.';
    case 'issuances':
    case null:
      return unsigned
        ? 'Its coins are free again.'
        : 'If these assets are prepared again, they get the same coins.';
  }
}

// prepare

/** Number of blocks in half an hour. Two people with two laptops and a telephone need this time to sign. */
const FEW_BLOCKS = 30;

export const STOPPED_OPENING: StopText = {
  message: 'stopped: the proposal is open, or was about to be opened',
  hint: 'Run `countersign status`. If the proposal is open, `countersign review` writes its request.',
};

/** @param kept where the typed answers are; null if nothing was typed */
export const makePrepareStopText = (kept: string | null): StopText => ({
  message: 'stopped: no request was written, and nothing was changed',
  hint: kept ?? 'Run the same command again. Answers in a file need not be typed twice.',
});

export const answersNotSavedText = (reason: string): string =>
  `The typed answers could not be saved: ${reason}.`;
export const answersSavedText = (file: string, option: string): string =>
  `The typed answers are in ${file}. Correct that file, then run the command with ${option} ${file}.`;

const NO_REQUEST = 'No request was written.';
/** @param file the file of the request's changes; null if they were typed */
export const requestNotConfirmedRefusal = (file: string | null): Refusal =>
  new Refusal(
    'NOT_CONFIRMED',
    'the request was not confirmed',
    file === null ? NO_REQUEST : `Correct ${file}, then run the command again. Nothing was written.`,
  );

/** @param left number of blocks left in the period; null if the request does not expire */
export function preparedText(out: string, height: number, left: number | null): string {
  if (left === null) return `The request is in ${out}, made at block ${height}. It does not expire.\n`;
  const few =
    left < FEW_BLOCKS
      ? `This is little time for all signatures. A new period begins at block ${height + left}. A request prepared then has the whole period.\n`
      : '';
  return `The request is in ${out}, computed for block ${height}. ${periodLeftText(left)}.\n${few}`;
}

const periodLeftText = (left: number): string => `The period has ${blocksWithTimeText(left)} left`;

// review

/** @param left number of blocks left in the period; null if the request does not expire */
export const reviewedText = (out: string, left: number | null): string =>
  `The request is in ${out}.${left === null ? '' : ` ${periodLeftText(left)}.`}\n`;

/**
 * @param signed indices of the controllers that have signed
 * @param n number of needed signatures
 * @param m number of controllers
 */
export const reviewVerdictText = (signed: readonly number[], { n, m }: { n: number; m: number }): string =>
  `\nSigned by ${controllersText(signed)}; ${n} of ${m} controllers are needed. Everything was derived again from the request, and the node agrees.\n`;

// repair

/** @param difference difference of the two mappings, for a replaced map.json */
export function repairText(
  one: Repair,
  difference: (one: Repair & { kind: 'map-replaced' }) => string,
): string {
  switch (one.kind) {
    case 'entries':
      return `The store lacks entries of the ledger: ${one.keys.join(', ')}. This PC has a copy.\n`;
    case 'history':
      return `The store lacks ${one.key}, the current mapping.\n`;
    case 'projections': {
      const drops =
        one.drops.length > 0
          ? `They contain a proposal of another tool, for ${joinFirstTexts(one.drops)}. The repair removes this proposal.\n`
          : '';
      return `These objects differ from the ledger: ${one.keys.join(', ')}.\n${drops}`;
    }
    case 'map-replaced': {
      const { digest, height } = one.found.mapping;
      return `map.json is a mapping of another tool, ${digest} of height ${height}. That mapping is kept in history/. The mapping of the ledger is restored:\n${difference(one)}`;
    }
  }
}

export const repairedText = (keys: readonly string[]): string =>
  keys.length === 0
    ? 'Nothing was changed: the store matches the ledger, or you did not agree to a change.\n'
    : `Restored: ${keys.join(', ')}.\n`;

// submit

export const submittedText = (
  code: string,
  store: string,
  signed: readonly number[],
  required: number,
): string => `The proposal ${code} is in ${store}, signed by ${controllersText(signed)}; ${required} needed.`;

export const FINALISE_NEXT = 'Next: run `countersign finalise`.';

/**
 * @param missing number of missing signatures, at least 1
 * @param own the next command of this PC's controller; null if there is none
 */
export function nextSignatureText(
  missing: number,
  own: { controller: string; command: string; why: string } | null,
): string {
  const others = `${missing === 1 ? 'another controller runs' : `${missing} other controllers run`} \`countersign next\``;
  if (own === null) return `Next: ${others}.`;
  const how = own.why === '' ? '' : ` ${own.why}`;
  return `Controller ${own.controller} has not signed. Next: run \`${own.command}\`.${how} Or ${others}.`;
}

/** @param me controller of this PC @param given controllers whose signatures the given files have */
export const wrongControllerText = (me: number, given: readonly number[]): string =>
  `This PC is the PC of controller ${me}. The given signatures are from ${controllersText([...new Set(given)])}. If this is not the PC of controller ${me}, correct the number with \`countersign init --overwrite\`.`;

/**
 * @param bars number of redeemed bars
 * @param end first block of the next period, in which the script may refuse
 */
export const olderScriptIntroText = (bars: number, end: number): string => {
  const others =
    bars > 1
      ? ' The script asks about one bar only. Its comparison of the mappings shows what happens to the other bars.'
      : '';
  return `You have nothing to answer here. If another controller confirms with the older redemption_confirm.py, that script asks the following questions.${others} The script publishes at once, so wait until the burns have enough blocks. Run the script before block ${end}. After the tokens are reissued, the script refuses the redemption: then confirm it with Countersign.`;
};

// finalise

const CONTINUES = 'Run the same command again: it continues where it stopped';
const STATE = '`countersign status` shows the state.';
const IN_STORE = 'the request and its signatures are in the store';

/** What `finalise` had done when a person stopped it. */
export interface Done {
  /** Whether it wrote the mapping, or was about to. */
  published: boolean;
  /** Whether it wrote anything else. */
  wrote: boolean;
  /** Whether it sent transactions, or was about to. */
  sent: boolean;
}

/** @param isIssuance false for redemptions and corrections */
export function makeFinaliseStopText(done: Done, isIssuance: boolean): StopText {
  const what = isIssuance ? stoppedIssuanceText(done) : stoppedRemappingText(done);
  const twice = isIssuance ? ', and nothing is sent twice' : '';
  return { message: `stopped: ${what}`, hint: `${CONTINUES}${twice}. ${STATE}` };
}

const PUBLISHING = 'the mapping is published, or was about to be published; later steps may be missing';

function stoppedRemappingText({ published, wrote, sent }: Done): string {
  if (published) return PUBLISHING;
  const burns = sent ? 'burns were sent to the node again; ' : '';
  return `${burns}${wrote ? IN_STORE : 'this run has changed nothing'}; the mapping is not published yet`;
}

function stoppedIssuanceText({ published, wrote, sent }: Done): string {
  if (published) return PUBLISHING;
  if (sent) return 'transactions were sent, or were about to be sent; the mapping is not published yet';
  const run = wrote
    ? `this run has sent nothing; ${IN_STORE}`
    : 'this run has sent nothing and changed nothing';
  return `${run}; an earlier run may have sent transactions`;
}

/**
 * Reference and transaction id of a sent transaction. If both do not fit on one line, the id is on a second
 * line.
 * @param columns columns of the window
 */
export function sentLine(reference: string, txid: string, columns = Number.POSITIVE_INFINITY): string {
  const line = `  ${reference}  ${txid}`;
  return line.length <= columns ? `${line}\n` : `  ${reference}\n    ${txid}\n`;
}

/** @param left number of blocks left in the period; null if the request does not expire */
export const signedText = (signed: readonly number[], left: number | null): string =>
  `Signed by ${controllersText(signed)}.${left === null ? '' : ` ${periodLeftText(left)}.`}\n`;

export const otherProposalText = (code: string): string =>
  `Another proposal is open: ${code}. Nothing was done for this proposal. \`countersign status\` shows its state.\n`;

/** @param files names of signatures files @param line the command with these files */
export const otherSignaturesText = (files: readonly string[], line: string): string =>
  `Other signatures were found: ${joinFirstTexts(files)}. Run \`${line}\`.`;

// record

/** @param notes number of the notes on the page */
export function recordWrittenText(out: string, what: string, notes: number): string {
  const more = notes === 0 ? '' : ' The page lists what is unknown, or not as expected.';
  return `The record of ${what} is in ${out}.${more} Open the page in a browser, and print it on A4.\n`;
}

/** The first card: the verdict in a word and a sentence, and the facts of a valid or empty mapping. */
import { Refusal } from '../../../shared/errors.ts';
import { countText, timeText } from '../../platform/text/words.ts';
import { errorSentenceOf, findElement, setHidden, setText } from '../../transfer/courier/page-elements.ts';
import type { Shown } from '../worker-messages.ts';
import { makeElement, replaceInvisible } from './page-elements.ts';

export type State = 'checking' | 'valid' | 'invalid' | 'unloaded' | 'unchecked' | 'empty' | 'none';

const TITLES: Record<State, string> = {
  checking: 'Checking',
  valid: 'Valid',
  invalid: 'Not valid',
  unloaded: 'Could not load',
  unchecked: 'Not checked',
  empty: 'Nothing is issued yet',
  none: 'No mapping is open',
};

export function showVerdictState(state: State, said: string): void {
  findElement('verdict', HTMLElement).dataset['state'] = state;
  setText('state', TITLES[state]);
  setText('sentence', replaceInvisible(said));
  setHidden('progress', state !== 'checking');
  for (const id of ['facts', 'caution', 'print']) setHidden(id, true);
}

/** @param share the finished part, from 0 to 1 */
export function showProgress(what: string, share: number): void {
  findElement('progress', HTMLProgressElement).value = share;
  setText('sentence', `${what} ${Math.round(100 * share)} %`);
}

const UNITS: [string, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** Sentences about the mapping without entries and signatures. */
const UNSIGNED =
  'It has no signatures. Anyone could have written it, with any height and time. If you know of an issued bar, somebody replaced the real mapping: ask the issuer.';

/** The age of a mapping with this time, in seconds by this device's clock. */
const ageInSeconds = (time: string): number => Date.now() / 1000 - Number(time);

/**
 * Text such as `3 days ago`. If the clock of this computer or the time of the mapping is wrong, the text says
 * that the time is in the future.
 */
function ageText(time: string): string {
  const age = ageInSeconds(time);
  const [unit, seconds] = UNITS.find(([, seconds]) => Math.abs(age) >= seconds) ?? ['minute', 60];
  const words = countText(Math.floor(Math.abs(age) / seconds), unit);
  return age < -60 ? `${words} in the future by this device's clock` : `${words} ago`;
}

/**
 * Age in days from which the page says that a mapping is old. Somebody may have put an old valid mapping in
 * place of the newest.
 */
const OLD_DAYS = 180;
const oldMappingText = (time: string): string =>
  ageInSeconds(time) > OLD_DAYS * 86_400
    ? 'This mapping is old. Ask the issuer whether a newer mapping exists.'
    : '';

export function showMapping(shown: Shown, source: string): void {
  const state = shown.valid ? 'valid' : shown.begins ? 'empty' : 'invalid';
  const warning = state === 'invalid' ? ' Do not trust its content, neither bars nor masses.' : '';
  showVerdictState(state, `${shown.verdict}.${warning}`);
  const caution = state === 'empty' ? UNSIGNED : [shown.caution, oldMappingText(shown.time)].join(' ').trim();
  setText('caution', caution);
  setHidden('caution', caution === '' || state === 'invalid');
  setHidden('print', state === 'invalid');
  setHidden('facts', state === 'invalid');
  const facts: [string, string][] = [
    ['File', source],
    [
      'Bars',
      shown.bars === shown.entries
        ? `${shown.bars}`
        : `${shown.bars} (some have several tokens: ${shown.entries} entries)`,
    ],
    ['Total mass', `${shown.totalMass} fine troy ounces`],
    ['Height', `${shown.height} (block number)`],
    ['Time', `${timeText(shown.time)}, ${ageText(shown.time)}`],
    ['Digest of the mapping', shown.digest],
    // The card has the time of the check, because the page may be printed days later.
    ['Checked', `${timeText(String(Date.now() / 1000))} by this device's clock`],
  ];
  findElement('facts', HTMLElement).replaceChildren(
    ...facts.flatMap(([name, value]) => [makeElement('dt', '', name), makeElement('dd', '', value)]),
  );
}

/**
 * Shows an error as a verdict. A file that is not a mapping is `invalid`. A file that could not be loaded
 * (`unloaded`) or checked (`unchecked`) may still be a valid mapping.
 */
export function showFailure(error: unknown): void {
  const said = errorSentenceOf(error);
  if (!(error instanceof Refusal))
    showVerdictState('unchecked', `It is not known whether the mapping is valid. ${said}`);
  else showVerdictState(/^(STORE_|OBJECT_MISSING|FILE_)/.test(error.code) ? 'unloaded' : 'invalid', said);
}

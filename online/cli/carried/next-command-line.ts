/** The command line that this person runs next, determined from the situation and the files on this PC. */
import { basename } from 'node:path';
import { shellFileWord } from '../../../shared/shell-words.ts';
import type { Trust } from '../../../shared/trust.ts';
import type { LocalState } from '../../platform/local-state.ts';
import { pathWord } from '../../platform/text/shell-words.ts';
import type { World } from '../../platform/world.ts';
import { nextWayOfSituation } from '../../proposal/plan/next-way.ts';
import type { Situation } from '../../proposal/situation/situation.ts';
import type { Store } from '../../store/store.ts';
import type { Config } from '../config/settings.ts';
import { type Carried, findCarriedFiles } from './carried-files.ts';
import { noLedgerText, ON_LAPTOP, othersSignText, SEE_STATUS, WAITS } from './texts.ts';

export interface NextCommandLine {
  /** The command line; null if there is nothing to run now. */
  command: string | null;
  /** The machine on which to run the command. */
  on: 'pc' | 'laptop' | null;
  /** An explanation of the command; empty if it needs none. */
  why: string;
}

const commandLineOnPc = (command: string, why = ''): NextCommandLine => ({
  command: `countersign ${command}`,
  on: 'pc',
  why,
});
const adviceWithoutCommandLine = (why: string): NextCommandLine => ({ command: null, on: null, why });

interface Signer {
  /** Index of this PC's controller. */
  me: number | undefined;
  /** True if this PC prepared or reviewed the request. A controller does this before signing. */
  isChecked: boolean;
}

/** The line for a proposal that can be signed. */
function commandLineForSigning(
  run: 'review' | 'finalise',
  signed: readonly number[],
  { n, m }: Pick<Trust, 'n' | 'm'>,
  { me, isChecked }: Signer,
  { request, signatures }: Carried,
): NextCommandLine {
  const given = [...signatures].filter(([controller]) => !signed.includes(controller));
  const files = given.map(([, name]) => pathWord(name)).join(' ');
  if (given.length > 0)
    return commandLineOnPc(`${signed.length + given.length >= n ? 'finalise' : 'submit'} ${files}`);
  if (run === 'finalise') return commandLineOnPc(run);
  if (me !== undefined && signed.includes(me)) {
    const others = Array.from({ length: m }, (_, i) => i + 1).filter(one => !signed.includes(one));
    return adviceWithoutCommandLine(othersSignText(others));
  }
  // If no controller is configured on this PC, this person may be one of the controllers who have signed.
  const mayHaveSigned = me === undefined && signed.length > 0;
  if (request === null || !isChecked || mayHaveSigned) return commandLineOnPc(run);
  return { command: `signer sign ${shellFileWord(basename(request))}`, on: 'laptop', why: ON_LAPTOP };
}

interface Where {
  world: Pick<World, 'cwd'>;
  trust: Trust;
  state: LocalState;
  store: Pick<Store, 'name'>;
}

export function findNextCommandLine(
  { world, trust, state, store: { name: store } }: Where,
  { stick, controller }: Pick<Config, 'stick' | 'controller'>,
  situation: Situation,
): NextCommandLine {
  const way = nextWayOfSituation(situation, trust);
  if ('wait' in way) return adviceWithoutCommandLine(WAITS[way.wait]);
  if (!('run' in way)) return adviceWithoutCommandLine(SEE_STATUS);
  const { stage } = situation;
  const { run } = way;
  if (run === 'map init') return commandLineOnPc(run, noLedgerText(store));
  if ((run !== 'review' && run !== 'finalise') || !('request' in stage) || !('signed' in stage))
    return commandLineOnPc(run);
  const folders = stick === undefined ? [''] : [stick, ''];
  const me = controller === undefined ? undefined : Number(controller);
  const { digest } = stage.request;
  const signer = { me, isChecked: state.request(digest) !== null };
  return commandLineForSigning(run, stage.signed, trust, signer, findCarriedFiles(world, folders, digest));
}

/** The command and its explanation, as lines for a person. */
export function nextCommandLineText({ command, why }: NextCommandLine): string {
  const lines = [...(why === '' ? [] : [why]), ...(command === null ? [] : [command])];
  return lines.map(line => `${line}\n`).join('');
}

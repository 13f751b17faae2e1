/** Strict command-line parsing: an unknown flag, a missing value or a surplus word is wrong usage (exit 2). */
import { checkThat, valueText } from '../shared/errors.ts';
import { wrapLines } from './text-layout.ts';
import type { Answer, World } from './world.ts';

export class UsageError extends Error {}
export const givenTwiceText = (name: string) => `--${name} is given twice`;
export const noValueText = (name: string) => `--${name} takes no value`;
export const valueNeededText = (name: string, value: string) => `--${name} needs a value: --${name} ${value}`;

export interface Command {
  /** Names of the required words, such as `REQUEST`. */
  operands?: readonly string[];
  /** For each flag: the name of its value; '' if the flag has no value. */
  flags?: Readonly<Record<string, string>>;
  /** Description for `--help`. */
  help: string;
  /** Words after the command's name in the example of `--help`. */
  example?: string;
  /** True if the command does not print the line with the signer's version and hash. */
  isSilent?: true;
  run(world: World, args: Args): Promise<Answer>;
}

export interface Args {
  operands: string[];
  flags: ReadonlyMap<string, string>;
}

/**
 * Flags with which a script answers a question. At a terminal they are refused, because a person has to read the
 * question and type the answer.
 */
const SCRIPT_FLAGS = ['confirm', 'alike', 'transaction', 'asset'];

/**
 * Refuses the flags that are for scripts. Called only if the command runs at a terminal.
 * @throws Refusal NOT_CONFIRMED
 */
export function refuseScriptFlags({ flags }: Args, command: Command): void {
  const isGiven = (name: string) => SCRIPT_FLAGS.includes(name) && flags.has(name);
  const [name, value] = Object.entries(command.flags ?? {}).find(([name]) => isGiven(name)) ?? [];
  const hint = 'Run the command without this flag. At a terminal, type the answer from the screen that shows it.';
  checkThat(!name, 'NOT_CONFIRMED', `--${name} ${value} is for scripts only`, hint);
}

export const COMMON_FLAGS: Readonly<Record<string, string>> = { home: 'DIR', json: '', help: '' };

/** @param words the words after the command's name */
export function parseArgs(
  words: readonly string[],
  { operands = [], flags }: Pick<Command, 'operands' | 'flags'>,
): Args {
  const known = new Map(Object.entries({ ...flags, ...COMMON_FLAGS }));
  const args = { operands: [] as string[], flags: new Map<string, string>() };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('-') || word === '-') {
      args.operands.push(word);
      continue;
    }
    const [, name = '', inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    const value = known.get(name);
    if (value === undefined) throw new UsageError(`unknown flag ${valueText(word)}`);
    if (args.flags.has(name)) throw new UsageError(givenTwiceText(name));
    if (value === '' && inline !== undefined) throw new UsageError(noValueText(name));
    const given = value === '' ? '' : (inline ?? rest.shift());
    if (given === undefined || (value !== '' && (given === '' || (inline === undefined && given.startsWith('--')))))
      throw new UsageError(valueNeededText(name, value));
    args.flags.set(name, given);
  }
  if (args.flags.has('help')) return args;
  const missing = operands.at(args.operands.length);
  if (missing) throw new UsageError(`${missing} is missing`);
  if (args.operands.length > operands.length)
    throw new UsageError(`too many words: expected ${operands.length}, got ${args.operands.length}`);
  return args;
}

/**
 * Lays out a help text for 80 columns. The lines of a paragraph are joined. All lines of a flag's description start in
 * the same column.
 */
function layOutHelp(help: string): string[] {
  const parts: { lead: string; text: string }[] = [];
  for (const line of help.split('\n')) {
    const last = parts.at(-1);
    const [, lead = '', text = line] = /^( {2}--\S+(?: \S+)? {2,}| {2,})?(.*)$/.exec(line) as RegExpExecArray;
    const continues = last && last.text !== '' && text !== '' && (lead === '' ? last.lead === '' : lead.length > 9);
    if (continues && !lead.includes('--')) last.text += ` ${text}`;
    else parts.push({ lead, text });
  }
  return parts.flatMap(({ lead, text }) => wrapLines(lead, text));
}

export function commandHelpText(name: string, { operands = [], flags, help, example = '' }: Command): string {
  const list = Object.entries({ ...flags, ...COMMON_FLAGS }).map(
    ([flag, value]) => `[--${flag}${value && `=${value}`}]`,
  );
  const usage = wrapLines(`Usage: signer ${name} `, [...operands, ...list].join(' ')).map(line =>
    line.replaceAll('=', ' '),
  );
  return [...usage, '', ...layOutHelp(help), '', 'Example:', `  signer ${name} ${example}`.trimEnd()].join('\n');
}

/**
 * Questions to a person. No question has a default answer. Without a terminal, a question is refused, and the
 * refusal names the flag that gives the answer.
 */
import { createInterface } from 'node:readline';
import { holdRawMode } from '../../platform/job-control.ts';
import { StoppedError } from '../../platform/stop-signals.ts';
import type { World } from '../../platform/world.ts';
import { completeFile } from './file-completion.ts';
import { inputEndedRefusal, notATerminalRefusal, TYPE_YES_IN_FULL, TYPE_YES_OR_NO } from './texts.ts';

/**
 * For each input stream: lines that were pasted together with an answer. They answer the next questions,
 * except questions with `fresh`.
 */
const pastedLines = new WeakMap<object, string[]>();

/** @throws Refusal NOT_A_TERMINAL, naming `flag` */
export function requireTerminal({ stdin }: World, question: string, flag: string): void {
  if (stdin.isTTY) return;
  throw notATerminalRefusal(question, flag);
}

/**
 * Reads one line from the terminal.
 * @param fresh true to discard input from before the question
 * @param takesFile true if Tab completes file names
 * @throws Refusal NOT_A_TERMINAL naming `flag`, INTERRUPTED at the end of input; StoppedError at Ctrl-C
 */
export async function askLine(
  world: World,
  question: string,
  flag: string,
  { fresh = false, takesFile = false } = {},
): Promise<string> {
  const { stdin, stderr } = world;
  requireTerminal(world, question, flag);
  const ahead = (!fresh && pastedLines.get(stdin)) || [];
  pastedLines.set(stdin, ahead);
  const next = ahead.shift();
  if (next !== undefined) {
    stderr.write(`${question}${next}\n`);
    return next.trim();
  }
  if (stdin.readableEnded || stdin.destroyed) throw inputEndedRefusal();
  return new Promise((resolve, reject) => {
    // Each question has its own readline interface. Between questions the terminal is in its usual mode, so
    // Ctrl-C sends a signal.
    const completer = takesFile ? { completer: (line: string) => completeFile(world.cwd, line) } : {};
    const streams = { input: stdin, output: stderr, terminal: true, historySize: 0 };
    const lines = createInterface({ ...streams, ...completer });
    let answer: string | undefined;
    lines.on('line', line => {
      if (answer !== undefined) ahead.push(line);
      else {
        answer = line;
        // The interface is closed after this event. Otherwise lines that arrived in the same read would be
        // lost.
        queueMicrotask(() => lines.close());
      }
    });
    lines.once('SIGINT', () => {
      reject(new StoppedError('stopped'));
      lines.close();
    });
    const raw = holdRawMode(stdin, world.jobs, () => lines.prompt(true));
    // This handler replaces readline's handler, which would print this question again at later questions.
    lines.on('SIGTSTP', () => raw.suspend());
    lines.once('close', () => {
      raw.release();
      if (answer === undefined) reject(inputEndedRefusal());
      else resolve(answer.trim());
    });
    lines.setPrompt(question);
    lines.prompt();
  });
}

export interface YesOptions {
  /** The option that gives the answer without a terminal. */
  flag?: string;
  /** True for a step that cannot be undone. For such a step, only the whole word yes is accepted. */
  isFinal?: boolean;
  /** What the answer `back` does. Without this function, `back` is not an answer. */
  back?: () => never;
}

/** Asks until the answer is yes or no. */
export async function askYes(
  world: World,
  question: string,
  { flag = '--yes', isFinal = false, back }: YesOptions = {},
): Promise<boolean> {
  for (;;) {
    const answer = (await askLine(world, `${question} (yes/no) `, flag, { fresh: true })).toLowerCase();
    if (answer === 'back') back?.();
    if (answer === 'yes' || (answer === 'y' && !isFinal)) return true;
    if (answer === 'no' || answer === 'n') return false;
    world.stderr.write(isFinal ? TYPE_YES_IN_FULL : TYPE_YES_OR_NO);
  }
}

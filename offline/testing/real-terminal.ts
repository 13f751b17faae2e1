/** Runs the built program in a real terminal of a given size, with `script` of util-linux. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { escapePattern } from '../../shared/testing.ts';
import { StoppedRefusal } from '../terminal.ts';
import { wrongCodeText, wrongPassphraseText } from '../texts/asked-questions.ts';
import type { BuiltSigner } from './built-signer.ts';

export const STOPPED = new StoppedRefusal().message;
export const WRONG_CODE = wrongCodeText(16, '', true);
export const WRONG_PASSPHRASE = wrongPassphraseText(1, '').split('.')[0];

export const hasScript = spawnSync('script', ['--version']).status === 0;

/** A question and its answer. An answer may be a list of pieces, each with a delay in milliseconds before it. */
export type Typed = [question: RegExp, answer: string | [ms: number, text: string][]];

/** A pattern for a text that the terminal may wrap at its spaces. */
export const wrappedTextPattern = (text: string): string => escapePattern(text).replace(/ /g, '\\s+');

export interface Window {
  columns?: number;
  rows?: number;
  /** Text after the command, such as a redirection. */
  redirect?: string;
  /** Typed as soon as the program runs, before any question. */
  ahead?: string;
  /** A command to run in place of Node with the built program. */
  command?: string[];
  /** Called after each piece of terminal output, with all output so far. */
  sees?: (seen: string) => void;
  /** Turns pages automatically; true by default. */
  turns?: boolean;
}

async function typeAnswer(child: ChildProcess, answer: Typed[1]): Promise<void> {
  for (const [ms, text] of typeof answer === 'string' ? ([[0, answer]] as [number, string][]) : answer) {
    await new Promise(resolve => setTimeout(resolve, ms));
    child.stdin?.write(text);
  }
}

/** Answers each question when it appears. @returns all terminal output */
export function runInTerminal(
  program: BuiltSigner,
  words: string[],
  typed: Typed[],
  { columns = 80, rows = 24, redirect = '', ahead, turns = true, command, sees }: Window = {},
): Promise<string> {
  const all = [...(command ?? [program.node, ...program.options, program.file]), ...words];
  const line = `stty columns ${columns} rows ${rows}; ${all.map(word => `'${word}'`).join(' ')}${redirect}`;
  const env = { PATH: process.env['PATH'], TERM: 'xterm', HOME: program.folder };
  const child = spawn('script', ['-qfec', line, '/dev/null'], { cwd: program.folder, env });
  if (ahead !== undefined) child.stdin.write(ahead);
  return new Promise((resolve, reject) => {
    let seen = '';
    let from = 0;
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`stuck after:\n${seen}`));
    }, 60_000);
    child.stdout.on('data', chunk => {
      seen += chunk;
      sees?.(seen);
      const fresh = seen.slice(from);
      const isPage = turns && /-- line \d+ of \d+,[^\n]* -- $/.test(fresh);
      const answer = isPage ? '\r' : typed[0]?.[0].test(fresh) ? typed.shift()![1] : null;
      if (answer === null) return;
      from = seen.length;
      void typeAnswer(child, answer);
    });
    child.on('close', () => {
      clearTimeout(timer);
      resolve(seen);
    });
  });
}

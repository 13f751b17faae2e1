/** Tests that may assert wording, with reasons, and a list of tests that still have to be changed. */
import { readFileSync } from 'node:fs';
import type { Sentence } from './sentences.ts';

/**
 * An exception for the files that match `path`. If `only` is given, the exception is limited to texts that
 * match `only`.
 */
export const EXCEPTIONS: readonly { path: RegExp; why: string; only?: RegExp }[] = [
  {
    path: /^online\/cli\/messages\.test\.ts$/,
    why: 'the one file that asserts wording: complete messages as a person reads them',
  },
  { path: /^\.tools\/prose\//, why: 'tests of the tools for prose: the texts are their input and output' },
  {
    path: /^fixtures\/devnode\/tests\/(behaviour|dev-methods|redemption|refusals|server)\.test\.ts$/,
    why: 'the development node repeats the messages of the real node, as recorded',
  },
  {
    path: /^(online\/node\/recorded-answers\.test|\.tools\/release\/release\.live|offline\/launcher\/launcher\.test|offline\/image\/testing\/start\.live)\.ts$/,
    only: /^(Invalid Asset token address|Not a directory|Max core file size|Read-only file system)$/,
    why: 'output of another program: the node, node:fs, ulimit, the kernel',
  },
  {
    path: /^online\/(report\/page\/texts|report\/views\/redemption-view|platform\/waiting\/block-pace|platform\/text\/wrap-text)\.test\.ts$/,
    why: 'tests of functions that make a text from values: each row is such a text',
  },
  {
    path: /^online\/node\/checks\/best-block\.test\.ts$/,
    only: /^(the node (has|does not)|s in the future)/,
    why: 'the function that describes the best block: each row is such a text',
  },
  {
    path: /^online\/report\/(page\/texts|tests\/remapped-tokens)\.test\.ts$/,
    only: /^(height time assets|assets added mass)/,
    why: 'names of columns, which other programs read',
  },
  {
    path: /^online\/report\/paper\/proposal-record\.test\.ts$/,
    only: /^by the ledger$/,
    why: 'a value in the output with --json, which other programs read',
  },
];

/** Number of assertions of wording by file. The numbers may only become smaller. */
export const REMAINING = new URL('remaining.json', import.meta.url);
export const readRemainingCounts = (): Record<string, number> => JSON.parse(readFileSync(REMAINING, 'utf8'));

/** @returns the assertions that no exception permits */
export const unexceptedAssertions = (found: readonly Sentence[]): Sentence[] =>
  found.filter(
    ({ file, text }) =>
      !EXCEPTIONS.some(({ path, only }) => path.test(file) && (only === undefined || only.test(text))),
  );

/** @returns a problem for each file whose number of assertions differs from the list */
export function countProblems(
  found: readonly Sentence[],
  remaining: Readonly<Record<string, number>>,
): string[] {
  const counts = countByFile(found);
  return [...new Set([...Object.keys(counts), ...Object.keys(remaining)])].sort().flatMap(file => {
    const [count, listed] = [counts[file] ?? 0, remaining[file] ?? 0];
    if (count === listed) return [];
    if (count < listed)
      return [`${file}: ${count} assertions of wording, ${listed} in remaining.json: run with --shrink`];
    const where = found
      .filter(one => one.file === file)
      .map(({ line, text }) => `\n    ${file}:${line}: ${text}`);
    return [
      `${file}: ${count} assertions of wording, at most ${listed}: assert codes and data${where.join('')}`,
    ];
  });
}

export function countByFile(found: readonly Sentence[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { file } of found) counts[file] = (counts[file] ?? 0) + 1;
  return counts;
}

/** @returns the list, updated with the numbers that became smaller */
export function reducedCounts(
  counts: Readonly<Record<string, number>>,
  remaining: Readonly<Record<string, number>>,
) {
  const smaller = Object.entries(remaining).map(([file, listed]): [string, number] => [
    file,
    Math.min(listed, counts[file] ?? 0),
  ]);
  return Object.fromEntries(smaller.filter(([, count]) => count > 0));
}

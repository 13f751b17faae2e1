/** Tests that may assert wording, with reasons. */
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

/** @returns the assertions that no exception permits */
export const unpermittedAssertions = (found: readonly Sentence[]): Sentence[] =>
  found.filter(
    ({ file, text }) =>
      !EXCEPTIONS.some(({ path, only }) => path.test(file) && (only === undefined || only.test(text))),
  );

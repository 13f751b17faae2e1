/** Tab completion for questions about files and folders. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

/** Largest number of names that are offered. */
const MOST = 200;

/** @returns readline's completion result: the matching answers, and the line */
export function completeFile(cwd: string, line: string): [answers: string[], line: string] {
  const [, lead = '', folder = '', start = ''] = /^(file:)?(.*\/)?([^/]*)$/s.exec(line) ?? [];
  try {
    const found = readdirSync(resolve(cwd, folder), { withFileTypes: true })
      .filter(({ name }) => name.startsWith(start) && (start !== '' || !name.startsWith('.')))
      .map(entry => `${lead}${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`);
    return [found.sort().slice(0, MOST), line];
  } catch {
    return [[], line];
  }
}

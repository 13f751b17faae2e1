/** Tab at a question that takes a file or folder. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

/** Of a very full folder the first ones are offered. */
const MOST = 200;

/** @returns what readline asks for: the answers that begin with the line, and the line */
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

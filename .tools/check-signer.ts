/**
 * The signer's hash: `tsx .tools/check-signer.ts` builds it anew and compares with offline/signer.sha256, which people
 * compare with the file on their device; `--write` puts the new hash there, to be committed with the change.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { buildSigner } from './signer-build.ts';

const FILE = 'offline/signer.sha256';
const { text, problems } = await buildSigner();
for (const problem of problems) console.error(`the gate: ${problem}`);
// As `sha256sum -c offline/signer.sha256` reads it, from the top folder.
const line = `${createHash('sha256').update(text).digest('hex')}  dist/signer.mjs\n`;
if (process.argv.includes('--write')) writeFileSync(FILE, line);
const written = readFileSync(FILE, 'utf8');
if (written !== line) {
  console.error(`${FILE} says ${written.trim()}\nthe build makes  ${line.trim()}`);
  console.error('If the change of the signer is meant, run: npx tsx .tools/check-signer.ts --write');
}
process.exitCode = problems.length > 0 || written !== line ? 1 : 0;
if (process.exitCode === 0) console.log(`${line.trim()}  as committed; built from allowed files only`);

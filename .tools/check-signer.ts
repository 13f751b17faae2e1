/**
 * Compares the hashes of all files for the isolated laptop with the committed hashes. People compare the
 * committed hashes with the files on their device. `--write` stores new hashes. Commit them together with the
 * change.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { buildAndHash, COMMITTED } from './laptop/laptop-files.ts';

const { texts, problems } = await buildAndHash();
for (const problem of problems) console.error(`the gate: ${problem}`);
let differs = false;
for (const file of COMMITTED) {
  const now = texts[file]!;
  if (process.argv.includes('--write')) writeFileSync(file, now);
  const written = readFileSync(file, 'utf8');
  if (written === now) continue;
  differs = true;
  console.error(`${file} says\n${written}the build makes\n${now}`);
  console.error('If the change is meant, run: npx tsx .tools/check-signer.ts --write');
}
process.exitCode = problems.length > 0 || differs ? 1 : 0;
if (process.exitCode === 0)
  console.log(`${Object.values(texts).join('')}as committed; built from allowed files only`);

/**
 * Builds the programs and pages of `dist/`, in a form that people can read. Usage: `tsx .tools/build.ts
 * [target ...]`. Without arguments it builds all targets.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { buildOptions, targets } from './build-targets.ts';
import { writeScriptsAndHashes } from './laptop/laptop-files.ts';

const wantedTargets = process.argv.slice(2);
mkdirSync('dist', { recursive: true });

/**
 * Removes the chunks of earlier builds. The name of a chunk depends on its content, so a new build does not
 * replace an old chunk.
 */
function removeStaleChunks(folder: string, outputs: object): void {
  const current = new Set(Object.keys(outputs).map(path => basename(path)));
  for (const name of readdirSync(folder)) if (!current.has(name)) rmSync(join(folder, name));
}

try {
  const unknown = wantedTargets.find(name => !targets.some(target => target.name === name));
  if (unknown !== undefined)
    throw new Error(`no target "${unknown}": ${targets.map(({ name }) => name).join(', ')}`);
  for (const target of targets.filter(t => wantedTargets.length === 0 || wantedTargets.includes(t.name))) {
    const result = await build(await buildOptions(target));
    if (target.pieces) removeStaleChunks(target.pieces, result.metafile?.outputs ?? {});
    await target.after?.(result);
  }
  writeScriptsAndHashes();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

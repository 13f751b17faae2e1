/**
 * Builds `dist/`: one readable file per program. `tsx .tools/build.ts [target ...]`, all targets without arguments.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';
import { targets } from './targets.ts';

const wanted = process.argv.slice(2);
mkdirSync('dist', { recursive: true });
rmSync('dist/countersign-parts', { recursive: true, force: true }); // pieces are named by their content

const common: BuildOptions = {
  bundle: true,
  format: 'esm',
  target: 'node20',
  platform: 'node',
  minify: false,
  legalComments: 'none',
  charset: 'ascii',
  logLevel: 'warning',
  metafile: true,
};

for (const target of targets.filter(t => wanted.length === 0 || wanted.includes(t.name))) {
  const result = await build({ ...common, ...target.options });
  await target.after?.(result);
}

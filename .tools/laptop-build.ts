/**
 * What `qr.mjs` and the courier page may not hold: they go to the isolated laptop, and are to be read there without
 * finding a way out. Unlike the signer they may use packages of any kind, as long as what comes of it is clean.
 */
import { readFileSync } from 'node:fs';
import type { BuildOptions, BuildResult, Metafile, Plugin } from 'esbuild';
import { forbiddenIn } from './signer-rules.ts';

/** Node's built-ins that open no socket and start no process. */
const BUILTINS = ['crypto', 'fs', 'fs/promises', 'path', 'util', 'zlib'].map(name => `node:${name}`);

// As it stands in jpeg-js 0.4.4: from `load: function` to the method after it.
const LOADER = /^ {4}load: function load\(path\) \{[^]*?^ {4}\},\n(?= {4}parse: )/gm;

/** jpeg-js can fetch a picture by its address. We give it bytes, so that method is left out of what we build. */
export const withoutLoader: Plugin = {
  name: 'jpeg-js without its loader',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]jpeg-js[\\/]lib[\\/]decoder\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const found = source.match(LOADER)?.length ?? 0;
      if (found !== 1) throw new Error(`${path}: expected one method "load" to leave out, got ${found}`);
      return { contents: source.replace(LOADER, ''), loader: 'js' };
    });
  },
};

export const qrOptions = (entry = 'online/qr/main.ts'): BuildOptions => ({
  entryPoints: [entry],
  outfile: 'dist/qr.mjs',
  banner: { js: '#!/usr/bin/env node' },
  plugins: [withoutLoader],
});

/** @returns every way out of the laptop that a bundle has, a sentence each */
export function waysOut(metafile: Metafile, text: string): string[] {
  const imports = Object.entries(metafile.inputs).flatMap(([input, { imports }]) =>
    imports
      .filter(({ path, external }) => external && !BUILTINS.includes(path))
      .map(({ path }) => `${input} imports ${path}`),
  );
  return [...imports, ...forbiddenIn(text)];
}

/** @throws Error listing them */
export function refuseWaysOut(name: string, result: BuildResult, text: string): void {
  const problems = waysOut(result.metafile!, text);
  if (problems.length > 0) throw new Error(`${name} may not be built:\n  ${problems.join('\n  ')}`);
}

/**
 * What `qr.mjs` and the courier page may not hold: they go to the isolated laptop, and are to be read there without
 * finding a way out. Unlike the signer they may use packages of any kind, as long as what comes of it is clean.
 */
import { readFileSync } from 'node:fs';
import type { BuildOptions, BuildResult, Metafile, Plugin } from 'esbuild';
import { forbiddenIn } from './signer-rules.ts';

/** Node's built-ins that open no socket and start no process. */
const BUILTINS = ['crypto', 'fs', 'fs/promises', 'path', 'util', 'zlib'].map(name => `node:${name}`);

/** Parts of packages that we never use, and leave out of what we build. Each must be there, exactly once. */
const CUTS = [
  // jpeg-js can fetch a picture by its address; we give it bytes.
  {
    file: /[\\/]jpeg-js[\\/]lib[\\/]decoder\.js$/,
    part: /^ {4}load: function load\(path\) \{[\s\S]*?^ {4}\},\n(?= {4}parse: )/gm,
  },
  // jsQR knows 7,000 kanji, a line each. A frame has none; a foreign code that has is refused for what it is.
  {
    file: /[\\/]jsqr[\\/]dist[\\/]jsQR\.js$/,
    part: /(?<=^exports\.shiftJISTable = \{\n)(?: {4}0x\w+: 0x\w+,\n)+(?=\};)/gm,
  },
];

export const withoutUnused: Plugin = {
  name: 'packages without what we never use',
  setup({ onLoad }) {
    for (const { file, part } of CUTS) {
      onLoad({ filter: file }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        const found = source.match(part)?.length ?? 0;
        if (found !== 1) throw new Error(`${path}: expected one ${part} to leave out, got ${found}`);
        return { contents: source.replace(part, ''), loader: 'js' };
      });
    }
  },
};

export const qrOptions = (entry = 'online/transfer/qr/main.ts'): BuildOptions => ({
  entryPoints: [entry],
  outfile: 'dist/qr.mjs',
  banner: { js: '#!/usr/bin/env node' },
  plugins: [withoutUnused],
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

/** @throws Error if it has a way out */
export function qrText(result: BuildResult): string {
  const text = result.outputFiles?.[0]?.text;
  if (text === undefined) throw new Error('qr: esbuild gave no file');
  refuseWaysOut('dist/qr.mjs', result, text);
  return text;
}

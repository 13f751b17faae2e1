/** Builds `dist/signer.mjs`, one readable file. The bytes do not depend on the folder of the sources. */

import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, type BuildResult, build, transformSync } from 'esbuild';
import { refusedBuildText } from './findings.ts';
import { findBundleProblems } from './signer-gate.ts';
import { PACKAGES } from './signer-rules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function packageVersion(folder: string, name: string): string {
  return JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).version;
}

function bundleHeader(folder: string): string {
  const packages = ['@noble/secp256k1', '@noble/hashes', '@scure/bip39'];
  const versions = packages.map(name => `${name} ${packageVersion(folder, `node_modules/${name}`)}`);
  return `#!/usr/bin/env node
/*
 * Countersign signer ${packageVersion(folder, '.')}: shows what a request to issue asset-backed tokens means, and signs it.
 * For a device without a network. One file, nothing else is needed but Node 20 or later: node signer.mjs --help
 *
 * It opens no socket, starts no process and loads no other code: offline/ and shared/ of the repository follow, and
 *   ${versions.join(', ')}
 * The SHA-256 of this file stands in the repository as offline/signer.sha256. To build it again: make build
 *
 * Licences: MIT throughout. Countersign: the Countersign authors. noble-secp256k1, noble-hashes, scure-bip39:
 * (c) Paul Miller (paulmillr.com). Permission is hereby granted, free of charge, to any person obtaining a copy of this
 * software and associated documentation files (the "Software"), to deal in the Software without restriction, including
 * without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the
 * Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions: The
 * above copyright notice and this permission notice shall be included in all copies or substantial portions of the
 * Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED
 * TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT,
 * TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
 */`;
}

/** @param folder folder of the sources; paths in the output are relative to it */
export function signerBuildOptions(folder = root, entry = 'offline/main.ts'): BuildOptions {
  return {
    absWorkingDir: folder,
    entryPoints: [entry],
    outfile: 'dist/signer.mjs',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: false,
    legalComments: 'inline',
    charset: 'ascii',
    logLevel: 'warning',
    metafile: true,
    define: { SIGNER_VERSION: JSON.stringify(packageVersion(folder, '.')) },
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    banner: { js: bundleHeader(folder) },
  };
}

/**
 * Removes the comments that esbuild keeps inside classes and lists. Comments with the name of a file stay.
 * Compares the texts before and after, without comments and white space, to check that nothing else was
 * removed.
 */
export function removeComments(text: string): string {
  const bare = text.replace(
    /^ +\/\/.*\n|^\/\/(?! (offline|shared|node_modules)\/).*\n|^ +\/\*(?:(?!\*\/)[\s\S])*\*\/\n/gm,
    '',
  );
  const code = (text: string) => transformSync(text, { minifyWhitespace: true, legalComments: 'none' }).code;
  if (code(bare) !== code(text)) throw new Error('more than comments would have gone');
  return bare;
}

/**
 * The code of `offline/` and `shared/` without packages. It includes functions that the bundle leaves out
 * because nothing calls them. The gate applies its strictest rules to this text.
 */
async function bundleOwnCode(folder: string, entry: string): Promise<string> {
  const options = {
    ...signerBuildOptions(folder, entry),
    external: PACKAGES,
    treeShaking: false,
    write: false,
  } as const;
  return (await build(options)).outputFiles[0]!.text;
}

/** Writes the bundle if the gate finds no problem. @throws Error that lists all problems */
export async function writeCheckedSigner(
  { metafile, outputFiles }: BuildResult,
  entry = 'offline/main.ts',
): Promise<void> {
  const [file] = outputFiles ?? [];
  if (!metafile || !file) throw new RangeError('to be built with write: false');
  const text = removeComments(file.text);
  const problems = findBundleProblems(metafile, text, await bundleOwnCode(root, entry));
  if (problems.length > 0) throw new Error(`${refusedBuildText(basename(file.path))} ${problems.join('; ')}`);
  writeFileSync(file.path, text);
}

/**
 * Builds the signer in memory.
 * @returns esbuild's result, the bundle, the own code, and the problems that the gate found
 */
export async function buildSigner(folder = root, entry = 'offline/main.ts') {
  const result = await build({ ...signerBuildOptions(folder, entry), write: false });
  const text = removeComments(result.outputFiles[0]!.text);
  const ownText = await bundleOwnCode(folder, entry);
  return { result, text, ownText, problems: findBundleProblems(result.metafile!, text, ownText) };
}

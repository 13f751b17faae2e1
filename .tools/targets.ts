/** What `make build` makes: each program's entry, its output, and what is checked of it afterwards. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { BuildOptions, BuildResult } from 'esbuild';
import { courierPage } from './laptop/courier.ts';
import { qrOptions, qrText, withoutUnused } from './laptop/laptop-build.ts';
import { signerOptions, writeSigner } from './laptop/signer-build.ts';

export interface Target {
  name: string;
  options: BuildOptions;
  /** Where the pieces of a program built in pieces lie. */
  pieces?: string;
  after?: (result: BuildResult) => void | Promise<void>;
}

export const common: BuildOptions = {
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

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

// The AWS SDK and node-fetch are CommonJS in places and call `require`, which a module does not have by itself.
const requireShim =
  "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);";

export const targets: Target[] = [
  { name: 'signer', options: { ...signerOptions(), write: false }, after: result => writeSigner(result) },
  {
    name: 'countersign',
    pieces: 'dist/countersign-parts',
    options: {
      // In pieces, so that a command loads only what it needs: the S3 client alone is a megabyte.
      entryPoints: { countersign: 'online/main.ts' },
      outdir: 'dist',
      outExtension: { '.js': '.mjs' },
      splitting: true,
      // The SDK as modules: of its CommonJS a dynamic import would see `default` alone, and no S3Client.
      mainFields: ['module', 'main'],
      chunkNames: 'countersign-parts/[name]-[hash]',
      banner: { js: `#!/usr/bin/env node\n${requireShim}` },
      define: { COUNTERSIGN_VERSION: JSON.stringify(version) },
    },
  },
  {
    name: 'devnode',
    options: {
      entryPoints: ['fixtures/devnode/main.ts'],
      outfile: 'dist/devnode.mjs',
      banner: { js: '#!/usr/bin/env node' },
    },
  },
  {
    // For the isolated laptop as well, so everything is bundled.
    name: 'qr',
    options: { ...qrOptions(), write: false },
    after: result => writeFileSync('dist/qr.mjs', qrText(result)),
  },
  {
    name: 'courier',
    options: {
      entryPoints: ['online/transfer/courier/main.ts'],
      write: false,
      format: 'iife',
      platform: 'browser',
      target: ['chrome109', 'firefox115'],
      plugins: [withoutUnused],
    },
    after: result => writeFileSync('dist/courier.html', courierPage(result)),
  },
];

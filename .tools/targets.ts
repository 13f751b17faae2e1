/** What `make build` makes: each program's entry, its output, and what is checked of it afterwards. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type BuildOptions, type BuildResult, build } from 'esbuild';
import { COLOURS } from '../online/transfer/qr/drawing/face.ts';
import { courierPage } from './laptop/courier.ts';
import { qrOptions, qrText, withoutUnused } from './laptop/laptop-build.ts';
import { signerOptions, writeSigner } from './laptop/signer-build.ts';
import { onePage } from './one-page.ts';

export interface Target {
  name: string;
  /** A function where another part has to be built first. */
  options: BuildOptions | (() => Promise<BuildOptions>);
  /** Where the pieces of a program built in pieces lie. */
  pieces?: string;
  after?: (result: BuildResult) => void | Promise<void>;
}

/** What esbuild is given for a target. */
export async function optionsOf({ options }: Target): Promise<BuildOptions> {
  return { ...common, ...(typeof options === 'function' ? await options() : options) };
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

const forBrowsers: BuildOptions = {
  write: false,
  format: 'iife',
  platform: 'browser',
  target: ['chrome109', 'firefox115'],
};

/** The page for token holders without its trust profile: the program puts that in. */
async function holdersPage(): Promise<string> {
  const folder = 'online/holders/page';
  const { outputFiles = [] } = await build({
    ...common,
    ...forBrowsers,
    // Names and lines stay, for whoever reads the page.
    minifySyntax: true,
    entryPoints: [`${folder}/main.ts`],
  });
  // Its worker is made from its own script, and it loads from where it lies.
  const script = (outputFiles[0] as { text: string }).text;
  return onePage(folder, script, ["connect-src 'self'", 'worker-src blob:'], COLOURS);
}

export const targets: Target[] = [
  { name: 'signer', options: { ...signerOptions(), write: false }, after: result => writeSigner(result) },
  {
    name: 'countersign',
    pieces: 'dist/countersign-parts',
    options: async () => ({
      // In pieces, so that a command loads only what it needs: the S3 client alone is a megabyte.
      entryPoints: { countersign: 'online/main.ts' },
      outdir: 'dist',
      outExtension: { '.js': '.mjs' },
      splitting: true,
      // The SDK as modules: of its CommonJS a dynamic import would see `default` alone, and no S3Client.
      mainFields: ['module', 'main'],
      chunkNames: 'countersign-parts/[name]-[hash]',
      banner: { js: `#!/usr/bin/env node\n${requireShim}` },
      define: {
        COUNTERSIGN_VERSION: JSON.stringify(version),
        HOLDERS_PAGE: JSON.stringify(await holdersPage()),
      },
    }),
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
      ...forBrowsers,
      entryPoints: ['online/transfer/courier/main.ts'],
      plugins: [withoutUnused],
    },
    after: result => writeFileSync('dist/courier.html', courierPage(result)),
  },
];

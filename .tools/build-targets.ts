/** The targets of `make build`: each program's entry, its output, and its checks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type BuildOptions, type BuildResult, build, transform, transformSync } from 'esbuild';
import { COLOURS } from '../online/transfer/qr/drawing/page-style.ts';
import { courierPageHtml } from './laptop/courier-page.ts';
import { checkedQrText, qrBuildOptions, withoutUnused } from './laptop/network-gate.ts';
import { signerBuildOptions, writeCheckedSigner } from './laptop/signer-build.ts';
import { buildOnePage } from './single-file-page.ts';

export interface Target {
  name: string;
  /**
   * esbuild's options, without the common options. A function, if another page or program must be built
   * first.
   */
  options: BuildOptions | (() => Promise<BuildOptions>);
  /** Folder of the chunks, for a program that is split into chunks. */
  pieces?: string;
  after?: (result: BuildResult) => void | Promise<void>;
}

/** All of esbuild's options for a target. */
export async function buildOptions({ options }: Target): Promise<BuildOptions> {
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

// Code that defines `require`, which an ES module does not have. Parts of the AWS SDK and node-fetch are
// CommonJS and call it.
const requireShim =
  "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);";

const forBrowsers: BuildOptions = {
  write: false,
  format: 'iife',
  platform: 'browser',
  target: ['chrome109', 'firefox115'],
};

/**
 * Shortens the bundle, but keeps names and lines for people who read it. Fails if the change would affect a
 * string.
 */
async function indentByTabs(bundle: string): Promise<string> {
  // Removes a hint for bundlers, which about forty lines have.
  const script = bundle.replaceAll('/* @__PURE__ */ ', '');
  const indented = script
    // All code is inside one function, so its first level of indentation is left out.
    .replace(/^(?: {2})+/gm, spaces => '\t'.repeat(spaces.length / 2 - 1))
    // Shortens the comment with the name of a module to the name without its folder.
    .replace(/^(\t*\/\/ )\S+\/(?=[^\s/]+$)/gm, '$1');
  const [before, after] = await Promise.all(
    [script, indented].map(code => transform(code, { minifyWhitespace: true })),
  );
  if (before?.code !== after?.code) throw new Error('the page has a text whose lines begin with spaces');
  return indented;
}

/**
 * Leaves out the hints of codes that no other line of the script names, because the page never refuses with
 * them.
 */
function removeUnusedHints(script: string): string {
  return script.replace(/(?<=\bBY_CODE = \{\n)[\s\S]*?(?=^\s*\})/m, hints =>
    hints.replace(/^\s*([A-Z_]+): .*\n/gm, (line, code) => (script.includes(`"${code}"`) ? line : '')),
  );
}

/** The page for token holders without a trust profile. The program inserts the profile later. */
async function holdersPageHtml(): Promise<string> {
  const folder = 'online/holders/page';
  const { outputFiles = [] } = await build({
    ...common,
    ...forBrowsers,
    // Names and lines stay, for people who read the page.
    minifySyntax: true,
    entryPoints: [`${folder}/main.ts`],
  });
  // The policy permits a worker from a blob, because the page starts its worker from its own script.
  const script = await indentByTabs(removeUnusedHints((outputFiles[0] as { text: string }).text));
  return buildOnePage(
    folder,
    script,
    ["connect-src 'self'", 'worker-src blob:'],
    COLOURS,
    {},
    style => transformSync(style, { loader: 'css', minifyWhitespace: true }).code,
  );
}

export const targets: Target[] = [
  {
    name: 'signer',
    options: { ...signerBuildOptions(), write: false },
    after: result => writeCheckedSigner(result),
  },
  {
    name: 'countersign',
    pieces: 'dist/countersign-parts',
    options: async () => ({
      // The program is split into chunks, so that a command loads only the code that it needs. The S3 client
      // alone has one megabyte.
      entryPoints: { countersign: 'online/main.ts' },
      outdir: 'dist',
      outExtension: { '.js': '.mjs' },
      splitting: true,
      // The ES modules of the SDK are used, because a dynamic import of a CommonJS module has only the member
      // `default`.
      mainFields: ['module', 'main'],
      chunkNames: 'countersign-parts/[name]-[hash]',
      banner: { js: `#!/usr/bin/env node\n${requireShim}` },
      define: {
        COUNTERSIGN_VERSION: JSON.stringify(version),
        HOLDERS_PAGE: JSON.stringify(await holdersPageHtml()),
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
    // This program also runs on the isolated laptop, so all packages are bundled.
    name: 'qr',
    options: { ...qrBuildOptions(), write: false },
    after: result => writeFileSync('dist/qr.mjs', checkedQrText(result)),
  },
  {
    name: 'courier',
    options: {
      ...forBrowsers,
      entryPoints: ['online/transfer/courier/main.ts'],
      plugins: [withoutUnused],
    },
    after: result => writeFileSync('dist/courier.html', courierPageHtml(result)),
  },
];

/**
 * Rules for `qr.mjs` and the courier page, which run on the isolated laptop and must not reach a network.
 * These two programs may use any package if the bundle passes the checks. The signer may not.
 */

import { readFileSync } from 'node:fs';
import type { BuildOptions, BuildResult, Metafile, Plugin } from 'esbuild';
import { FINDINGS, findingText, memberFinding, refusedBuildText } from './findings.ts';
import { parseSyntax } from './syntax-tree.ts';

/**
 * Patterns of code that uses a network, and of code that loads other code. The bundle must not contain them,
 * even in comments.
 */
export const FORBIDDEN: [what: string, pattern: RegExp][] = [
  // The word `fetch` on a line of its own is permitted, because the English word list of BIP39 contains it.
  ['fetch', /(?<!^)\bfetch\b|\bfetch\b(?!$)/m],
  [
    'a socket or process module',
    /['"`](node:)?(net|tls|http|https|http2|dgram|dns|dns\/promises|child_process|cluster|worker_threads|inspector|vm|module|repl|wasi|diagnostics_channel|async_hooks|v8|test|sqlite|sea)['"`]/,
  ],
  ['eval', /\beval\b/],
  ['Function from text', /\bFunction\s*\(|\bnew\s+Function\b|\.constructor\s*(\.constructor|\(\s*['"`])/],
  ['dynamic import', /\bimport\s*\(/],
  ['require', /\brequire\s*[(.]|\bcreateRequire\b|\bgetBuiltinModule\b/],
  ['import.meta', /\bimport\.meta\b/],
  [
    'WebSocket, XMLHttpRequest, EventSource, WebTransport',
    /\b(WebSocket|XMLHttpRequest|EventSource|WebTransport|RTCPeerConnection|BroadcastChannel|MessageChannel)\b/,
  ],
  ['Worker, WebAssembly', /\b(Worker|SharedWorker|WebAssembly)\b/],
  ['process internals', /\bprocess\s*\.\s*(binding|_linkedBinding|dlopen|mainModule)\b|\bprocess\s*\[/],
  ['global by name', /\bglobal(This)?\s*\[|\bReflect\s*\./],
  ['timers that take text', /\bset(Timeout|Interval)\s*\(\s*['"`]/],
  // Mathematical signs are permitted, because comments of packages contain them. \x18 is permitted, because
  // Bitcoin's signed messages begin with it.
  [
    'invisible or bidirectional text',
    /[\x00-\x08\x0b-\x17\x19-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069]|[\ufe00-\ufe0f]|[\ufeff\ufff0-\uffff]/,
  ],
];

/**
 * @returns a sentence for each forbidden pattern that is in the bundle, with the first text that matches it
 */
export function findForbiddenTexts(text: string, forbidden = FORBIDDEN): string[] {
  const problems: string[] = [];
  for (const [what, pattern] of forbidden) {
    const found = pattern.exec(text);
    if (!found) continue;
    const line = text.slice(0, found.index).split('\n').length;
    problems.push(`line ${line} of the bundle has ${what}: ${JSON.stringify(found[0])}`);
  }
  return problems;
}

/** Node's built-ins that open no socket and start no process. */
const BUILTINS = ['crypto', 'fs', 'fs/promises', 'path', 'util', 'zlib'].map(name => `node:${name}`);

/**
 * Parts of packages that the programs do not use. They are removed from the build. Each must occur exactly
 * once.
 */
const CUTS = [
  // jsQR has 7,000 kanji, one on each line. No frame contains kanji, and a code of another program is refused
  // anyway.
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

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

export const qrBuildOptions = (entry = 'online/transfer/qr/main.ts'): BuildOptions => ({
  entryPoints: [entry],
  outfile: 'dist/qr.mjs',
  banner: { js: '#!/usr/bin/env node' },
  define: { QR_VERSION: JSON.stringify(version) },
  plugins: [withoutUnused],
});

const wordsIn = (text: string) => text.split(/\s+/);
/** Permitted global names. A few of these names do not exist in Node, but packages test for them. */
const GLOBALS =
  wordsIn(`Array ArrayBuffer BigInt Boolean DataView Date Error Float64Array Infinity Int16Array Int32Array Int8Array JSON
  Map Math NaN Number Object Promise RangeError ReferenceError RegExp Set String Symbol TextDecoder TextEncoder TypeError
  Uint16Array Uint32Array Uint8Array Uint8ClampedArray clearTimeout decodeURIComponent define encodeURIComponent
  globalThis isNaN parseFloat parseInt self setTimeout undefined unescape window`);
const GLOBALS_OF_NODE = wordsIn('Buffer process');
/**
 * Global names that the page may use besides those of {@link GLOBALS}. Names that the page's content policy
 * blocks are not among them.
 */
const GLOBALS_OF_PAGE =
  wordsIn(`Blob DOMException HTMLCanvasElement HTMLElement HTMLFormElement HTMLInputElement
  HTMLOListElement HTMLSelectElement HTMLVideoElement Option URL addEventListener clearInterval devicePixelRatio document
  getComputedStyle innerHeight innerWidth localStorage matchMedia navigator performance requestAnimationFrame scrollX
  scrollY setInterval`);
/** Names of members that give access to code, modules or a network. They are forbidden. */
const MEMBERS =
  wordsIn(`_linkedBinding binding createRequire dlopen getBuiltinModule importScripts mainModule sendBeacon
  serviceWorker setPrototypeOf`);

/** @returns a sentence for each name that is neither declared nor permitted, and for each forbidden member */
function findUnknownNames(text: string, globals: readonly string[]): string[] {
  const { uses, nodes } = parseSyntax(text);
  const names = uses
    .filter(({ binding, identifier }) => !binding && ![...GLOBALS, ...globals].includes(identifier.name))
    .map(({ identifier }) => identifier);
  const members = nodes.flatMap(({ node }) =>
    node.type === 'MemberExpression' &&
    node.property.type === 'Identifier' &&
    MEMBERS.includes(node.property.name)
      ? [node.property]
      : [],
  );
  return [
    ...names.map(({ name, loc }) => `${findingText('bundle', loc!.start.line, FINDINGS.global)}: ${name}`),
    ...members.map(({ name, loc }) => findingText('bundle', loc!.start.line, memberFinding(name))),
  ];
}

/** @returns a sentence for each access to a network or to foreign code in the bundle */
export function findNetworkAccess(metafile: Metafile, text: string, forNode: boolean): string[] {
  const imports = Object.entries(metafile.inputs).flatMap(([input, { imports }]) =>
    imports
      .filter(({ path, external }) => external && !(forNode && BUILTINS.includes(path)))
      .map(({ path }) => `${input} imports ${path}`),
  );
  return [
    ...imports,
    ...findForbiddenTexts(text),
    ...findUnknownNames(text, forNode ? GLOBALS_OF_NODE : GLOBALS_OF_PAGE),
  ];
}

/** @throws Error that lists each access to a network or to foreign code */
export function refuseNetworkAccess(name: string, result: BuildResult, text: string): void {
  const problems = findNetworkAccess(result.metafile!, text, name.endsWith('.mjs'));
  if (problems.length > 0) throw new Error(`${refusedBuildText(name)}\n  ${problems.join('\n  ')}`);
}

/** @throws Error if the bundle has access to a network or to foreign code */
export function checkedQrText(result: BuildResult): string {
  const text = result.outputFiles?.[0]?.text;
  if (text === undefined) throw new Error('qr: esbuild gave no file');
  refuseNetworkAccess('dist/qr.mjs', result, text);
  return text;
}

/** What may go into the signer, in one place: the build gate, its tests and `make size` read it from here. */
import type { Metafile } from 'esbuild';

/** Folders and packages whose files the bundle may hold. */
export const ALLOWED_INPUTS = [
  /^offline\/(?!testing\/)(?!.*\.test\.ts$)[a-z-]+(\/[a-z-]+)?\.ts$/,
  /^shared\/(?!qr\/|testing\.ts$)(?!.*\.test\.ts$)[a-z0-9-]+(\/[a-z0-9-]+)?\.ts$/,
  /^node_modules\/@noble\/(secp256k1|hashes)\/[a-z0-9_]+\.js$/,
  /^node_modules\/@scure\/bip39\/(index|wordlists\/english)\.js$/,
];

/** Node's built-ins that open no socket. */
export const ALLOWED_BUILTINS = ['node:crypto', 'node:fs', 'node:os', 'node:path'];

/** What must not stand in the bundle's text, in code or in comment: ways out, and ways to run what is not in the file. */
export const FORBIDDEN: [what: string, pattern: RegExp][] = [
  // The English word list has the word, alone on its line.
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
  // Signs of mathematics stand in comments of the packages, and \x18 begins Bitcoin's signed messages.
  [
    'invisible or bidirectional text',
    /[\x00-\x08\x0b-\x17\x19-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069]|[\ufe00-\ufe0f]|[\ufeff\ufff0-\uffff]/,
  ],
];

/** @returns what of {@link FORBIDDEN} stands in a bundle's text, a sentence each */
export function forbiddenIn(text: string): string[] {
  const problems: string[] = [];
  for (const [what, pattern] of FORBIDDEN) {
    const found = pattern.exec(text);
    if (!found) continue;
    const line = text.slice(0, found.index).split('\n').length;
    problems.push(`line ${line} of the bundle has ${what}: ${JSON.stringify(found[0])}`);
  }
  return problems;
}

/** @returns what is wrong with a bundle of the signer, a sentence each */
export function problemsOf(metafile: Metafile, text: string): string[] {
  const problems: string[] = [];
  // Inputs, not outputs: those hide what was tree-shaken, and today's dead code is tomorrow's.
  for (const [input, { imports }] of Object.entries(metafile.inputs)) {
    if (!ALLOWED_INPUTS.some(pattern => pattern.test(input)))
      problems.push(`the file ${input} may not go in`);
    for (const { path, external } of imports)
      if (external && !ALLOWED_BUILTINS.includes(path)) problems.push(`${input} imports ${path}`);
  }
  return [...problems, ...forbiddenIn(text)];
}

/** Lines without blank ones and comments. */
export function codeLines(text: string): number {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, '');
  return bare.split('\n').filter(line => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

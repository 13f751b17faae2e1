/** What may go into the signer, in one place: the build gate, its tests and `make size` read it from here. */
import type { Metafile } from 'esbuild';

/** Folders and packages whose files the bundle may hold. */
export const ALLOWED_INPUTS = [
  /^offline\/(?!testing\/)(?!.*\.test\.ts$)[a-z-]+(\/[a-z-]+)?\.ts$/,
  /^shared\/(?!qr\/|testing\.ts$)(?!.*\.test\.ts$)[a-z0-9-]+(\/[a-z0-9-]+)?\.ts$/,
  /^node_modules\/@noble\/(secp256k1|hashes)\/[a-z0-9_]+\.js$/,
  /^node_modules\/@scure\/bip39\/(index|wordlists\/english)\.js$/,
];

/** What of Node's built-ins may be imported, by name. None of it opens a socket or runs anything. */
const ALLOWED_IMPORTS: Record<string, string[]> = {
  'node:crypto': [
    'createCipheriv',
    'createDecipheriv',
    'createHash',
    'pbkdf2Sync',
    'randomBytes',
    'scryptSync',
  ],
  'node:fs': [
    ...['closeSync', 'constants', 'fstatSync', 'fsyncSync', 'ftruncateSync', 'mkdirSync', 'openSync'],
    ...['readSync', 'readdirSync', 'renameSync', 'statSync', 'unlinkSync', 'writeSync'],
  ],
  'node:os': ['homedir'],
  'node:path': ['dirname', 'join', 'resolve'],
};

/** Of all names that mean something everywhere, those that the signer may use. */
const ALLOWED_GLOBALS = new Set(
  `Array ArrayBuffer BigInt Boolean DataView Date Error Infinity Int32Array JSON Map Math NaN Number Object Promise
  RangeError RegExp Set String Symbol TextDecoder TextEncoder TypeError Uint8Array Uint32Array
  atob btoa clearTimeout globalThis isNaN parseInt process setTimeout undefined`.split(/\s+/),
);
const GLOBALS = [
  ...Object.getOwnPropertyNames(globalThis),
  // Those of other versions of Node, and of files that are no modules.
  ...'CloseEvent CustomEvent ErrorEvent EventSource Float16Array Iterator Navigator Storage WebSocket'.split(
    ' ',
  ),
  ...'arguments caches exports localStorage module navigator require self sessionStorage window'.split(' '),
].filter(name => /^\w+$/.test(name) && !ALLOWED_GLOBALS.has(name));

/** Not behind a point, but behind the three of a spread. */
const FREE = '(?<![\\w$#]|(?<!\\.\\.)\\.)';

/** What must not stand in the signer's code, where comments and texts are left out. */
const FORBIDDEN_IN_CODE: [what: string, pattern: RegExp][] = [
  ['a global beyond those allowed', new RegExp(`${FREE}(${GLOBALS.join('|')})\\b`)],
  // noble asks for the platform's crypto, which the signer never has it do.
  ['the global object', /\bglobalThis\b(?!\?\.crypto\b)/],
  [
    'process beyond what is allowed',
    // noble's hashes have a method of that name.
    new RegExp(
      `${FREE}process\\b(?!\\(|\\.(argv|env|exit|exitCode|kill|on|pid|stderr|stdin|stdout|umask)\\b)`,
    ),
  ],
  // In a class; and where noble compares a name, or makes another hash of its own kind.
  ['constructor', /(?<!^ +)(?<!new this\.)\bconstructor\b(?!\.name ===)|\bconstructor\b(?!\(|\.name)/m],
  ['a way to what is hidden', /\b(getOwnProperty\w*|__\w+__|callee|caller|Proxy|Reflect|setPrototypeOf)\b/],
  ['process internals', /\b(_?(linked)?[bB]inding|dlopen|getBuiltinModule|mainModule|setEngine)\b/],
  // The environment's variables are named so.
  ['a member by a text', /(?<!\benv)(?<=[\w$)\]"]|\?\.)\[\s*"/],
  ['a call of what a variable names', /\]\s*(\?\.\s*)?\(/],
];

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

/** @returns what of the list stands in a bundle's text, a sentence each */
export function forbiddenIn(text: string, forbidden = FORBIDDEN): string[] {
  const problems: string[] = [];
  for (const [what, pattern] of forbidden) {
    const found = pattern.exec(text);
    if (!found) continue;
    const line = text.slice(0, found.index).split('\n').length;
    problems.push(`line ${line} of the bundle has ${what}: ${JSON.stringify(found[0])}`);
  }
  return problems;
}

/**
 * Code as esbuild prints it, without comments, and with every text and pattern empty; lines stay. It puts a space on
 * either side of a division, so that any other stroke begins a pattern.
 */
export function bareCode(text: string): string {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/.*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/(?![ =])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*|[\s\S]/y;
  const inTemplate = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{)/y;
  const linesOf = (part: string) => '\n'.repeat(part.split('\n').length - 1);
  // For each template that we are in the code of, how many of its braces are open.
  const open: number[] = [];
  let out = '';
  for (let at = 0; at < text.length; ) {
    token.lastIndex = at;
    const [part] = token.exec(text) as RegExpExecArray;
    at = token.lastIndex;
    const last = open.length - 1;
    if (part === '{' && last >= 0) open[last]!++;
    if (part === '`' || (part === '}' && open[last] === 0)) {
      if (part === '}') open.pop();
      inTemplate.lastIndex = at;
      const [content, end] = inTemplate.exec(text) ?? [];
      if (content === undefined) throw new Error('a template without an end');
      at = inTemplate.lastIndex;
      if (end === '${') open.push(0);
      out += `${part === '`' ? '"' : ')'}${linesOf(content)}${end === '${' ? '+(' : '"'}`;
    } else {
      if (part === '}' && last >= 0) open[last]!--;
      const kind = part.length === 1 ? part : part[0];
      out += part.length === 1 ? part : kind === '/' ? ` ${linesOf(part)}` : '""';
    }
  }
  if (open.length > 0) throw new Error('a template without an end');
  return out;
}

/** @returns every import that is not one of {@link ALLOWED_IMPORTS}, name by name, a sentence each */
function wrongImports(text: string, code: string): string[] {
  const problems: string[] = [];
  let known = 0;
  for (const [, list = '', from = ''] of text.matchAll(/^import \{([^}]*)\} from "([^"]*)";$/gm)) {
    known++;
    for (const name of list.split(',').map(item => item.replace(/ as .*/, '').trim()))
      if (!ALLOWED_IMPORTS[from]?.includes(name)) problems.push(`the bundle imports ${name} of ${from}`);
  }
  const all = code.match(/\b(import|export)\b(?!:)/g)?.length ?? 0;
  if (all !== known) problems.push(`the bundle has ${all - known} imports or exports that are not of names`);
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
      if (external && !Object.hasOwn(ALLOWED_IMPORTS, path)) problems.push(`${input} imports ${path}`);
  }
  const code = bareCode(text);
  const inCode = forbiddenIn(code, FORBIDDEN_IN_CODE);
  return [...problems, ...wrongImports(text, code), ...forbiddenIn(text), ...inCode];
}

/** Lines without blank ones and comments. */
export function codeLines(text: string): number {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, '');
  return bare.split('\n').filter(line => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

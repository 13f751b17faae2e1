/**
 * Folders, imports, names and syntax that the signer may contain. Used by the build gate, its tests and `make
 * size`.
 */

/** Folders and packages whose files the bundle may contain. */
export const ALLOWED_INPUTS = [
  /^offline\/(?!testing\/)(?!.*\.test\.ts$)[a-z-]+(\/[a-z-]+)?\.ts$/,
  /^shared\/(?!qr\/|testing\.ts$)(?!.*\.test\.ts$)[a-z0-9-]+(\/[a-z0-9-]+)?\.ts$/,
  /^node_modules\/@noble\/(secp256k1|hashes)\/[a-z0-9_]+\.js$/,
  /^node_modules\/@scure\/bip39\/(index|wordlists\/english)\.js$/,
];
export const PACKAGES = ['@noble/*', '@scure/bip39'];

const wordSet = (text: string) => new Set(text.split(/\s+/));

/**
 * For each permitted built-in module of Node: the names that may be imported from it. None of them opens a
 * socket or runs a program.
 */
export const ALLOWED_IMPORTS: Readonly<Record<string, ReadonlySet<string>>> = {
  'node:crypto': wordSet('createCipheriv createDecipheriv createHash pbkdf2Sync randomBytes scryptSync'),
  'node:fs':
    wordSet(`closeSync constants fstatSync fsyncSync ftruncateSync mkdirSync openSync readSync readdirSync
    renameSync statSync unlinkSync writeSync`),
  'node:os': wordSet('homedir'),
  'node:path': wordSet('dirname join resolve'),
};

/** Names of global values and functions that the signer may use. */
export const ALLOWED_GLOBALS = wordSet(
  `Array ArrayBuffer BigInt DataView Date Error Float64Array Int32Array JSON Map Math Number Object Promise
  RangeError RegExp Set String TextDecoder TextEncoder TypeError Uint8Array Uint32Array
  atob btoa clearTimeout globalThis process setTimeout`,
);

/**
 * Globals that may be used as values. If another global were the value of a variable, the variable would be a
 * second name of the global, which the gate does not check.
 */
export const GLOBAL_VALUES = wordSet('BigInt Number String');

/**
 * Permitted members of `Object`. They convert between objects and lists, or compare. None of them sets a
 * prototype.
 */
export const ALLOWED_OF_OBJECT = wordSet('entries fromEntries is keys');

/** Permitted members of `process`. `process` itself must not be a value. */
export const ALLOWED_OF_PROCESS = wordSet('argv env exit exitCode kill on pid stderr stdin stdout umask');
/**
 * Permitted events. SIGUSR1 is permitted, because the signer handles it to keep Node from opening its
 * inspector.
 */
export const ALLOWED_EVENTS = wordSet('exit uncaughtException SIGCONT SIGUSR1');

/**
 * Permitted members of the streams. They are few, because a stream may be redirected to a socket. No stream
 * may be used as a value.
 */
export const ALLOWED_OF_STREAMS: Readonly<Record<string, ReadonlySet<string>>> = {
  stdin: wordSet('isRaw isTTY off on pause resume setEncoding setRawMode'),
  stdout: wordSet('columns isTTY on write'),
  stderr: wordSet('columns isTTY on rows write'),
};
export const DATA_OF_STREAMS = wordSet('columns isRaw isTTY rows');

/**
 * Permitted kinds of syntax. Not among them are dynamic import, eval, meta properties and loops over
 * inherited names.
 */
export const ALLOWED_SYNTAX = wordSet(
  `ArrayExpression ArrayPattern ArrowFunctionExpression AssignmentExpression AssignmentPattern AwaitExpression
  BinaryExpression BlockStatement BreakStatement CallExpression CatchClause ChainExpression ClassBody ClassDeclaration
  ClassExpression ConditionalExpression ContinueStatement DoWhileStatement EmptyStatement ExpressionStatement
  ForOfStatement ForStatement FunctionDeclaration FunctionExpression Identifier IfStatement ImportDeclaration
  ImportSpecifier Literal LogicalExpression MemberExpression MethodDefinition NewExpression ObjectExpression
  ObjectPattern PrivateIdentifier Program Property PropertyDefinition RestElement ReturnStatement SequenceExpression
  SpreadElement Super SwitchCase SwitchStatement TemplateElement TemplateLiteral ThisExpression ThrowStatement
  TryStatement UnaryExpression UpdateExpression VariableDeclaration VariableDeclarator WhileStatement YieldExpression`,
);

/**
 * Permitted names of members. A name that no object of the platform has need not be in this list: only
 * objects of the signer have such a member.
 */
export const ALLOWED_MEMBERS = wordSet(
  `bytes code file json mode reason request text view O_APPEND O_CREAT O_EXCL O_NONBLOCK O_RDONLY O_SYNC O_WRONLY abs add
  address argv at buffer ceil charAt charCodeAt close closeSync columns constants count create decode delete digest
  encode endsWith entries env every exec exit exitCode fill filter final find findIndex findLast finish flags
  flatMap floor forEach from fromCharCode fromEntries fstatSync fsyncSync ftruncateSync get getAuthTag getPublicKey
  getUint32 has hasOwn hash imul includes index indexOf is isArray isDirectory isFile isFinite isInteger isRaw isTTY
  join keys kill length map match max message min mkdirSync name normalize now of off on open openSync origin padEnd
  padStart parse parseInt path pause pid publicKey push random readSync readdirSync reduce release renameSync repeat
  replace replaceAll resume reverse round rows scrypt set setAAD setAuthTag setBigUint64 setEncoding setRawMode
  setUint32 shift sign size slice some sort splice split startsWith statSync stderr stdin stdout stringify subarray
  test time toExponential toFixed toISOString toLowerCase toString toUpperCase trim trimEnd umask unlinkSync unshift
  update value verify version write writeSync`,
);

/** Further names that packages may use, because version and hash of each package are fixed. */
export const ALLOWED_MEMBERS_OF_PACKAGES = wordSet(
  `BYTES_PER_ELEMENT E assign byteLength byteOffset constructor crypto destroy destroyed equals finished format freeze
  getPrototypeOf getRandomValues importKey isSafeInteger isView pos process prototype subtle`,
);

/** Number of lines without blank lines and comments. */
export function codeLines(text: string): number {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, '');
  return bare.split('\n').filter(line => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

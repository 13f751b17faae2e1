/** The build gate of the signer: its code may use only permitted syntax and names. */
import type { MemberExpression } from 'acorn';
import type { Metafile } from 'esbuild';
import { PLATFORM_NAMES } from '../platform-names.ts';
import {
  FINDINGS,
  findingText,
  importFinding,
  inputFileFinding,
  memberFinding,
  methodFinding,
  outsideClassFinding,
  streamFinding,
  syntaxFinding,
} from './findings.ts';
import {
  ALLOWED_EVENTS,
  ALLOWED_GLOBALS,
  ALLOWED_IMPORTS,
  ALLOWED_INPUTS,
  ALLOWED_MEMBERS,
  ALLOWED_MEMBERS_OF_PACKAGES,
  ALLOWED_OF_OBJECT,
  ALLOWED_OF_PROCESS,
  ALLOWED_OF_STREAMS,
  ALLOWED_SYNTAX,
  DATA_OF_STREAMS,
  GLOBAL_VALUES,
  PACKAGES,
} from './signer-rules.ts';
import { type Node, parseSyntax, type Syntax, type Use } from './syntax-tree.ts';

/** Reports a problem with its line. */
type Report = (node: Node, what: string) => void;

const isMemberExpression = (node: Node | undefined): node is MemberExpression =>
  node?.type === 'MemberExpression';
/**
 * The name of a member if it is written in the code, as in `a.name` and `a["name"]`; null if it is computed.
 */
function memberName(key: Node, computed: boolean): string | null {
  if (key.type === 'Identifier') return computed ? null : key.name;
  return key.type === 'Literal' && typeof key.value === 'string' ? key.value : null;
}
const literalValue = (node: Node | undefined) => (node?.type === 'Literal' ? node.value : undefined);

const LOGICAL = new Set<string>(['||=', '&&=', '??=']);
/**
 * @returns a function that returns true if an expression is always a number. A number is never the name of a
 * forbidden member
 */
function makeNumberTest({ uses }: Syntax): (node: Node) => boolean {
  const bindingOf = new Map(uses.map(use => [use.identifier as Node, use.binding]));
  const pending = new Set<unknown>();
  const isNumber = (node: Node): boolean => {
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'number';
      case 'UnaryExpression':
        return ['-', '+', '~'].includes(node.operator);
      case 'UpdateExpression':
        return true;
      case 'BinaryExpression':
        if (node.operator === '+') return isNumber(node.left as Node) && isNumber(node.right);
        return '- * / % ** & | ^ << >> >>>'.split(' ').includes(node.operator);
      case 'AssignmentExpression':
        if (node.operator === '=') return isNumber(node.right);
        if (node.operator === '+=') return isNumber(node.left) && isNumber(node.right);
        return !LOGICAL.has(node.operator);
      case 'ConditionalExpression':
        return isNumber(node.consequent) && isNumber(node.alternate);
      case 'Identifier': {
        const binding = bindingOf.get(node);
        if (!binding) return false;
        if (pending.has(binding)) return true;
        pending.add(binding);
        const all = binding.given.every(value => value !== null && isNumber(value));
        pending.delete(binding);
        return all;
      }
      default:
        return false;
    }
  };
  return isNumber;
}

/**
 * True if the expression is only an operand: of a comparison, of arithmetic, or of an assignment such as
 * `+=`, which stores a text or a number.
 */
const isOperand = (node: Node, parent: Node | undefined) =>
  (parent?.type === 'BinaryExpression' && parent.operator !== 'in' && parent.operator !== 'instanceof') ||
  (parent?.type === 'AssignmentExpression' &&
    parent.left === node &&
    parent.operator !== '=' &&
    !LOGICAL.has(parent.operator));

/**
 * Checks members whose names are computed, as in `a[b]`. The name must be a number, or the member must be
 * nothing but an operand. In a destructuring pattern, a computed name is a problem too.
 */
function checkComputedNames(syntax: Syntax, report: Report): void {
  const isNumber = makeNumberTest(syntax);
  for (const { node, parents } of syntax.nodes) {
    if (node.type === 'Property' && parents[0]?.type === 'ObjectPattern' && node.computed)
      report(node, FINDINGS.taken);
    if (
      !isMemberExpression(node) ||
      !node.computed ||
      memberName(node.property, true) !== null ||
      isNumber(node.property)
    )
      continue;
    if (!isOperand(node, parents[0])) report(node, FINDINGS.byName);
  }
}

/**
 * Reports `this` and `super` outside of classes. `this` is the object on which a function is called. Outside
 * of a class, the gate does not know this object.
 */
function checkUseOfThis({ nodes }: Syntax, report: Report): void {
  for (const { node, parents } of nodes) {
    if (node.type !== 'ThisExpression' && node.type !== 'Super') continue;
    const at = parents.findIndex(({ type }) =>
      /^(Function(Expression|Declaration)|PropertyDefinition)$/.test(type),
    );
    if (parents[at]?.type !== 'PropertyDefinition' && parents[at + 1]?.type !== 'MethodDefinition')
      report(parents[0] ?? node, outsideClassFinding(node.type));
  }
}

/**
 * Checks that a listener is an arrow function. In any other function, `this` would be an object of Node,
 * which the signer must not access.
 */
function checkListener(call: Node | undefined, place: number, syntax: Syntax, report: Report): void {
  if (call?.type !== 'CallExpression') return;
  const listener = call.arguments[place];
  const given = syntax.uses.find(use => use.identifier === listener)?.binding?.given ?? [listener ?? null];
  if (!given.every(value => value?.type === 'ArrowFunctionExpression')) report(call, FINDINGS.listener);
}

/**
 * Checks a stream, which must not be used as a value. Some methods of a stream return the stream, so their
 * results must not be used either.
 */
function checkStream(
  name: string,
  stream: Node,
  [member, call, around]: Node[],
  syntax: Syntax,
  report: Report,
): void {
  const used =
    isMemberExpression(member) && member.object === stream
      ? memberName(member.property, member.computed)
      : null;
  if (used === null || !ALLOWED_OF_STREAMS[name]?.has(used)) report(member ?? stream, streamFinding(name));
  if (used === null || DATA_OF_STREAMS.has(used)) return;
  const isCall = call?.type === 'CallExpression' && call.callee === member;
  const isUnused =
    around?.type === 'ExpressionStatement' ||
    (around?.type === 'UnaryExpression' && around.operator === 'void');
  if (!isCall || !isUnused) report(call ?? stream, methodFinding(name));
  else if (used === 'on' || used === 'off') checkListener(call, 1, syntax, report);
}

const isCalledOrBuilt = (node: Node, parent: Node | undefined) =>
  ((parent?.type === 'CallExpression' || parent?.type === 'NewExpression') && parent.callee === node) ||
  (parent?.type === 'BinaryExpression' && parent.operator === 'instanceof' && parent.right === node) ||
  ((parent?.type === 'ClassDeclaration' || parent?.type === 'ClassExpression') && parent.superClass === node);

const isAssigned = (node: Node, [parent, around]: Node[]) =>
  ((parent?.type === 'AssignmentExpression' || parent?.type === 'AssignmentPattern') &&
    parent.left === node) ||
  (parent?.type === 'ForOfStatement' && parent.left === node) ||
  /^(UpdateExpression|ArrayPattern|RestElement)$/.test(parent?.type ?? '') ||
  (parent?.type === 'UnaryExpression' && parent.operator === 'delete') ||
  (parent?.type === 'Property' && around?.type === 'ObjectPattern');

function checkProcess({ parents }: Use, syntax: Syntax, report: Report): void {
  const [member, call] = parents as [Node, Node];
  const name = isMemberExpression(member) && !member.computed ? memberName(member.property, false) : null;
  if (name === null || !ALLOWED_OF_PROCESS.has(name)) report(member, FINDINGS.process);
  const args = call.type === 'CallExpression' && call.callee === member ? (call.arguments as Node[]) : [];
  if (name === 'kill' && !(args.length === 2 && literalValue(args[1]) === 0)) report(call, FINDINGS.kill);
  if (name === 'on' && !ALLOWED_EVENTS.has(String(literalValue(args[0])))) report(call, FINDINGS.event);
  if (name === 'on') checkListener(call, 1, syntax, report);
  if (name !== null && name in ALLOWED_OF_STREAMS)
    checkStream(name, member, parents.slice(1), syntax, report);
  if (name !== 'exitCode' && isAssigned(member, parents.slice(1))) report(call, FINDINGS.change);
}

function checkGlobalNames(syntax: Syntax, own: boolean, report: Report): void {
  for (const use of syntax.uses) {
    const { identifier, binding, parents } = use;
    if (binding) continue;
    const [parent] = parents;
    const member = isMemberExpression(parent) && parent.object === identifier ? parent : undefined;
    if (!ALLOWED_GLOBALS.has(identifier.name)) report(identifier, FINDINGS.global);
    else if (identifier.name === 'process') checkProcess(use, syntax, report);
    else if (identifier.name === 'globalThis') {
      // `globalThis.crypto` is permitted in packages, because noble has code for the platform's crypto. The
      // signer never runs this code.
      if (own || !member || memberName(member.property, member.computed) !== 'crypto')
        report(parent ?? identifier, FINDINGS.globalObject);
    } else if (isAssigned(identifier, parents) || (member && isAssigned(member, parents.slice(1))))
      report(parent ?? identifier, FINDINGS.change);
    else if (
      own &&
      identifier.name === 'Object' &&
      !ALLOWED_OF_OBJECT.has(String(memberName(member?.property ?? identifier, false)))
    )
      report(parent ?? identifier, FINDINGS.object);
    else if (own && identifier.name === 'setTimeout') checkListener(parent, 0, syntax, report);
    else if (own && !member && !isCalledOrBuilt(identifier, parent) && !GLOBAL_VALUES.has(identifier.name))
      report(parent ?? identifier, FINDINGS.value);
  }
}

function checkMemberNames({ nodes }: Syntax, also: ReadonlySet<string>, report: Report): void {
  const check = (node: Node, name: string | null) => {
    if (name === null || !(PLATFORM_NAMES.has(name) || name.startsWith('__'))) return;
    if (!ALLOWED_MEMBERS.has(name) && !also.has(name)) report(node, memberFinding(name));
  };
  for (const { node, parents } of nodes) {
    if (isMemberExpression(node)) check(node, memberName(node.property, node.computed));
    if (node.type !== 'Property') continue;
    const name = memberName(node.key, node.computed);
    if (parents[0]?.type === 'ObjectPattern' || name === '__proto__') check(node, name);
  }
}

function checkSyntaxAndImports({ nodes }: Syntax, own: boolean, report: Report): void {
  for (const { node } of nodes) {
    if (!ALLOWED_SYNTAX.has(node.type) && !(own && node.type === 'ImportNamespaceSpecifier'))
      report(node, syntaxFinding(node.type));
    if (node.type !== 'ImportDeclaration') continue;
    const from = String(node.source.value);
    if (node.specifiers.length === 0) report(node, FINDINGS.nameless);
    if (own && PACKAGES.some(name => from.startsWith(name.replace('*', '')))) continue; // checked in the bundle
    for (const specifier of node.specifiers) {
      const name =
        specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier'
          ? specifier.imported.name
          : '*';
      if (!ALLOWED_IMPORTS[from]?.has(name)) report(specifier, importFinding(name, from));
    }
  }
}

// Mathematical signs are permitted, because comments of packages contain them. \x18 is permitted, because
// Bitcoin's signed messages begin with it.
const INVISIBLE =
  /[\x00-\x08\x0b-\x17\x19-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069]|[\ufe00-\ufe0f]|[\ufeff\ufff0-\uffff]/;

/**
 * @param own true for the signer's own code. The bundle gets fewer checks, because it has packages, whose
 * versions are fixed
 */
function findTextProblems(text: string, own: boolean): string[] {
  const problems = new Set<string>();
  const report: Report = (node, what) => {
    const { line } = node.loc!.start;
    const shown = text.slice(node.start, node.end).replace(/\s+/g, ' ').slice(0, 80);
    problems.add(`${findingText(own ? 'own code' : 'bundle', line, what)}: ${shown}`);
  };
  const syntax = parseSyntax(text);
  checkSyntaxAndImports(syntax, own, report);
  checkGlobalNames(syntax, own, report);
  checkMemberNames(syntax, own ? new Set() : ALLOWED_MEMBERS_OF_PACKAGES, report);
  if (own) {
    checkComputedNames(syntax, report);
    checkUseOfThis(syntax, report);
  }
  const invisible = INVISIBLE.exec(text);
  if (invisible)
    problems.add(`the text has an invisible or bidirectional character: ${JSON.stringify(invisible[0])}`);
  return [...problems];
}

/**
 * @param text the bundle
 * @param ownText the own code without packages. It includes code that nothing calls yet, because a later
 * change may call it
 * @returns a sentence for each problem
 */
export function findBundleProblems(metafile: Metafile, text: string, ownText: string): string[] {
  const problems: string[] = [];
  // The inputs of the build are checked and not its outputs, because the list of outputs omits files of which
  // nothing is used.
  for (const [input, { imports }] of Object.entries(metafile.inputs)) {
    if (!ALLOWED_INPUTS.some(pattern => pattern.test(input))) problems.push(inputFileFinding(input));
    for (const { path, external } of imports)
      if (external && !Object.hasOwn(ALLOWED_IMPORTS, path)) problems.push(`${input} imports ${path}`);
  }
  return [...problems, ...findTextProblems(text, false), ...findTextProblems(ownText, true)];
}

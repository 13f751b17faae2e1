/**
 * Finds for each name in a module where it is declared. For this, each function and block of the syntax tree
 * has a scope with the names that are declared in it.
 */
import { type AnyNode, type Identifier, type Pattern, type Program, parse } from 'acorn';

export type Node = AnyNode;
/**
 * All values that are assigned to a name. Null stands for a value that is not known, such as the value of a
 * parameter.
 */
export interface Binding {
  given: (Node | null)[];
}
type Scope = Map<string, Binding>;

/** A place where a name is used and not declared. */
export interface Use {
  identifier: Identifier;
  /** Surrounding nodes, the nearest first. */
  parents: Node[];
  /** What the name refers to; undefined if the module does not declare it. */
  binding: Binding | undefined;
}

export interface Syntax {
  program: Program;
  /** Every node with its surrounding nodes, the nearest first. */
  nodes: { node: Node; parents: Node[] }[];
  uses: Use[];
}

const isSyntaxNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/**
 * The children of a node, in the order of the text. A shorthand property has the same node as key and as
 * value, so this node is listed once.
 */
export function childNodes(node: Node): Node[] {
  const values = Object.values(node).flatMap(value => (Array.isArray(value) ? value : [value]));
  return [...new Set(values.filter(isSyntaxNode))];
}

const isFunctionNode = (node: Node) =>
  ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type);

function namesInPattern(pattern: Pattern | null): string[] {
  if (!pattern) return [];
  if (pattern.type === 'Identifier') return [pattern.name];
  if (pattern.type === 'ObjectPattern')
    return pattern.properties.flatMap(p => namesInPattern(p.type === 'Property' ? p.value : p.argument));
  if (pattern.type === 'ArrayPattern') return pattern.elements.flatMap(namesInPattern);
  if (pattern.type === 'AssignmentPattern') return namesInPattern(pattern.left);
  if (pattern.type === 'RestElement') return namesInPattern(pattern.argument);
  return [];
}

function declareName(scope: Scope, name: string, given: Node | null): void {
  const binding = scope.get(name) ?? { given: [] };
  binding.given.push(given);
  scope.set(name, binding);
}

/** Adds the names that a declaration declares to a scope. */
function declareNamesOf(scope: Scope, node: Node, kinds: readonly string[]): void {
  if (node.type === 'VariableDeclaration' && kinds.includes(node.kind)) {
    for (const { id, init } of node.declarations)
      for (const name of namesInPattern(id))
        declareName(scope, name, id.type === 'Identifier' ? (init ?? null) : null);
  } else if (
    (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') &&
    kinds.includes('let')
  )
    declareName(scope, node.id?.name ?? '', null);
}

/** Adds the names that are declared with `var`, because such a name belongs to the whole function. */
function hoistVariables(scope: Scope, node: Node): void {
  declareNamesOf(scope, node, ['var']);
  if (!isFunctionNode(node)) for (const child of childNodes(node)) hoistVariables(scope, child);
}

/** The scope that a node begins; null if it begins none. */
function newScopeOf(node: Node): Scope | null {
  const scope: Scope = new Map();
  if (node.type === 'Program') {
    for (const statement of node.body) {
      hoistVariables(scope, statement);
      declareNamesOf(scope, statement, ['let', 'const', 'using', 'await using']);
      if (statement.type === 'ImportDeclaration')
        for (const { local } of statement.specifiers) declareName(scope, local.name, null);
    }
  } else if (isFunctionNode(node)) {
    const { id, params, body } = node as Extract<Node, { type: 'FunctionExpression' }>;
    if (id && node.type === 'FunctionExpression') declareName(scope, id.name, null);
    for (const name of params.flatMap(namesInPattern)) declareName(scope, name, null);
    hoistVariables(scope, body);
  } else if (node.type === 'BlockStatement' || node.type === 'StaticBlock') {
    for (const statement of node.body)
      declareNamesOf(scope, statement, ['let', 'const', 'using', 'await using']);
  } else if (node.type === 'SwitchStatement') {
    for (const { consequent } of node.cases)
      for (const statement of consequent) declareNamesOf(scope, statement, ['let', 'const']);
  } else if (node.type === 'ForStatement' && node.init) declareNamesOf(scope, node.init, ['let', 'const']);
  else if (node.type === 'ForOfStatement' || node.type === 'ForInStatement')
    declareNamesOf(scope, node.left, ['let', 'const']);
  else if (node.type === 'CatchClause')
    for (const name of namesInPattern(node.param ?? null)) declareName(scope, name, null);
  else if (node.type === 'ClassExpression' && node.id) declareName(scope, node.id.name, null);
  else return null;
  return scope;
}

/** True if an identifier names a variable, and not a member, a key or a label. */
function isVariableUse(identifier: Node, [parent]: Node[]): boolean {
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.object === identifier || parent.computed;
    case 'Property':
      return parent.value === identifier || parent.computed;
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return parent.value === identifier || parent.computed;
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'ImportSpecifier':
    case 'MetaProperty':
      return false;
    default:
      return true;
  }
}

export function parseSyntax(text: string): Syntax {
  const program = parse(text, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowHashBang: true,
    locations: true,
  });
  const syntax: Syntax = { program, nodes: [], uses: [] };
  const visit = (node: Node, parents: Node[], scopes: Scope[]) => {
    syntax.nodes.push({ node, parents });
    const own = newScopeOf(node);
    const inner = own ? [own, ...scopes] : scopes;
    if (node.type === 'Identifier' && isVariableUse(node, parents)) {
      const binding = scopes.find(scope => scope.has(node.name))?.get(node.name);
      syntax.uses.push({ identifier: node, parents, binding });
    }
    for (const child of childNodes(node)) visit(child, [node, ...parents], inner);
  };
  visit(program, [], []);
  for (const { identifier, parents, binding } of syntax.uses) {
    const [parent] = parents;
    if (parent?.type === 'AssignmentExpression' && parent.left === identifier)
      binding?.given.push(parent.operator === '=' ? parent.right : parent);
    // In a loop such as `for (name of list)`, the values of the name are not known.
    else if (parent?.type === 'ForOfStatement' && parent.left === identifier) binding?.given.push(null);
    else if (parents.some(node => /Pattern$/.test(node.type) && node.type !== 'AssignmentPattern'))
      binding?.given.push(null);
  }
  return syntax;
}

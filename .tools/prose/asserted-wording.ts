/**
 * Finds assertions of wording in tests. Such an assertion has a string or a regular expression that contains
 * a piece of prose.
 */
import { literalText, type Part, parseProgram } from './literals.ts';
import type { Sentence } from './sentences.ts';

/**
 * Pattern of the names of functions that compare a text with an argument. A regular expression is checked in
 * any place.
 */
const MATCHERS =
  /^(assert\w*|.*\b(includes|startsWith|endsWith|indexOf|lastIndexOf)|(all)?[rR]efuse[sd]?|failsWith|rejectsWith|waitFor(Text|Camera)|stopped|expect[A-Z]\w*|runInTerminal|RegExp)$/;
/** Functions that change a text. Their arguments are not compared with anything. */
const EDITORS = /(^|\.)(replace|replaceAll)$/;
const COMPARISONS = new Set(['===', '!==', '==', '!=']);

/**
 * A word of prose, which has a small letter. A word in capitals is a placeholder, a code or a sign. A piece
 * of prose is at least three such words, separated by spaces.
 */
const WORD = String.raw`(?=\p{L}*\p{Ll})\p{L}+(?:['’-]\p{L}+)*`;
/**
 * Two letters. At least one word of prose must have two letters, because a text of single letters is a list
 * of signs.
 */
const LONGER_WORD = /\p{L}{2}/u;
const PROSE = new RegExp(
  String.raw`(?<![\p{L}\p{N}_.\[/-])${WORD}(?:,? ${WORD}){2,}(?![\p{L}\p{N}_([/-])`,
  'gu',
);
/**
 * A command that a person types: the program, its command and its subcommand. In an asserted pattern, a group
 * of arguments may follow.
 */
const COMMAND =
  /\b(countersign [a-z-]+( [a-z]+)?|signer [a-z]+)(?= +(--|\(\?:[^A-Za-z]|[A-Z]{2}|[\w-]+[./])|[`"'\s]*$|\b[`\n])/g;

/**
 * The text of a string, or of a regular expression; null for any other node. A zero byte is in place of each
 * inserted value and each special character of a pattern.
 */
function matchedText(node: Part): string | null {
  const { regex } = node as { regex?: { pattern: string } };
  if (regex === undefined) return literalText(node, '\0');
  return regex.pattern.replace(/\\[.,'"`]/g, sign => sign[1] as string).replace(/\\./g, '\0');
}

/** The name of a called function, such as `assert.not.match`, without computed parts. */
function calledName(callee: Part): string {
  if (callee.type === 'Identifier') return String(callee.name);
  if (callee.type !== 'MemberExpression') return '';
  return [calledName(callee.object as Part), calledName(callee.property as Part)]
    .filter(name => name !== '')
    .join('.');
}

/**
 * The arguments of an assertion that are compared. Its last argument is a message, which is printed only if
 * the assertion fails.
 */
function comparedArguments(name: string, args: readonly Part[]): readonly Part[] {
  if (!name.startsWith('assert.')) return args;
  return args.slice(0, name.endsWith('.unreachable') ? 0 : /\.(ok|not)$/.test(name) ? 1 : 2);
}

const isTextMatcher = (name: string) =>
  name.startsWith('assert.') || MATCHERS.test(name.replace(/^.*\./, ''));

/** The literals in a part of a program that are compared with a text. */
function* comparedLiterals(node: unknown, isCompared: boolean): Generator<Part> {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const one of node) yield* comparedLiterals(one, isCompared);
    return;
  }
  const part = node as Part;
  if (part.type === 'ImportDeclaration') return;
  const text = matchedText(part);
  if (text !== null && (isCompared || 'regex' in part)) yield part;
  if (part.type === 'CallExpression' || part.type === 'NewExpression') {
    const name = calledName(part.callee as Part);
    const args = part.arguments as Part[];
    yield* comparedLiterals(part.callee, false);
    if (EDITORS.test(name)) return;
    const isHere = isTextMatcher(name);
    yield* comparedLiterals(isHere ? comparedArguments(name, args) : args, isHere);
    return;
  }
  const isHere =
    part.type === 'BinaryExpression'
      ? COMPARISONS.has(String(part.operator))
      : isCompared && !/Function/.test(part.type);
  for (const value of Object.values(part)) yield* comparedLiterals(value, isHere);
}

/**
 * @returns each literal with prose that a test compares with a text: its line and its first piece of prose
 */
export function findAssertedWording(file: string, program: string): Sentence[] {
  const { tree, lineOf } = parseProgram(program);
  return [...comparedLiterals(tree, false)].flatMap(part => {
    const pieces = (matchedText(part) as string).replace(COMMAND, '\0').match(PROSE) ?? [];
    const text = pieces.find(piece => LONGER_WORD.test(piece));
    return text === undefined ? [] : [{ file, line: lineOf(part), text }];
  });
}

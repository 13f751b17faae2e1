/** Extracts the sentences of messages, prompts and help: the string literals of a program that are prose. */
import { type Expression, type Node, parse } from 'acorn';
import { transformSync } from 'esbuild';
import { countWords, type Sentence, splitSentences } from './sentences.ts';

/** Literals with fewer words are keys, formats and parts of sentences. */
const FEWEST_WORDS = 4;
/** Code of other languages: pages, styles, completion scripts, and statements of a shell. */
const OTHER_CODE = /[{};]\s*$|=>|\$\{|\bconst |^\s*[-.#@\w]+\s*\{/;

/** The literal's text, with a placeholder for each inserted value; null for other nodes. */
function literal(node: Node & Partial<Expression>): string | null {
  if (node.type === 'Literal' && 'value' in node && typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral' || !('quasis' in node)) return null;
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('`x`');
}

function* literals(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const one of node) yield* literals(one);
    return;
  }
  const { type } = node as Node;
  if (type === 'ImportDeclaration') return;
  const text = literal(node as Node);
  if (text !== null) yield text;
  for (const value of Object.values(node)) yield* literals(value);
}

/** The line where a literal's first words are. */
function lineOf(program: string, text: string): number {
  const start = text.split('`x`').find(part => part.trim() !== '') ?? '';
  const at = program.indexOf(start.split('\n')[0] as string);
  return at < 0 ? 1 : program.slice(0, at).split('\n').length;
}

/** True for data, such as rows of keys: most words have no vowel, or contain a digit or a sign. */
const isData = (text: string) => {
  const words = text.split(/\s+/);
  return (
    words.filter(word => !/^["'(`]?\p{L}*[aeiouy]\p{L}*[\p{P}]*$/iu.test(word)).length > words.length / 2
  );
};

/** Sentences in a program's literals, by paragraph. Indented lines of help are omitted. */
export function sentencesOfMessages(file: string, program: string): Sentence[] {
  const { code } = transformSync(program, { loader: 'ts', target: 'esnext' });
  const tree = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  return [...literals(tree)].flatMap(text => {
    if (isData(text)) return [];
    const line = lineOf(program, text);
    return text
      .replace(/<[^>]*>/g, ' ')
      .split('\n')
      .filter(paragraph => !/^\s{2,}/.test(paragraph) && !OTHER_CODE.test(paragraph))
      .flatMap(paragraph => splitSentences(paragraph))
      .filter(sentence => countWords(sentence) >= FEWEST_WORDS)
      .map(sentence => ({ file, line, text: sentence }));
  });
}

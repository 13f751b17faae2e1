/** Extracts the sentences of messages, prompts and help: the string literals of a program that are prose. */
import { literalText, type Part, parseProgram } from './literals.ts';
import { countWords, type Sentence, splitSentences } from './sentences.ts';

/**
 * Smallest number of words of a sentence. Literals with fewer words are keys, formats and parts of sentences.
 */
const FEWEST_WORDS = 4;
/** Pattern of code in other languages: pages, styles, completion scripts, and statements of a shell. */
const OTHER_CODE = /[{};]\s*$|=>|\$\{|\bconst |^\s*[-.#@\w]+\s*\{/;

/** Text in place of an inserted value. */
const PLACEHOLDER = '`x`';

function* literalTexts(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const one of node) yield* literalTexts(one);
    return;
  }
  if ((node as Part).type === 'ImportDeclaration') return;
  const text = literalText(node as Part, PLACEHOLDER);
  if (text !== null) yield text;
  for (const value of Object.values(node)) yield* literalTexts(value);
}

/** The line of a program in which the first words of a literal are. */
function lineOfText(program: string, text: string): number {
  const start = text.split(PLACEHOLDER).find(part => part.trim() !== '') ?? '';
  const at = program.indexOf(start.split('\n')[0] as string);
  return at < 0 ? 1 : program.slice(0, at).split('\n').length;
}

/** True for data, such as rows of keys: most of its words have no vowel, or contain a digit or a sign. */
const isDataText = (text: string) => {
  const words = text.split(/\s+/);
  return (
    words.filter(word => !/^["'(`]?\p{L}*[aeiouy]\p{L}*[\p{P}]*$/iu.test(word)).length > words.length / 2
  );
};

/**
 * The sentences in the literals of a program. A sentence does not continue in the next paragraph. Indented
 * lines of a help text are omitted.
 */
export function sentencesOfMessages(file: string, program: string): Sentence[] {
  return [...literalTexts(parseProgram(program).tree)].flatMap(text => {
    if (isDataText(text)) return [];
    const line = lineOfText(program, text);
    return text
      .replace(/<[^>]*>/g, ' ')
      .split('\n')
      .filter(paragraph => !/^\s{2,}/.test(paragraph) && !OTHER_CODE.test(paragraph))
      .flatMap(paragraph => splitSentences(paragraph))
      .filter(sentence => countWords(sentence) >= FEWEST_WORDS)
      .map(sentence => ({ file, line, text: sentence }));
  });
}

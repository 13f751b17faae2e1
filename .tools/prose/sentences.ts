/** Extracts the sentences of a page and of a program's comments, with the line where each begins. */

export interface Sentence {
  file: string;
  line: number;
  /** The sentence with one word in place of each inline code. */
  text: string;
  /** The sentence with its inline code; absent for sentences that are not on a page or in a comment. */
  written?: string;
}

const CODE = '`x`';

/** Replaces inline code by one word, and a link by its text. */
const plainText = (text: string): string =>
  text
    .replace(/`[^`]*`/g, CODE)
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_]{1,2}([^*_]+)[*_]{1,2}/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();

/**
 * Splits after `.`, `!`, `?`, `:` or `;` if a space follows, and then a capital letter, code, a quote or a
 * bracket. Points in numbers and in file names are not ends.
 */
const splitAtEnds = (text: string): string[] => plainText(text).split(/(?<=[.!?:;])\s+(?=[A-Z`"(])/);

const hasWords = (sentence: string): boolean => /[a-z]/.test(sentence.replaceAll(CODE, ''));

export const splitSentences = (text: string): string[] => splitAtEnds(text).filter(hasWords);

/** Sentences of a text, each with and without its inline code. */
function sentencesWithCode(text: string): Pick<Sentence, 'text' | 'written'>[] {
  const codes = text.match(/`[^`]*`/g) ?? [];
  return splitAtEnds(text)
    .map(part => ({ text: part, written: part.replaceAll(CODE, () => codes.shift() ?? CODE) }))
    .filter(sentence => hasWords(sentence.text));
}

export const countWords = (sentence: string): number =>
  sentence.split(/\s+/).filter(word => /[\p{L}\p{N}`]/u.test(word)).length;

/**
 * The sentences of a page: in paragraphs, list items and cells of tables. Blocks of code and directives for
 * tests are left out.
 */
export function sentencesOfPage(file: string, page: string): Sentence[] {
  const found: Sentence[] = [];
  let [isCode, from, block] = [false, 0, ''];
  const end = () => {
    for (const sentence of sentencesWithCode(block)) found.push({ file, line: from, ...sentence });
    block = '';
  };
  page.split('\n').forEach((content, i) => {
    if (/^\s*```/.test(content)) {
      end();
      isCode = !isCode;
      return;
    }
    if (isCode || /^( {4}|<!--)/.test(content)) {
      end();
      return;
    }
    const isNew = /^\s*([-*]|[0-9]+\.)\s|^#|^\||^\s*$/.test(content);
    if (isNew) end();
    if (block.trim() === '') from = i + 1;
    if (content.startsWith('|')) {
      for (const cell of content.split(/\||<br>/))
        for (const sentence of sentencesWithCode(cell)) found.push({ file, line: i + 1, ...sentence });
      return;
    }
    block += ` ${content.replace(/^\s*([-*]|[0-9]+\.)\s|^#+ /, '')}`;
    if (content.startsWith('#')) end();
  });
  end();
  return found;
}

/** The place before a comment tag such as `@returns`, which begins a new text. */
const TAG = /(?=@(?:param|returns|throws)\b)/;
const COMMENT = /(?<=^[ \t]*)\/\*\*?([\s\S]*?)\*\/|(?<=^[ \t]*)\/\/(.*)$/gm;
/** Pattern of code in a comment: indented lines, and all lines after `@example`. */
const SHOWN_CODE = /^ {2,}\S.*$|@example[\s\S]*/gm;

/**
 * The sentences of those comments that have lines of their own. Comments on adjacent lines are one text. Code
 * in comments is skipped.
 */
export function sentencesOfComments(file: string, text: string): Sentence[] {
  const joined: { line: number; end: number; text: string }[] = [];
  for (const match of text.matchAll(COMMENT)) {
    // A comment with a placeholder is not a comment of this program but a part of a template.
    if (match[0].includes('${')) continue;
    const line = text.slice(0, match.index).split('\n').length;
    const lines = match[0].split('\n').length;
    const content = (match[1] ?? match[2] ?? '').replace(/^[ \t]*\* ?/gm, '').replace(SHOWN_CODE, '');
    const last = joined.at(-1);
    if (match[2] !== undefined && last?.end === line - 1) {
      last.text += ` ${content}`;
      last.end = line;
    } else joined.push({ line, end: line + lines - 1, text: content });
  }
  return joined.flatMap(({ line, text }) =>
    text.split(TAG).flatMap(part => sentencesWithCode(part).map(sentence => ({ file, line, ...sentence }))),
  );
}

/** What a holder types or pastes to look up: serials, references, asset ids, and amounts as a wallet prints them. */
import { parseAmount } from '../../shared/amount.ts';
import { Refusal, shown } from '../../shared/errors.ts';

export const MAX_LINES = 1000;
const LONGEST = 64;

export interface Asked {
  /** 1 for the first line. */
  line: number;
  /** An asset id, in lower case; undefined if a bar is asked for. */
  token?: string;
  /** Decimal text of at most 8 decimals: so many tokens the holder has. */
  amount?: string;
  /** Serial or reference, as it was typed. */
  bar?: string;
}

/** `id`, `id, 1.5`, `"id": 1.50000000,`: between them anything that is no letter and no digit. */
const TOKEN = /^[\s"'{[]*([0-9a-f]{64})(?:["']?\s*[,;:=\s]\s*["']?([^\s"',;}\]]+))?["'\s,;}\]]*$/i;
/** Lines of a wallet's output that hold nothing. */
const EMPTY = /^[\s{}[\],]*$/;

function readLine(text: string, line: number): Asked {
  const [, token, amount] = TOKEN.exec(text) ?? [];
  if (token !== undefined) {
    const asked = { line, token: token.toLowerCase() };
    if (amount === undefined) return asked;
    parseAmount(amount, `line ${line}, amount`);
    return { ...asked, amount };
  }
  const bar = text.trim();
  if (bar.length <= LONGEST) return { line, bar };
  throw new Refusal(
    'FIELD_INVALID',
    `line ${line}: expected a serial, a reference of at most ${LONGEST} characters, or an asset id of 64 hex digits, got ${shown(bar)}`,
    'Give one bar or one token a line; an amount stands behind its asset id.',
  );
}

/** @throws Refusal FIELD_INVALID naming the line, TOO_LARGE */
export function readQuestion(text: string): Asked[] {
  const lines = text.split('\n').map((content, i) => ({ content, line: i + 1 }));
  const filled = lines.filter(({ content }) => !EMPTY.test(content));
  if (filled.length > MAX_LINES)
    throw new Refusal(
      'TOO_LARGE',
      `expected at most ${MAX_LINES} lines, got ${filled.length}`,
      'Look them up in parts.',
    );
  return filled.map(({ content, line }) => readLine(content, line));
}

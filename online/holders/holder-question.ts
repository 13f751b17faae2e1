/**
 * Reads a question that a holder types or pastes: serials, references, asset ids, and amounts as wallets
 * print them.
 */
import { formatDecimal, parseAmount } from '../../shared/amount.ts';
import { Refusal, valueText } from '../../shared/errors.ts';

export const MAX_LINES = 1000;
const LONGEST = 64;

export interface Asked {
  /** Number of the question's line, from 1. */
  line: number;
  /** An asset id in lower case; undefined for a question about a bar. */
  token?: string;
  /** The holder's amount of tokens: decimal text with at most 8 decimals. */
  amount?: string;
  /** Numbers of the lines with this token, if the amount is the sum of several lines. */
  lines?: number[];
  /** Serial or reference, as the holder typed it. */
  bar?: string;
}

/**
 * A line with an asset id and perhaps an amount, such as `id`, `id, 1.5` or `"id": 1.50000000,`. Quotes,
 * spaces, and one comma, semicolon, colon or equals sign may be between the two.
 */
const TOKEN = /^[\s"'{[]*([0-9a-f]{64})(?:["']?\s*[,;:=\s]\s*["']?([^\s"',;}\]]+))?["'\s,;}\]]*$/i;
/** A line that asks nothing: it is empty, or has only brackets and commas of a wallet's output. */
const EMPTY = /^[\s{}[\],]*$/;

/** At least 20 hex digits, which may be an asset id, and then any text. */
const BEGINS = /^[\s"'{[]*([0-9a-f]{20,})(?![0-9a-z-])(.*)$/i;
const HINT = 'Write the amount with a decimal point and no separators, for example 1389.142.';

const lineRefusal = (line: number, problem: string, hint: string): Refusal =>
  new Refusal('FIELD_INVALID', `Line ${line}${problem}`, hint);

/**
 * The refusal of a line that begins with hex digits: the asset id has a wrong length, or the amount cannot be
 * read. A comma in an amount is refused, because it may separate thousands or decimals.
 */
function refusalOfHexLine(id: string, rest: string, line: number): Refusal {
  if (id.length !== 64)
    return lineRefusal(
      line,
      `: expected an asset id of 64 hex digits, got ${id.length} digits, ${id.slice(0, 8)}…`,
      'Copy the whole asset id, on one line.',
    );
  const amount = rest.replace(/^["'\s,;:=]+|["'\s,;}\]]+$/g, '');
  const what = amount.includes(',') ? 'has a comma' : 'is not a number with a decimal point';
  return lineRefusal(line, `, amount: ${valueText(amount)} ${what}`, HINT);
}

function readLine(text: string, line: number): Asked {
  const [, token, amount] = TOKEN.exec(text) ?? [];
  if (token !== undefined) {
    const asked = { line, token: token.toLowerCase() };
    if (amount === undefined) return asked;
    parseAmount(amount, `Line ${line}, amount`);
    return { ...asked, amount };
  }
  const [, id, rest] = BEGINS.exec(text) ?? [];
  if (id !== undefined) throw refusalOfHexLine(id, rest as string, line);
  const bar = text.trim();
  if (bar.length <= LONGEST) return { line, bar };
  throw lineRefusal(
    line,
    `: expected a serial, a reference of at most ${LONGEST} characters, or an asset id of 64 hex digits, got ${valueText(bar)}`,
    'Write one bar or one token per line. An amount follows its asset id.',
  );
}

/**
 * Joins lines with the same token to one question, with the sum of their amounts. The sum can exceed the
 * existing tokens even if no single amount does.
 */
function joinSameTokens(all: readonly Asked[]): Asked[] {
  const byName = new Map<string, Asked[]>();
  for (const asked of all) {
    const name = asked.token ?? `line ${asked.line}`;
    byName.set(name, [...(byName.get(name) ?? []), asked]);
  }
  return [...byName.values()].map(same => {
    const amounts = same.flatMap(({ amount }) => amount ?? []);
    const first = same[0] as Asked;
    if (same.length === 1 || amounts.length === 0) return first;
    const sum = amounts.reduce((total, amount) => total + parseAmount(amount, 'amount'), 0n);
    return { ...first, amount: formatDecimal(sum), lines: same.map(({ line }) => line) };
  });
}

export interface Question {
  asked: Asked[];
  /** Sentences about the lines that were not understood. */
  problems: string[];
}

/**
 * Reads all lines. A line with an error does not prevent answers to other lines. But lines with the same
 * token are skipped too, because the sum of their amounts would be too small.
 * @throws Refusal TOO_LARGE for more than {@link MAX_LINES} lines
 */
export function readQuestion(text: string): Question {
  const lines = text.split('\n').map((content, i) => ({ content, line: i + 1 }));
  const filled = lines.filter(({ content }) => !EMPTY.test(content));
  if (filled.length > MAX_LINES)
    throw new Refusal(
      'TOO_LARGE',
      `expected at most ${MAX_LINES} lines, got ${filled.length}`,
      'Look up fewer lines at once.',
    );
  const [read, problems, doubtful]: [Asked[], string[], Set<string>] = [[], [], new Set()];
  for (const { content, line } of filled) {
    try {
      read.push(readLine(content, line));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problems.push(`${error.message}. ${error.hint}`);
      const [, id] = BEGINS.exec(content) ?? [];
      if (id !== undefined) doubtful.add(id.toLowerCase());
    }
  }
  const isDoubtful = ({ token }: Asked) => token !== undefined && doubtful.has(token);
  for (const { line } of read.filter(isDoubtful))
    problems.push(`Line ${line}: not answered, because another line with this token has an error.`);
  return { asked: joinSameTokens(read.filter(one => !isDoubtful(one))), problems };
}

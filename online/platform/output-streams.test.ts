/** Terminal output is wrapped between words to the reported width, and coloured. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wrapTerminalOutput } from './output-streams.ts';

const TEXT = `${'word '.repeat(30).trimEnd()}\n`;

type Env = Record<string, string | undefined>;

/** @returns the text that reaches the stream */
function writtenText(text: string, env: Env, columns = 80, isTTY = true): string {
  const parts: string[] = [];
  const stream = { isTTY, columns, write: (part: string) => parts.push(part) > 0 };
  wrapTerminalOutput(stream as unknown as NodeJS.WriteStream, env).write(text);
  return parts.join('');
}

/** @returns the lines that reach a terminal with this number of columns */
const linesAt = (columns: number): string[] => writtenText(TEXT, {}, columns).trimEnd().split('\n');
const withoutCodes = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, '');

test('lines fit into the window', () => {
  assert.is(Math.max(...linesAt(40).map(line => line.length)), 39);
});

test('a terminal that reports no width gets lines of 80 columns', () => {
  assert.is(Math.max(...linesAt(0).map(line => line.length)), 79);
});

const LINES = `error NODE_AUTH: wrong
warning STORE_DENIED: public
WARNINGS
  ! look at 031037-2019-PAMP
The published mapping
review code  VHXQ-ADRR-MZA3-SD1R
`;

test('errors, warnings, headings and the review code get colours, and the words stay the same', () => {
  const text = writtenText(LINES, {});
  assert.is(withoutCodes(text), LINES);
  const styles = text.split('\n').map(line => /\x1b\[([0-9;]*)m/.exec(line)?.[1]);
  assert.equal(styles, ['1;31', '1;33', '1;33', '1;33', '1', '1', undefined]);
});

test('no colours for NO_COLOR, for simple terminals and for other programs', () => {
  for (const env of [{ NO_COLOR: '1' }, { NO_COLOR: 'false' }, { TERM: 'dumb' }])
    assert.is(writtenText(LINES, env), LINES);
  assert.is(writtenText(LINES, {}, 80, false), LINES);
  assert.is.not(writtenText(LINES, { NO_COLOR: '' }), LINES);
  const json = '{"reviewCode": "VHXQ-ADRR-MZA3-SD1R"}\n';
  assert.is(writtenText(json, {}), json);
});

test('lines break at the same places with and without colour', () => {
  const text = `error NODE_AUTH: ${'VHXQ-ADRR-MZA3-SD1R '.repeat(9).trimEnd()}\n`;
  for (const columns of [20, 40, 80])
    assert.is(withoutCodes(writtenText(text, {}, columns)), writtenText(text, { NO_COLOR: '1' }, columns));
});

test('text with control sequences, and names that look like keywords, stay unchanged', () => {
  const codes = '\x1b[5merror NODE_AUTH: x\x1b[0m\n';
  assert.is(writtenText(codes, {}), codes);
  for (const line of ['the error NODE_AUTH: x\n', '0VHXQ-ADRR-MZA3-SD1R\n', 'Nothing is wrong.\n'])
    assert.is(writtenText(line, {}), line);
});

test.run();

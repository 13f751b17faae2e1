/** What is written to a terminal is broken between words, at the window's width where the terminal reports one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wordWrapped } from './streams.ts';

const TEXT = `${'word '.repeat(30).trimEnd()}\n`;

/** @returns the lines that a terminal of so many columns is given */
function linesAt(columns: number): string[] {
  const written: string[] = [];
  const terminal = { isTTY: true, columns, write: (text: string) => written.push(text) > 0 };
  wordWrapped(terminal as unknown as NodeJS.WriteStream).write(TEXT);
  return written.join('').trimEnd().split('\n');
}

test('lines fit into the window', () => {
  assert.is(Math.max(...linesAt(40).map(line => line.length)), 39);
});

test('a terminal that reports no width gets lines of 80 columns', () => {
  assert.is(Math.max(...linesAt(0).map(line => line.length)), 79);
});

test.run();

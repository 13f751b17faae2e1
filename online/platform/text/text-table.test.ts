import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tableText } from './text-table.ts';

const columns = [
  { title: 'no.', right: true },
  { title: 'reference' },
  { title: 'mass', right: true },
  { title: 'asset id' },
];
const id = 'ab'.repeat(32);
const rows = [['1', '031037-2019-PAMP', '389.142', id]];

test('without a window, or in a wide one, all columns are in the row', () => {
  const wide = `no.  reference            mass  asset id\n---  ----------------  -------  ${'-'.repeat(64)}\n  1  031037-2019-PAMP  389.142  ${id}\n`;
  assert.is(tableText(columns, rows), wide);
  assert.is(tableText(columns, rows, 96), wide);
});

test('columns that do not fit are printed whole below the row', () => {
  assert.is(
    tableText(columns, rows, 95),
    `no.  reference            mass\n---  ----------------  -------\n  1  031037-2019-PAMP  389.142\n    asset id  ${id}\n`,
  );
  assert.is(
    tableText(columns, rows, 25),
    `no.  reference\n---  ----------------\n  1  031037-2019-PAMP\n    mass      389.142\n    asset id  ${id}\n`,
  );
});

test('an empty cell adds no line, and a window of one column works', () => {
  assert.is(tableText([{ title: 'a' }, { title: 'b' }], [['1', '']], 1), 'a\n-\n1\n');
  assert.is(tableText([{ title: 'a' }], [], 1), 'a\n-\n');
});

test.run();

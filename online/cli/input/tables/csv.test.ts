/** Tables in the forms that spreadsheet programs of many countries export. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trust } from '../../../../fixtures/sample-request.ts';
import { utf8 } from '../../../../shared/bytes.ts';
import { FILE } from '../../../../shared/file-kind.ts';
import { failsWith } from '../../../../shared/testing.ts';
import { readAssets } from './asset-file.ts';
import { readCsv } from './csv.ts';
import { ALTERED, notCsvRefusal, SPREADSHEET, unusedColumnsText, zerosDroppedText } from './texts.ts';

const NAMES = ['a', 'b', 'c'];
const readCsvLines = (text: string | Uint8Array) =>
  readCsv(typeof text === 'string' ? utf8(text) : text, 'x.csv', NAMES).lines.map(
    ({ number, cells }) => `${number}:${cells.join('/')}`,
  );
const SHEET = ['1:a/b/c', '2:1/2/3', '3:4/5/6'];

for (const [what, text] of [
  ['commas', 'a,b,c\n1,2,3\n4,5,6\n'],
  ['semicolons', 'a;b;c\n1;2;3\n4;5;6'],
  ['tabs', 'a\tb\tc\n1\t2\t3\n4\t5\t6\n'],
  ['bars', 'a|b|c\n1|2|3\n4|5|6\n'],
  ['line ends of Windows', 'a,b,c\r\n1,2,3\r\n4,5,6\r\n'],
  ['line ends of the first Macintoshes', 'a,b,c\r1,2,3\r4,5,6\r'],
  ['line ends of all three', 'a,b,c\r\n1,2,3\r4,5,6\n'],
  ['every cell in quotes', '"a";"b";"c"\n"1";"2";"3"\n"4";"5";"6"\n'],
  ['a comma in the quotes of a table of semicolons', 'a;b;c\n1;2;"3"\n4;5;6\n'],
  ['rows of separators at the end', 'a,b,c\n1,2,3\n4,5,6\n,,\n,,,,,\n\n'],
  ['Ctrl-Z at the end', 'a,b,c\n1,2,3\n4,5,6\r\n\x1a'],
  ['a byte order mark', '\ufeffa,b,c\n1,2,3\n4,5,6\n'],
  ['blanks around the cells, one of them not breaking', ' a , b ,c\n1 ,2\u00a0, 3\n4,5,6\n'],
] as const)
  test(`a table is read with ${what}`, () => assert.equal(readCsvLines(text), SHEET));

for (const swap of [false, true])
  test(`Excel's Unicode text is read with ${swap ? 'high' : 'low'} bytes first`, () => {
    const bytes = Buffer.from('\ufeffa\tb\tc\r\n1\t2\t3\r\n4\t5\t6\r\n', 'utf16le');
    assert.equal(readCsvLines(new Uint8Array(swap ? bytes.swap16() : bytes)), SHEET);
  });

for (const separator of [';', '\t', ',', '#'])
  test(`the line sep=${JSON.stringify(separator)}, which only Excel uses, is read`, () => {
    const rows = ['a,b,c', '1,2,3', '4,5,6'].map(row => row.replaceAll(',', separator));
    assert.equal(readCsvLines(`sep=${separator}\r\n${rows.join('\r\n')}`), ['2:a/b/c', '3:1/2/3', '4:4/5/6']);
  });

test('a row has the number of its first line, even if its cells contain line ends', () => {
  const text = 'a,b,c\n\n1,"2\nand\nmore",3\n\n"\n4",5,6\n7,8,9\n';
  assert.equal(
    readCsv(utf8(text), 'x', NAMES).lines.map(({ number }) => number),
    [1, 3, 7, 9],
  );
});

test('a quoted formula in a cell is read as a cell', () => {
  assert.equal(readCsvLines('a,b,c\n="01",2,3\n"=""02""",2,3\n'), ['1:a/b/c', '2:="01"/2/3', '3:="02"/2/3']);
});

for (const [what, content, kind] of [
  ['a workbook', 'PK\x03\x04rest', SPREADSHEET],
  ['a web page', '<!DOCTYPE html><html>', FILE.webPage],
  ['a private key', '1'.repeat(64), FILE.privateKey],
  ['UTF-16 without its mark', 'a\0,\0b\0,\0c\0\n\0', FILE.utf16],
] as const)
  test(`a table is refused: ${what}`, () => {
    const { message } = failsWith('FORMAT_INVALID', () => readCsv(utf8(content), 'x.csv', NAMES));
    assert.is(message, notCsvRefusal('x.csv', kind).message);
  });

test('text in an older code page is refused', () => {
  const bytes = new Uint8Array(Buffer.from('a,b,c\nSoci\xe9t\xe9,2,3\n', 'latin1'));
  failsWith('FORMAT_INVALID', () => readCsv(bytes, 'x.csv', NAMES), /^x\.csv: .*UTF-8/);
});

const BAR = {
  serial: '031037',
  year: '2019',
  manufacturer: 'PAMP',
  mass: '389.142',
  address: 'GSs3ypDm76eusaEx2D1z3smZ8GhuVPsvQz',
};

/** The bars of a sheet, and the notes about it. */
function readAssetTable(text: string): { read: unknown[]; notes: string[] } {
  const notes: string[] = [];
  return { read: readAssets(utf8(text), 'bars.csv', trust, note => notes.push(note)), notes };
}

test('columns may have any order, and unknown columns are named and ignored', () => {
  const text = `vault,Address,MASS,,year,Manufacturer,serial,Comment\nZurich,${BAR.address},389.142,,2019,PAMP,031037,"a, b"\n`;
  assert.equal(readAssetTable(text), {
    read: [BAR],
    notes: [unusedColumnsText('bars.csv', ['vault', 'comment'])],
  });
});

test('empty columns at the end of some rows are ignored', () => {
  const { address } = BAR;
  for (const [header, row] of [
    [',,', ',,'],
    ['', ',,,'],
    [',,,', ''],
  ])
    assert.equal(
      readAssetTable(
        `serial,year,manufacturer,mass,address${header}\n031037,2019,PAMP,389.142,${address}${row}\n`,
      ),
      { read: [BAR], notes: [] },
    );
});

for (const [what, code, header, row, message] of [
  [
    'a column that is missing',
    'FORMAT_INVALID',
    'serial,year,mass,address',
    '031037,2019,389.142,x',
    /^bars\.csv: line 1: .*got "serial,year,mass,address"/,
  ],
  [
    'a column that is there twice',
    'FORMAT_INVALID',
    'serial,year,manufacturer,mass,mass,address',
    '1,2,3,4,5,6',
    /^bars\.csv: line 1: .* mass /,
  ],
  [
    'a value in a column without a name',
    'FIELD_INVALID',
    'serial,year,manufacturer,mass,address,',
    '031037,2019,PAMP,389.142,x,lost',
    /cell 6, .* got "lost"/,
  ],
  [
    'a decimal comma among commas',
    'FIELD_INVALID',
    'serial,year,manufacturer,mass,address',
    '031037,2019,PAMP,389,142,x',
    /^line 2: .*got 6 \(389,142 /,
  ],
  [
    'a cell too many',
    'FIELD_INVALID',
    'serial,year,manufacturer,mass,address',
    '031037,2019,PAMP,389.142,x,Zurich',
    /expected 5 cells, got 6$/,
  ],
  [
    'a cell too few',
    'FIELD_INVALID',
    'serial,year,manufacturer,mass,address',
    '031037,2019,PAMP,389.142',
    /expected 5 cells, got 4$/,
  ],
] as const)
  test(`a row is refused: ${what}`, () => {
    failsWith(code, () => readAssetTable(`${header}\n${row}\n`), message);
  });

for (const [serial, happened] of [
  ['30727', zerosDroppedText('030727')],
  ['7', zerosDroppedText('000007')],
  ['3.1E+04', ALTERED.power()],
  ['1,2E+457', ALTERED.power()],
  ['="031037"', ALTERED.zeros('031037')],
  ["'031037", ALTERED.mark('031037')],
  ['=A2&B2', ALTERED.formula()],
  ['Mar-12', ALTERED.date()],
  ['03-Oct-37', ALTERED.date()],
  ['2003-10-37', ALTERED.date()],
  ['#REF!', ALTERED.error()],
  ['#####', ALTERED.narrow()],
  ['31037.0', ALTERED.decimals()],
] as const)
  test(`the message explains how a spreadsheet changed the serial: ${serial}`, () => {
    const row = `"${serial.replaceAll('"', '""')}",2019,PAMP,389.142,${BAR.address}`;
    const { message } = failsWith('FIELD_INVALID', () =>
      readAssetTable(`serial,year,manufacturer,mass,address\n${row}\n`),
    );
    assert.ok(message.startsWith('line 2: serial: '), message);
    assert.ok(message.endsWith(`, got ${JSON.stringify(serial)}. ${happened}`), message);
  });

test('an error that no spreadsheet causes has no explanation of this kind', () => {
  for (const serial of ['03103', '03-037', 'ABCDEFG', '0310 7'].slice(1)) {
    const { message } = failsWith('FIELD_INVALID', () =>
      readAssetTable(`serial,year,manufacturer,mass,address\n${serial},2019,PAMP,389.142,${BAR.address}\n`),
    );
    assert.match(message, /got "[^"]*"$/);
  }
});

test.run();

/** Questions that a holder may paste: bars, tokens, and amounts in the forms of wallets. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failsWith } from '../../../shared/testing.ts';
import { MAX_LINES, readQuestion } from '../holder-question.ts';

const ID = '00903b35b33dc80d9058e53bea6d93acca59e2dbd81e4dd47a346422c51729f2';
const askedToken = (amount?: string, line = 1) => ({
  line,
  token: ID,
  ...(amount === undefined ? {} : { amount }),
});

const FORMS: [string, string, ReturnType<typeof askedToken>][] = [
  ['an asset id', ID, askedToken()],
  ['in capitals, with spaces', `  ${ID.toUpperCase()}\t`, askedToken()],
  ['with an amount behind a comma', `${ID}, 12.5`, askedToken('12.5')],
  ['behind a tab, as a spreadsheet copies it', `${ID}\t12.5`, askedToken('12.5')],
  ['behind a space', `${ID} 3891.42001234`, askedToken('3891.42001234')],
  ['a member of JSON', `  "${ID}": 12.50000000,`, askedToken('12.50000000')],
  ['the last member of JSON', `"${ID}":12.5}`, askedToken('12.5')],
  ['a whole object on a line', `{"${ID}": "12.5"}`, askedToken('12.5')],
  ['quoted, in a CSV', `"${ID}","12.5"`, askedToken('12.5')],
];
for (const [name, text, expected] of FORMS)
  test(`a question is read: ${name}`, () =>
    assert.equal(readQuestion(text), { asked: [expected], problems: [] }));

test('each line has a bar or a token, and lines without content are numbered but skipped', () => {
  assert.equal(readQuestion(`{\n  "${ID}": 1,\n}\n\r\n 031037 \n031037-2019-PAMP\n`).asked, [
    askedToken('1', 2),
    { line: 5, bar: '031037' },
    { line: 6, bar: '031037-2019-PAMP' },
  ]);
  assert.equal(readQuestion(''), { asked: [], problems: [] });
});

const WRONG: [string, string, RegExp][] = [
  ['a decimal comma', `031037\n${ID} 12,5x`, /Line 2/],
  ['nine decimals', `${ID} 1.123456789`, /Line 1, amount: .*at most 8 decimals, got "1.123456789"/],
  ['an exponent', `${ID}: 1e5`, /Line 1, amount/],
  ['less than nothing', `${ID}: -1`, /Line 1, amount/],
  ['more than any amount', `${ID}: 999999999999`, /Line 1, amount/],
  ['commas between thousands', `${ID} 1,389.142`, /Line 1, amount: "1,389.142" .*comma/],
  ['a comma without decimals', `"${ID}": 50,000,`, /Line 1, amount: "50,000" .*comma/],
  ['a comma in a list of commas', `${ID},50,000`, /Line 1, amount: .*comma/],
  ['an id of 63 digits', ID.slice(1), /Line 1: .*\b64\b.*, got 63/],
  ['an id of 63 digits with an amount', `${ID.slice(1)} 12.5`, /Line 1: .*\b64\b.*, got 63/],
  ['a piece of an id, as a line that broke', ID.slice(0, 32), /Line 1: .*\b64\b.*, got 32/],
  ['an id of 65 digits', `${ID}0`, /Line 1: .*\b64\b.*, got 65/],
  ['a long text', `${'bar '.repeat(20)}`, /Line 1: .*\b64\b.* "bar bar/],
];
for (const [name, text, message] of WRONG)
  test(`a question is not understood: ${name}`, () => {
    const { asked, problems } = readQuestion(`${text}\n030727`);
    assert.is(problems.length, 1);
    assert.match(problems[0] as string, message);
    assert.is(asked.at(-1)?.bar, '030727', 'the other lines are answered');
  });

test('amounts in lines with the same token are added', () => {
  const { asked } = readQuestion(`${ID} 1.5\n031037\n${ID.toUpperCase()}, 2.25\n${ID}`);
  assert.equal(asked, [
    { line: 1, token: ID, amount: '3.75', lines: [1, 3, 4] },
    { line: 2, bar: '031037' },
  ]);
});

test('a wrong amount also skips the other lines of its token, whose sum would be too small', () => {
  const { asked, problems } = readQuestion(`${ID} 1.5\n${ID} 1,5\n031037`);
  assert.equal(asked, [{ line: 3, bar: '031037' }]);
  assert.is(problems.length, 2);
});

test('a list that is too long is refused as a whole', () => {
  assert.is(readQuestion('a\n'.repeat(MAX_LINES)).asked.length, MAX_LINES);
  failsWith('TOO_LARGE', () => readQuestion('a\n'.repeat(MAX_LINES + 1)));
});

test.run();

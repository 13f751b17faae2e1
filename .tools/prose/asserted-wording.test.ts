/** Tests of the check that finds assertions of wording, and of its list of exceptions. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findAssertedWording } from './asserted-wording.ts';
import { EXCEPTIONS, unpermittedAssertions } from './permitted-wording.ts';

const findingsOf = (program: string) =>
  findAssertedWording('a.test.ts', program).map(({ line, text }) => [line, text]);

test('regular expressions and strings given to a matcher count as assertions of wording', () => {
  const program = `import { a } from 'b with many words.ts';
interface Row { title: string }
assert.match(error.message, /^bars.csv: the file is empty/);
const rows: [string, RegExp][] = [['', /its checksum does\\.not match this/]];
assert.ok(text.includes('the file is empty'), 'the reason of a failure');
failsWith('X', () => read('a b c'), \`of \${name}, and the file is empty\`);
if (line === 'Type the review code') stop();
assert.equal(shown, ['Code', 'of the next screen']);
assert.match(text, /a b c: or a file of (?:two|three) parts/);
assert.match(text, /run the countersign program (?:again|now)/);
`;
  assert.equal(findingsOf(program), [
    [3, 'the file is empty'],
    [4, 'its checksum does'],
    [5, 'the file is empty'],
    [6, 'and the file is empty'],
    [7, 'Type the review code'],
    [8, 'of the next screen'],
    [9, 'or a file of'],
    [10, 'run the countersign program'],
  ]);
});

test('values, codes, commands, titles, failure messages and inputs do not count as assertions of wording', () => {
  const program = `test('a title of some words', () => {
  assert.match(text, /^mass: expected 350 to 450, got "45"/);
  assert.match(text, /error FILE_MISSING: .* countersign map adopt FILE/);
  assert.match(text, new RegExp(\`run: countersign coins scan\`));
  assert.match(page, /^(countersign trust create (?:--name .*)*)$/);
  assert.equal(circles, ['a b c']);
  assert.is(a, 1, 'a reason of the failure');
  assert.not(a, 'a reason of the failure');
  assert.is(read('text that is input'), text.replace(/one two three/, 'four five six'));
  assert.is(text, wrongField(name, 'fewer words'));
  type('a text that is typed');
});`;
  assert.equal(findingsOf(program), []);
});

test('an exception permits its texts in its own files only', () => {
  const { path, only } = EXCEPTIONS.find(
    exception => exception.only !== undefined,
  ) as (typeof EXCEPTIONS)[number];
  const [file, text] = ['online/node/recorded-answers.test.ts', 'Invalid Asset token address'];
  assert.ok(path.test(file) && only?.test(text));
  const other = { file, line: 1, text: 'is not valid' };
  assert.equal(unpermittedAssertions([{ file, line: 1, text }, other]), [other]);
});

test.run();

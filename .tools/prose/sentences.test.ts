/** Tests of splitting texts into sentences and of finding avoided words. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AVOIDED } from './avoided-words.ts';
import { sentencesOfMessages } from './messages.ts';
import { findMisplacedSentences } from './places-of-sentences.ts';
import { countWords, sentencesOfComments, sentencesOfPage } from './sentences.ts';

const PAGE = `# A title

One sentence about \`map.json\`. Another [with a link](x.md) over
two lines: it ends here.

- an item; its half
- 2. of 3 is no end

| cell | Two sentences. In a cell |
|---|---|

\`\`\`console
pc-1$ this is no sentence. At all
\`\`\`
<!-- nor is this. -->
`;

test('a page is split into sentences with line numbers', () => {
  assert.equal(
    sentencesOfPage('p.md', PAGE).map(({ line, text }) => [line, text]),
    [
      [1, 'A title'],
      [3, 'One sentence about `x`.'],
      [3, 'Another with a link over two lines: it ends here.'],
      [6, 'an item; its half'],
      [7, '2. of 3 is no end'],
      [9, 'cell'],
      [9, 'Two sentences.'],
      [9, 'In a cell'],
    ],
  );
});

test('a sentence is kept with its code, and each part of a cell is a text of its own', () => {
  const page = 'Run `make check`. It reads `docs/` and `offline/`.\n\n| a title: `one`<br>another title |\n';
  assert.equal(
    sentencesOfPage('p.md', page).map(({ written }) => written),
    ['Run `make check`.', 'It reads `docs/` and `offline/`.', 'a title:', 'another title'],
  );
});

test('adjacent comment lines are one text, and a tag begins a new text', () => {
  const program = `/** Holds a thing. Why it does. */
const x = 1; // not on its own line
// A text over
// two lines.
/**
 * Does it.
 * @param a What it takes
 * @returns What it gives
 * @example itDoes('It is no sentence. Nor is this');
 */
const path = 'a/*'; /* not on its own line */
/**
 * Shows code:
 *
 *     const thisIs = 'No sentence. At all';
 */
`;
  assert.equal(
    sentencesOfComments('p.ts', program).map(({ line, text }) => [line, text]),
    [
      [1, 'Holds a thing.'],
      [1, 'Why it does.'],
      [3, 'A text over two lines.'],
      [5, 'Does it.'],
      [5, '@param a What it takes'],
      [5, '@returns What it gives'],
      [12, 'Shows code:'],
    ],
  );
});

test('signs do not count as words', () => {
  assert.is(countWords('One `x` - and (two) 3.'), 5);
});

test('the check finds each avoided construction, and no standard words', () => {
  const found = (text: string) => AVOIDED.filter(({ pattern }) => pattern.test(text)).length;
  for (const text of [
    'It mends it',
    'He was told',
    'It stands there',
    'is made anew',
    'that one',
    'a fault of ours',
    'all of it',
  ])
    assert.is(found(text), 1, text);
  assert.is(found('The standard form of a message. It stands for a bar. Each one is fixed.'), 0);
});

test('messages are literals of prose with line numbers, without keys, code, markup or indented help', () => {
  const program = `import { a } from 'a module with words.ts';
const key = 'MAPPING_INVALID';
const style = '.card { color: red; width: 4em }';
throw new Refusal('X', \`\${file}: expected a date, got "\${text}". Correct the field.\`, {
  hint: '<p>Run the command again, please.</p>',
});
const help: string = 'Signs a request on the laptop.\\n\\n  --out FILE  the file to write';
`;
  assert.equal(
    sentencesOfMessages('p.ts', program).map(({ line, text }) => [line, text]),
    [
      [4, '`x`: expected a date, got "`x`".'],
      [5, 'Run the command again, please.'],
      [7, 'Signs a request on the laptop.'],
    ],
  );
});

test('the check finds full sentences outside the files of texts and the permitted files', () => {
  const text = 'Run the command again with another file.';
  const at = (file: string) => findMisplacedSentences([{ file, line: 1, text }]).length;
  assert.equal(
    [
      'online/store/open-store.ts',
      'online/store/texts.ts',
      'online/node/rpc/texts/meanings.ts',
      'shared/derive.ts',
    ].map(at),
    [1, 0, 0, 0],
  );
  assert.equal(
    findMisplacedSentences([
      { file: 'online/store/open-store.ts', line: 1, text: 'expected a name, got `x` of a file' },
    ]),
    [],
  );
});

test.run();

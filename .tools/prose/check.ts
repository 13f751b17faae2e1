/**
 * Checks the language of pages, comments and messages: avoided words, sentences that are too long, and
 * messages outside files of texts. Tests may not assert wording (see permitted-wording.ts). Prints the average
 * lengths. `--only` with `pages`, `comments`, `messages` or `tests` checks only this kind. `--all` lists
 * every problem. `--sample 50 [--seed N]` prints random sentences for a reviewer.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SeededRandom } from '../../fixtures/soak/random.ts';
import { findAssertedWording } from './asserted-wording.ts';
import { AVOIDED, MOST_WORDS } from './avoided-words.ts';
import { sentencesOfMessages } from './messages.ts';
import { unpermittedAssertions } from './permitted-wording.ts';
import { findMisplacedSentences } from './places-of-sentences.ts';
import { countWords, type Sentence, sentencesOfComments, sentencesOfPage } from './sentences.ts';

const { values } = parseArgs({
  options: {
    sample: { type: 'string' },
    seed: { type: 'string' },
    all: { type: 'boolean' },
    only: { type: 'string' },
  },
});

const filesBelow = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => join(folder, name))
    .sort();

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'offline/RULES.md',
  'offline/THREATS.md',
  ...filesBelow('docs', '.md'),
];
const programs = ['shared', 'offline', 'online', 'fixtures', '.tools'].flatMap(folder =>
  filesBelow(folder, '.ts'),
);
/** True for tests and their helpers, which print nothing to users. */
const isTestFile = (file: string) => /\.test\.ts$|\.live\.ts$|\/testing|\/tests\/|\/suite\//.test(file);
const printing = programs.filter(file => /^(shared|offline|online)\//.test(file) && !isTestFile(file));
const readText = (file: string) => readFileSync(file, 'utf8');
const allKinds: [string, Sentence[]][] = [
  ['pages', pages.flatMap(file => sentencesOfPage(file, readText(file)))],
  ['comments', programs.flatMap(file => sentencesOfComments(file, readText(file)))],
  ['messages', printing.flatMap(file => sentencesOfMessages(file, readText(file)))],
];

const kinds = allKinds.filter(([kind]) => values.only === undefined || values.only === kind);

const problemsOfSentence = ({ text }: Sentence): string[] => {
  const words = countWords(text);
  const avoided = AVOIDED.flatMap(({ pattern, instead }) => {
    const found = pattern.exec(text);
    return found ? [`"${found[0]}": write ${instead}`] : [];
  });
  return words > MOST_WORDS ? [`${words} words, at most ${MOST_WORDS}`, ...avoided] : avoided;
};

let problems = 0;
for (const [kind, sentences] of kinds) {
  const lengths = sentences.map(({ text }) => countWords(text));
  const average = lengths.reduce((a, b) => a + b, 0) / lengths.length;
  const found = sentences.flatMap(sentence =>
    problemsOfSentence(sentence).map(problem => ({ sentence, problem })),
  );
  problems += found.length;
  console.log(
    `${kind}: ${sentences.length} sentences of ${average.toFixed(1)} words on average, ${found.length} problems`,
  );
  const shown = values.all ? found : found.slice(0, 20);
  for (const { sentence, problem } of shown)
    console.log(`  ${sentence.file}:${sentence.line}: ${problem}: ${sentence.text}`);
}
const messages = kinds.flatMap(([kind, sentences]) =>
  kind === 'messages' ? findMisplacedSentences(sentences) : [],
);
problems += messages.length;
for (const { file, line, text } of messages)
  console.log(
    `  ${file}:${line}: move this sentence to a file of texts (see places-of-sentences.ts): ${text}`,
  );
if (values.only === undefined || values.only === 'tests') {
  const asserted = unpermittedAssertions(
    programs.filter(isTestFile).flatMap(file => findAssertedWording(file, readText(file))),
  );
  problems += asserted.length;
  console.log(`tests: ${asserted.length} assertions of wording`);
  for (const { file, line, text } of asserted)
    console.log(`  ${file}:${line}: assert codes and data (see permitted-wording.ts): ${text}`);
}
if (values.sample !== undefined) {
  const seed = Number(values.seed ?? Date.now() % 1e6);
  const random = new SeededRandom(seed);
  const all = kinds.flatMap(([, sentences]) => sentences);
  console.log(`sample of ${values.sample}, seed ${seed}`);
  for (let i = 0; i < Number(values.sample); i++) {
    const { file, line, text, written } = random.pick(all);
    console.log(`${i + 1}. ${file}:${line}: ${written ?? text}`);
  }
}
process.exitCode = problems > 0 ? 1 : 0;

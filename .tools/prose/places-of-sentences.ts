/**
 * Checks that sentences of messages are in files of texts, where a person can read and edit them together.
 */
import { countWords, type Sentence } from './sentences.ts';

const TEXTS = /(^|\/)(texts\/|texts\.ts$)/;
/** Pattern of a full sentence. Titles, and parts such as `expected X, got Y`, may be anywhere. */
const FULL_SENTENCE = /^[A-Z`].*[.?!]$/;
const FEWEST_WORDS = 6;

/**
 * Files and folders that may contain sentences of messages although they are not files of texts, with the
 * reasons.
 */
const OTHER_PLACES: readonly { path: string; why: string }[] = [
  { path: 'shared/', why: 'a rule and its refusal are audited together' },
  { path: 'offline/', why: 'a rule and its refusal are audited together' },
  { path: 'online/main.ts', why: 'it reports a missing part of the program, so it imports nothing' },
  { path: 'online/cli/commands/', why: 'help is beside the option that it describes' },
  { path: 'online/cli/help/help.ts', why: 'the file is the text of the help' },
  { path: 'online/holders/', why: 'the page has a limit of size, and each module has a cost' },
  { path: 'online/proposal/projections.ts', why: 'the text is the content of an object in the store' },
  { path: 'online/report/page/', why: 'the files are the text of the page' },
  { path: 'online/report/paper/', why: 'the files are the text of the printed page' },
  { path: 'online/report/views/', why: 'the files are the text of the printed tables' },
  { path: 'online/transfer/qr/main.ts', why: 'help is beside the option that it describes' },
  { path: 'online/transfer/qr/picture/', why: 'the names of what is wrong in a picture follow its format' },
];

/** @returns the sentences that are neither in a file of texts nor in one of the other places */
export function findMisplacedSentences(sentences: readonly Sentence[]): Sentence[] {
  const isPlace = (file: string) =>
    TEXTS.test(file) || OTHER_PLACES.some(({ path }) => file.startsWith(path));
  return sentences.filter(
    ({ file, text }) => !isPlace(file) && FULL_SENTENCE.test(text) && countWords(text) >= FEWEST_WORDS,
  );
}

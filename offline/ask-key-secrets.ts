/** Asks for the secrets that make a key: rolls of a die, and the words of a recovery phrase. */
import { clearScreen } from './confirmations.ts';
import {
  hasFormOfWord,
  hasValidChecksum,
  isPhraseLength,
  listedWord,
  MAX_ROLLS,
  MIN_ROLLS,
  parseDiceRolls,
  phraseLengthsText,
} from './phrase.ts';
import { isCallForHelp, STOPS, showLineIf } from './questions.ts';
import type { Terminal } from './terminal.ts';
import {
  COMPARE_WORDS,
  HELP_WORD,
  lengthQuestion,
  OTHER_WORD,
  oneWordText,
  WRONG_CHECKSUM,
  wordRowsText,
  wrongWordQuestion,
} from './texts/phrase.ts';

/** Asks for rolls. The person may type them in several lines. A refused line does not discard the earlier lines. */
export async function askRolls(terminal: Terminal): Promise<string> {
  const lines: string[] = [];
  const shows = showLineIf(line => /^[1-6\s]*$/.test(line));
  for (;;) {
    const sum = lines.join('').length;
    if (sum >= MIN_ROLLS) return parseDiceRolls(lines.join(''));
    const more = sum === 0 ? 'Roll a die 99 times (at least 50), and type the digits: ' : `${sum} rolls. Type more: `;
    const line = (await terminal.ask(more, shows)).replace(/\s/g, '');
    if (/^[1-6]+$/.test(line) && sum + line.length <= MAX_ROLLS) lines.push(line);
    else if (line.toLowerCase() === 'back' && lines.splice(-1).length > 0) terminal.say('The last line is removed.');
    else
      terminal.say(
        `Type digits from 1 to 6, ${MIN_ROLLS} to ${MAX_ROLLS} in all. The ${sum} rolls before are kept. To remove the last line, type back. ${STOPS}`,
      );
  }
}

/** Shows a typed line if it can become the number of words, or the position of a word. */
const SHORT_NUMBER = showLineIf(line => /^\s*[0-9]{0,2}\s*$/.test(line));

async function askLength(terminal: Terminal, unchecked: boolean): Promise<number> {
  const lengths = phraseLengthsText(unchecked);
  for (;;) {
    const typed = (await terminal.ask(lengthQuestion(lengths), SHORT_NUMBER)).trim();
    const length = /^[0-9]{2}$/.test(typed) ? Number(typed) : 0;
    if (isPhraseLength(length, unchecked)) return length;
    terminal.say(`Type the number of words on the paper: ${lengths}. ${STOPS}`);
  }
}

/** Asks for one word. @returns the word; null if the person types `back` */
async function askWord(terminal: Terminal, place: number): Promise<string | null> {
  for (;;) {
    const line = await terminal.ask(`Word ${place}: `, showLineIf(hasFormOfWord));
    const word = listedWord(line);
    if (word) return word;
    if (line.trim().toLowerCase() === 'back') return null;
    const parts = line.trim().split(/\s+/);
    if (isCallForHelp(line)) terminal.say(HELP_WORD);
    else terminal.say(parts.length > 1 && parts.every(listedWord) ? oneWordText(place) : OTHER_WORD);
  }
}

/** Shows the words, asks for the position of the wrong one, and asks for this word again. */
async function askCorrectedWord(terminal: Terminal, words: string[]): Promise<void> {
  const { question, help } = wrongWordQuestion(words.length);
  clearScreen(terminal);
  terminal.draw(`${wordRowsText(words)}\n`);
  terminal.say(`${WRONG_CHECKSUM}\n${COMPARE_WORDS}`);
  for (;;) {
    const line = await terminal.ask(question, SHORT_NUMBER);
    const place = /^\s*[0-9]{1,2}\s*$/.test(line) ? Number(line) : 0;
    const word = place >= 1 && place <= words.length ? await askWord(terminal, place) : undefined;
    if (word) return void words.splice(place - 1, 1, word);
    if (word === undefined) terminal.say(help);
  }
}

/**
 * Asks for the words of a phrase. After a wrong checksum the person corrects one word, and does not have to type all
 * words again.
 * @param unchecked true to accept a wrong checksum, and any length from 12 to 24 words
 */
export async function askPhrase(terminal: Terminal, unchecked: boolean): Promise<string[]> {
  const words: string[] = [];
  try {
    let length = await askLength(terminal, unchecked);
    while (words.length < length) {
      const word = await askWord(terminal, words.length + 1);
      if (word) words.push(word);
      else if (words.splice(-1).length === 0) length = await askLength(terminal, unchecked);
    }
    while (!unchecked && !hasValidChecksum(words)) await askCorrectedWord(terminal, words);
    return words;
  } finally {
    clearScreen(terminal);
  }
}

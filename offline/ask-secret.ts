/** Asks for what makes a key: rolls of a die, and the words of a recovery phrase. */
import { clear } from './ask.ts';
import { diceRolls, isPhraseLength, isWordStart, MAX_ROLLS, MIN_ROLLS, phraseLengths, wordOf } from './phrase.ts';
import { asksForHelp, possible, STOPS } from './question.ts';
import type { Terminal } from './terminal.ts';

const BACK = 'To go to the word before, type back.';

/** Asks for rolls, in as many lines as the person types. A line that is not taken loses no other. */
export async function askRolls(terminal: Terminal): Promise<string> {
  const lines: string[] = [];
  const shows = possible(line => /^[1-6\s]*$/.test(line));
  for (;;) {
    const sum = lines.join('').length;
    if (sum >= MIN_ROLLS) return diceRolls(lines.join(''));
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

async function askLength(terminal: Terminal, unchecked: boolean): Promise<number> {
  const lengths = phraseLengths(unchecked);
  for (;;) {
    const line = await terminal.ask(
      `How many words (${lengths})? `,
      possible(line => /^\s*[0-9]{0,2}\s*$/.test(line)),
    );
    const typed = line.trim();
    const length = /^[0-9]{2}$/.test(typed) ? Number(typed) : 0;
    if (isPhraseLength(length, unchecked)) return length;
    terminal.say(`Type the number of words on the paper: ${lengths}. ${STOPS}`);
  }
}

export async function askPhrase(terminal: Terminal, unchecked: boolean): Promise<string[]> {
  const words: string[] = [];
  try {
    let length = await askLength(terminal, unchecked);
    while (words.length < length) {
      const line = await terminal.ask(`Word ${words.length + 1}: `, possible(isWordStart));
      const word = wordOf(line);
      const isBack = line.trim().toLowerCase() === 'back';
      if (word) words.push(word);
      else if (isBack && words.splice(-1).length === 0) length = await askLength(terminal, unchecked);
      else if (!isBack)
        terminal.say(
          asksForHelp(line)
            ? `Type one word of the phrase, or its first four letters. ${BACK} ${STOPS}`
            : `This is not a word of the English BIP39 list. The first four letters are enough. ${BACK}`,
        );
    }
    return words;
  } finally {
    clear(terminal);
  }
}

/** Asks a person at a terminal: one line at a time. Each question decides what is shown of a typed line. */
import { Refusal } from '../shared/errors.ts';
import { toStderr } from './printer.ts';
import { wrapText } from './text-layout.ts';

/** What the terminal shows for a typed line: the line, another text, or nothing. */
export type Shows = (line: string) => string;
export const showAsTyped: Shows = line => line;
/** For secrets: nothing is shown. */
export const showNothing: Shows = () => '';

export interface Terminal {
  /** Size of the current window. */
  size(): { columns: number; rows: number };
  /** Prints sentences, which break between words. */
  say(text: string): void;
  /** Prints columns and control sequences as they are. */
  draw(text: string): void;
  /** Discards all earlier input, and then asks a question. */
  ask(question: string, shows?: Shows): Promise<string>;
  /**
   * Ends the questions. A later Ctrl-C stops the process at once.
   * @throws StoppedRefusal if Ctrl-C was typed after the last answer
   */
  release(): Promise<void>;
}

export const PASTE_REFUSED = 'Pasted text is not accepted. Type the text.';

/** Ctrl-C or Ctrl-D at a question. */
export class StoppedRefusal extends Refusal {
  constructor() {
    super('NOT_CONFIRMED', 'stopped at the keyboard', 'Nothing was signed, and no key or profile was stored.');
  }
}

const [CTRL_C, CTRL_D, BACKSPACE, CTRL_U, DELETE] = [3, 4, 8, 21, 127];
const isCtrlC = (c: string) => c.charCodeAt(0) === CTRL_C;
/** Control sequences that switch on and off the marks around pasted text. */
const [MARK_PASTES, NO_MARKS] = ['\x1b[?2004h', '\x1b[?2004l'];
const PASTE = /\x1b\[200~[\s\S]*?\x1b\[201~/g;
/**
 * Escape sequences that keys such as the arrow keys send. F1 of the Linux console sends `[[A`. A lone Escape is
 * ignored.
 */
const SEQUENCES = /\x1b(\[\[[\s\S]|\[(?!200~)[0-?]*[ -/]*[@-Z\\-~]|O[@-~])/g;
/** The start of an escape sequence that continues in the next read. */
const UNFINISHED = /\x1b(\[200~[\s\S]*|\[\[?|\[[0-?]*[ -/]*|O)?$/;
/** Milliseconds without input before a question appears. All text that was typed or pasted earlier has then arrived. */
const QUIET = 50;

/** @returns the line after a typed character */
function lineAfterCharacter(line: string, c: string): string {
  const code = c.charCodeAt(0);
  if (code === CTRL_D && line === '') throw new StoppedRefusal();
  if (code >= 32 && code !== DELETE) return line.length < 4096 ? line + c : line;
  const characters = [...line];
  const rubbed = code === CTRL_U ? characters.length : Math.min(characters.length, 1);
  if (![CTRL_U, DELETE, BACKSPACE].includes(code)) return line;
  return characters.slice(0, characters.length - rubbed).join('');
}

/**
 * The characters that the terminal has to print so that the shown line changes from `before` to `after`.
 * @param lead the question's last row
 */
function textForRedraw(lead: string, before: string, after: string, columns: number): string {
  if (after.startsWith(before)) return after.slice(before.length);
  const rows = Math.floor((lead.length + before.length - 1) / columns);
  return `${rows > 0 ? `\x1b[${rows}A` : ''}\r\x1b[J${lead}${after}`;
}

/** Reads typed characters. The returned function starts to listen, and returns a function that stops listening. */
function makeInputListener() {
  let unfinished = '';
  return (onTyped: (characters: string[], pasted: boolean) => void, onStop: () => void, onEnd = onStop) => {
    const onChunk = (chunk: string) => {
      const all = isCtrlC(chunk) ? chunk : unfinished + chunk; // Ctrl-C also stops a paste whose end mark is missing
      const unpasted = all.replace(PASTE, '');
      const text = unpasted.replace(SEQUENCES, '');
      unfinished = UNFINISHED.exec(text)?.[0] ?? '';
      const characters = [...text.slice(0, text.length - unfinished.length)];
      if (characters.some(isCtrlC)) onStop();
      else onTyped(characters, unpasted !== all);
    };
    const ended = () => onEnd();
    process.stdin.on('data', onChunk);
    process.stdin.on('end', ended);
    process.stdin.resume();
    return () => {
      process.stdin.off('data', onChunk);
      process.stdin.off('end', ended);
      process.stdin.pause();
    };
  };
}

/**
 * Opens the terminal. From the first question until `release`, the terminal is in raw mode. If the process ends before
 * `release`, Node restores the mode. Between questions the terminal echoes nothing, so a passphrase typed too early
 * stays hidden.
 */
export function openTerminal(): Terminal {
  const listen = makeInputListener();
  process.stdin.setEncoding('utf8');
  let showAgain = () => {};
  // When a stopped program continues, the terminal is in the mode that the shell left, which echoes typed text.
  process.on('SIGCONT', () => {
    if (!process.stdin.isRaw) return;
    process.stdin.setRawMode(false);
    process.stdin.setRawMode(true);
    showAgain();
  });
  const size = () => ({ columns: process.stderr.columns || 80, rows: process.stderr.rows || 24 });
  const ask = (text: string, shows = showAsTyped) =>
    new Promise<string>((resolve, reject) => {
      const question = `${wrapText(text.trimEnd())} `;
      const lead = question.replace(/.*\n/g, '');
      let line = '';
      let asked = false;
      const finish = (settle: () => void) => {
        clearTimeout(quiet);
        stopListening();
        showAgain = () => {};
        process.stderr.write(`${NO_MARKS}\n`);
        settle();
      };
      const waitForQuiet = () =>
        setTimeout(() => {
          asked = true;
          process.stderr.write(question);
          showAgain = () => void process.stderr.write(`\n${MARK_PASTES}${question}${shows(line)}`);
        }, QUIET);
      const onTyped = (characters: string[], pasted: boolean) => {
        if (!asked) {
          clearTimeout(quiet);
          quiet = waitForQuiet();
          return;
        }
        if (pasted) {
          // All input of the same read is discarded. The pasted text may itself contain the mark that ends a paste, so
          // the characters after that mark may be pasted too.
          line = '';
          process.stderr.write(`\n${PASTE_REFUSED}\n${question}`);
          return;
        }
        try {
          for (const c of characters) {
            if (c === '\r' || c === '\n') return finish(() => resolve(line));
            const before = shows(line);
            line = lineAfterCharacter(line, c);
            process.stderr.write(textForRedraw(lead, before, shows(line), size().columns));
          }
        } catch (error) {
          finish(() => reject(error));
        }
      };
      process.stdin.setRawMode(true);
      process.stderr.write(MARK_PASTES);
      let quiet = waitForQuiet();
      const stopListening = listen(onTyped, () => finish(() => reject(new StoppedRefusal())));
    });
  const release = async () => {
    if (!process.stdin.isRaw) return; // no question was asked
    let isStopped = false;
    const stop = () => {
      isStopped = true;
    };
    const stopListening = listen(String, stop, String);
    await new Promise(resolve => setTimeout(() => resolve(null), 10));
    stopListening();
    process.stdin.setRawMode(false);
    if (isStopped) throw new StoppedRefusal();
  };
  return { size, say: toStderr.prose, draw: text => void process.stderr.write(text), ask, release };
}

/** Asks a person at a terminal: one line at a time, echoed or hidden. No question has a default answer. */
import { Refusal } from '../shared/errors.ts';

export interface Terminal {
  /** Size of the current window. */
  size(): { columns: number; rows: number };
  write(text: string): void;
  /** Discards input that came before the question. @param hidden nothing is echoed */
  ask(question: string, hidden?: boolean): Promise<string>;
  /** Ends the questions. A Ctrl-C typed meanwhile takes effect here; a later one stops the process at once. */
  release(): Promise<void>;
}

const stopped = () =>
  new Refusal('NOT_CONFIRMED', 'stopped at the keyboard', 'Nothing was signed, and no key or profile was stored.');

const [CTRL_C, CTRL_D, BACKSPACE, CTRL_U, DELETE] = [3, 4, 8, 21, 127];
const isCtrlC = (c: string) => c.charCodeAt(0) === CTRL_C;
/** Switches on and off the marks that a terminal puts around pasted text. */
const [MARK_PASTES, NO_MARKS] = ['\x1b[?2004h', '\x1b[?2004l'];
const PASTE = /\x1b\[200~[\s\S]*?\x1b\[201~/g;
/** Escape sequences of arrow keys and the like. F1 of the Linux console sends `[[A`. A lone Escape is ignored. */
const SEQUENCES = /\x1b(\[\[[\s\S]|\[(?!200~)[0-?]*[ -/]*[@-Z\\-~]|O[@-~])/g;
/** The start of an escape sequence that continues in the next read. */
const UNFINISHED = /\x1b(\[200~[\s\S]*|\[\[?|\[[0-?]*[ -/]*|O)?$/;
/** Milliseconds without input, after which earlier typed or pasted text has fully arrived. */
const QUIET = 50;

/** Applies a typed character to the line. @returns the new line, and the text to echo */
function typed(line: string, c: string): [line: string, echo: string] {
  const code = c.charCodeAt(0);
  if (code === CTRL_D && line === '') throw stopped();
  if (code >= 32 && code !== DELETE) return line.length < 4096 ? [line + c, c] : [line, ''];
  const characters = [...line];
  const rubbed = code === CTRL_U ? characters.length : Math.min(characters.length, 1);
  if (![CTRL_U, DELETE, BACKSPACE].includes(code)) return [line, ''];
  return [characters.slice(0, characters.length - rubbed).join(''), '\b \b'.repeat(rubbed)];
}

/** Collects typed input until the returned function is called. */
function listening() {
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
 * A terminal in raw mode from the first question until the release or the end of the process, when Node restores it.
 * Between questions the terminal echoes nothing, so a passphrase typed too early stays hidden.
 */
export function ttyTerminal(): Terminal {
  const listen = listening();
  process.stdin.setEncoding('utf8');
  let showAgain = () => {};
  // When a stopped program continues, the shell has left the terminal in echo mode.
  process.on('SIGCONT', () => {
    if (!process.stdin.isRaw) return;
    process.stdin.setRawMode(false);
    process.stdin.setRawMode(true);
    showAgain();
  });
  const ask = (question: string, hidden = false) =>
    new Promise<string>((resolve, reject) => {
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
          showAgain = () => void process.stderr.write(`\n${MARK_PASTES}${question}${hidden ? '' : line}`);
        }, QUIET);
      const onTyped = (characters: string[], pasted: boolean) => {
        if (!asked) {
          clearTimeout(quiet);
          quiet = waitForQuiet();
          return;
        }
        if (pasted) {
          // Input in the same read is discarded too: the end mark may have been part of the pasted text.
          line = '';
          process.stderr.write(`\nPasted text is not taken: type it.\n${question}`);
          return;
        }
        try {
          for (const c of characters) {
            if (c === '\r' || c === '\n') return finish(() => resolve(line));
            const [next, echo] = typed(line, c);
            line = next;
            if (!hidden) process.stderr.write(echo);
          }
        } catch (error) {
          finish(() => reject(error));
        }
      };
      process.stdin.setRawMode(true);
      process.stderr.write(MARK_PASTES);
      let quiet = waitForQuiet();
      const stopListening = listen(onTyped, () => finish(() => reject(stopped())));
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
    if (isStopped) throw stopped();
  };
  const size = () => ({ columns: process.stderr.columns || 80, rows: process.stderr.rows || 24 });
  return { size, write: text => void process.stderr.write(text), ask, release };
}

/** Asking a person: one line at a time, shown or hidden. No question has a default answer. */
import { Refusal } from '../shared/errors.ts';

export interface Terminal {
  /** Of the window as it is now. */
  size(): { columns: number; rows: number };
  write(text: string): void;
  /** Text that came before the question is thrown away. @param hidden nothing is echoed */
  ask(question: string, hidden?: boolean): Promise<string>;
  /** Nothing more is asked: Ctrl-C that was typed since is heard here, and from now on it stops the process at once. */
  release(): Promise<void>;
}

const stopped = () =>
  new Refusal('NOT_CONFIRMED', 'stopped at the keyboard', 'Nothing was signed, and no key or profile was stored.');

const [CTRL_C, CTRL_D, BACKSPACE, CTRL_U, DELETE] = [3, 4, 8, 21, 127];
const isCtrlC = (c: string) => c.charCodeAt(0) === CTRL_C;
/** The terminal marks pastes, if it can. */
const [MARK_PASTES, NO_MARKS] = ['\x1b[?2004h', '\x1b[?2004l'];
const PASTE = /\x1b\[200~[\s\S]*?\x1b\[201~/g;
/** What arrows and the like send; F1 of the Linux console sends `[[A`. Escape alone has no effect. */
const SEQUENCES = /\x1b(\[\[[\s\S]|\[(?!200~)[0-?]*[ -/]*[@-Z\\-~]|O[@-~])/g;
/** The beginning of one of these, of which the rest comes with the next read. */
const UNFINISHED = /\x1b(\[200~[\s\S]*|\[\[?|\[[0-?]*[ -/]*|O)?$/;
/** Milliseconds without input: nothing more of what was typed or pasted before the question is on its way. */
const QUIET = 50;

/** A line as it is typed: what to do with each character. @returns the line so far and what to echo */
function typed(line: string, c: string): [line: string, echo: string] {
  const code = c.charCodeAt(0);
  if (code === CTRL_D && line === '') throw stopped();
  if (code >= 32 && code !== DELETE) return line.length < 4096 ? [line + c, c] : [line, ''];
  const characters = [...line];
  const rubbed = code === CTRL_U ? characters.length : Math.min(characters.length, 1);
  if (![CTRL_U, DELETE, BACKSPACE].includes(code)) return [line, ''];
  return [characters.slice(0, characters.length - rubbed).join(''), '\b \b'.repeat(rubbed)];
}

/** What is typed, read by read; stops when the function that it gives is called. */
function listening() {
  let unfinished = '';
  return (onTyped: (characters: string[], pasted: boolean) => void, onStop: () => void, onEnd = onStop) => {
    const onChunk = (chunk: string) => {
      const all = isCtrlC(chunk) ? chunk : unfinished + chunk; // it stops a paste without an end, too
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
 * In raw mode from the first question to the release, or to the end of the process (Node restores the terminal then):
 * between questions too, nothing is echoed that is not echoed here, so that a passphrase typed ahead stays hidden.
 */
export function ttyTerminal(): Terminal {
  const listen = listening();
  process.stdin.setEncoding('utf8');
  let showAgain = () => {};
  // A program that was stopped finds the terminal as the shell has it, which echoes.
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
          // Nor is what came with it: an end of the paste may have been part of the paste.
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
    if (!process.stdin.isRaw) return; // nothing was asked
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

/** Asking a person: one line at a time, shown or hidden. No question has a default answer. */
import type { ReadStream, WriteStream } from 'node:tty';
import { Refusal } from '../shared/errors.ts';

export interface Terminal {
  rows: number;
  write(text: string): void;
  /** @param hidden nothing is echoed */
  ask(question: string, hidden?: boolean): Promise<string>;
  /** Nothing more is asked: Ctrl-C that was typed since is heard here, and from now on it stops the process at once. */
  release(): Promise<void>;
}

const stopped = () =>
  new Refusal('NOT_CONFIRMED', 'stopped at the keyboard', 'Nothing was signed, and no key or profile was stored.');

const [CTRL_C, CTRL_D, BACKSPACE, CTRL_U, DELETE] = [3, 4, 8, 21, 127];
/** What arrows and the like send, in one piece; Escape alone has no effect. */
const SEQUENCES = /\x1b(\[[0-?]*[ -/]*[@-~]|O[@-~])/g;

/** A line as it is typed: what to do with each character. @returns the line so far and what to echo */
function typed(line: string, c: string): [line: string, echo: string] {
  const code = c.charCodeAt(0);
  if (code === CTRL_C || (code === CTRL_D && line === '')) throw stopped();
  if (code >= 32 && code !== DELETE) return line.length < 4096 ? [line + c, c] : [line, ''];
  const characters = [...line];
  const rubbed = code === CTRL_U ? characters.length : Math.min(characters.length, 1);
  if (![CTRL_U, DELETE, BACKSPACE].includes(code)) return [line, ''];
  return [characters.slice(0, characters.length - rubbed).join(''), '\b \b'.repeat(rubbed)];
}

/**
 * In raw mode from the first question to the release, or to the end of the process (Node restores the terminal then):
 * between questions too, nothing is echoed that is not echoed here, so that a passphrase typed ahead stays hidden.
 */
export function ttyTerminal(input: ReadStream, output: WriteStream): Terminal {
  let pending: string[] = []; // typed ahead
  input.setEncoding('utf8');
  const listen = (onData: () => void, onEnd: () => void) => {
    const onChunk = (chunk: string) => {
      pending.push(...chunk.replace(SEQUENCES, ''));
      onData();
    };
    input.on('data', onChunk).on('end', onEnd).resume();
    return () => void input.off('data', onChunk).off('end', onEnd).pause();
  };
  const ask = (question: string, hidden = false) =>
    new Promise<string>((resolve, reject) => {
      let line = '';
      const finish = (settle: () => void) => {
        stopListening();
        output.write('\n');
        settle();
      };
      const onData = () => {
        try {
          for (let c = pending.shift(); c !== undefined; c = pending.shift()) {
            if (c === '\r' || c === '\n') return finish(() => resolve(line));
            const [next, echo] = typed(line, c);
            line = next;
            if (!hidden) output.write(echo);
          }
        } catch (error) {
          pending = [];
          finish(() => reject(error));
        }
      };
      input.setRawMode(true);
      output.write(question);
      const stopListening = listen(onData, () => finish(() => reject(stopped())));
      onData();
    });
  const release = async () => {
    if (!input.isRaw) return; // nothing was asked
    const stopListening = listen(String, String);
    await new Promise(resolve => setTimeout(resolve, 10));
    stopListening();
    input.setRawMode(false);
    if (pending.some(c => c.charCodeAt(0) === CTRL_C)) throw stopped();
  };
  return { rows: output.rows || 24, write: text => void output.write(text), ask, release };
}

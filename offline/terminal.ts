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

const [CTRL_C, CTRL_D, BACKSPACE, LINE_FEED, RETURN, CTRL_U, DELETE] = [3, 4, 8, 10, 13, 21, 127];
/** What arrows and the like send, in one piece; Escape alone has no effect. */
const SEQUENCES = /\x1b(\[[0-?]*[ -/]*[@-~]|O[@-~])/g;

/** A line as it is typed: what to do with each character. */
export class Line {
  text = '';

  /** @returns what to echo, or null when the line is complete */
  take(c: string): string | null {
    const code = c.charCodeAt(0);
    if (code === RETURN || code === LINE_FEED) return null;
    if (code === CTRL_C || (code === CTRL_D && this.text === '')) throw stopped();
    if (code === DELETE || code === BACKSPACE) return this.rubOut(1);
    if (code === CTRL_U) return this.rubOut(this.text.length);
    if (code < 32 || this.text.length >= 4096) return '';
    this.text += c;
    return c;
  }

  private rubOut(wanted: number): string {
    const characters = [...this.text];
    const rubbed = characters.splice(-wanted, wanted).length;
    this.text = characters.join('');
    return '\b \b'.repeat(rubbed);
  }
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
      const line = new Line();
      const finish = (settle: () => void) => {
        stopListening();
        output.write('\n');
        settle();
      };
      const onData = () => {
        while (pending.length > 0) {
          try {
            const echo = line.take(pending.shift() as string);
            if (echo === null) return finish(() => resolve(line.text));
            if (!hidden) output.write(echo);
          } catch (error) {
            pending = [];
            return finish(() => reject(error));
          }
        }
      };
      input.setRawMode(true);
      output.write(question);
      const stopListening = listen(onData, () => finish(() => reject(stopped())));
      onData();
    });
  const release = async () => {
    if (!input.isRaw) return; // nothing was asked
    const nothing = () => {};
    const stopListening = listen(nothing, nothing);
    await new Promise(resolve => setTimeout(resolve, 10));
    stopListening();
    input.setRawMode(false);
    if (pending.some(c => c.charCodeAt(0) === CTRL_C)) throw stopped();
  };
  return { rows: output.rows || 24, write: text => void output.write(text), ask, release };
}

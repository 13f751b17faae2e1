/** Asking a person: one line at a time, shown or hidden. No question has a default answer. */
import type { ReadStream, WriteStream } from 'node:tty';
import { Refusal } from '../shared/errors.ts';

export interface Terminal {
  rows: number;
  write(text: string): void;
  /** @param hidden nothing is echoed */
  ask(question: string, hidden?: boolean): Promise<string>;
}

const stopped = () => new Refusal('NOT_CONFIRMED', 'stopped at the keyboard', 'Nothing was signed or stored.');

const [CTRL_C, CTRL_D, BACKSPACE, LINE_FEED, RETURN, CTRL_U, ESCAPE, DELETE] = [3, 4, 8, 10, 13, 21, 27, 127];

/** A line as it is typed: what to do with each character. Escape sequences (arrows) are left out. */
export class Line {
  text = '';
  private escaped = false;

  /** @returns what to echo, or null when the line is complete */
  take(c: string): string | null {
    const code = c.charCodeAt(0);
    if (code === RETURN || code === LINE_FEED) return null;
    if (code === CTRL_C || (code === CTRL_D && this.text === '')) throw stopped();
    if (this.escaped) {
      this.escaped = !/[A-NP-Za-z~]/.test(c);
      return '';
    }
    if (code === ESCAPE) this.escaped = true;
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
 * In raw mode from the first question to the end of the process (Node restores the terminal then): between questions
 * too, nothing is echoed that is not echoed here, so that a passphrase typed ahead stays hidden.
 */
export function ttyTerminal(input: ReadStream, output: WriteStream): Terminal {
  let pending: string[] = []; // typed ahead
  input.setEncoding('utf8');
  const ask = (question: string, hidden = false) =>
    new Promise<string>((resolve, reject) => {
      const line = new Line();
      const finish = (settle: () => void) => {
        input.off('data', onData).off('end', onEnd).pause();
        output.write('\n');
        settle();
      };
      const onEnd = () => finish(() => reject(stopped()));
      const onData = (chunk: string) => {
        pending.push(...chunk);
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
      input.on('data', onData).on('end', onEnd).resume();
      onData('');
    });
  return { rows: output.rows || 24, write: text => void output.write(text), ask };
}

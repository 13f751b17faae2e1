/** Asking a person: one line at a time, shown or hidden. No question has a default answer. */
import type { ReadStream, WriteStream } from 'node:tty';
import { Refusal } from '../shared/errors.ts';

export interface Terminal {
  rows: number;
  write(text: string): void;
  /** @param hidden nothing is echoed */
  ask(question: string, hidden?: boolean): Promise<string>;
}

const stopped = () =>
  new Refusal('NOT_CONFIRMED', 'stopped at the keyboard', 'Nothing was signed or stored.');

/** A line as it is typed: what to do with each character. Escape sequences (arrows) are left out. */
class Line {
  text = '';
  private escape = false;

  /** @returns what to echo, or true when the line is complete */
  take(c: string): string | true {
    if (this.escape) {
      this.escape = !/[A-Za-z~]/.test(c) || c === 'O';
      return '';
    }
    if (c === '\r' || c === '\n') return true;
    if (c === '\u0003' || (c === '\u0004' && this.text === '')) throw stopped();
    if (c === '\u001b') this.escape = true;
    else if (c === '\u007f' || c === '\b') {
      const rubbed = this.text !== '';
      this.text = [...this.text].slice(0, -1).join('');
      return rubbed ? '\b \b' : '';
    } else if (c === '\u0015') {
      const rubbed = [...this.text].length;
      this.text = '';
      return '\b \b'.repeat(rubbed);
    } else if (c >= ' ' && this.text.length < 4096) {
      this.text += c;
      return c;
    }
    return '';
  }
}

/** In raw mode, so that nothing is echoed that is not echoed here. */
export function ttyTerminal(input: ReadStream, output: WriteStream): Terminal {
  let pending: string[] = []; // typed ahead
  input.setEncoding('utf8');
  const ask = (question: string, hidden = false) =>
    new Promise<string>((resolve, reject) => {
      const line = new Line();
      const finish = (settle: () => void) => {
        input.off('data', onData).off('end', onEnd).pause();
        input.setRawMode(false);
        output.write('\n');
        settle();
      };
      const onEnd = () => finish(() => reject(stopped()));
      const onData = (chunk: string) => {
        pending.push(...chunk);
        while (pending.length > 0) {
          try {
            const echo = line.take(pending.shift() as string);
            if (echo === true) return finish(() => resolve(line.text));
            if (!hidden) output.write(echo);
          } catch (error) {
            pending = [];
            return finish(() => reject(error));
          }
        }
      };
      output.write(question);
      input.setRawMode(true);
      input.on('data', onData).on('end', onEnd).resume();
      onData('');
    });
  return { rows: output.rows || 24, write: text => void output.write(text), ask };
}

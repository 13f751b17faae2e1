/** Where all that a person reads is printed: sentences break between words at a terminal, columns stay as they are. */
import { WIDTH, wrapped } from './text.ts';

/** Prints lines to one stream. Only sentences break, and only at a terminal: a script reads them whole. */
export interface Printer {
  prose(text: string): void;
  columns(text: string): void;
}

/**
 * @param put writes to the stream
 * @param width columns of the terminal, or null if the stream is none
 */
export const printer = (put: (text: string) => void, width: () => number | null): Printer => ({
  prose: text => {
    const columns = width();
    put(`${columns === null ? text : wrapped(text, Math.min(columns, WIDTH))}\n`);
  },
  columns: text => void put(`${text}\n`),
});

export const toStderr = printer(
  text => void process.stderr.write(text),
  () => (process.stderr.isTTY ? process.stderr.columns || WIDTH : null),
);

/** Prints all text for a person. At a terminal, sentences break between words and columns stay unchanged. */
import { WIDTH, wrapText } from './text-layout.ts';

/**
 * Prints lines to one stream. Sentences are wrapped only at a terminal, because a script needs each sentence on one
 * line.
 */
export interface Printer {
  prose(text: string): void;
  columns(text: string): void;
}

/**
 * @param put function that writes to the stream
 * @param width function that returns the terminal's number of columns; null if the stream is no terminal
 */
export const makeScreenPrinter = (put: (text: string) => void, width: () => number | null): Printer => ({
  prose: text => {
    const columns = width();
    put(`${columns === null ? text : wrapText(text, Math.min(columns, WIDTH))}\n`);
  },
  columns: text => void put(`${text}\n`),
});

export const toStderr = makeScreenPrinter(
  text => void process.stderr.write(text),
  () => (process.stderr.isTTY ? process.stderr.columns || WIDTH : null),
);

/** Reads CSV text with the separators and encodings that spreadsheet programs of various countries use. */
import { parse } from 'csv-parse/sync';
import { Refusal } from '../../../../shared/errors.ts';
import { FILE, fileKind } from '../../../../shared/file-kind.ts';
import { EXPORT, notCsvRefusal, quoteNotClosedRefusal, SPREADSHEET } from './texts.ts';

export interface CsvLine {
  /**
   * Number of the row's first line in the file. A cell can contain line ends, so a row can have several
   * lines.
   */
  number: number;
  cells: string[];
}

export interface Csv {
  separator: string;
  lines: CsvLine[];
}

const SEPARATORS = [',', ';', '\t', '|'];
/** Largest number of characters in a line. A sheet may have thousands of empty columns. */
const MAX_LINE = 64 * 1024;

/** @throws Refusal FORMAT_INVALID, naming the actual kind of file */
function decodeText(bytes: Uint8Array, what: string): string {
  const refused = (found: string) => notCsvRefusal(what, found);
  const [first, second] = bytes;
  // Spreadsheets call this format "Unicode text".
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const kind = fileKind(bytes);
  if (kind === FILE.document) throw refused(SPREADSHEET);
  if (kind !== null && kind !== 'a table') throw refused(kind);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // drops a byte order mark
  } catch {
    throw refused('text that is not UTF-8');
  }
}

const splitCells = (line: string, separator: string) =>
  line.split(separator).map(cell => cell.replaceAll('"', '').trim().toLowerCase());

/** The separator that gives the most expected column names in the header. */
function findSeparator(header: string, names: readonly string[]): string {
  const found = (separator: string) =>
    splitCells(header, separator).filter(cell => names.includes(cell)).length;
  return SEPARATORS.reduce((best, next) => (found(next) > found(best) ? next : best));
}

/**
 * Reads lines of cells. Skips empty lines and lines of separators only, which spreadsheets append.
 * @param names expected columns, which determine the separator
 * @throws Refusal FORMAT_INVALID
 */
export function readCsv(bytes: Uint8Array, what: string, names: readonly string[]): Csv {
  const whole = decodeText(bytes, what)
    .replace(/\r\n?/g, '\n') // merged sheets may mix line ends
    .replace(/\x1a\s*$/, ''); // the end-of-file character of old programs
  const [, given] = /^sep=(.)\n/i.exec(whole) ?? []; // Only Excel uses this first line.
  const text = given === undefined ? whole : whole.slice(whole.indexOf('\n') + 1);
  const before = given === undefined ? 0 : 1;
  const separator = given ?? findSeparator(/\S.*/.exec(text)?.[0] ?? '', names);
  let records: { record: string[]; info: { lines: number }; raw: string }[];
  try {
    records = parse(text, {
      ...{ delimiter: separator, record_delimiter: '\n', max_record_size: MAX_LINE },
      ...{ info: true, raw: true, skip_empty_lines: true, trim: true },
      ...{ relax_column_count: true, relax_quotes: true },
    }) as unknown as typeof records;
  } catch (error) {
    const { code, records = 0, message } = error as Error & { code?: string; records?: number };
    if (code === 'CSV_QUOTE_NOT_CLOSED') throw quoteNotClosedRefusal(what, records + 1);
    throw new Refusal('FORMAT_INVALID', `${what}: ${message.split('\n')[0]}`, EXPORT);
  }
  const lines = records.map(({ record, info, raw }) => ({
    number: before + info.lines - (raw.replace(/^\n+|\n+$/g, '').split('\n').length - 1),
    cells: record,
  }));
  return { separator, lines: lines.filter(({ cells }) => cells.some(cell => cell !== '')) };
}

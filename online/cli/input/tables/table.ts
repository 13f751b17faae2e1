/** Tables as people give them: CSV as a spreadsheet exports it, or JSON. Each line with its place and its cells by column. */
import { parse } from 'csv-parse/sync';
import { type Code, Refusal, shown } from '../../../../shared/errors.ts';
import { JsonNumber, type JsonValue, readJson } from '../../../../shared/json.ts';
import { type Problem, refusalOf } from '../../errors/detailed.ts';

export const MAX_TABLE_BYTES = 4 * 1024 * 1024;

/** What a table has to be. */
export interface TableForm<Name extends string> {
  readonly columns: readonly Name[];
  /** What a line is. */
  readonly entry: string;
  /** What is said of the values, behind the names of the columns. */
  readonly values: string;
}

interface Line {
  /** Where it stands: line 3, entry 2. */
  place: { what: 'line' | 'entry'; number: number };
  values: Map<string, unknown>;
  /** What is wrong with it as a whole. */
  problem?: string;
}

/** The cells of a line by column; a column whose cell is wrong is absent. */
export interface Row<Name extends string> {
  readonly place: Line['place'];
  readonly cells: Readonly<Partial<Record<Name, string>>>;
  /** Whether every cell is right. */
  readonly isWhole: boolean;
}

const BEHIND = 'Nothing was written.';
const csvHint = ({ columns, values }: TableForm<string>) =>
  `Correct the file and run the command again. Its columns are ${columns.join(',')}; ${values}. ${BEHIND}`;
const jsonHint = ({ columns }: TableForm<string>) =>
  `Correct the file and run the command again. Each entry has the members ${columns.slice(0, -1).join(', ')} and ${columns.at(-1)}, all in quotes. ${BEHIND}`;

/** How the files of spreadsheet programs begin: a ZIP archive (xlsx, ods, numbers), or the older compound file (xls). */
const WORKBOOKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];

function csvText(bytes: Uint8Array, what: string): string {
  if (WORKBOOKS.some(magic => magic.every((byte, i) => bytes[i] === byte))) {
    throw new Refusal(
      'FORMAT_INVALID',
      `${what}: a spreadsheet program's own file, expected CSV`,
      'Export the sheet as "CSV UTF-8".',
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // drops a byte order mark
  } catch {
    throw new Refusal('FORMAT_INVALID', `${what}: not UTF-8 text`, 'Export the file as "CSV UTF-8".');
  }
}

function csvLines(bytes: Uint8Array, what: string, form: TableForm<string>): Line[] {
  const text = csvText(bytes, what);
  const hint = csvHint(form);
  const firstLine = text.split(/\r?\n/, 1)[0] as string;
  const delimiter = firstLine.includes(';') && !firstLine.includes(',') ? ';' : ',';
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      delimiter,
      info: true,
      skip_empty_lines: true,
      trim: true,
      relax_column_count: true,
      max_record_size: 4096,
    }) as unknown as typeof records;
  } catch (error) {
    throw new Refusal('FORMAT_INVALID', `${what}: ${(error as Error).message.split('\n')[0]}`, hint);
  }
  const first = records[0]?.record ?? [];
  const header = first.map(name => name.toLowerCase());
  if ([...header].sort().join() !== [...form.columns].sort().join()) {
    throw new Refusal(
      'FORMAT_INVALID',
      `${what}: line 1: expected the header ${form.columns.join(',')}, got ${shown(first.join(delimiter))}`,
      hint,
    );
  }
  // Rows that spreadsheets leave below the last one have separators alone.
  const rows = records.slice(1).filter(({ record }) => record.some(cell => cell !== ''));
  return rows.map(({ record, info }) => ({
    place: { what: 'line', number: info.lines },
    values: new Map(header.map((name, i) => [name, record[i] as string])),
    ...(record.length === header.length
      ? {}
      : {
          problem: `expected ${header.length} columns, got ${record.length} (a comma in a number is not a decimal point)`,
        }),
  }));
}

function jsonLines(bytes: Uint8Array, what: string, form: TableForm<string>): Line[] {
  const value: JsonValue = readJson(bytes, what, MAX_TABLE_BYTES);
  if (!Array.isArray(value))
    throw new Refusal('FORMAT_INVALID', `${what}: expected a list of ${form.entry}s`, jsonHint(form));
  return value.map((entry, i) => {
    const place = { what: 'entry', number: i + 1 } as const;
    if (!(entry instanceof Map)) return { place, values: new Map(), problem: 'expected an object' };
    const unknown = [...entry.keys()].find(name => !form.columns.includes(name));
    const problem = unknown === undefined ? {} : { problem: `unknown member ${shown(unknown)}` };
    return { place, values: entry, ...problem };
  });
}

/** @throws TypeError saying what to write in its place */
function textOf(field: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) throw new TypeError(`${field}: it is missing`);
  if (value instanceof JsonNumber)
    throw new TypeError(`${field}: expected text, write ${shown(value.text)} with quotes`);
  const kind = Array.isArray(value) ? 'a list' : value instanceof Map ? 'an object' : String(value);
  throw new TypeError(`${field}: expected text, got ${kind}`);
}

/** All that is wrong with a table is told at once. */
export class Table<Name extends string> {
  readonly rows: readonly Row<Name>[];
  private readonly problems: Problem[] = [];
  private readonly codes = new Set<Code>();
  private readonly what: string;
  private readonly entry: string;
  private readonly hint: string;

  /**
   * @param check throws what is wrong with a cell
   * @throws Refusal FORMAT_INVALID, TOO_LARGE where there is no table at all
   */
  constructor(
    bytes: Uint8Array,
    what: string,
    form: TableForm<Name>,
    check: (column: Name, value: string) => void,
  ) {
    const { length } = bytes;
    if (length > MAX_TABLE_BYTES)
      throw new Refusal(
        'TOO_LARGE',
        `${what}: ${length} bytes, expected at most ${MAX_TABLE_BYTES}`,
        csvHint(form),
      );
    const isJson = /^\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 64)));
    this.what = what;
    this.entry = form.entry;
    this.hint = isJson ? jsonHint(form) : csvHint(form);
    const lines = isJson ? jsonLines(bytes, what, form) : csvLines(bytes, what, form);
    this.rows = lines.map(line => this.read(line, form.columns, check));
    if (lines.length === 0) this.refuse(null, `${what}: expected at least one ${form.entry}, got none`);
  }

  private read(
    { place, values, problem }: Line,
    columns: readonly Name[],
    check: (column: Name, value: string) => void,
  ): Row<Name> {
    const cells: Partial<Record<Name, string>> = {};
    const before = this.problems.length;
    if (problem !== undefined) this.refuse(place, problem);
    else
      for (const column of columns)
        try {
          const value = textOf(column, values.get(column));
          check(column, value);
          cells[column] = value;
        } catch (error) {
          this.refuse(place, (error as Error).message);
        }
    return { place, cells, isWhole: this.problems.length === before };
  }

  /** Refuses each whole line after the first with the same key. */
  once(keyOf: (cells: Record<Name, string>) => string, code: Code): void {
    const places = new Map<string, Line['place']>();
    for (const { place, cells, isWhole } of this.rows) {
      if (!isWhole) continue;
      const key = keyOf(cells as Record<Name, string>);
      const first = places.get(key);
      if (first === undefined) places.set(key, place);
      else this.refuse(place, `${key} stands twice, first in ${first.what} ${first.number}`, code);
    }
  }

  /** Refuses more lines than that. */
  atMost(most: number): void {
    const { length } = this.rows;
    if (length > most)
      this.refuse(null, `${this.what}: expected at most ${most} ${this.entry}s, got ${length}`);
  }

  /** Adds what is wrong with a line, or with the whole. */
  refuse(place: Line['place'] | null, text: string, code: Code = 'FIELD_INVALID'): void {
    this.problems.push({ place, text });
    this.codes.add(code);
  }

  /** A refusal has the code of its problems where they are alike. @throws Refusal with all that was found wrong */
  done(): void {
    const [code = 'FIELD_INVALID', ...others] = this.codes;
    if (this.problems.length === 0) return;
    throw refusalOf(others.length === 0 ? code : 'FIELD_INVALID', this.what, this.problems, this.hint);
  }
}

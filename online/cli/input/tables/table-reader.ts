/** Reads tables that people provide, as CSV or JSON. Each line has its place, and its cells by column. */
import { type Code, Refusal, valueText } from '../../../../shared/errors.ts';
import { fileKind } from '../../../../shared/file-kind.ts';
import { JsonNumber, type JsonValue, readJson } from '../../../../shared/json.ts';
import { countText } from '../../../platform/text/words.ts';
import { makeDetailedRefusal, type Problem } from '../../errors/detailed-refusal.ts';
import { alterationText } from './altered-cells.ts';
import { type Csv, readCsv } from './csv.ts';
import {
  csvHint,
  jsonHint,
  splitNumberText,
  strayCellText,
  tableTooLargeRefusal,
  unusedColumnsText,
} from './texts.ts';

export const MAX_TABLE_BYTES = 4 * 1024 * 1024;

/** The required form of a table. */
export interface TableForm<Name extends string> {
  readonly columns: readonly Name[];
  /** What a line of this table describes, as a noun. */
  readonly entry: string;
  /** Sentences about the values, for the hint after the names of the columns. */
  readonly values: string;
  /** For columns whose values can be numbers: how many digits a number must have. */
  readonly digits?: Partial<Record<Name, number>>;
}

interface Line {
  /** Where the row is in the file, such as line 3 or entry 2. */
  place: { what: 'line' | 'entry'; number: number };
  values: Map<string, unknown>;
  /** An error that concerns the line as a whole. */
  problem?: string;
}

/** The valid cells of a line by column. A column whose cell is not valid is absent. */
export interface Row<Name extends string> {
  readonly place: Line['place'];
  readonly cells: Readonly<Partial<Record<Name, string>>>;
  /** True if every cell is valid, and the line as a whole has no error. */
  readonly isWhole: boolean;
}

/** What the header says about the cells of each line. */
interface Header<Name extends string> {
  columns: Map<Name, number>;
  /** False for cells without a column name, and for cells after the last column. */
  isNamed(index: number): boolean;
  width: number;
}

/** Reads columns in any order. @throws Refusal FORMAT_INVALID naming missing and duplicate columns */
function readHeader<Name extends string>(
  { separator, lines }: Csv,
  what: string,
  form: TableForm<Name>,
  note: (text: string) => void,
): Header<Name> {
  const [first] = lines;
  const cells = first?.cells ?? [];
  const names = cells.map(name => name.toLowerCase());
  const refused = (problem: string) =>
    new Refusal('FORMAT_INVALID', `${what}: line ${first?.number ?? 1}: ${problem}`, csvHint(form));
  const columns = new Map<Name, number>();
  const missing = form.columns.filter(name => !names.includes(name));
  if (missing.length === form.columns.length)
    throw refused(`expected the header ${form.columns.join(',')}, got ${valueText(cells.join(separator))}`);
  if (missing.length > 0)
    throw refused(`expected ${missing.join(', ')} in the header, got ${valueText(cells.join(separator))}`);
  for (const name of form.columns) {
    if (names.indexOf(name) !== names.lastIndexOf(name))
      throw refused(`the header has the column ${name} twice`);
    columns.set(name, names.indexOf(name));
  }
  const others = names.filter(name => name !== '' && !columns.has(name as Name));
  if (others.length > 0) note(unusedColumnsText(what, others));
  return { columns, isNamed: index => (names[index] ?? '') !== '', width: names.length };
}

/**
 * A hint about a mass with a decimal comma; '' if there is none. In a table separated by commas, `389,142` is
 * two cells.
 */
function splitNumberHint(cells: readonly string[]): string {
  const at = cells.findIndex(
    (cell, i) => /^[0-9]{1,3}$/.test(cell) && /^[0-9]{1,3}$/.test(cells[i + 1] ?? ''),
  );
  return at < 0 ? '' : splitNumberText(cells[at] as string, cells[at + 1] as string);
}

function readCsvLines<Name extends string>(
  bytes: Uint8Array,
  what: string,
  form: TableForm<Name>,
  note: (text: string) => void,
): Line[] {
  const csv = readCsv(bytes, what, form.columns);
  const { columns, isNamed, width } = readHeader(csv, what, form, note);
  return csv.lines.slice(1).map(({ number, cells }) => {
    const stray = cells.findIndex((cell, i) => cell !== '' && !isNamed(i));
    const lacks = [...columns.values()].some(i => i >= cells.length);
    const comma = csv.separator === ',' ? splitNumberHint(cells) : '';
    const problem =
      lacks || stray >= width
        ? { problem: `expected ${countText(width, 'cell')}, got ${cells.length}${comma}` }
        : stray >= 0
          ? { problem: strayCellText(stray + 1, cells[stray]) }
          : {};
    const values = new Map([...columns].map(([name, i]) => [name, cells[i]]));
    return { place: { what: 'line', number }, values, ...problem };
  });
}

function readJsonLines(bytes: Uint8Array, what: string, form: TableForm<string>): Line[] {
  const value: JsonValue = readJson(bytes, what, MAX_TABLE_BYTES);
  if (!Array.isArray(value)) {
    const kind = fileKind(bytes);
    const found = kind === null ? '' : `, got ${kind}`;
    throw new Refusal('FORMAT_INVALID', `${what}: expected a list of ${form.entry}s${found}`, jsonHint(form));
  }
  return value.map((entry, i) => {
    const place = { what: 'entry', number: i + 1 } as const;
    if (!(entry instanceof Map)) return { place, values: new Map(), problem: 'expected an object' };
    const unknown = [...entry.keys()].find(name => !form.columns.includes(name));
    const problem = unknown === undefined ? {} : { problem: `unknown member ${valueText(unknown)}` };
    return { place, values: entry, ...problem };
  });
}

/** @throws TypeError that says what to write instead */
function textOfValue(field: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) throw new TypeError(`${field}: expected text, got nothing`);
  if (value instanceof JsonNumber)
    throw new TypeError(`${field}: expected text, got a number: write ${valueText(value.text)} with quotes`);
  const kind = Array.isArray(value) ? 'a list' : value instanceof Map ? 'an object' : String(value);
  throw new TypeError(`${field}: expected text, got ${kind}`);
}

/** Reads a table and collects its errors, to report them together. */
export class TableReader<Name extends string> {
  readonly rows: readonly Row<Name>[];
  private readonly problems: Problem[] = [];
  private readonly codes = new Set<Code>();
  private readonly what: string;
  private readonly entry: string;
  private readonly hint: string;

  /**
   * @param check function that throws the error of a cell
   * @param note function that is called with each remark about content that is not used
   * @throws Refusal FORMAT_INVALID if the file is not a table, TOO_LARGE
   */
  constructor(
    bytes: Uint8Array,
    what: string,
    form: TableForm<Name>,
    check: (column: Name, value: string) => void,
    note: (text: string) => void = () => undefined,
  ) {
    const { length } = bytes;
    if (length > MAX_TABLE_BYTES) throw tableTooLargeRefusal(what, length, MAX_TABLE_BYTES, form);
    const isJson = /^\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 64)));
    this.what = what;
    this.entry = form.entry;
    this.hint = isJson ? jsonHint(form) : csvHint(form);
    const lines = isJson ? readJsonLines(bytes, what, form) : readCsvLines(bytes, what, form, note);
    this.rows = lines.map(line => this.read(line, form, check));
    if (lines.length === 0) this.refuse(null, `${what}: expected at least one ${form.entry}, got none`);
  }

  private read(
    { place, values, problem }: Line,
    { columns, digits }: TableForm<Name>,
    check: (column: Name, value: string) => void,
  ): Row<Name> {
    const cells: Partial<Record<Name, string>> = {};
    const before = this.problems.length;
    if (problem !== undefined) this.refuse(place, problem);
    else
      for (const column of columns)
        try {
          const value = textOfValue(column, values.get(column));
          check(column, value);
          cells[column] = value;
        } catch (error) {
          const cell = values.get(column);
          const altered = typeof cell === 'string' ? alterationText(cell, digits?.[column]) : '';
          this.refuse(place, `${(error as Error).message}${altered === '' ? '' : `. ${altered}`}`);
        }
    return { place, cells, isWhole: this.problems.length === before };
  }

  /** Refuses each valid line whose key already occurred. */
  once(keyOf: (cells: Record<Name, string>) => string, code: Code): void {
    const places = new Map<string, Line['place']>();
    for (const { place, cells, isWhole } of this.rows) {
      if (!isWhole) continue;
      const key = keyOf(cells as Record<Name, string>);
      const first = places.get(key);
      if (first === undefined) places.set(key, place);
      else this.refuse(place, `${key} is already in ${first.what} ${first.number}`, code);
    }
  }

  /** Refuses more lines than this. */
  atMost(most: number): void {
    const { length } = this.rows;
    if (length > most)
      this.refuse(null, `${this.what}: expected at most ${most} ${this.entry}s, got ${length}`);
  }

  /** Adds an error of a line, or of the whole file. */
  refuse(place: Line['place'] | null, text: string, code: Code = 'FIELD_INVALID'): void {
    this.problems.push({ place, text });
    this.codes.add(code);
  }

  /**
   * Ends the reading. If all errors have the same code, the refusal has this code; otherwise FIELD_INVALID.
   * @throws Refusal with all errors
   */
  done(): void {
    const [code = 'FIELD_INVALID', ...others] = this.codes;
    if (this.problems.length === 0) return;
    throw makeDetailedRefusal(
      others.length === 0 ? code : 'FIELD_INVALID',
      this.what,
      this.problems,
      this.hint,
    );
  }
}

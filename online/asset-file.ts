/** Assets as people give them: CSV as a spreadsheet exports it, or JSON. Every wrong line is told at once. */
import { parse } from 'csv-parse/sync';
import { parseAddress } from '../shared/address.ts';
import { parseAmount } from '../shared/amount.ts';
import { Refusal, shown } from '../shared/errors.ts';
import { fieldInvalid } from '../shared/fields.ts';
import { JsonNumber, type JsonValue, readJson } from '../shared/json.ts';
import {
  ASSET_RULES,
  type AssetEntry,
  checkAssetField,
  MAX_ISSUANCES,
  referenceOf,
} from '../shared/request.ts';
import type { Trust } from '../shared/trust.ts';

export const ASSET_FIELDS = Object.keys(ASSET_RULES) as (keyof AssetEntry)[];
const HEADER = ASSET_FIELDS.join(',');
const MAX_BYTES = 4 * 1024 * 1024;
const HINT = `Correct the file and run the command again. Its columns are ${HEADER}; a mass has digits and one point, as in 389.142. Nothing was written.`;
const SHOWN_PROBLEMS = 20;

interface Line {
  /** Where it stands: `line 3`, `entry 2`. */
  place: string;
  values: Map<string, unknown>;
  /** What is wrong with it as a whole. */
  problem?: string;
}

function invalid(problems: string[], code: 'DUPLICATE_ASSET' | 'FIELD_INVALID'): Refusal {
  const more = problems.length - SHOWN_PROBLEMS;
  const told = problems.slice(0, SHOWN_PROBLEMS).join('; ') + (more > 0 ? `; and ${more} more` : '');
  return new Refusal(code, told, HINT);
}

/** A field by all rules that the signer applies. @throws Refusal FIELD_INVALID naming the field */
export function checkAsset(field: keyof AssetEntry, value: string, trust: Trust): void {
  checkAssetField(field, value, field);
  if (field === 'address') parseAddress(trust.network, value, field);
  if (field === 'mass') {
    const atoms = parseAmount(value, field, 3);
    if (atoms < parseAmount(trust.massMin, 'min') || atoms > parseAmount(trust.massMax, 'max')) {
      throw fieldInvalid(field, `${trust.massMin} to ${trust.massMax}`, value);
    }
  }
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

function readAsset({ values, problem }: Line, trust: Trust): { asset: AssetEntry; problems: string[] } {
  const asset: Partial<AssetEntry> = {};
  if (problem !== undefined) return { asset: asset as AssetEntry, problems: [problem] };
  const problems = ASSET_FIELDS.flatMap(field => {
    try {
      const value = textOf(field, values.get(field));
      checkAsset(field, value, trust);
      asset[field] = value;
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  return { asset: asset as AssetEntry, problems };
}

/** Assets of one file, every field checked, and each asset there once. */
function checked(lines: Line[], what: string, trust: Trust): AssetEntry[] {
  const problems: string[] = [];
  let duplicates = 0;
  const places = new Map<string, string>();
  const assets = lines.map(line => {
    const { asset, problems: wrong } = readAsset(line, trust);
    problems.push(...wrong.map(problem => `${line.place}: ${problem}`));
    if (wrong.length > 0) return asset;
    const reference = referenceOf(asset);
    const first = places.get(reference);
    if (first === undefined) places.set(reference, line.place);
    else {
      duplicates++;
      problems.push(`${line.place}: ${reference} stands twice, first in ${first}`);
    }
    return asset;
  });
  if (assets.length === 0) problems.push(`${what}: expected at least one asset, got none`);
  if (assets.length > MAX_ISSUANCES)
    problems.push(`${what}: expected at most ${MAX_ISSUANCES} assets, got ${assets.length}`);
  if (problems.length > 0)
    throw invalid(problems, duplicates === problems.length ? 'DUPLICATE_ASSET' : 'FIELD_INVALID');
  return assets;
}

/** How the files of spreadsheet programs begin: a ZIP archive (xlsx, ods, numbers), or the older compound file (xls). */
const WORKBOOKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];

function csvLines(bytes: Uint8Array, what: string): Line[] {
  if (WORKBOOKS.some(magic => magic.every((byte, i) => bytes[i] === byte))) {
    throw new Refusal(
      'FORMAT_INVALID',
      `${what}: a spreadsheet program's own file, expected CSV`,
      'Export the sheet as "CSV UTF-8".',
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes); // drops a byte order mark
  } catch {
    throw new Refusal('FORMAT_INVALID', `${what}: not UTF-8 text`, 'Export the file as "CSV UTF-8".');
  }
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
    throw new Refusal('FORMAT_INVALID', `${what}: ${(error as Error).message.split('\n')[0]}`, HINT);
  }
  const header = records[0]?.record.map(name => name.toLowerCase()) ?? [];
  if ([...header].sort().join() !== [...ASSET_FIELDS].sort().join()) {
    throw new Refusal(
      'FORMAT_INVALID',
      `${what}: line 1: expected the header ${HEADER}, got ${shown(header.join(','))}`,
      HINT,
    );
  }
  return records.slice(1).map(({ record, info }) => ({
    place: `line ${info.lines}`,
    values: new Map(header.map((name, i) => [name, record[i] as string])),
    ...(record.length === header.length
      ? {}
      : {
          problem: `expected ${header.length} columns, got ${record.length} (a comma in a number is not a decimal point)`,
        }),
  }));
}

function jsonLines(bytes: Uint8Array, what: string): Line[] {
  const value: JsonValue = readJson(bytes, what, MAX_BYTES);
  if (!Array.isArray(value)) throw new Refusal('FORMAT_INVALID', `${what}: expected a list of assets`, HINT);
  return value.map((entry, i) => {
    const place = `entry ${i + 1}`;
    if (!(entry instanceof Map)) return { place, values: new Map(), problem: 'expected an object' };
    const unknown = [...entry.keys()].find(name => !(ASSET_FIELDS as string[]).includes(name));
    const problem = unknown === undefined ? {} : { problem: `unknown member ${shown(unknown)}` };
    return { place, values: entry, ...problem };
  });
}

/**
 * Reads assets from a file's bytes.
 * @throws Refusal FIELD_INVALID or DUPLICATE_ASSET naming every wrong line, FORMAT_INVALID, TOO_LARGE
 */
export function readAssets(bytes: Uint8Array, what: string, trust: Trust): AssetEntry[] {
  if (bytes.length > MAX_BYTES) {
    throw new Refusal('TOO_LARGE', `${what}: ${bytes.length} bytes, expected at most ${MAX_BYTES}`, HINT);
  }
  const json = /^\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 64)));
  return checked(json ? jsonLines(bytes, what) : csvLines(bytes, what), what, trust);
}

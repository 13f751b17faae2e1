/** Assets as people give them: CSV as a spreadsheet exports it, or JSON. Every wrong line is told at once. */
import { parse } from 'csv-parse/sync';
import { Refusal, shown } from '../shared/errors.ts';
import { type JsonValue, readJson } from '../shared/json.ts';
import { ASSET_RULES, type AssetEntry, checkAssetField, MAX_ISSUANCES } from '../shared/request.ts';

export const ASSET_FIELDS = Object.keys(ASSET_RULES) as (keyof AssetEntry)[];
const HEADER = ASSET_FIELDS.join(',');
const MAX_BYTES = 4 * 1024 * 1024;
const HINT = `Correct the file and run the command again. Its columns are ${HEADER}; nothing was written.`;
const SHOWN_PROBLEMS = 20;

interface Line {
  /** Where it stands: `line 3`, `issuances[2]`. */
  place: string;
  values: Map<string, unknown>;
}

function invalid(problems: string[]): Refusal {
  const more = problems.length - SHOWN_PROBLEMS;
  const told = problems.slice(0, SHOWN_PROBLEMS).join('; ') + (more > 0 ? `; and ${more} more` : '');
  return new Refusal('FIELD_INVALID', told, HINT);
}

/** Assets of one file, every field checked by the rules that the signer applies. */
function checked(lines: Line[], what: string): AssetEntry[] {
  const problems: string[] = [];
  const assets = lines.map(({ place, values }) => {
    const asset: Partial<AssetEntry> = {};
    for (const field of ASSET_FIELDS) {
      const value = values.get(field);
      try {
        if (typeof value !== 'string') throw new TypeError(`${field}: expected text, got ${shown(value)}`);
        checkAssetField(field, value, field);
        asset[field] = value;
      } catch (error) {
        problems.push(`${place}: ${(error as Error).message}`);
      }
    }
    return asset as AssetEntry;
  });
  if (assets.length === 0) problems.push(`${what}: expected at least one asset, got none`);
  if (assets.length > MAX_ISSUANCES)
    problems.push(`${what}: expected at most ${MAX_ISSUANCES} assets, got ${assets.length}`);
  if (problems.length > 0) throw invalid(problems);
  return assets;
}

function csvLines(bytes: Uint8Array, what: string): Line[] {
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
  const wrong = records.slice(1).filter(({ record }) => record.length !== header.length);
  if (wrong.length > 0) {
    throw invalid(
      wrong.map(
        ({ record, info }) =>
          `line ${info.lines}: expected ${header.length} columns, got ${record.length} (a comma in a number is not a decimal point)`,
      ),
    );
  }
  return records.slice(1).map(({ record, info }) => ({
    place: `line ${info.lines}`,
    values: new Map(header.map((name, i) => [name, record[i] as string])),
  }));
}

function jsonLines(bytes: Uint8Array, what: string): Line[] {
  const value: JsonValue = readJson(bytes, what, MAX_BYTES);
  if (!Array.isArray(value)) throw new Refusal('FORMAT_INVALID', `${what}: expected a list of assets`, HINT);
  return value.map((entry, i) => {
    const place = `entry ${i + 1}`;
    if (!(entry instanceof Map)) throw invalid([`${place}: expected an object`]);
    for (const name of entry.keys()) {
      if (!(ASSET_FIELDS as string[]).includes(name))
        throw invalid([`${place}: unknown member ${shown(name)}`]);
    }
    return { place, values: entry };
  });
}

/**
 * Reads assets from a file's bytes.
 * @throws Refusal FIELD_INVALID naming every wrong line, FORMAT_INVALID, TOO_LARGE
 */
export function readAssets(bytes: Uint8Array, what: string): AssetEntry[] {
  if (bytes.length > MAX_BYTES) {
    throw new Refusal('TOO_LARGE', `${what}: ${bytes.length} bytes, expected at most ${MAX_BYTES}`, HINT);
  }
  const json = /^\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 64)));
  return checked(json ? jsonLines(bytes, what) : csvLines(bytes, what), what);
}

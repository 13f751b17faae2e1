/** Assets as people give them: CSV as a spreadsheet exports it, or JSON. Every wrong line is told at once. */
import { parse } from 'csv-parse/sync';
import { parseAddress } from '../../../shared/address.ts';
import { parseAmount } from '../../../shared/amount.ts';
import { decodeBase58Check } from '../../../shared/base58.ts';
import {
  ASSET_RULES,
  type AssetEntry,
  checkAssetField,
  MAX_ISSUANCES,
  referenceOf,
} from '../../../shared/changes.ts';
import { Refusal, shown } from '../../../shared/errors.ts';
import { fieldInvalid } from '../../../shared/fields.ts';
import { JsonNumber, type JsonValue, readJson } from '../../../shared/json.ts';
import type { Network } from '../../../shared/networks.ts';
import type { Trust } from '../../../shared/trust.ts';
import { type Problem, refusalOf } from '../errors/detailed.ts';

export const ASSET_FIELDS = Object.keys(ASSET_RULES) as (keyof AssetEntry)[];
const HEADER = ASSET_FIELDS.join(',');
const MAX_BYTES = 4 * 1024 * 1024;
const HINT = `Correct the file and run the command again. Its columns are ${HEADER}; a mass has digits and one point, as in 389.142. Nothing was written.`;
const JSON_HINT =
  'Correct the file and run the command again. Each entry has the members serial, year, manufacturer, mass and address, all in quotes. Nothing was written.';

interface Line {
  /** Where it stands: line 3, entry 2. */
  place: { what: 'line' | 'entry'; number: number };
  values: Map<string, unknown>;
  /** What is wrong with it as a whole. */
  problem?: string;
}

/** Digits with separators, as spreadsheets and people write them: named, and never guessed. */
function separatorProblem(mass: string): string | null {
  const bare = (text: string) => text.replace(/[^0-9.]/g, '');
  if (/^[0-9]{1,3}(\.[0-9]{3})+,[0-9]+$/.test(mass)) {
    const right = bare(mass.replaceAll('.', '').replace(',', '.'));
    return `a point for thousands and a comma for a decimal point: write ${right}`;
  }
  if (/^[0-9]{1,3}([,'\u2019 \u00a0\u202f][0-9]{3})+(\.[0-9]+)?$/.test(mass)) {
    if (/^[0-9]+,[0-9]{3}$/.test(mass))
      return `a comma, for a decimal point or for thousands: write ${mass.replace(',', '.')} or ${bare(mass)}`;
    return `a separator of thousands: write ${bare(mass)}`;
  }
  return /^[0-9]+,[0-9]+$/.test(mass) ? `a comma for a decimal point: write ${mass.replace(',', '.')}` : null;
}

/** What is wrong with an address, which people cannot see. @throws Refusal FIELD_INVALID */
function checkAddress(network: Network, text: string): void {
  const found = `address: expected an address, got ${shown(text)}`;
  const again = `Give an address of the network ${network.name}, copied as a whole.`;
  const fail = (why: string) => new Refusal('FIELD_INVALID', `${found}${why}`, again);
  if (text === '') throw fail('');
  const strange = /[^1-9A-HJ-NP-Za-km-z]/.exec(text)?.[0];
  if (strange) throw fail(`: no address has the character ${shown(strange)}; copy it again as a whole`);
  if (text.length < 26 || text.length > 36)
    throw fail(`: it has ${text.length} characters, an address has about 34; copy it again as a whole`);
  if (!decodeBase58Check(text))
    throw fail(
      ': its check does not fit, so that at least one character is wrong or missing; copy it again as a whole',
    );
  parseAddress(network, text, 'address');
}

/** A field by all rules that the signer applies. @throws Refusal FIELD_INVALID naming the field */
export function checkAsset(field: keyof AssetEntry, value: string, trust: Trust): void {
  if (field === 'address') checkAddress(trust.network, value);
  const separator = field === 'mass' ? separatorProblem(value) : null;
  if (separator !== null) throw new Refusal('FIELD_INVALID', `mass: ${separator}, got ${shown(value)}`);
  checkAssetField(field, value, field);
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
function checked(lines: Line[], what: string, trust: Trust, hint: string): AssetEntry[] {
  const problems: Problem[] = [];
  let duplicates = 0;
  const places = new Map<string, Line['place']>();
  const assets = lines.map(line => {
    const { place } = line;
    const { asset, problems: wrong } = readAsset(line, trust);
    problems.push(...wrong.map(text => ({ place, text })));
    if (wrong.length > 0) return asset;
    const reference = referenceOf(asset);
    const first = places.get(reference);
    if (first === undefined) places.set(reference, place);
    else {
      duplicates++;
      problems.push({ place, text: `${reference} stands twice, first in ${first.what} ${first.number}` });
    }
    return asset;
  });
  const whole = (text: string) => problems.push({ place: null, text: `${what}: ${text}` });
  if (assets.length === 0) whole('expected at least one asset, got none');
  if (assets.length > MAX_ISSUANCES) whole(`expected at most ${MAX_ISSUANCES} assets, got ${assets.length}`);
  if (problems.length === 0) return assets;
  const code = duplicates === problems.length ? 'DUPLICATE_ASSET' : 'FIELD_INVALID';
  throw refusalOf(code, what, problems, hint);
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
  const first = records[0]?.record ?? [];
  const header = first.map(name => name.toLowerCase());
  if ([...header].sort().join() !== [...ASSET_FIELDS].sort().join()) {
    throw new Refusal(
      'FORMAT_INVALID',
      `${what}: line 1: expected the header ${HEADER}, got ${shown(first.join(delimiter))}`,
      HINT,
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

function jsonLines(bytes: Uint8Array, what: string): Line[] {
  const value: JsonValue = readJson(bytes, what, MAX_BYTES);
  if (!Array.isArray(value))
    throw new Refusal('FORMAT_INVALID', `${what}: expected a list of assets`, JSON_HINT);
  return value.map((entry, i) => {
    const place = { what: 'entry', number: i + 1 } as const;
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
  return json
    ? checked(jsonLines(bytes, what), what, trust, JSON_HINT)
    : checked(csvLines(bytes, what), what, trust, HINT);
}

/** Options that several commands share, and parsers of option values. A wrong value is wrong usage. */
import { Option, UsageError } from 'clipanion';

/** Checks that a required value is given. */
export function requireValue<T>(name: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new UsageError(`${name} is missing`);
}

/** Parses an integer in a range. */
export function parseWholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${name}: expected a whole number from ${min} to ${max}, got ${text}`);
}

/** Parses seconds, with decimals. */
export function parseSeconds(name: string, text: string): number {
  const value = /^[0-9]{1,6}(\.[0-9]{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0) return value;
  throw new UsageError(`${name}: expected seconds, got ${text}`);
}

/** Checks that a value is one of several words. */
export function parseWord<T extends string>(name: string, text: string, words: readonly T[]): T {
  const word = words.find(w => w === text);
  if (word !== undefined) return word;
  throw new UsageError(`${name}: expected ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, got ${text}`);
}

/** The option for the output file, for commands that write a request; see `carried/request-output.ts`. */
export const outOption = () =>
  Option.String('--out', {
    description: 'the request file to write (default request-THJN.json, on the stick or in this folder)',
  });

/** The option to skip the question, for commands that ask before a change. */
export const yesOption = (description = 'do not ask for confirmation') =>
  Option.Boolean('--yes', false, { description });

/** The option to replace a file, for commands that write one. */
export const overwriteOption = (description = 'replace the file if it exists') =>
  Option.Boolean('--overwrite', false, { description });

/** Description of `--over-older`. */
export const OVER_OLDER_HELP = "also replace an older tool's proposal in ps1_map.json and ps1_tx.json";

/** The option to omit the base mapping, for commands that write a request. */
export const withoutBaseOption = () =>
  Option.Boolean('--without-base', false, {
    description: 'leave the text of the mapping out of the request',
  });

/**
 * The option to name the request, for commands on the open proposal. If it is given, the command refuses any
 * other proposal.
 */
export const digestOption = () =>
  Option.String('--request', {
    description: 'digest of the proposal that you expect; any other proposal is refused',
  });

/**
 * The option for the age of the best block, for commands that refuse an old block. {@link parseTipAge} parses
 * the value.
 */
export const maxTipAgeOption = () =>
  Option.String('--max-tip-age', '100', {
    description: 'refuse a best block older than this many seconds (default 100)',
  });

/** Largest age of the best block in seconds, from `--max-tip-age`. */
export function parseTipAge(text: string): number {
  return parseWholeNumber('--max-tip-age', text, 1, 1_000_000_000);
}

/**
 * The option for the number of confirmations of transactions or burns. {@link parseConfirmations} parses the
 * value.
 */
export const confirmationsOption = (description: string) => Option.String('--confirmations', { description });

/** Number from `--confirmations`; undefined if absent, because the default depends on the kind of request. */
export function parseConfirmations(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseWholeNumber('--confirmations', text, 1, 1000);
}

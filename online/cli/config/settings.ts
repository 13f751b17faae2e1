/** Defines each setting once: its member of countersign.json, variable, flag, and parser. */
import { addFilePrefix, makeConfigPathRelative, makeStorePathRelative } from './config-paths.ts';
import { notAControllerRefusal, notOneLineRefusal, notYesOrNoRefusal } from './texts.ts';

export interface Config {
  store?: string;
  node?: string;
  trust?: string;
  nodeCookie?: string;
  /** Index of this PC's controller. */
  controller?: string;
  /** Folder of the USB stick, to which requests are written and from which signatures are read. */
  stick?: string;
  s3: S3Config;
}

export interface S3Config {
  endpoint?: string;
  pathStyle?: boolean;
  region?: string;
  publicRead?: boolean;
}

/**
 * The answer for a profile or a node that does not exist yet. A file with this name is given as `./later`.
 */
export const LATER = 'later';
/** The answer in place of a controller's number, for a PC that only reads. */
export const NOBODY = 'none';
/** The answer for Amazon's own servers, which need no endpoint. */
export const AMAZON = 'aws';

type Value = string | boolean;

export interface Setting {
  variable: string;
  flag: string;
  /**
   * @param where source of the value, for messages
   * @returns undefined if the value means that the setting has no value, such as `later`
   */
  read(value: Value, where: string): Value | undefined;
  /** For a setting that is a path: converts a path in the file to a path relative to the working folder. */
  fromHere?: typeof makeConfigPathRelative;
}

const makeSetting = (name: string, flag: string, read: Setting['read']): Setting => ({
  variable: `COUNTERSIGN_${name}`,
  flag,
  read,
});

export const SETTINGS: Record<Exclude<keyof Config, 's3'>, Setting> = {
  store: { ...makeSetting('STORE', '--store', parseStoreSetting), fromHere: makeStorePathRelative },
  node: makeSetting('NODE', '--node', parseLineOrLater),
  trust: { ...makeSetting('TRUST', '--trust', parseLineOrLater), fromHere: makeConfigPathRelative },
  nodeCookie: {
    ...makeSetting('NODE_COOKIE', '--node-cookie', parseOneLine),
    fromHere: makeConfigPathRelative,
  },
  controller: makeSetting('CONTROLLER', '--controller', parseController),
  stick: { ...makeSetting('STICK', '--stick', parseOneLine), fromHere: makeConfigPathRelative },
};
export const S3_SETTINGS: Record<keyof S3Config, Setting> = {
  endpoint: makeSetting('S3_ENDPOINT', '--s3-endpoint', parseEndpointSetting),
  pathStyle: makeSetting('S3_PATH_STYLE', '--s3-path-style', parseYesOrNo),
  region: makeSetting('S3_REGION', '--s3-region', parseOneLine),
  publicRead: makeSetting('S3_PUBLIC_READ', '--public-read', parseYesOrNo),
};
export const NODE_PASSWORD = 'COUNTERSIGN_NODE_PASSWORD';

/** Largest number of characters of a value. */
export const MAX_LENGTH = 4096;
export const LINE_END = 'text with a line end';

/**
 * Any one-line text. The text may contain a password, so no message quotes it.
 * @throws Refusal CONFIG_INVALID naming `where`
 */
export function parseOneLine(value: Value, where: string): string {
  const text = String(value);
  const problem =
    typeof value !== 'string'
      ? text
      : /[\r\n]/.test(text)
        ? LINE_END
        : /\p{Cc}/u.test(text)
          ? 'text with a control character'
          : text.length > MAX_LENGTH
            ? `${text.length} characters`
            : '';
  if (problem === '') return text;
  throw notOneLineRefusal(where, MAX_LENGTH, problem);
}

function parseStoreSetting(value: Value, where: string): string {
  return addFilePrefix(parseOneLine(value, where));
}

function parseController(value: Value, where: string): string | undefined {
  const text = parseOneLine(value, where);
  if (text === NOBODY) return undefined;
  if (/^([1-9]|1[0-5])$/.test(text)) return text;
  throw notAControllerRefusal(where, NOBODY, text);
}

function parseLineOrLater(value: Value, where: string): string | undefined {
  return value === LATER ? undefined : parseOneLine(value, where);
}

function parseEndpointSetting(value: Value, where: string): string | undefined {
  return value === AMAZON ? undefined : parseOneLine(value, where);
}

function parseYesOrNo(value: Value, where: string): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw notYesOrNoRefusal(where);
}

/**
 * The value of an environment variable; undefined if the variable is empty or not set.
 * @throws Refusal CONFIG_INVALID naming the variable
 */
export function readVariable(env: Record<string, string | undefined>, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : parseOneLine(value, name);
}

/** Names of the variables that are set. They take precedence over the file. */
export function namesOfSetVariables(env: Record<string, string | undefined>): string[] {
  const names = [SETTINGS, S3_SETTINGS].flatMap(group => Object.values(group)).map(one => one.variable);
  return names.filter(name => env[name]);
}

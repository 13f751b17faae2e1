/** Defines each setting once: its member of countersign.json, variable, flag, and parser. */
import { fromHere, storeFromHere, storeNamed } from './place.ts';
import { notAController, notOneLine, notYesOrNo } from './texts.ts';

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

/** Answer for something that does not exist yet; never a name. A file of that name is `./later`. */
export const LATER = 'later';
/** Answer instead of a controller's number: this PC only reads. */
export const NOBODY = 'none';
/** Amazon's own servers, which need no endpoint. */
export const AMAZON = 'aws';

type Value = string | boolean;

export interface Setting {
  variable: string;
  flag: string;
  /**
   * @param where source of the value, for messages
   * @returns undefined for a value that does not decide the setting
   */
  read(value: Value, where: string): Value | undefined;
  /** For paths: converts a path in the file to one relative to the working folder. */
  fromHere?: typeof fromHere;
}

const of = (name: string, flag: string, read: Setting['read']): Setting => ({
  variable: `COUNTERSIGN_${name}`,
  flag,
  read,
});

export const SETTINGS: Record<Exclude<keyof Config, 's3'>, Setting> = {
  store: { ...of('STORE', '--store', store), fromHere: storeFromHere },
  node: of('NODE', '--node', lineOrLater),
  trust: { ...of('TRUST', '--trust', lineOrLater), fromHere },
  nodeCookie: { ...of('NODE_COOKIE', '--node-cookie', line), fromHere },
  controller: of('CONTROLLER', '--controller', controller),
  stick: { ...of('STICK', '--stick', line), fromHere },
};
export const S3_SETTINGS: Record<keyof S3Config, Setting> = {
  endpoint: of('S3_ENDPOINT', '--s3-endpoint', endpoint),
  pathStyle: of('S3_PATH_STYLE', '--s3-path-style', yesOrNo),
  region: of('S3_REGION', '--s3-region', line),
  publicRead: of('S3_PUBLIC_READ', '--public-read', yesOrNo),
};
export const NODE_PASSWORD = 'COUNTERSIGN_NODE_PASSWORD';

const LONGEST = 4096;

/** Any one-line text. It may contain a password, so it is never quoted. @throws Refusal CONFIG_INVALID naming `where` */
export function line(value: Value, where: string): string {
  const text = String(value);
  const problem =
    typeof value !== 'string'
      ? text
      : /[\r\n]/.test(text)
        ? 'text with a line end'
        : /\p{Cc}/u.test(text)
          ? 'text with a control character'
          : text.length > LONGEST
            ? `${text.length} characters`
            : '';
  if (problem === '') return text;
  throw notOneLine(where, LONGEST, problem);
}

function store(value: Value, where: string): string {
  return storeNamed(line(value, where));
}

function controller(value: Value, where: string): string | undefined {
  const text = line(value, where);
  if (text === NOBODY) return undefined;
  if (/^([1-9]|1[0-5])$/.test(text)) return text;
  throw notAController(where, NOBODY, text);
}

function lineOrLater(value: Value, where: string): string | undefined {
  return value === LATER ? undefined : line(value, where);
}

function endpoint(value: Value, where: string): string | undefined {
  return value === AMAZON ? undefined : line(value, where);
}

function yesOrNo(value: Value, where: string): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw notYesOrNo(where);
}

/** A non-empty environment variable. @throws Refusal CONFIG_INVALID naming the variable */
export function variable(env: Record<string, string | undefined>, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : line(value, name);
}

/** Names of the set variables, which take precedence over the file. */
export function variablesSet(env: Record<string, string | undefined>): string[] {
  const names = [SETTINGS, S3_SETTINGS].flatMap(group => Object.values(group)).map(one => one.variable);
  return names.filter(name => env[name]);
}

/**
 * Reads the configuration: `countersign.json` of this or the nearest parent folder, environment variables,
 * flags. Later sources take precedence.
 */
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { utf8 } from '../../../shared/bytes.ts';
import { checkThat, Refusal } from '../../../shared/errors.ts';
import { readJson } from '../../../shared/json.ts';
import { Fields } from '../../../shared/json-fields.ts';
import { NETWORKS } from '../../../shared/networks.ts';
import { readTrust, type Trust } from '../../../shared/trust.ts';
import { CookieFile } from '../../node/rpc/cookie-file.ts';
import type { Credentials } from '../../node/rpc/endpoint.ts';
import { readIfExisting } from '../../platform/files.ts';
import type { World } from '../../platform/world.ts';
import { CONFIG_FILE, configFolder } from './config-paths.ts';
import {
  type Config,
  NODE_PASSWORD,
  readVariable,
  S3_SETTINGS,
  type S3Config,
  SETTINGS,
  type Setting,
} from './settings.ts';
import { configFileRefusal, FILE_DIFFERS, noProfileRefusal, settingMissingRefusal } from './texts.ts';

const MAX_BYTES = 64 * 1024;

type Group = Record<string, Setting>;
/**
 * Function that reads a setting from one source. `where` names the flag, the variable or the member of the
 * file, for messages.
 */
type Given = (name: string, setting: Group[string]) => { value: unknown; where: string };

/**
 * For each setting: the value of the first source that has one. Sources with precedence come first in
 * `sources`.
 */
function firstValues<T>(group: Group, sources: readonly Given[]): T {
  const found: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(group)) {
    for (const source of sources) {
      const { value, where } = source(name, setting);
      if (value === undefined || value === '') continue;
      const read = setting.read(value as string | boolean, where);
      if (read !== undefined) found[name] = read;
      break;
    }
  }
  return found as T;
}

const optionalSettingNames = (group: Group) => Object.keys(group).map(name => `${name}?`);
/** @param moved function that converts a path in the file to a path relative to the working folder */
const valuesFromFile =
  (fields: Fields, moved: (value: string, setting: Setting) => string = value => value): Given =>
  (name, setting) => {
    const value = memberValue(fields, name);
    const where = `${CONFIG_FILE}: ${fields.at(name)}`;
    return { value: typeof value === 'string' ? moved(value, setting) : value, where };
  };

/** The value of a member: text, true or false; undefined if the member is absent. */
function memberValue(fields: Fields, name: string): unknown {
  const value = fields.value(name);
  if (value === undefined || typeof value === 'string' || typeof value === 'boolean') return value;
  throw configFileRefusal(`${fields.at(name)}: expected text, true or false`);
}

interface ConfigFile {
  top: Fields;
  s3: Fields | undefined;
  /** Folder of the file. */
  folder: string;
}

function readConfigFile(bytes: Uint8Array, path: string): ConfigFile {
  try {
    const top = new Fields(readJson(bytes, path, MAX_BYTES), '', [...optionalSettingNames(SETTINGS), 's3?']);
    const s3 =
      top.value('s3') === undefined ? undefined : top.object('s3', optionalSettingNames(S3_SETTINGS));
    return { top, s3, folder: dirname(path) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw configFileRefusal(error.message);
  }
}

function findConfigFile(world: World): ConfigFile | undefined {
  const folder = configFolder(world);
  if (folder === null) return undefined;
  const path = join(folder, CONFIG_FILE);
  const found = readIfExisting(path, MAX_BYTES);
  if (!found) return undefined;
  return readConfigFile(found, path);
}

function readSettings(file: ConfigFile | undefined, before: readonly Given[], world?: World): Config {
  const moved = (value: string, { fromHere }: Setting) =>
    (world && file && fromHere?.(world, file.folder, value)) ?? value;
  const top = file ? [...before, valuesFromFile(file.top, moved)] : before;
  const s3 = file?.s3 ? [...before, valuesFromFile(file.s3)] : before;
  return { ...firstValues<Omit<Config, 's3'>>(SETTINGS, top), s3: firstValues<S3Config>(S3_SETTINGS, s3) };
}

export interface ConfigFlags {
  store?: string | undefined;
  node?: string | undefined;
  trust?: string | undefined;
  nodeCookie?: string | undefined;
  controller?: string | undefined;
  stick?: string | undefined;
}

const valuesFromFlags =
  (flags: object): Given =>
  (name, { flag }) => ({ value: (flags as Record<string, unknown>)[name], where: flag });

export function loadConfig(world: World, flags: ConfigFlags): Config {
  const variables: Given = (_, { variable }) => ({ value: world.env[variable], where: variable });
  return readSettings(findConfigFile(world), [valuesFromFlags(flags), variables], world);
}

/**
 * The configuration from answers and flags, without file and environment. The error of an invalid value names
 * its flag.
 */
export function configFromAnswers({ s3 = {}, ...flags }: ConfigFlags & { s3?: object }): Config {
  return readSettings(undefined, [valuesFromFlags({ ...flags, ...s3 })]);
}

/**
 * Text of the configuration file. The text is parsed again, to check that it gives the same configuration.
 * @throws Refusal INTERNAL
 */
export function configText(config: Config): string {
  const { s3, ...top } = config;
  const text = `${JSON.stringify({ ...top, ...(Object.keys(s3).length > 0 ? { s3 } : {}) }, null, 1)}\n`;
  const back = readSettings(readConfigFile(utf8(text), CONFIG_FILE), []);
  checkThat(isDeepStrictEqual(back, config), 'INTERNAL', FILE_DIFFERS);
  return text;
}

/** A required setting. @throws Refusal CONFIG_INVALID, naming the three ways to set it */
export function requireSetting(config: Config, name: 'store' | 'node' | 'trust', world: World): string {
  const value = config[name];
  if (value !== undefined) return value;
  throw settingMissingRefusal(name, configFolder(world) !== null, SETTINGS[name]);
}

/** Credentials for the node. @param network network of the trust profile, if there is one */
export function findNodeCredentials(world: World, { nodeCookie }: Config, network?: string): Credentials {
  const { env, cwd } = world;
  const home = env['HOME'] ?? env['USERPROFILE'];
  const chains = network === undefined ? NETWORKS.map(({ name }) => name) : [network];
  return {
    password: readVariable(env, NODE_PASSWORD),
    cookie: nodeCookie === undefined ? undefined : CookieFile.at(resolve(cwd, nodeCookie)),
    localCookie: home === undefined ? undefined : CookieFile.beside(home, chains),
  };
}

export function loadTrust(world: World, config: Config): Trust {
  const path = requireSetting(config, 'trust', world);
  const bytes = readIfExisting(resolve(world.cwd, path), MAX_BYTES);
  if (bytes) return readTrust(bytes, path);
  throw noProfileRefusal(path);
}

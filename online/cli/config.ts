/** `countersign.json` in the working folder, overridden by the environment, overridden by flags. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Refusal } from '../../shared/errors.ts';
import { Fields } from '../../shared/fields.ts';
import { readJson } from '../../shared/json.ts';
import { readTrust, type Trust } from '../../shared/trust.ts';
import { readIfThere } from '../platform/files.ts';
import type { World } from '../platform/world.ts';

const MAX_BYTES = 64 * 1024;
export const CONFIG_FILE = 'countersign.json';
const BOM = [0xef, 0xbb, 0xbf];

export interface Config {
  store?: string;
  node?: string;
  trust?: string;
  s3: { endpoint?: string; pathStyle?: boolean; region?: string; publicRead?: boolean };
}

function optionalText(fields: Fields, name: string): string | undefined {
  return fields.value(name) === undefined ? undefined : fields.text(name);
}

function optionalFlag(fields: Fields, name: string): boolean | undefined {
  const value = fields.value(name);
  if (value === undefined || typeof value === 'boolean') return value;
  throw new Refusal(
    'CONFIG_INVALID',
    `${fields.at(name)}: expected true or false`,
    'Correct countersign.json.',
  );
}

/** Members that are set, without those that are not. */
function set<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

function readConfigFile(world: World): Config {
  const path = join(world.cwd, CONFIG_FILE);
  const found = readIfThere(path, MAX_BYTES);
  if (!found) return { s3: {} };
  // Editors on Windows begin a file with it; this one is written by people, and nothing is signed of it.
  const bytes = BOM.every((byte, i) => found[i] === byte) ? found.subarray(BOM.length) : found;
  try {
    const fields = new Fields(readJson(bytes, path, MAX_BYTES), '', ['store?', 'node?', 'trust?', 's3?']);
    const s3 =
      fields.value('s3') === undefined
        ? undefined
        : fields.object('s3', ['endpoint?', 'pathStyle?', 'region?', 'publicRead?']);
    return {
      ...set<Config>({
        store: optionalText(fields, 'store'),
        node: optionalText(fields, 'node'),
        trust: optionalText(fields, 'trust'),
        s3: {},
      }),
      s3: s3
        ? set<Config['s3']>({
            endpoint: optionalText(s3, 'endpoint'),
            pathStyle: optionalFlag(s3, 'pathStyle'),
            region: optionalText(s3, 'region'),
            publicRead: optionalFlag(s3, 'publicRead'),
          })
        : {},
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal('CONFIG_INVALID', `countersign.json: ${error.message}`, 'Correct countersign.json.');
  }
}

export interface ConfigFlags {
  store?: string | undefined;
  node?: string | undefined;
  trust?: string | undefined;
}

export function loadConfig(world: World, flags: ConfigFlags): Config {
  const file = readConfigFile(world);
  const { env } = world;
  return {
    ...set<Config>({
      store: flags.store ?? env['COUNTERSIGN_STORE'] ?? file.store,
      node: flags.node ?? env['COUNTERSIGN_NODE'] ?? file.node,
      trust: flags.trust ?? env['COUNTERSIGN_TRUST'] ?? file.trust,
      s3: {},
    }),
    s3: set<Config['s3']>({
      ...file.s3,
      endpoint: env['COUNTERSIGN_S3_ENDPOINT'] ?? file.s3.endpoint,
      region: env['COUNTERSIGN_S3_REGION'] ?? file.s3.region,
    }),
  };
}

/** A setting that the command needs. @throws Refusal CONFIG_INVALID naming the three ways to give it */
export function needed(config: Config, name: 'store' | 'node' | 'trust', world: World): string {
  const value = config[name];
  if (value !== undefined && value !== '') return value;
  const file = existsSync(join(world.cwd, CONFIG_FILE))
    ? `The ${CONFIG_FILE} of this folder has no "${name}": add it there, or make the file again with \`countersign init --overwrite\``
    : `Go to the folder that has ${CONFIG_FILE}, or make it with \`countersign init\``;
  throw new Refusal(
    'CONFIG_INVALID',
    `${name}: not set`,
    `${file}; or give --${name}, or set COUNTERSIGN_${name.toUpperCase()}.`,
  );
}

export function loadTrust(world: World, config: Config): Trust {
  const path = needed(config, 'trust', world);
  const bytes = readIfThere(resolve(world.cwd, path), MAX_BYTES);
  if (bytes) return readTrust(bytes, path);
  throw new Refusal(
    'FILE_MISSING',
    `${path}: no such file or folder; it is the trust profile: network, controllers and policy`,
    'One controller makes it with `countersign trust create`; the others copy it from there and compare its review code.',
  );
}

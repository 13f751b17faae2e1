/**
 * Reads the committed lists of Debian packages, fetches exactly these packages, and compares the lists with
 * the mirror.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** One package of a list, with the hash of the package's file. */
export interface Package {
  name: string;
  version: string;
  sha256: string;
}

const LINE = /^([a-z0-9][a-z0-9+.-]+) ([0-9A-Za-z.+~:-]+) ([0-9a-f]{64})$/;

/** @throws Error naming the line that is wrong, or the name that is not in order */
export function readPackageList(text: string): Package[] {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  const packages = lines.map(line => {
    const [, name, version, sha256] = LINE.exec(line) ?? [];
    if (!name || !version || !sha256)
      throw new Error(`expected "name version sha256", got ${JSON.stringify(line)}`);
    return { name, version, sha256 };
  });
  const names = packages.map(({ name }) => name);
  names.forEach((name, index) => {
    if (index > 0 && name <= names[index - 1]!) throw new Error(`${name}: expected sorted names, each once`);
  });
  return packages;
}

export const packageListText = (packages: readonly Package[]): string =>
  [...packages]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, sha256 }) => `${name} ${version} ${sha256}\n`)
    .join('');

/** @returns the mirror's packages by `name version`. Source: Debian policy, control files */
export function readStanzas(text: string): Map<string, Package> {
  const packages = text.split(/\n\n+/).flatMap(stanza => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
    const found = { name: field('Package'), version: field('Version'), sha256: field('SHA256') };
    return LINE.test(Object.values(found).join(' ')) ? [found] : [];
  });
  return new Map(packages.map(found => [`${found.name} ${found.version}`, found]));
}

/**
 * The error if the mirror no longer has some packages of a list. The cause is the mirror and not this
 * machine.
 */
export class OutdatedListError extends Error {
  /** A line for each missing package. */
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/**
 * @returns a line for each package of the list that the mirror does not have in the same version with the
 * same hash
 */
export function listDifferences(wanted: readonly Package[], offered: ReadonlyMap<string, Package>): string[] {
  return wanted.flatMap(({ name, version, sha256 }) => {
    const same = offered.get(`${name} ${version}`);
    if (same?.sha256 === sha256) return [];
    if (same) return [`${name} ${version}: expected SHA-256 ${sha256}, the mirror has ${same.sha256}`];
    const others = [...offered.values()].filter(other => other.name === name).map(other => other.version);
    return [`${name}: expected ${version}, the mirror has ${others.join(', ') || 'none'}`];
  });
}

/**
 * Runs apt with its lists and its state in a separate folder. So apt ignores the packages of this machine,
 * and needs no root.
 */
export class Apt {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
    for (const name of ['state/lists/partial', 'cache/archives/partial'])
      mkdirSync(join(this.folder, name), { recursive: true });
    writeFileSync(join(this.folder, 'state/status'), '');
  }

  private run(program: string, words: readonly string[], cwd?: string): string {
    const options = {
      'Dir::State': join(this.folder, 'state'),
      'Dir::State::status': join(this.folder, 'state/status'),
      'Dir::Cache': join(this.folder, 'cache'),
      'APT::Architecture': 'amd64',
      'APT::Architectures': 'amd64',
      'APT::Install-Recommends': 'false',
      'APT::Sandbox::User': 'root',
      'Acquire::Languages': 'none',
    };
    const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    try {
      return execFileSync(program, [...flags, ...words], {
        ...{ cwd, encoding: 'utf8', maxBuffer: 1 << 28 },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    } catch {
      throw new Error(
        `${program} failed, as it says above. Check that this machine reaches Debian's mirror.`,
      );
    }
  }

  update(): void {
    this.run('apt-get', ['update', '-qq']);
  }

  /** All versions of these packages on the mirror, by `name version`. */
  offered(names: readonly string[]): Map<string, Package> {
    // A known name is added, because apt fails if it knows none of the names.
    return readStanzas(this.run('apt-cache', ['show', 'dpkg', ...names]));
  }

  /** `name version` of these packages and of all packages that an empty system needs for them. */
  closure(names: readonly string[]): string[] {
    const plan = this.run('apt-get', ['install', '-s', '-qq', ...names]);
    return [...plan.matchAll(/^Inst (\S+) \((\S+)/gm)].map(([, name, version]) => `${name} ${version}`);
  }

  download(packages: readonly Package[], into: string): void {
    const words = packages.map(({ name, version }) => `${name}=${version}`);
    if (words.length > 0) this.run('apt-get', ['download', '-qq', ...words], into);
  }
}

export const sha256Hex = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/**
 * Makes a new list: these packages and their dependencies, except `leftOut`, in the mirror's current
 * versions.
 */
export function resolvePackages(apt: Apt, names: readonly string[], leftOut: readonly string[]): Package[] {
  const closure = apt.closure(names).filter(line => !leftOut.includes(line.split(' ')[0]!));
  const offered = apt.offered(closure.map(line => line.split(' ')[0]!));
  return closure.map(line => {
    const found = offered.get(line);
    if (!found) throw new Error(`${line}: apt would install it, and does not show its hash`);
    return found;
  });
}

/**
 * Paths of the files of a list, after their hashes are verified. The files stay in `folder`, so a second
 * build needs no network.
 * @throws OutdatedListError naming the packages that the mirror no longer has
 */
export function fetchPackages(apt: () => Apt, packages: readonly Package[], folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const fileOf = ({ sha256 }: Package) => join(folder, `${sha256}.deb`);
  const missing = packages.filter(wanted => !existsSync(fileOf(wanted)));
  if (missing.length > 0) {
    const mirror = apt();
    const lines = listDifferences(missing, mirror.offered(missing.map(({ name }) => name)));
    if (lines.length > 0) throw new OutdatedListError(lines);
    const arriving = join(folder, 'arriving');
    rmSync(arriving, { recursive: true, force: true });
    mkdirSync(arriving);
    mirror.download(missing, arriving);
    for (const name of readdirSync(arriving)) {
      const hash = sha256Hex(readFileSync(join(arriving, name)));
      renameSync(join(arriving, name), join(folder, `${hash}.deb`));
    }
  }
  for (const wanted of packages) {
    const file = fileOf(wanted);
    if (!existsSync(file)) throw new Error(`${wanted.name}: no file with the SHA-256 ${wanted.sha256} came`);
    const hash = sha256Hex(readFileSync(file));
    if (hash === wanted.sha256) continue;
    rmSync(file);
    throw new Error(`${file} was changed: it is removed, run the command again`);
  }
  return packages.map(fileOf);
}

/**
 * `make laptop-image`: the image for the isolated laptop, from Debian's packages, Node and the built programs.
 *
 *   tsx .tools/release/image/image.ts [--update] [--or-newer] [--lists FOLDER] [--out FILE]
 *
 * `--update` first writes new lists of the mirror's current packages. Exit 3: the mirror lacks packages of the lists.
 * With `--or-newer` (for tests) the image is then made from newer packages. The lists stay unchanged, and lines
 * `mirror: ...` name the differences.
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { handbookHtml } from '../handbook.ts';
import { FORBIDDEN_MODULES, LEFT_OUT, SYSTEM, TOOLS } from './image-contents.ts';
import { UnpackedTools, writeIso } from './iso.ts';
import { forbiddenModules } from './kernel-modules.ts';
import { missingLibraries } from './needed-libraries.ts';
import {
  Apt,
  fetchPackages,
  OutdatedListError,
  packageListText,
  readPackageList,
  resolvePackages,
  sha256Hex,
} from './packages.ts';
import { filesUnder, readDebianFiles, systemTree } from './system-tree.ts';
import { cpioArchive, FILE, FOLDER, LINK, readPackage } from './tar-and-cpio.ts';

/** Time of every file in the image: 1985-10-26 08:15 UTC, as in the release's archives. */
const TIME = 499_162_500;
const WORK = '.build/image';
const SOURCES = 'offline/image';
const NODE = '.tools/nodes/node_modules/node-24/bin/node';
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const { values } = parseArgs({
  options: {
    update: { type: 'boolean', default: false },
    'or-newer': { type: 'boolean', default: false },
    lists: { type: 'string', default: SOURCES },
    out: { type: 'string', default: join(WORK, 'countersign-laptop.iso') },
  },
});

let mirror: Apt | undefined;
function openApt(): Apt {
  if (mirror) return mirror;
  mirror = new Apt(join(WORK, 'apt'));
  mirror.update();
  return mirror;
}

const LISTS = { system: SYSTEM, tools: TOOLS };
type Name = keyof typeof LISTS;
const listFilePath = (name: Name) => join(values.lists, `${name}.list`);

function updateLists(): void {
  mkdirSync(values.lists, { recursive: true });
  for (const [name, wanted] of Object.entries(LISTS)) {
    const text = packageListText(
      resolvePackages(
        openApt(),
        wanted,
        LEFT_OUT.filter(other => !wanted.includes(other)),
      ),
    );
    writeFileSync(
      listFilePath(name as Name),
      `# Debian packages of the laptop's image (${name}): name version SHA-256\n${text}`,
    );
    console.log(`${listFilePath(name as Name)}: ${text.split('\n').length - 1} packages`);
  }
}

const packageFiles = (name: Name) =>
  fetchPackages(openApt, readPackageList(readFileSync(listFilePath(name), 'utf8')), join(WORK, 'packages'));

/** Unpacks the tools to a folder, from which they are run. Each link is replaced by a copy of its target. */
function unpackTools(files: readonly string[]): UnpackedTools {
  const folder = join(WORK, 'tools');
  rmSync(folder, { recursive: true, force: true });
  const tree = new Map(files.flatMap(file => [...readPackage(file)]));
  for (const [place, { mode, content }] of tree) {
    let [from, entry] = [place, { mode, content }];
    for (let hops = 0; (entry.mode & 0o170000) === LINK && hops < 5; hops++) {
      from = join(dirname(from), Buffer.from(entry.content).toString());
      entry = tree.get(from) ?? { mode: FOLDER, content: new Uint8Array() };
    }
    if ((entry.mode & 0o170000) !== FILE) continue;
    mkdirSync(dirname(join(folder, place)), { recursive: true });
    writeFileSync(join(folder, place), entry.content, { mode: entry.mode & 0o777 });
  }
  return new UnpackedTools(folder, TIME);
}

function buildImage(): void {
  const seconds = () => Math.round(process.uptime());
  const system = packageFiles('system');
  const tools = unpackTools(packageFiles('tools'));
  console.log(`${seconds()} s: the packages are here, each with the hash of its list`);
  const { tree: debian, kernel, boot } = readDebianFiles(system);
  const tree = systemTree(debian, filesUnder(join(SOURCES, 'system')), {
    ...{ version, dist: 'dist', node: NODE },
    handbook: Buffer.from(handbookHtml(version)),
    list: readFileSync(listFilePath('system'), 'utf8'),
  });
  const forbidden = forbiddenModules(tree, FORBIDDEN_MODULES);
  if (forbidden.length > 0) throw new Error(`in the image, and forbidden: ${forbidden.join(', ')}`);
  const missing = missingLibraries(tree);
  if (missing.length > 0)
    throw new Error(`libraries that no package of the list has:\n  ${missing.join('\n  ')}`);
  mkdirSync(WORK, { recursive: true });
  const archive = join(WORK, 'system.cpio');
  writeFileSync(archive, Buffer.concat(cpioArchive(tree, TIME)));
  console.log(`${seconds()} s: ${tree.size} files, ${Math.round(statSync(archive).size / 1e6)} MB in memory`);
  tools.run('zstd', '-q', '-f', '-10', '-T2', archive, '-o', `${archive}.zst`);
  rmSync(archive);
  console.log(`${seconds()} s: compressed`);
  writeFileSync(join(WORK, 'used.list'), readFileSync(listFilePath('system')));
  const menu = readFileSync(join(SOURCES, 'grub.cfg'), 'utf8').replaceAll('VERSION', version);
  mkdirSync(dirname(values.out), { recursive: true });
  writeIso(
    tools,
    join(WORK, 'iso'),
    { version, kernel, system: `${archive}.zst`, signed: boot, menu },
    TIME,
    values.out,
  );
  const hash = sha256Hex(readFileSync(values.out));
  console.log(`${seconds()} s: ${values.out}, ${Math.round(statSync(values.out).size / 1e6)} MB\n${hash}`);
}

try {
  if (values.update) updateLists();
  try {
    buildImage();
  } catch (error) {
    if (!(error instanceof OutdatedListError && values['or-newer'])) throw error;
    for (const line of ['it has moved on, and the image is made of newer packages', ...error.lines])
      console.log(`mirror: ${line}`);
    values.lists = join(WORK, 'lists');
    updateLists();
    buildImage();
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = error instanceof OutdatedListError ? 3 : 1;
  if (error instanceof OutdatedListError)
    console.error('The mirror has moved on. `make laptop-image UPDATE=1` writes new lists.');
}

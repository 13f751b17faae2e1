/**
 * Collects all files of the laptop's system: Debian's, Node, our programs, and the scripts of
 * `offline/image/system/`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FORBIDDEN_MODULES, MODULES, UNUSED_PATHS, UNUSED_PROGRAMS } from './image-contents.ts';
import { chooseModules } from './kernel-modules.ts';
import { type Entry, FILE, FOLDER, LINK, readPackage, type Tree } from './tar-and-cpio.ts';

const fileEntry = (content: Uint8Array, permissions = 0o644): Entry => ({
  mode: FILE | permissions,
  content,
});
const folderEntry = (permissions = 0o755): Entry => ({
  mode: FOLDER | permissions,
  content: new Uint8Array(),
});
const linkEntry = (to: string): Entry => ({ mode: LINK | 0o777, content: Buffer.from(to) });

const KERNEL_FILES = /^usr\/lib\/modules\/[^/]+\/(modules\.(order|builtin)|kernel\/)/;

/** Programs that run with the rights of root, whoever starts them. */
const RAISES_RIGHTS = ['usr/bin/doas'];

/** True for paths that are left out. A program is left out even if it is a link. */
function isLeftOutPath(place: string): boolean {
  const program = /^usr\/s?bin\/(.*)$/.exec(place)?.[1];
  return UNUSED_PATHS.some(path => path.test(place)) || UNUSED_PROGRAMS.includes(program ?? '');
}

/**
 * The files of all packages, without the excluded files. Only doas keeps its setuid bit. `kernel` is the file
 * that the boot loader starts, and `boot` has the signed boot loaders.
 */
export function readDebianFiles(files: readonly string[]): { tree: Tree; kernel: Uint8Array; boot: Tree } {
  const tree: Tree = new Map();
  const boot: Tree = new Map();
  let kernel: Uint8Array | undefined;
  for (const path of files) {
    const content = readPackage(path);
    const image = [...content].find(([place]) => place.startsWith('boot/vmlinuz-'));
    if (image) {
      kernel = image[1].content;
      const modules = new Set(chooseModules(content, MODULES, FORBIDDEN_MODULES));
      for (const place of content.keys())
        if (place.endsWith('.ko') ? !modules.has(place) : !KERNEL_FILES.test(place)) content.delete(place);
    }
    for (const [place, entry] of content) {
      if (/^usr\/lib\/(shim|grub)\/.*\.signed$/.test(place)) boot.set(place, entry);
      if (place === '' || isLeftOutPath(place)) continue;
      const mode = RAISES_RIGHTS.includes(place) ? entry.mode : entry.mode & ~0o6000;
      if (tree.has(place) && mode >> 12 !== FOLDER >> 12 && !(image && place.startsWith('usr/lib/modules')))
        throw new Error(`${place}: in two packages`);
      tree.set(place, { mode, content: entry.content });
    }
  }
  if (!kernel) throw new Error('no package has boot/vmlinuz-*');
  return { tree, kernel, boot };
}

/** The files under a folder. Executable files stay executable. */
export function filesUnder(top: string): Tree {
  const tree: Tree = new Map();
  for (const name of readdirSync(top, { recursive: true, encoding: 'utf8' })) {
    const path = join(top, name);
    const { mode } = statSync(path);
    if (statSync(path).isDirectory()) tree.set(name, folderEntry());
    else tree.set(name, fileEntry(readFileSync(path), mode & 0o100 ? 0o755 : 0o644));
  }
  return tree;
}

export interface Ours {
  version: string;
  /** Folder with the built programs. */
  dist: string;
  /** Path of Node's program. */
  node: string;
  /** The handbook, as a page. */
  handbook: Uint8Array;
  /** The list of the packages, for people who inspect the image. */
  list: string;
}

const LIB = 'usr/lib/countersign';
const HOME = 'home/signer';

/** The programs of the release, in the same layout as `offline/launcher/install` makes it. */
function releaseFiles({ version, dist, node, handbook, list }: Ours): [string, Entry][] {
  const built = (name: string, permissions = 0o644) => fileEntry(readFileSync(join(dist, name)), permissions);
  return [
    ['usr/bin/node', fileEntry(readFileSync(node), 0o755)],
    [LIB, folderEntry()],
    ...['signer.mjs', 'qr.mjs', 'courier.html', 'SHA256SUMS'].map((name): [string, Entry] => [
      `${LIB}/${name}`,
      built(name),
    ]),
    ...['signer', 'qr'].map((name): [string, Entry] => [`${LIB}/${name}`, built('launch', 0o755)]),
    ['usr/bin/qr', linkEntry('../lib/countersign/qr')],
    [`${LIB}/handbook.html`, fileEntry(handbook)],
    [`${LIB}/version`, fileEntry(Buffer.from(`${version}\n`))],
    [`${LIB}/packages`, fileEntry(Buffer.from(list))],
  ];
}

/** Files that the scripts of Debian's packages would create at their installation. */
const CREATED_FILES: [string, Entry][] = [
  ...['bin', 'sbin', 'lib', 'lib64'].map((name): [string, Entry] => [name, linkEntry(`usr/${name}`)]),
  ...['dev', 'proc', 'sys', 'run', 'root', 'home', 'usr', 'etc'].map((name): [string, Entry] => [
    name,
    folderEntry(),
  ]),
  ['tmp', folderEntry(0o1777)],
  ['var', folderEntry()],
  ['var/lib', folderEntry()],
  ['var/lib/xkb', folderEntry()],
  ['var/log', folderEntry()],
  ['var/tmp', linkEntry('../tmp')],
  ['var/run', linkEntry('../run')],
  [HOME, folderEntry()],
  ['usr/bin/awk', linkEntry('mawk')],
  ['usr/bin/sh', linkEntry('dash')],
  ...['gzip', 'clear', 'free', 'ps', 'less', 'find'].map((name): [string, Entry] => [
    `usr/bin/${name}`,
    linkEntry('busybox'),
  ]),
  // Without this file, GTK cannot recognise its own pictures and ends the browser. Source: shared-mime-info
  // specification, the magic file
  [
    'usr/share/mime/magic',
    fileEntry(Buffer.from('MIME-Magic\0\n[50:image/png]\n>0=\0\x04\x89PNG\n', 'latin1')),
  ],
  ['usr/share/mime/globs2', fileEntry(Buffer.from('50:image/png:*.png\n'))],
  ['etc/mtab', linkEntry('../proc/self/mounts')],
];

/**
 * All files of the system. The scripts and the programs of the release replace Debian's files with the same
 * paths.
 */
export function systemTree(debian: Tree, scripts: Tree, ours: Ours): Tree {
  const tree: Tree = new Map(debian);
  for (const [place, entry] of [...CREATED_FILES, ...scripts, ...releaseFiles(ours)]) tree.set(place, entry);
  // Adds the folders above these files that are not in the tree yet.
  for (const place of [...tree.keys()])
    for (let at = place.lastIndexOf('/'); at > 0; at = place.lastIndexOf('/', at - 1))
      if (!tree.has(place.slice(0, at))) tree.set(place.slice(0, at), folderEntry());
  return tree;
}

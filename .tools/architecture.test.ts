/**
 * Checks that imports follow the drawing in `docs/architecture.md`. No file imports from a higher folder, and
 * no imports form a cycle. Limits the size of folders and files.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Folders of `online/`, the lowest first, read from the drawing on the page. Each folder may import from the
 * folders before it and from `shared/`.
 */
const DRAWING =
  /```text\n(.*?)```/s.exec(readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8'))?.[1] ?? '';
const LAYERS = [...DRAWING.matchAll(/^ {5}([a-z]+) {2,}[A-Za-z]/gm)]
  .map(([, name]) => name as string)
  .filter(name => name !== 'shared' && name !== 'networked')
  .reverse();

/** Folders with more entries than permitted, and their number. */
const LARGE: Record<string, number> = {};
/** Folders without a limit of entries: data, and the signer's code, whose size `make size` limits. */
const UNCOUNTED = ['fixtures/hostile', 'fixtures/hostile-imports', 'shared', 'offline'];
const MOST_THINGS = 14;
const MOST_LINES = 300;
const LONG: Record<string, number> = {};

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .flatMap(entry => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

const files = ['shared', 'offline', 'online', 'fixtures', '.tools'].flatMap(filesBelow);
const sources = files.filter(file => file.endsWith('.ts'));
const known = new Set(sources);

/**
 * True for tests and their helpers, and for all files of `fixtures/` and `.tools/`. These files may import
 * everything, and program code may import none of them.
 */
const isTestFile = (file: string) =>
  /\.(test|live)\.ts$|\/(tests|testing|suite)\/|\/testing\.ts$|^(fixtures|\.tools)\//.test(file);

const IMPORT = /\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

/** @returns the files that a text imports, even if it imports only types */
function importedFiles(file: string, text: string): string[] {
  const paths = [...text.matchAll(IMPORT)].map(([, path]) => join(dirname(file), path as string));
  return [...new Set(paths)].filter(path => known.has(path));
}

/**
 * The layer of a file, such as `shared`, `offline` or `online/platform`. It is `online` for a file directly
 * in that folder.
 */
function layerOfFile(file: string): string {
  const [top, folder, more] = file.split('/') as [string, string, string | undefined];
  return top === 'online' && more !== undefined ? `online/${folder}` : top;
}

/** True if program code in `from` may import from `to`. */
function mayImport(from: string, to: string): boolean {
  if (to === 'shared' || from === to) return true;
  if (from === 'online') return to === 'online/cli' || to === 'online/platform';
  const [mine, other] = [from, to].map(place => LAYERS.indexOf(place.replace(/^online\//, '')));
  return from.startsWith('online/') && to.startsWith('online/') && other! >= 0 && other! <= mine!;
}

/** Imports that the drawing forbids: a file imports from a higher folder, or program code imports a test. */
function forbiddenImports(arrows: readonly (readonly [string, string])[]): string[] {
  return arrows
    .filter(
      ([from, to]) => !isTestFile(from) && (isTestFile(to) || !mayImport(layerOfFile(from), layerOfFile(to))),
    )
    .map(([from, to]) => `${from} -> ${to}`)
    .sort();
}

/**
 * Groups of files that import each other (Tarjan's strongly connected components). A group is the sorted list
 * of its files.
 */
function findImportCycles(arrows: readonly (readonly [string, string])[]): string[] {
  const next = new Map<string, string[]>();
  for (const [from, to] of arrows) next.set(from, [...(next.get(from) ?? []), to]);
  const number = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[] = [];
  const visit = (file: string) => {
    number.set(file, number.size);
    lowest.set(file, number.get(file)!);
    stack.push(file);
    for (const to of next.get(file) ?? []) {
      if (!number.has(to)) visit(to);
      if (stack.includes(to)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(to)!));
    }
    if (lowest.get(file) !== number.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) circles.push(group.sort().join(' '));
  };
  for (const file of next.keys()) if (!number.has(file)) visit(file);
  return circles.sort();
}

const texts = new Map(sources.map(file => [file, readFileSync(join(ROOT, file), 'utf8')]));
const arrows = [...texts].flatMap(([file, text]) => importedFiles(file, text).map(to => [file, to] as const));

test('every file imports only folders below its own', () => {
  assert.equal(forbiddenImports(arrows), []);
});

test('no files import each other in a cycle', () => {
  assert.equal(findImportCycles(arrows), []);
});

test('online/ contains main.ts and folders only', () => {
  const loose = files.filter(file => layerOfFile(file) === 'online');
  assert.equal(loose, ['online/main.ts']);
  const folders = new Set(files.filter(file => file.startsWith('online/')).map(layerOfFile));
  folders.delete('online');
  assert.equal(
    [...folders].filter(folder => !LAYERS.includes(folder.slice('online/'.length))),
    [],
  );
});

test('no folder exceeds the permitted number of entries', () => {
  const held = new Map<string, Set<string>>();
  for (const file of files)
    for (let inner = file, folder = dirname(file); folder !== '.'; inner = folder, folder = dirname(folder))
      held.set(folder, (held.get(folder) ?? new Set()).add(inner));
  for (const [folder, { size }] of held) {
    if (UNCOUNTED.includes(folder)) continue;
    assert.ok(size <= (LARGE[folder] ?? MOST_THINGS), `${folder} holds ${size} things`);
    assert.ok(size > MOST_THINGS || !(folder in LARGE), `${folder} holds ${size}: no exception any more`);
  }
});

test('no source file exceeds the permitted number of lines', () => {
  for (const [file, text] of texts) {
    if (isTestFile(file)) continue;
    const lines = text.split('\n').length - 1;
    assert.ok(lines <= (LONG[file] ?? MOST_LINES), `${file} has ${lines} lines`);
    assert.ok(lines > MOST_LINES || !(file in LONG), `${file} has ${lines}: no exception any more`);
  }
});

test('the check names files with a forbidden import: upwards, from a test, or in a cycle', () => {
  const sample = 'online/store/store.ts';
  const found = importedFiles(
    sample,
    "import type { World } from '../cli/config/config.ts';\nawait import('./open-store.ts');",
  );
  assert.equal(found, ['online/cli/config/config.ts', 'online/store/open-store.ts']);
  const wrong: [string, string][] = [
    [sample, 'online/cli/config/config.ts'],
    [sample, 'offline/main.ts'],
    [sample, 'fixtures/sample-request.ts'],
    [sample, 'online/store/suite/store-suite.ts'],
    ['shared/bytes.ts', sample],
    ['offline/main.ts', sample],
    ['online/main.ts', sample],
  ];
  const right: [string, string][] = [
    ['online/cli/config/config.ts', sample],
    ['online/store/open-store.test.ts', 'online/cli/config/config.ts'],
    [sample, 'shared/bytes.ts'],
  ];
  assert.equal(forbiddenImports([...right, ...wrong]), wrong.map(([from, to]) => `${from} -> ${to}`).sort());
  assert.equal(
    findImportCycles([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
      ['c', 'd'],
      ['d', 'e'],
    ]),
    ['a b c'],
  );
});

test.run();

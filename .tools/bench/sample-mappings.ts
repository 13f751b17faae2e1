/** Mappings of any size, signed with test keys, cached in `.build/bench/`. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { testKeys, trustJson } from '../../fixtures/sample-request.ts';
import { parseMapping } from '../../shared/mapping/mapping.ts';
import { signMapping } from '../../shared/mapping/signatures.ts';

export const cacheFolder = resolve('.build/bench');

/**
 * Layouts of a mapping's file: as the original tool writes it, with sorted keys, without white space,
 * indented, and with masses of 17 digits, as Python prints them after arithmetic.
 */
export const LAYOUTS = ['original', 'sorted', 'compact', 'indented', '17 digits'] as const;
export type Layout = (typeof LAYOUTS)[number];

interface Entry {
  key: number;
  reference: string;
  mass: string;
  assetId: string;
}

/** The text of an object in a layout. The arguments are texts in JSON. */
function formatMembers(members: [name: string, value: string][], layout: Layout, depth: number): string {
  const list = layout === 'sorted' ? members.toSorted(([a], [b]) => (a < b ? -1 : 1)) : members;
  const [open, between, close] =
    layout === 'indented'
      ? [`{\n${'  '.repeat(depth)}`, `,\n${'  '.repeat(depth)}`, `\n${'  '.repeat(depth - 1)}}`]
      : ['{', layout === 'compact' ? ',' : ', ', '}'];
  const colon = layout === 'compact' ? ':' : ': ';
  return `${open}${list.map(([name, value]) => `"${name}"${colon}${value}`).join(between)}${close}`;
}

function formatEntry({ key, reference, mass, assetId }: Entry, layout: Layout): [string, string] {
  const members: [string, string][] = [
    ['ref', `"${reference}"`],
    ['mass', mass],
    ['tokenid', `"${assetId}"`],
  ];
  return [String(key), formatMembers(members, layout, 3)];
}

/**
 * A mass with up to three decimals. In the layout `17 digits`, every tenth mass is the next double above it.
 */
function sampleMass(i: number, layout: Layout): string {
  const mass = 350 + (i % 100_000) / 1000;
  const text = layout === '17 digits' && i % 10 === 0 ? String(mass + 2 ** -44) : mass.toFixed(3);
  return text.replace(/(\.\d+?)0+$/, '$1');
}

/** Makes the mapping's file, if it is not cached yet. @returns the path of the file */
export function makeSampleMappingFile(count: number, layout: Layout = 'original'): string {
  mkdirSync(cacheFolder, { recursive: true });
  const path = join(cacheFolder, `map-${count}-${layout.replace(' ', '-')}.json`);
  if (existsSync(path)) return path;
  const entries = Array.from({ length: count }, (_, i) => ({
    key: i + 1,
    reference: `${String(i % 1_000_000).padStart(6, '0')}-2020-ACME`,
    mass: sampleMass(i, layout),
    assetId: createHash('sha256').update(`t${i}`).digest('hex'),
  }));
  const text = (signatures: [string, string][]) => {
    const members: [string, string][] = [
      ['n', '2'],
      ['m', '3'],
      [
        'assets',
        formatMembers(
          entries.map(entry => formatEntry(entry, layout)),
          layout,
          2,
        ),
      ],
      ['sigs', formatMembers(signatures, layout, 2)],
      ['time', `${1_600_000_000 + count}.000001`],
      ['height', '3300'],
    ];
    return Buffer.from(formatMembers(members, layout, 1));
  };
  const mapping = parseMapping(text([]), 'mapping', () => createHash('sha256'));
  writeFileSync(
    path,
    text([1, 2].map(i => [String(i), `"${signMapping(mapping, testKeys[i - 1] as Uint8Array)}"`])),
  );
  return path;
}

/** Writes the trust profile of the test keys to a file. @returns the path of the file */
export function writeSampleTrustFile(): string {
  mkdirSync(cacheFolder, { recursive: true });
  const path = join(cacheFolder, 'trust.json');
  writeFileSync(path, JSON.stringify(trustJson));
  return path;
}

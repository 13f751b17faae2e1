/** Mappings of any size, signed with test keys, made once under `.build/bench/`. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { testKeys, trustJson } from '../../fixtures/sample.ts';
import { emptyMapping } from '../../shared/mapping/mapping.ts';
import { signMapping } from '../../shared/mapping/signatures.ts';

export const folder = resolve('.build/bench');

export function mappingFile(count: number): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `map-${count}.json`);
  if (existsSync(path)) return path;
  const entries = Array.from({ length: count }, (_, i) => ({
    reference: `${String(i % 1_000_000).padStart(6, '0')}-2020-ACME`,
    mass: (350 + (i % 100_000) / 1000).toFixed(3).replace(/(\.\d+?)0+$/, '$1'),
    tokenId: createHash('sha256').update(`t${i}`).digest('hex'),
  }));
  const mapping = emptyMapping(2, 3, '1600000000.000001').extended(
    entries,
    `${1_600_000_000 + count}.000001`,
    3300,
  );
  const signatures = [1, 2].map((i): [string, string] => [
    String(i),
    signMapping(mapping, testKeys[i - 1] as Uint8Array),
  ]);
  writeFileSync(path, mapping.withSignatures(new Map(signatures)).bytes());
  return path;
}

export function trustFile(): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'trust.json');
  writeFileSync(path, JSON.stringify(trustJson));
  return path;
}

/** `make size`: what a reader of the signer has to read, and what its user has to wait for, against the figures promised. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSigner } from '../laptop/signer-build.ts';
import { codeLines } from '../laptop/signer-rules.ts';

const ROUNDS = 25;
const { text, result } = await buildSigner();
const inputs = Object.keys(result.metafile.inputs);
const own = inputs.filter(file => !file.startsWith('node_modules/'));
const packages = new Set(inputs.flatMap(file => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));

/** Lines and bytes of the bundle by folder: what was dropped as unused is not in it, types neither. */
function bundled(): Record<string, { lines: number; bytes: number }> {
  const sums: Record<string, { lines: number; bytes: number }> = {};
  for (const part of text.split(/^(?=\/\/ (?:offline|shared|node_modules)\/)/m)) {
    const folder = /^\/\/ (offline|shared|node_modules)\//.exec(part)?.[1] ?? 'header';
    sums[folder] ??= { lines: 0, bytes: 0 };
    sums[folder].lines += codeLines(part);
    sums[folder].bytes += part.length;
  }
  return sums;
}

/** Milliseconds to the end, the median; the two take turns, so that a busy machine is busy for both. */
function startTimes(): { bare: number; signer: number } {
  mkdirSync('.build', { recursive: true });
  const [empty, signer] = [join('.build', 'empty.mjs'), join('.build', 'signer.mjs')];
  writeFileSync(empty, '');
  writeFileSync(signer, text);
  const home = join('.build', 'no-home');
  const run = (args: string[]) => {
    const started = process.hrtime.bigint();
    spawnSync(process.execPath, args, { stdio: 'ignore', env: {} });
    return Number(process.hrtime.bigint() - started) / 1e6;
  };
  const times = { bare: [] as number[], signer: [] as number[] };
  for (let i = 0; i < ROUNDS; i++) {
    times.bare.push(run([empty]));
    // Up to the first question, which without a terminal is a refusal: home, lock and journal were looked at.
    times.signer.push(run([signer, 'recover', '--home', home]));
  }
  const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1] as number;
  return { bare: median(times.bare), signer: median(times.signer) };
}

const parts = bundled();
const sourceLines = own.reduce((sum, file) => sum + codeLines(readFileSync(file, 'utf8')), 0);
const bundleLines = (parts['offline']?.lines ?? 0) + (parts['shared']?.lines ?? 0);
const { bare, signer } = startTimes();
const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
const figures: [string, number, number, string][] = [
  [
    'own code in the signer, lines',
    bundleLines,
    2400,
    `offline ${parts['offline']?.lines}, shared ${parts['shared']?.lines}; as sources with types ${sourceLines}, ${own.length} files`,
  ],
  [
    'bundle, kB',
    text.length / 1000,
    165,
    Object.entries(parts)
      .map(([name, { bytes }]) => `${name} ${kB(bytes)}`)
      .join(', '),
  ],
  ['runtime packages', packages.size, 3, [...packages].sort().join(', ')],
  [
    'start to first prompt, times bare Node',
    signer / bare,
    1.5,
    `${signer.toFixed(1)} ms to ${bare.toFixed(1)} ms, medians of ${ROUNDS}`,
  ],
];
let missed = 0;
for (const [name, value, limit, detail] of figures) {
  const ok = value <= limit;
  if (!ok) missed++;
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(2);
  console.log(`${ok ? 'ok  ' : 'MISS'} ${name}: ${shown} (at most ${limit})\n       ${detail}`);
}
process.exitCode = missed > 0 ? 1 : 0;

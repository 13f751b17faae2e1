/**
 * `make size`: how much code an auditor of the signer reads, and how long the signer takes to start, compared
 * with the promised limits.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSigner } from '../laptop/signer-build.ts';
import { codeLines } from '../laptop/signer-rules.ts';
import { median } from './measure.ts';

const ROUNDS = 25;
/** Code that writes the user CPU time of a process in microseconds to file descriptor 3. */
const USAGE_HOOK = `process.on('exit', () => require('node:fs').writeSync(3, String(process.cpuUsage().user)));`;
const { text, result } = await buildSigner();
const inputs = Object.keys(result.metafile.inputs);
const ownInputs = inputs.filter(file => !file.startsWith('node_modules/'));
const packages = new Set(inputs.flatMap(file => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));

/** Lines and bytes of the bundle by folder. Types and unused code are not in the bundle. */
function sizesByFolder(): Record<string, { lines: number; bytes: number }> {
  const sums: Record<string, { lines: number; bytes: number }> = {};
  for (const part of text.split(/^(?=\/\/ (?:offline|shared|node_modules)\/)/m)) {
    const folder = /^\/\/ (offline|shared|node_modules)\//.exec(part)?.[1] ?? 'header';
    sums[folder] ??= { lines: 0, bytes: 0 };
    sums[folder].lines += codeLines(part);
    sums[folder].bytes += part.length;
  }
  return sums;
}

/**
 * Medians of the user CPU time of three programs in milliseconds. The programs run in turn. `builtIns` is
 * Node with nothing but the signer's imports.
 */
function measureStartTimes(): { bare: number; builtIns: number; signer: number } {
  const place = (name: string, content: string) => {
    const file = join('.build', name);
    writeFileSync(file, content);
    return file;
  };
  mkdirSync('.build', { recursive: true });
  const hook = place('usage.cjs', USAGE_HOOK);
  const imports = text.match(/^import .* from "node:.*";$/gm) ?? [];
  const commands = {
    bare: [place('empty.mjs', '')],
    builtIns: [place('imports.mjs', imports.join('\n'))],
    // The command runs until its first question, which is refused without a terminal. Before the question, it
    // has read home, lock and journal.
    signer: [place('signer.mjs', text), 'recover', '--home', join('.build', 'no-home')],
  };
  const run = (args: string[]) => {
    const { output } = spawnSync(process.execPath, ['--require', `./${hook}`, ...args], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      env: {},
    });
    return Number(output[3]) / 1000;
  };
  const times = { bare: [] as number[], builtIns: [] as number[], signer: [] as number[] };
  const names = Object.keys(times) as (keyof typeof times)[];
  for (let i = 0; i < ROUNDS; i++) for (const name of names) times[name].push(run(commands[name]));
  return { bare: median(times.bare), builtIns: median(times.builtIns), signer: median(times.signer) };
}

const parts = sizesByFolder();
const sourceLines = ownInputs.reduce((sum, file) => sum + codeLines(readFileSync(file, 'utf8')), 0);
const bundleLineCount = (parts['offline']?.lines ?? 0) + (parts['shared']?.lines ?? 0);
const { bare, builtIns, signer } = measureStartTimes();
const kilobytesText = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
const figures: [string, number, number, string][] = [
  [
    'own code in the signer, lines',
    bundleLineCount,
    2400,
    `offline ${parts['offline']?.lines}, shared ${parts['shared']?.lines}; as sources with types ${sourceLines}, ${ownInputs.length} files`,
  ],
  [
    'bundle, kB',
    text.length / 1000,
    165,
    Object.entries(parts)
      .map(([name, { bytes }]) => `${name} ${kilobytesText(bytes)}`)
      .join(', '),
  ],
  ['runtime packages', packages.size, 3, [...packages].sort().join(', ')],
  [
    'start to first prompt, times bare Node',
    signer / bare,
    1.5,
    `${signer.toFixed(1)} ms of user CPU to ${bare.toFixed(1)} ms, medians of ${ROUNDS}; Node with the signer's imports alone ${builtIns.toFixed(1)} ms, of which it is ${(signer / builtIns).toFixed(2)} times`,
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

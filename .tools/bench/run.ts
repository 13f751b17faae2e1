/**
 * `make bench`: the table of speed and memory, as ratios against floors measured in the same run. Exits 1 when a figure is
 * missed. With `--write` it refreshes the table in README.md; with `--quick` it measures fewer runs and not the largest.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mappingFile, trustFile } from './data.ts';
import { floor, roundTrips, signing } from './issuance.ts';
import { inTurn, ratios, type Series } from './measure.ts';

const quick = process.argv.includes('--quick');
const RUNS = quick ? 5 : 9;
const START = '<!-- bench -->';
const END = '<!-- /bench -->';

interface Row {
  work: string;
  figure: string;
  measured: string;
  ok: boolean;
}
const rows: Row[] = [];

function row(work: string, figure: string, measured: string, ok: boolean): void {
  rows.push({ work, figure, measured, ok });
  console.log(`${ok ? 'ok  ' : 'MISS'} ${work}: ${measured} (${figure})`);
}

const times = ([min, middle, max]: [number, number, number]) =>
  `${middle.toFixed(2)} x (${min.toFixed(2)} to ${max.toFixed(2)})`;

const program = 'dist/countersign.mjs';
const verify = (count: number) => ({
  args: [program, 'map', 'verify', mappingFile(count), '--trust', trustFile()],
});

async function reading(): Promise<void> {
  const limits: [count: number, ratio: number, peak: number][] = [
    [3, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [1000, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [100_000, 1.3, 130],
    [1_000_000, 1.3, 600],
  ];
  const points: { count: number; series: Series }[] = [];
  for (const [count, limit, peak] of limits.filter(([n]) => !quick || n <= 100_000)) {
    const runs = count > 500_000 ? 5 : RUNS;
    const [a, b] = (await inTurn([verify(count), floor('read', mappingFile(count))], runs)) as [
      Series,
      Series,
    ];
    const ratio = ratios(a, b);
    points.push({ count, series: a });
    const figure = Number.isFinite(limit) ? `at most ${limit} x the floor and ${peak} MiB` : 'for comparison';
    const measured = `${times(ratio)}, ${a.cpu.toFixed(2)} s, ${a.peak.toFixed(0)} MiB`;
    row(
      `map verify, ${count.toLocaleString('en')} assets`,
      figure,
      measured,
      ratio[1] <= limit && a.peak <= peak,
    );
  }
  growth(points);
}

/** Time and memory by size: what each further asset costs, between neighbouring sizes; linear if that stays the same. */
function growth(points: { count: number; series: Series }[]): void {
  const steps = points.slice(1).map((point, i) => {
    const before = points[i] as (typeof points)[number];
    const assets = point.count - before.count;
    return {
      time: ((point.series.cpu - before.series.cpu) * 1e6) / assets,
      memory: ((point.series.peak - before.series.peak) * 1024 * 1024) / assets,
    };
  });
  const last = steps.at(-1);
  const earlier = steps.at(-2);
  if (!last || !earlier) return;
  const measured = `${last.time.toFixed(2)} us and ${last.memory.toFixed(0)} bytes an asset (before: ${earlier.time.toFixed(2)} us, ${earlier.memory.toFixed(0)} bytes)`;
  row('growth of map verify', 'no more per asset as it grows', measured, last.time <= earlier.time * 1.3);
}

async function start(): Promise<void> {
  for (const [name, file] of [
    ['countersign', program],
    ['signer', 'dist/signer.mjs'],
  ]) {
    const [a, b] = (await inTurn(
      [{ args: [file as string, '--help'] }, { args: ['-e', '0'] }],
      3 * RUNS,
    )) as [Series, Series];
    const ratio = ratios(a, b);
    row(`${name} --help`, "at most 1.6 x bare Node's start", times(ratio), ratio[1] <= 1.6);
  }
}

function refreshReadme(): void {
  const table = [
    '| work | figure to reach | measured |',
    '|---|---|---|',
    ...rows.map(
      ({ work, figure, measured, ok }) => `| ${work} | ${figure} | ${measured}${ok ? '' : ' **missed**'} |`,
    ),
  ].join('\n');
  const path = existsSync('docs/figures.md') ? 'docs/figures.md' : 'README.md';
  const text = readFileSync(path, 'utf8');
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < 0) throw new Error(`${path} has no place for the table (${START} ... ${END})`);
  writeFileSync(path, `${text.slice(0, from + START.length)}\n${table}\n${text.slice(to)}`);
}

await reading();
for (const result of await signing(quick ? 3 : 7)) {
  row(result.work, result.figure, times(result.ratio), result.ratio[1] <= result.limit);
}
for (const { work, figure, measured, ok } of await roundTrips()) row(work, figure, measured, ok);
await start();

if (process.argv.includes('--write')) refreshReadme();
const missed = rows.filter(r => !r.ok).length;
console.log(`${rows.length - missed} passed, ${missed} failed`);
process.exitCode = missed > 0 ? 1 : 0;

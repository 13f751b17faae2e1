/**
 * `make bench`: speed and memory as ratios to floors measured in the same run. Exits with 1 if a figure
 * misses its limit. `--write` updates the table in docs/figures.md. `--quick` makes fewer runs and omits the
 * largest size.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { hasPython } from '../../fixtures/python/compare-with-python.ts';
import { requestText } from '../../shared/request.ts';
import { floorCommand, measureRoundTrips, measureSigning, requestOnMapping } from './issuance.ts';
import { type Command, measureAlternately, ratioSummary, type Series } from './measure.ts';
import { measureRedemptionSigning } from './redemption.ts';
import { LAYOUTS, type Layout, makeSampleMappingFile, writeSampleTrustFile } from './sample-mappings.ts';

const quick = process.argv.includes('--quick');
const RUNS = quick ? 5 : 9;
const START = '<!-- bench -->';
const END = '<!-- /bench -->';

interface Row {
  work: string;
  figure: string;
  measured: string;
  ok: boolean;
  /** An explanation for a figure that misses its limit. */
  reason: string;
}
const rows: Row[] = [];

function addFigureRow(work: string, figure: string, measured: string, ok: boolean, reason = ''): void {
  rows.push({ work, figure, measured, ok, reason });
  console.log(`${ok ? 'ok  ' : 'MISS'} ${work}: ${measured} (${figure})`);
}

const ratioText = ([min, middle, max]: [number, number, number]) =>
  `${middle.toFixed(2)} x (${min.toFixed(2)} to ${max.toFixed(2)})`;

const program = 'dist/countersign.mjs';
const verifyCommand = (count: number, layout?: Layout) => ({
  args: [program, 'map', 'verify', makeSampleMappingFile(count, layout), '--trust', writeSampleTrustFile()],
});

/** A remark that is printed beside a figure that misses its limit. */
const FIXED =
  "beside the floor, 0.2 of it each go to loading the program, to noble's table for signatures and to compiling the reader (each part is listed below)";

/** A remark that is printed beside a figure for a million assets. */
const LARGE = 'few runs on a busy machine; each part is listed below';

function addReadingRow(
  what: string,
  [a, b]: [Series, Series],
  limit = Number.POSITIVE_INFINITY,
  peak = 0,
  reason = FIXED,
): void {
  const ratio = ratioSummary(a, b);
  const figure = peak > 0 ? `at most ${limit} x the floor and ${peak} MiB` : 'for comparison';
  const measured = `${ratioText(ratio)}, ${a.cpu.toFixed(2)} s, ${a.peak.toFixed(0)} MiB`;
  addFigureRow(
    `map verify, ${what}`,
    figure,
    measured,
    ratio[1] <= limit && (peak === 0 || a.peak <= peak),
    reason,
  );
}

/** The floor: the work of the original library in Python, without its signatures. */
const originalLibraryCommand = (file: string): Command => ({
  program: 'python3',
  args: ['.tools/bench/original.py', file],
});

function addComparedRow(what: string, series: Series[][]): void {
  const list = series.map(([ours, , python]) => ratioSummary(ours!, python!)[1]);
  addFigureRow(
    `map verify, ${what}, compared with the original library in Python without its signatures`,
    'at most 0.5 x in every layout',
    LAYOUTS.map((layout, i) => `${layout} ${list[i]!.toFixed(2)} x`).join(', '),
    list.every(ratio => ratio <= 0.5),
    'The time of Countersign includes the verification of two signatures. The time of the original library does not, because its package for signatures is not available',
  );
}

async function measureReading(): Promise<void> {
  const points: { count: number; series: Series }[] = [];
  const said = (count: number) => `${count.toLocaleString('en')} assets`;
  for (const count of [3, 1000]) {
    const pair = (await measureAlternately(
      [verifyCommand(count), floorCommand('read', makeSampleMappingFile(count))],
      RUNS,
    )) as [Series, Series];
    points.push({ count, series: pair[0] });
    addReadingRow(said(count), pair);
  }
  const limits: [count: number, ratio: number, peak: number, runs: number, reason: string][] = [
    [100_000, 1.7, 110, RUNS, FIXED],
    [1_000_000, 1.2, 400, 4, LARGE],
  ];
  for (const [count, limit, peak, runs, reason] of limits.filter(([n]) => !quick || n <= 100_000)) {
    const commands = LAYOUTS.map(layout => {
      const file = makeSampleMappingFile(count, layout);
      return [
        verifyCommand(count, layout),
        floorCommand('read', file),
        ...(hasPython ? [originalLibraryCommand(file)] : []),
      ];
    });
    const all = await measureAlternately(commands.flat(), runs);
    const series = commands.map(({ length }, i) => all.slice(i * length, (i + 1) * length));
    const ours = series.map(([first]) => first!);
    LAYOUTS.forEach((layout, i) => {
      addReadingRow(`${said(count)}, ${layout}`, [ours[i]!, series[i]![1]!], limit, peak, reason);
    });
    if (hasPython) addComparedRow(said(count), series);
    points.push({ count, series: ours[0]! });
    // For each layout the shortest run is used, because other work on the machine only adds time.
    const times = ours.map(({ runs }) => Math.min(...runs.map(({ cpu }) => cpu)));
    const spread = Math.max(...times) / Math.min(...times);
    addFigureRow(
      `map verify, ${said(count)}, slowest layout compared with the fastest`,
      'at most 1.25 x',
      `${spread.toFixed(2)} x`,
      spread <= 1.25,
    );
  }
  measureGrowth(points);
}

/**
 * The straight line that fits the points best, and the largest relative distance of a point from this line.
 */
function fitLine(points: readonly [x: number, y: number][]): { each: number; once: number; off: number } {
  const mean = (of: (p: [number, number]) => number) =>
    points.reduce((sum, p) => sum + of(p), 0) / points.length;
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)];
  const each = mean(([x, y]) => (x - mx) * (y - my)) / mean(([x]) => (x - mx) ** 2);
  const once = my - each * mx;
  const off = Math.max(...points.map(([x, y]) => Math.abs(once + each * x - y) / y));
  return { each, once, off };
}

/** Checks that time and memory grow linearly with the size: every point is near one line. */
function measureGrowth(points: { count: number; series: Series }[]): void {
  const time = fitLine(points.map(({ count, series }) => [count, series.cpu]));
  const memory = fitLine(points.map(({ count, series }) => [count, series.peak]));
  const percent = (off: number) => `${Math.round(off * 100)} %`;
  addFigureRow(
    `growth of map verify, ${points.map(({ count }) => count.toLocaleString('en')).join(', ')} assets`,
    'every size within 30 % of one line, in time and in memory',
    `${time.once.toFixed(2)} s and ${(time.each * 1e6).toFixed(2)} us an asset (within ${percent(time.off)}); ` +
      `${memory.once.toFixed(0)} MiB and ${(memory.each * 1024 * 1024).toFixed(0)} bytes an asset (within ${percent(memory.off)})`,
    time.off <= 0.3 && memory.off <= 0.3,
  );
}

/** The request has only the digest of the mapping, as for a signer that has the mapping. */
function compareRequestSizes(): void {
  const [small, large] = [3, 100_000].map(count => {
    const { base, ...request } = requestOnMapping(count, 1);
    return requestText({ ...request, base: { mapping: base.mapping } }).length;
  }) as [number, number];
  addFigureRow(
    'request of 1 issuance on 3, and on 100,000 assets',
    'the same size',
    `${small} and ${large} bytes`,
    small === large,
  );
}

async function measureStart(): Promise<void> {
  for (const [name, file] of [
    ['countersign', program],
    ['signer', 'dist/signer.mjs'],
  ]) {
    const [a, b] = (await measureAlternately(
      [{ args: [file as string, '--help'] }, { args: ['-e', '0'] }],
      3 * RUNS,
    )) as [Series, Series];
    const ratio = ratioSummary(a, b);
    addFigureRow(`${name} --help`, "at most 1.6 x bare Node's start", ratioText(ratio), ratio[1] <= 1.6);
  }
}

function updateFiguresTable(): void {
  const table = [
    '| work | limit | measured |',
    '|---|---|---|',
    ...rows.map(
      ({ work, figure, measured, ok, reason }) =>
        `| ${work} | ${figure} | ${measured}${ok ? '' : ` **missed**${reason && `: ${reason}`}`} |`,
    ),
  ].join('\n');
  const path = 'docs/figures.md';
  const text = readFileSync(path, 'utf8');
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < 0) throw new Error(`${path} has no place for the table (${START} ... ${END})`);
  writeFileSync(path, `${text.slice(0, from + START.length)}\n${table}\n${text.slice(to)}`);
}

await measureReading();
compareRequestSizes();
for (const result of await measureSigning(quick ? 3 : 7)) {
  addFigureRow(result.work, result.figure, ratioText(result.ratio), result.ratio[1] <= 1, result.reason);
}
if (!quick) {
  const ratio = await measureRedemptionSigning(1_000_000, 4);
  const work = 'signer sign, a redemption with 3 burns to an issuance of 1 bar, on 1,000,000 assets';
  addFigureRow(work, 'at most 1.2 x, without the key derivation', ratioText(ratio), ratio[1] <= 1.2, LARGE);
}
for (const { work, figure, measured, ok } of await measureRoundTrips())
  addFigureRow(work, figure, measured, ok);
await measureStart();

if (process.argv.includes('--write')) updateFiguresTable();
const missedFigures = rows.filter(r => !r.ok).length;
console.log(`${rows.length - missedFigures} passed, ${missedFigures} failed`);
process.exitCode = missedFigures > 0 ? 1 : 0;

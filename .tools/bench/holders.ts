/**
 * Measures the page for token holders in a real Chromium: its size, and the time and memory for mappings of
 * 100,000 and a million bars. Prints each figure. Exits with 1 if a figure misses its limit. Needs `chromium`
 * and `make build`. `--quick` omits the million bars.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { trustJson } from '../../fixtures/sample-request.ts';
import { launchChromium } from '../../online/transfer/courier/tests/browsers/chromium.ts';
import { median } from './measure.ts';
import { makeSampleMappingFile } from './sample-mappings.ts';

const RUNS = 3;
const SIZES = process.argv.includes('--quick') ? [100_000] : [100_000, 1_000_000];
const SECONDS: Record<number, number> = { 100000: 1, 1000000: 8 };

const folder = mkdtempSync(join(tmpdir(), 'countersign-holders-'));
const trust = join(folder, 'trust.json');
const file = join(folder, 'verify.html');
let missed = 0;

function printFigure(what: string, measured: number, limit: number, unit: string, digits: number): void {
  if (measured > limit) missed++;
  console.log(
    `${measured > limit ? 'MISS' : 'ok  '} ${what}: ${measured.toFixed(digits)} ${unit} (at most ${limit} ${unit})`,
  );
}

/** Resident memory of the browser's largest renderer process in bytes: now, and the maximum until now. */
async function browserMemory(browser: Browser): Promise<{ now: number; peak: number }> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as {
    processInfo: { type: string; id: number }[];
  };
  await session.detach();
  const kilobytes = (status: string, name: string) =>
    Number(new RegExp(`^${name}:\\s+([0-9]+) kB`, 'm').exec(status)?.[1]);
  const all = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => readFileSync(`/proc/${id}/status`, 'utf8'))
    .map(status => ({ now: 1024 * kilobytes(status, 'VmRSS'), peak: 1024 * kilobytes(status, 'VmHWM') }));
  return all.reduce((a, b) => (a.peak > b.peak ? a : b));
}

/**
 * Text of a function that runs in the page. It makes `window.took`, a promise of the verdict, and of the
 * milliseconds from the choice of the file to the verdict.
 */
const CLOCK = `(() => {
  const verdict = document.getElementById('verdict');
  let begun;
  window.took = new Promise(resolve => new MutationObserver(() => {
    if (verdict.dataset.state === 'checking') begun = performance.now();
    else if (begun !== undefined) resolve([verdict.dataset.state, performance.now() - begun]);
  }).observe(verdict, { attributes: true }));
})()`;

/**
 * @returns the seconds to the verdict, and the additional memory at the peak, in bytes for each byte of the
 * file
 */
async function measureCheck(path: string): Promise<{ seconds: number; memory: number }> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`file://${file}`);
    const before = await browserMemory(browser);
    await page.evaluate(CLOCK);
    await page.setInputFiles('#file', path);
    const [state, milliseconds] = (await page.evaluate('window.took')) as [string, number];
    if (state !== 'valid') throw new Error(`${path}: ${state}`);
    const after = await browserMemory(browser);
    return { seconds: milliseconds / 1000, memory: (after.peak - before.now) / statSync(path).size };
  } finally {
    await browser.close();
  }
}

try {
  writeFileSync(trust, JSON.stringify(trustJson));
  execFileSync(process.execPath, ['dist/countersign.mjs', 'verify-page', '--trust', trust, '--out', file]);
  printFigure('verify.html', statSync(file).size / 1000, 120, 'kB', 1);
  for (const size of SIZES) {
    const path = makeSampleMappingFile(size);
    const runs = [];
    for (let i = 0; i < RUNS; i++) runs.push(await measureCheck(path));
    const bars = `${size.toLocaleString('en')} bars checked in Chromium`;
    printFigure(bars, median(runs.map(({ seconds }) => seconds)), SECONDS[size]!, 's', 2);
    printFigure(`${bars}, memory`, median(runs.map(({ memory }) => memory)), 4, 'times the file', 2);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = missed > 0 ? 1 : 0;

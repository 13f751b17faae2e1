/**
 * Runs test files, several at a time, each in its own process; prints failures and totals.
 *
 *   tsx .tools/test.ts [--min N] [--limit SECONDS] [--code | --programs] [FILE or folder ...]
 * `--programs` runs only the tests that start the built programs (`PROGRAMS` below), and `--code` runs the
 * other tests. Lines of a file's output that begin with `note:` are always printed. The other output is
 * printed only after a failure. A file without tests fails, because uvu exits with 0 if `.run()` is missing.
 * The run fails if fewer tests than `--min` passed. A file that exceeds `--limit` is stopped, and its
 * finished tests count.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

interface Outcome {
  file: string;
  passed: number;
  total: number;
  ok: boolean;
  seconds: number;
  output: string;
}

/**
 * Folders and files whose tests start the built programs. They test whole issuances and hundreds of wrong
 * inputs, and take half of the processor time of all tests.
 */
const PROGRAMS = [
  ...['demo', 'pcs', 'python', 'walkthrough'].map(folder => `fixtures/${folder}/`),
  ...[
    'attacks',
    'hostile-requests',
    'launcher/',
    'memory',
    'program',
    'rules-table',
    'terminal',
    'upgrade',
  ].map(name => `offline/${name.endsWith('/') ? name : `${name}.test.ts`}`),
];

function findTestFiles(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(entry => entry.name !== 'node_modules')
    .flatMap(entry => {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) return findTestFiles(inner);
      return entry.name.endsWith('.test.ts') ? [inner] : [];
    })
    .sort();
}

function runTestFile(file: string): Promise<Outcome> {
  return new Promise(resolve => {
    const started = Date.now();
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
      timeout: fileLimit,
      killSignal: 'SIGKILL',
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', chunk => chunks.push(chunk));
    child.stderr.on('data', chunk => chunks.push(chunk));
    child.on('close', (status, signal) => {
      const output = Buffer.concat(chunks).toString();
      const sum = (word: string) =>
        [...output.matchAll(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'gm'))].reduce(
          (n, m) => n + Number(m[1]),
          0,
        );
      const seconds = (Date.now() - started) / 1000;
      if (signal === 'SIGKILL') {
        // A file that was stopped prints no totals. uvu has printed a mark for each finished test, and one
        // more test was running.
        const marks = (mark: string) => output.split(`${mark} `).length - 1;
        const passed = marks('•');
        const failed = marks('✘');
        const cut = `${output}\ncut off after ${seconds.toFixed(0)} s: ${passed} tests had passed, ${failed} had failed, one was under way`;
        resolve({ file, passed, total: passed + failed + 1, ok: false, seconds, output: cut });
        return;
      }
      const total = sum('Total');
      const passed = sum('Passed');
      const ok = status === 0 && total > 0 && passed === total;
      resolve({ file, passed, total, ok, seconds, output });
    });
  });
}

const args = process.argv.slice(2);
/**
 * @returns the number after this option, or `otherwise` if the option is absent. Removes both from the
 * arguments
 */
function takeNumberOption(name: string, otherwise: number): number {
  const found = args.indexOf(name);
  return found < 0 ? otherwise : Number(args.splice(found, 2)[1]);
}
/** @returns true if the arguments have this option. Removes the option from them */
function takeFlag(name: string): boolean {
  const found = args.indexOf(name);
  if (found >= 0) args.splice(found, 1);
  return found >= 0;
}
/**
 * Milliseconds after which a file that does not end is stopped and its output printed. Firefox took seven
 * minutes on a busy machine.
 */
const fileLimit = 1000 * takeNumberOption('--limit', 15 * 60);
const minimum = takeNumberOption('--min', 0);
const missingTests = PROGRAMS.filter(path => !existsSync(path));
if (missingTests.length > 0)
  throw new Error(`no such tests: ${missingTests.join(', ')}; correct PROGRAMS in .tools/test.ts`);
const [code, programs] = [takeFlag('--code'), takeFlag('--programs')];
// The files of `fixtures` take longest. They start first, so that all workers end at about the same time.
const chosenTestFiles = (args.length > 0 ? args : ['fixtures', 'offline', 'online', 'shared', '.tools'])
  .flatMap(findTestFiles)
  .filter(file => {
    const startsPrograms = PROGRAMS.some(path => file.startsWith(path));
    return startsPrograms ? !code : !programs;
  });

const outcomes: Outcome[] = [];
const queue = [...chosenTestFiles];
async function runNextFiles() {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const outcome = await runTestFile(file);
    outcomes.push(outcome);
    const mark = outcome.ok ? 'ok  ' : 'FAIL';
    console.log(`${mark} ${file}  ${outcome.passed}/${outcome.total}  ${outcome.seconds.toFixed(1)} s`);
    for (const [note] of outcome.ok ? outcome.output.matchAll(/^note: .*/gm) : [])
      console.log(`     ${note}`);
    if (!outcome.ok)
      console.log(outcome.total === 0 ? `${outcome.output}\nno test ran in ${file}` : outcome.output);
  }
}
// There are two workers for each processor, because many tests wait for a retry or for a program.
await Promise.all(Array.from({ length: 2 * availableParallelism() }, runNextFiles));

const passed = outcomes.reduce((n, o) => n + o.passed, 0);
// A file that crashed or ran nothing counts as one failure, so that the totals show it.
const failed = outcomes.reduce((n, o) => n + (o.ok ? 0 : Math.max(1, o.total - o.passed)), 0);
const isShort = passed < minimum;
if (isShort) console.log(`expected at least ${minimum} tests, ${passed} passed: were some lost?`);
console.log(`${passed} passed, ${failed + (isShort ? 1 : 0)} failed`);
process.exitCode = failed > 0 || isShort ? 1 : 0;

/**
 * Measures whole processes, the program and its floor in turn (A B A B ...). So the ratio of the two is right
 * even if the machine's speed changes. Compares CPU seconds (user and system, all threads), which other
 * processes hardly affect.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Usage {
  cpu: number;
  wall: number;
  /** Peak memory in MiB. */
  peak: number;
}

export interface Command {
  args: readonly string[];
  /**
   * A program to run in place of Node. It writes its CPU time and memory in the same way as `usage-hook.mjs`.
   */
  program?: string;
  cwd?: string;
  env?: Record<string, string>;
}

const preloadOption = fileURLToPath(new URL('usage-hook.mjs', import.meta.url));

/** Runs a command once. At its exit, the process reports CPU time and memory on a pipe. */
export function measureOnce({ args, program, cwd, env }: Command): Promise<Usage> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(program ?? process.execPath, program ? args : ['--import', preloadOption, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const text: string[] = ['', '', ''];
    [child.stdout, child.stderr, child.stdio[3]].forEach((stream, i) => {
      (stream as NodeJS.ReadableStream).on('data', chunk => {
        text[i] += chunk;
      });
    });
    child.on('close', status => {
      const wall = Number(process.hrtime.bigint() - started) / 1e9;
      if (status !== 0)
        return reject(
          new Error(`${program ?? 'node'} ${args.join(' ')}: exit ${status}\n${text[1]}${text[0]}`),
        );
      const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(text[2] as string);
      resolve({ cpu: (userCPUTime + systemCPUTime) / 1e6, wall, peak: maxRSS / 1024 });
    });
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

export interface Series {
  runs: Usage[];
  cpu: number;
  peak: number;
}

/**
 * Runs the commands alternately. Each command runs `runs` times, after a first run that is not counted.
 * Returns the counted runs and their medians.
 */
export async function measureAlternately(commands: readonly Command[], runs: number): Promise<Series[]> {
  const all: Usage[][] = commands.map(() => []);
  for (let round = 0; round <= runs; round++) {
    for (const [i, command] of commands.entries()) {
      const usage = await measureOnce(command);
      if (round > 0) (all[i] as Usage[]).push(usage);
    }
  }
  return all.map(series => ({
    runs: series,
    cpu: median(series.map(u => u.cpu)),
    peak: median(series.map(u => u.peak)),
  }));
}

/**
 * Minimum, median and maximum of the ratios of each run of `a` to the same run of `b`, in CPU time.
 * @param minus CPU seconds to subtract from each run
 */
export function ratioSummary(a: Series, b: Series, minus = 0): [number, number, number] {
  const pairs = a.runs.map((usage, i) => (usage.cpu - minus) / ((b.runs[i] as Usage).cpu - minus));
  return [Math.min(...pairs), median(pairs), Math.max(...pairs)];
}

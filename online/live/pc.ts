/** For tests only: starts `worker.ts` processes and gives them commands. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Ran } from '../testing.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

export interface Order {
  cwd: string;
  args: string[];
  /** Milliseconds since 1970. */
  at: number;
}

export class Pc {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  private constructor() {
    this.child = spawn(process.execPath, ['--import', 'tsx', WORKER], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })[
      Symbol.asyncIterator
    ]();
    process.once('exit', () => this.child.kill('SIGKILL'));
  }

  static async start(): Promise<Pc> {
    const pc = new Pc();
    if ((await pc.next()) !== 'ready') throw new Error('a worker did not start');
    return pc;
  }

  private async next(): Promise<string> {
    const line = await this.lines.next();
    if (line.done) throw new Error('a worker ended early');
    return line.value;
  }

  async run(cwd: string, args: string[], at = 0): Promise<Ran> {
    this.child.stdin?.write(`${JSON.stringify({ cwd, args, at } satisfies Order)}\n`);
    const ran = JSON.parse(await this.next());
    return { ...ran, json: ran.stdout === '' ? undefined : JSON.parse(ran.stdout) };
  }

  async stop(): Promise<void> {
    const gone = new Promise(done => this.child.once('close', done));
    this.child.stdin?.end();
    await gone;
  }
}

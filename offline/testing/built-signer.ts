/** For tests of the built program: builds it once, creates homes in a temporary folder, and runs real processes. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSigner } from '../../.tools/laptop/signer-build.ts';
import { sampleRequest, sampleRequestBytes, testKeys, trust, trustJson } from '../../fixtures/sample-request.ts';
import { bytesToHex } from '../../shared/bytes.ts';

export const PASSPHRASE = 'correct horse battery';

export class BuiltSigner {
  /** A folder with only the files of a test, because Node and the built file must suffice to run the program. */
  readonly folder = mkdtempSync(join(tmpdir(), 'countersign-signer-'));
  file = join(this.folder, 'signer.mjs');
  node = process.execPath;
  options: string[] = [];
  passphrase = PASSPHRASE;

  static async built(): Promise<BuiltSigner> {
    const program = new BuiltSigner();
    writeFileSync(program.file, (await buildSigner()).text);
    return program;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  put(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  private get env() {
    return {
      SIGNER_PASSPHRASE: this.passphrase,
      HOME: this.folder,
      NODE_NO_WARNINGS: '1',
      PATH: process.env['PATH'],
    };
  }

  run(...words: string[]) {
    const { status, signal, stdout, stderr } = spawnSync(this.node, [...this.options, this.file, ...words], {
      cwd: this.folder,
      env: this.env,
      encoding: 'utf8',
      timeout: 60_000,
    });
    // biome-ignore lint/suspicious/noExplicitAny: whatever the command answers
    const json: any = words.includes('--json') && stdout.startsWith('{') ? JSON.parse(stdout) : undefined;
    return { status, signal, out: stdout, err: stderr, json };
  }

  /** Runs the program and also measures its processor time in milliseconds, which other processes hardly affect. */
  measured(...words: string[]) {
    const hook = `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(${JSON.stringify(this.path('cpu'))}, String((userCPUTime + systemCPUTime) / 1000));
});`;
    this.put('cpu', '');
    this.options = ['--import', this.put('cpu.mjs', hook)];
    try {
      const run = this.run(...words);
      return { ...run, ms: Number(readFileSync(this.path('cpu'), 'utf8') || Number.NaN) };
    } finally {
      this.options = [];
    }
  }

  start(...words: string[]) {
    return spawn(this.node, [...this.options, this.file, ...words], {
      cwd: this.folder,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Creates a home of controller 1 with the sample's profile, and the sample's request beside it. */
  prepare(home = 'home'): string {
    this.put('privkey.dat', bytesToHex(testKeys[0]!));
    this.put('trust.json', JSON.stringify(trustJson));
    this.request('request.json');
    for (const words of [
      ['import', 'privkey.dat'],
      ['trust', 'trust.json', '--confirm', trust.reviewCode],
    ]) {
      const run = this.run(...words, '--home', home);
      if (run.status !== 0) throw new Error(run.err);
    }
    return home;
  }

  /** Writes a request. @returns its review code */
  request(name: string, changes: Parameters<typeof sampleRequestBytes>[0] = {}): string {
    const bytes = sampleRequestBytes(changes);
    this.put(name, bytes);
    return sampleRequest(changes).reviewCode;
  }

  folderOf(name: string): string {
    mkdirSync(this.path(name), { recursive: true });
    return this.path(name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

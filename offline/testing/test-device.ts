/** For tests: a device with a disk in memory, a fixed clock, and prepared answers in place of a person. */
import { sampleRequestBytes, testKeys, trust, trustJson } from '../../fixtures/sample-request.ts';
import { bytesToHex, utf8 } from '../../shared/bytes.ts';
import { runSigner } from '../command-line.ts';
import { makeScreenPrinter, type Printer } from '../printer.ts';
import { showNothing, type Terminal } from '../terminal.ts';
import type { World } from '../world.ts';
import { MemoryDisk } from './memory-disk.ts';

export const HOME = '/home';
export const PASSPHRASE = 'correct horse battery';
/** Milliseconds since 1970, shortly after the sample request. */
export const NOW = 1763795400_000;

/** A text from a screen, with one space in place of line breaks and repeated spaces. */
export const withoutLineBreaks = (text: string): string => text.replace(/\s+/g, ' ');

export interface Run {
  exit: number;
  out: string;
  err: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the command answers
  json: any;
}

export class TestDevice {
  storage: MemoryDisk;
  now = NOW;
  env: Record<string, string | undefined> = { SIGNER_PASSPHRASE: PASSPHRASE };
  /** The person's answers, in order; null for no terminal. An answer can be a function of the text on the screen. */
  typed: (string | ((screen: string) => string))[] | null = null;
  asked: { question: string; hidden: boolean }[] = [];
  screen = '';
  rows = 1000;
  columns = 80;
  /** Called with each question, before it is answered. */
  onAsk: (question: string) => unknown = () => {};
  private seed = 1;

  constructor(storage = new MemoryDisk()) {
    this.storage = storage;
  }

  private terminal(): Terminal | null {
    const { typed } = this;
    if (!typed) return null;
    return {
      size: () => ({ columns: this.columns, rows: this.rows }),
      release: async () => {},
      say: text => {
        this.screen += `${text}\n`;
      },
      draw: text => {
        this.screen += text;
      },
      ask: async (question, shows) => {
        await this.onAsk(question);
        this.asked.push({ question, hidden: shows === showNothing });
        this.screen += question;
        const next = typed.shift();
        if (next === undefined) throw new Error(`nothing to type for: ${question}`);
        const answer = typeof next === 'string' ? next : next(this.screen);
        this.screen += '\n';
        return answer;
      },
    };
  }

  private chance(): number {
    this.seed = (this.seed * 16807) % 2147483647;
    return this.seed;
  }

  world(home = HOME, show: (text: string) => void = () => {}, note = show): World {
    return {
      disk: this.storage.disk,
      home,
      now: () => this.now,
      random: n => Uint8Array.from({ length: n }, () => this.chance() & 0xff),
      env: this.env,
      terminal: this.terminal(),
      show: text => {
        this.screen += `${text}\n`;
        show(text);
      },
      note,
      scrypt: { N: 1 << 14, r: 8, p: 1 },
    };
  }

  async run(...words: string[]): Promise<Run> {
    let out = '';
    let err = '';
    const noWidth = () => null;
    const streams = {
      out: makeScreenPrinter(text => {
        out += text;
      }, noWidth),
      // Drops the line of version and hash, which `program-identity.test.ts` tests with the built program.
      err: makeScreenPrinter(text => {
        if (!text.startsWith('Signer ')) err += text;
      }, noWidth),
    };
    const worldAt = (home: string | undefined, shown: Printer) => this.world(home, shown.columns, streams.err.prose);
    const exit = await runSigner(words, streams, worldAt, null);
    const json = words.includes('--json') ? JSON.parse(out) : undefined;
    return { exit, out, err, json };
  }

  /** Writes the request to the USB stick and signs it. */
  async sign(changes: Parameters<typeof sampleRequestBytes>[0] = {}, ...flags: string[]): Promise<Run> {
    this.storage.put('/media/request.json', sampleRequestBytes(changes));
    const { json } = await this.run('inspect', '/media/request.json', '--json', '--ignore-clock');
    return await this.run(
      ...['sign', '/media/request.json', '--out', '/media/sign.json', '--json', '--confirm', json.reviewCode],
      ...flags,
    );
  }

  copy(): TestDevice {
    return new TestDevice(this.storage.copy());
  }
}

/** A device with the test key of a controller. By default, the sample's profile is pinned. */
export async function makeDevice(controller: number, pin = true): Promise<TestDevice> {
  const device = new TestDevice();
  device.storage.put('/media/privkey.dat', utf8(`${bytesToHex(testKeys[controller - 1]!)}\n`));
  device.storage.put('/media/trust.json', utf8(JSON.stringify(trustJson)));
  const imported = await device.run('import', '/media/privkey.dat');
  const pinned = pin && (await device.run('trust', '/media/trust.json', '--confirm', trust.reviewCode));
  if (imported.exit !== 0 || (pinned && pinned.exit !== 0)) throw new Error(imported.err);
  return device;
}

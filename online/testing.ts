/** For tests: controllers' PCs in temporary folders, a real development node, a real folder store; signing with test keys. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import * as assert from 'uvu/assert';
import { startDevNode } from '../fixtures/devnode/devnode.ts';
import { parseScript, policyAssetId } from '../fixtures/devnode/genesis.ts';
import { ocean, testKeys, trustJson } from '../fixtures/sample.ts';
import { bytesToHex, utf8 } from '../shared/bytes.ts';
import { derive } from '../shared/derive.ts';
import { publicKey } from '../shared/ecdsa.ts';
import { sha256 } from '../shared/hash.ts';
import { parseMapping } from '../shared/mapping/mapping.ts';
import { readRequest } from '../shared/request.ts';
import { signaturesText, signDerivation } from '../shared/signatures.ts';
import { readTrust, type Trust } from '../shared/trust.ts';
import { run } from './cli.ts';
import type { World } from './world.ts';

export interface Ran {
  status: number;
  stdout: string;
  stderr: string;
  /** What was printed with --json. */
  json: any;
}

const chain = 'gold_main';
const policyAsset = policyAssetId({ chain, policyScript: parseScript(ocean.p2sh.scriptPubKey), coins: 1 });

export interface WorldOptions {
  height?: number;
  coins?: number;
  /** Seconds since 1970 at which the node's clock stands until it is moved; without it, the machine's clock. */
  fixedTime?: number;
  /** Another policy than the recorded 2 of 3, with test keys made for it. */
  policy?: { n: number; m: number };
  /** Another store than a folder, and how to reach it. */
  store?: string;
  s3?: { endpoint: string; pathStyle: boolean };
}

/** TEST KEYS of a policy of m. */
function keysOf(m: number): Uint8Array[] {
  return Array.from({ length: m }, (_, i) => sha256(utf8(`countersign test controller ${i + 1}`)));
}

/** The bars of `bars.csv` into `request.json`. */
export const PREPARE = ['prepare', '--issuances', 'bars.csv', '--out', 'request.json', '--yes'];

export class TestWorld {
  readonly root = mkdtempSync(join(tmpdir(), 'countersign-'));
  readonly keys: Uint8Array[];
  readonly profile: typeof trustJson;
  readonly trust: Trust;
  node!: Awaited<ReturnType<typeof startDevNode>>;
  /** Milliseconds added to the clock that the commands see. */
  clockSkew = 0;
  /** Members of the commands' world in place of the usual ones. */
  extra: Partial<World> = {};
  /** Called in place of sleeping: makes the next block, unless a test says otherwise. */
  onSleep: () => Promise<unknown> = () => this.generate();

  constructor({ policy }: WorldOptions = {}) {
    this.keys = policy ? keysOf(policy.m) : testKeys;
    const pubkeys = Object.fromEntries(
      this.keys.map((key, i) => [String(i + 1), bytesToHex(publicKey(key))]),
    ) as typeof trustJson.controllers.pubkeys;
    const controllers = policy ? { ...policy, pubkeys } : trustJson.controllers;
    this.profile = { ...trustJson, controllers, policyAsset };
    this.trust = readTrust(utf8(JSON.stringify(this.profile)));
  }

  static async start(options: WorldOptions = {}): Promise<TestWorld> {
    const world = new TestWorld(options);
    world.node = await startDevNode({
      port: 0,
      host: '127.0.0.1',
      chain,
      user: 'u',
      password: 'secret-password',
      policyScript: world.trust.scriptPubKey,
      height: options.height ?? 3310,
      coins: options.coins ?? 6,
      data: undefined,
      blockSeconds: 0,
      fixedTime: options.fixedTime ?? null,
    });
    for (let i = 1; i <= Math.max(3, world.trust.m); i++) {
      mkdirSync(world.pc(i));
      const config = {
        store: options.store ?? `file:${join(world.root, 'store')}`,
        node: world.node.url,
        trust: 'trust.json',
        ...(options.s3 ? { s3: options.s3 } : {}),
      };
      writeFileSync(join(world.pc(i), 'countersign.json'), JSON.stringify(config));
      writeFileSync(join(world.pc(i), 'trust.json'), JSON.stringify(world.profile));
    }
    return world;
  }

  /** The same with an empty mapping and the coins listed. */
  static async ready(options: WorldOptions = {}): Promise<TestWorld> {
    const world = await TestWorld.start(options);
    await world.ok(1, 'map', 'init');
    await world.ok(1, 'coins', 'scan');
    return world;
  }

  async stop(): Promise<void> {
    await this.node.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  pc(i: number): string {
    return join(this.root, `pc-${i}`);
  }

  write(i: number, name: string, text: string): void {
    writeFileSync(join(this.pc(i), name), text);
  }

  read(i: number, name: string): string {
    return readFileSync(join(this.pc(i), name), 'utf8');
  }

  object(key: string): string {
    return readFileSync(join(this.root, 'store', key), 'utf8');
  }

  /** Every object of the store with its bytes. */
  snapshot(): string {
    const store = join(this.root, 'store');
    return readdirSync(store, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .sort()
      .map(path => `${path}\n${readFileSync(path, 'utf8')}`)
      .join('\n');
  }

  putObject(key: string, text: string): void {
    writeFileSync(join(this.root, 'store', key), text);
  }

  async rpc(method: string, ...params: unknown[]): Promise<any> {
    const { username, password, origin } = new URL(this.node.url);
    const response = await fetch(origin, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
      body: JSON.stringify({ id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as any;
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  generate(blocks = 1): Promise<unknown> {
    return this.rpc('generate', blocks);
  }

  /** Runs a command on controller i's PC, in this process, with `--json`. */
  async command(i: number, ...args: string[]): Promise<Ran> {
    const output = { stdout: '', stderr: '' };
    const sink = (name: 'stdout' | 'stderr') =>
      new Writable({
        write(chunk, _encoding, done) {
          output[name] += chunk;
          done();
        },
      });
    const status = await run([...args, '--json'], {
      stdin: Readable.from([]),
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      env: {},
      cwd: this.pc(i),
      now: () => Date.now() + this.clockSkew,
      sleep: async () => void (await this.onSleep()),
      ...this.extra,
    });
    return { status, ...output, json: output.stdout === '' ? undefined : JSON.parse(output.stdout) };
  }

  /** As {@link command}, expecting exit 0. */
  async ok(i: number, ...args: string[]): Promise<any> {
    const ran = await this.command(i, ...args);
    if (ran.status !== 0) throw new Error(`${args.join(' ')}: exit ${ran.status}\n${ran.stderr}`);
    return ran.json;
  }

  /** Signs the request in a file of controller i's PC with a test key, as the signer would. */
  sign(i: number, request: string, out: string, controller = i): void {
    const read = readRequest(utf8(this.read(i, request)), request);
    const base = parseMapping(utf8(read.base.text ?? this.object('map.json')));
    const signatures = signDerivation(
      derive(read, base, this.trust),
      controller,
      this.keys[controller - 1] as Uint8Array,
      this.trust,
    );
    this.write(i, out, signaturesText(signatures));
  }

  /** Prepared by `coordinator`, signed and submitted. */
  async propose(coordinator: number, csv: string): Promise<any> {
    this.write(coordinator, 'bars.csv', csv);
    const prepared = await this.ok(coordinator, ...PREPARE, '--overwrite');
    this.sign(coordinator, 'request.json', 'mine.json');
    await this.ok(coordinator, 'submit', 'mine.json');
    return prepared;
  }

  /** Reviewed and signed by `confirmer`: the signatures lie in `mine.json`. */
  async countersign(confirmer: number): Promise<any> {
    const reviewed = await this.ok(confirmer, 'review', '--out', 'request.json', '--overwrite');
    this.sign(confirmer, 'request.json', 'mine.json');
    return reviewed;
  }
}

export const HEADER = 'serial,year,manufacturer,mass,address\n';
export const BAR_1 = '031037,2019,PAMP,389.142,GSs3ypDm76eusaEx2D1z3smZ8GhuVPsvQz\n';
export const BAR_2 = '030727,2019,PAMP,405.92,GVcc7uTLSBtgp1SvY9NDYTh8Tf4fzQ1E8N\n';
export const BAR_3 = '035696,2019,PAMP,400,GTiFMtqVoS4uJdEGVQdiwRES2HSzC3YMpX\n';
/** What marks a proposal as given up. */
export const GIVEN_UP = '{"type":"countersign/given-up","version":1}\n';

/** The command refused: exit 1, this code, and what it says and advises. */
export function refused(ran: Ran, code: string, message: RegExp, hint = /./): void {
  assert.equal([ran.status, ran.json?.error?.code], [1, code], ran.stderr);
  assert.match(ran.json.error.message, message);
  assert.match(ran.json.error.hint, hint);
}

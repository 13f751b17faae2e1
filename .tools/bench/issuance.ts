/**
 * Measures an issuance: signing compared with a loop of noble's own signing, and the round trips of `prepare`
 * and `finalise`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { HEADER, PREPARE, TestWorld } from '../../fixtures/pcs/testing.ts';
import { issuanceAt, testKeys, trust } from '../../fixtures/sample-request.ts';
import { FileStore } from '../../online/store/file/file-store.ts';
import { bytesToHex } from '../../shared/bytes.ts';
import type { IssuanceRequest } from '../../shared/changes.ts';
import { parseMapping } from '../../shared/mapping/mapping.ts';
import { addDigest, type Request, requestText } from '../../shared/request.ts';
import { type Command, measureAlternately, type Series } from './measure.ts';
import { cacheFolder, makeSampleMappingFile, writeSampleTrustFile } from './sample-mappings.ts';

const SIGNER = join(process.cwd(), 'dist/signer.mjs');
const PASSPHRASE = 'long enough for a bench';

export function floorCommand(...args: (string | number)[]): Command {
  return { args: ['.tools/bench/floor.mjs', ...args.map(String)] };
}

const serialNumber = (i: number) => String(700_000 + i);

export function requestOnMapping(count: number, issuances: number): Request {
  const text = readFileSync(makeSampleMappingFile(count), 'utf8');
  const base = parseMapping(Buffer.from(text));
  const list = Array.from({ length: issuances }, (_, i): IssuanceRequest => {
    const sample = issuanceAt(0, 3310);
    return { ...sample, serial: serialNumber(i), coin: { ...sample.coin, vout: i } };
  });
  return addDigest({
    network: trust.network.name,
    trust: trust.digest,
    base: { mapping: base.digest, text },
    height: 3310,
    time: '1763795123.000001',
    issuances: list,
  });
}

/** A signer's home with test key 1 and the profile of the vectors. */
export function makeSignerHome(name = 'home'): string {
  const home = join(cacheFolder, name);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(cacheFolder, { recursive: true });
  const key = join(cacheFolder, 'test-privkey.dat');
  writeFileSync(key, bytesToHex(testKeys[0] as Uint8Array), { mode: 0o600 });
  runSigner(home, 'import', key);
  runSigner(home, 'trust', writeSampleTrustFile(), '--confirm', trust.reviewCode);
  return home;
}

function runSigner(home: string, ...args: string[]): void {
  const env = { ...process.env, SIGNER_PASSPHRASE: PASSPHRASE };
  const { status, stderr } = spawnSync(process.execPath, [SIGNER, ...args, '--home', home], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`signer ${args[0]}: ${stderr}`);
}

/** Writes the request to a file of this name. Returns the command that signs it. */
export function commandToSign(home: string, name: string, request: Request): Command {
  const [file, out] = [join(cacheFolder, `${name}.json`), join(cacheFolder, `${name}-signatures.json`)];
  rmSync(out, { force: true });
  writeFileSync(file, requestText(request));
  const args = ['sign', file, '--out', out, '--confirm', request.reviewCode, '--home', home];
  return { args: [SIGNER, ...args], env: { SIGNER_PASSPHRASE: PASSPHRASE } };
}

/**
 * Two commands to compare with: one that does only the key derivation of this home, and one that only starts
 * Node.
 */
export function keyDerivationCommands(home: string): [derive: Command, bare: Command] {
  const { N } = JSON.parse(readFileSync(join(home, 'key.json'), 'utf8')).scrypt;
  return [floorCommand('derive', N), { args: ['-e', '0'] }];
}

export interface SigningResult {
  work: string;
  figure: string;
  ratio: [number, number, number];
  /** A remark that is printed beside a figure that misses its limit. */
  reason: string;
}

export async function measureSigning(runs: number): Promise<SigningResult[]> {
  const home = makeSignerHome();
  const signCommand = (name: string, request: Request) => commandToSign(home, name, request);
  const compare = (
    sign: Series,
    floors: readonly Series[],
    limitOf: (cpu: number[]) => number,
  ): [number, number, number] => {
    const pairs = sign.runs.map((usage, i) => {
      const [derive, bare, ...rest] = floors.map(f => f.runs[i]?.cpu ?? 0) as [number, number, ...number[]];
      return (usage.cpu - (derive - bare)) / limitOf([bare, ...rest]);
    });
    pairs.sort((a, b) => a - b);
    return [pairs[0] as number, pairs[pairs.length >> 1] as number, pairs.at(-1) as number];
  };
  const [derive, bare] = keyDerivationCommands(home);

  // The floor makes two signatures and verifies four: these two and the two of the base mapping. Signing
  // takes so little time that more runs are needed.
  const small = signCommand('one', requestOnMapping(1000, 1));
  const [a, ...floors] = (await measureAlternately(
    [small, derive, bare, floorCommand('sign', 2, 4), floorCommand('read', makeSampleMappingFile(1000))],
    3 * runs,
  )) as [Series, ...Series[]];

  // This run has the base mapping's text and is not counted. After it, the signer has a copy of the base
  // mapping.
  const request = requestOnMapping(100_000, 100);
  const first = signCommand('hundred', request);
  runSigner(home, ...first.args.slice(1, -2));
  const held = signCommand('hundred', { ...request, base: { mapping: request.base.mapping } });
  const [b, ...more] = (await measureAlternately(
    [
      held,
      derive,
      bare,
      floorCommand('sign', 101, 103),
      floorCommand('read', makeSampleMappingFile(100_000)),
    ],
    runs,
  )) as [Series, ...Series[]];
  // The limit has the floor of reading twice: for the base mapping and for the new mapping.
  const limit = ([bareStart, sign, read]: number[]) =>
    (sign as number) + 2 * 1.3 * ((read as number) - (bareStart as number));
  const figure = 'at most floor of signing + 2 x 1.3 x floor of reading';
  return [
    {
      work: 'signer sign, 1 issuance on 1,000 assets, without the key derivation',
      figure,
      ratio: compare(a, floors, limit),
      reason: 'the floor loads no program, and reading 1,000 assets ends before V8 has compiled the reader',
    },
    {
      work: 'signer sign, 100 issuances on 100,000 assets, without the key derivation',
      figure,
      ratio: compare(b, more, limit),
      reason: 'besides two readings, the signer makes and checks 100 transactions',
    },
  ];
}

/** Counts round trips. Calls at the same time count as one round trip. */
class TripCounter {
  count = 0;
  requests = 0;
  private open = 0;

  begin(): void {
    this.requests++;
    if (this.open++ === 0) this.count++;
  }
  end(): void {
    this.open--;
  }
}

/** A proxy in front of the node, which counts HTTP requests as round trips. */
async function startCountingProxy(
  target: string,
  trips: TripCounter,
): Promise<{ url: string; close: () => void }> {
  const { hostname, port, username, password } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    trips.begin();
    const { method, headers, url } = incoming;
    const forward = httpRequest({ hostname, port, method, headers, path: url }, answer => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
      answer.on('end', () => trips.end());
    });
    incoming.pipe(forward);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  return { url: `http://${username}:${password}@127.0.0.1:${address.port}`, close: () => server.close() };
}

/** Counts the round trips of this process to the folder store. @returns a function that ends the counting */
function startCountingStoreTrips(trips: TripCounter): () => void {
  const methods = ['get', 'put', 'create', 'list'] as const;
  const prototype = FileStore.prototype as unknown as Record<
    string,
    (...args: unknown[]) => Promise<unknown>
  >;
  const originals = methods.map(name => prototype[name] as (...args: unknown[]) => Promise<unknown>);
  methods.forEach((name, i) => {
    prototype[name] = async function (this: unknown, ...args) {
      trips.begin();
      try {
        // Delays each call a little, as a network does, so that calls made at the same moment overlap.
        await new Promise(resolve => setTimeout(resolve, 5));
        return await originals[i]?.apply(this, args);
      } finally {
        trips.end();
      }
    };
  });
  return () => {
    for (const [i, name] of methods.entries()) prototype[name] = originals[i] as never;
  };
}

const BARS = 100;
/** Number of proposals that were opened and abandoned before the measurement. */
const EARLIER_PROPOSALS = 30;

type Row = { work: string; figure: string; measured: string; ok: boolean };

/** Makes and abandons proposals. Their number must not change how much a command reads. */
async function makeAbandonedProposals(world: TestWorld, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await world.ok(3, ...PREPARE, '--overwrite');
    await world.ok(3, 'abandon', '--yes');
  }
}

/** Runs one issuance. @returns its round trips, one row for each command */
async function measureIssuanceTrips(earlier: number): Promise<Row[]> {
  const world = await TestWorld.ready({ coins: BARS + 20 });
  const [node, store] = [new TripCounter(), new TripCounter()];
  const proxy = await startCountingProxy(world.node.url, node);
  const undo = startCountingStoreTrips(store);
  try {
    const bars = Array.from(
      { length: BARS },
      (_, i) => `${serialNumber(i)},2021,ACME,400,GTiFMtqVoS4uJdEGVQdiwRES2HSzC3YMpX\n`,
    );
    for (const i of [1, 3]) world.write(i, 'bars.csv', HEADER + bars.join(''));
    await makeAbandonedProposals(world, earlier);
    for (const i of [1, 2]) await world.ok(i, 'status');
    const counts = () => ({ node: node.count, store: store.count, requests: store.requests });
    const since = (from: ReturnType<typeof counts>) => ({
      node: node.count - from.node,
      store: store.count - from.store,
      requests: store.requests - from.requests,
    });
    let from = { ...counts(), at: 0 };
    await world.ok(1, ...PREPARE, '--node', proxy.url);
    const prepared = since(from);
    world.sign(1, 'request.json', 'mine.json');
    from = { ...counts(), at: 0 };
    await world.ok(1, 'submit', 'mine.json', '--node', proxy.url);
    const submitted = since(from);
    await world.countersign(2);
    world.onSleep = async () => {
      await world.generate();
      from = { ...counts(), at: performance.now() };
    };
    const whole = counts();
    await world.ok(2, 'finalise', 'mine.json', '--yes', '--node', proxy.url);
    const [after, all, seconds] = [since(from), since(whole), (performance.now() - from.at) / 1000];
    const past = earlier === 0 ? '' : `, after ${earlier} earlier proposals`;
    const said = (one: typeof prepared) =>
      `${one.node} to the node, ${one.store} to the store (${one.requests} requests)`;
    return [
      {
        work: `prepare, ${BARS} issuances${past}`,
        figure:
          'at most 3 round trips to the node, and at most 3 to the store, including the entry of the ledger',
        measured: said(prepared),
        ok: prepared.node <= 3 && prepared.store <= 3,
      },
      {
        work: `submit, ${BARS} issuances${past}`,
        figure: 'at most 25 requests to the store',
        measured: said(submitted),
        ok: submitted.requests <= 25,
      },
      {
        work: `finalise, ${BARS} issuances, from the confirming block to the published mapping${past}`,
        figure: 'at most 1 s, at most 2 round trips to the node and 4 to the store',
        measured: `${seconds.toFixed(2)} s, ${said(after)}; ${all.requests} requests to the store in all`,
        ok: seconds <= 1 && after.node <= 2 && after.store <= 4,
      },
    ];
  } finally {
    undo();
    proxy.close();
    await world.stop();
  }
}

export async function measureRoundTrips(): Promise<Row[]> {
  return [...(await measureIssuanceTrips(0)), ...(await measureIssuanceTrips(EARLIER_PROPOSALS))];
}

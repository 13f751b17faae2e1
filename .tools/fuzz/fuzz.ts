/**
 * `make fuzz`: random and mutated inputs for every parser of external data.
 *
 *   tsx .tools/fuzz/fuzz.ts [--inputs 1000000] [--seconds 120] [--seed N]
 * A parser may accept, return null or throw Refusal or DecodingError. Any other result, a run that takes long, or
 * growing memory is a find. A find is printed with its input and seed, and the exit code is 1.
 */
import {
  amap,
  baseText,
  ocean,
  base as sampleBase,
  sampleRequest,
  sampleRequestBytes,
  testKeys,
  trust,
  trustJson,
} from '../../fixtures/sample-request.ts';
import { parseImportedKey } from '../../offline/import-key.ts';
import { listedWord } from '../../offline/phrase.ts';
import { makeRedemption } from '../../offline/testing/redemption-requests.ts';
import { parseAddress } from '../../shared/address.ts';
import { parseAmount } from '../../shared/amount.ts';
import { decodeBase58Check } from '../../shared/base58.ts';
import { base64ToBytes, hexToBytes, utf8 } from '../../shared/bytes.ts';
import { DecodingError, decodeTransaction } from '../../shared/decode-transaction.ts';
import { decodeDer, encodeDer } from '../../shared/der.ts';
import { derive } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { readJson } from '../../shared/json.ts';
import { parseMapping } from '../../shared/mapping/mapping.ts';
import { pythonNumber } from '../../shared/mapping/python-json.ts';
import { readRequest, requestText } from '../../shared/request.ts';
import { isReviewCode, reviewCode } from '../../shared/review-code.ts';
import { readSignatures, signaturesText, signDerivation } from '../../shared/signatures.ts';
import { transactionBytes, transactionHex } from '../../shared/transaction.ts';
import { readTrust } from '../../shared/trust.ts';

const numberArgument = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const INPUTS = numberArgument('inputs', 1_000_000);
const SECONDS = numberArgument('seconds', 600);
const SEED = numberArgument('seed', Date.now() % 2 ** 31) || 1;
/**
 * Largest time for an input in milliseconds. If a run takes longer, the input is run again, because a busy
 * machine pauses processes.
 */
const MAX_MS = 1000;
const MAX_GROWTH = 400 * 1024 * 1024;

/** The random numbers are those of xorshift32, which gives the same numbers on every platform. */
let state = SEED | 0;
function randomBelow(bound: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % bound;
}

const latin1Text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const derivation = derive(sampleRequest(), parseMapping(utf8(baseText)), trust);
const complete: string[] = ocean.issuances.flatMap((i: { complete: { hex: string }[] }) =>
  i.complete.map(c => c.hex),
);
const base = { mapping: sampleRequest().base.mapping };
const requestBytes = sampleRequestBytes({ base });
const [bar, other] = [...sampleBase.references()] as [string, string];
const redemptions = [makeRedemption(sampleBase, bar), makeRedemption(sampleBase, other)];
const to = { serial: '700001', year: '2021', manufacturer: 'ACME' };
const corrections = [{ reference: bar, to }, { reference: other, remove: true } as const];
const requests = [
  requestBytes,
  sampleRequestBytes({ base, issuances: [], redemptions }),
  sampleRequestBytes({ base, issuances: [], corrections, reason: 'serial mistyped' }),
];

interface Target {
  name: string;
  seeds: Uint8Array[];
  /** May throw Refusal or DecodingError. @returns false if an accepted input is inconsistent */
  run(bytes: Uint8Array): boolean;
}

const targets: Target[] = [
  {
    name: 'readJson',
    seeds: [requestBytes, utf8('[1,-2.5e3,"\\u00e9\\n",true,null,{"a":[]}]')],
    run: b => readJson(b, 'f', 1 << 20) !== undefined,
  },
  {
    name: 'readRequest',
    seeds: requests,
    // An accepted value must not change when it is written and read again.
    run: b => {
      const request = readRequest(b);
      return readRequest(utf8(requestText(request))).digest === request.digest;
    },
  },
  {
    name: 'derive',
    seeds: requests,
    run: b => {
      const { mapping, request } = derive(readRequest(b), sampleBase, trust);
      return parseMapping(mapping.bytes()).digest === mapping.digest && mapping.height === request.height;
    },
  },
  { name: 'readTrust', seeds: [utf8(JSON.stringify(trustJson))], run: b => readTrust(b).pubkeys.length > 0 },
  {
    name: 'readSignatures',
    seeds: [utf8(signaturesText(signDerivation(derivation, 1, testKeys[0]!, trust)))],
    run: b => readSignatures(b).controller > 0,
  },
  {
    name: 'parseMapping',
    seeds: amap.maps.map((m: { text: string }) => utf8(m.text)),
    // An accepted value must not change when it is written and read again.
    run: b => {
      const mapping = parseMapping(b);
      return parseMapping(mapping.bytes()).digest === mapping.digest && mapping.totalMass.length > 0;
    },
  },
  {
    name: 'transaction',
    seeds: complete.map(hex => hexToBytes(hex, 'tx')),
    run: b => latin1Text(transactionBytes(decodeTransaction(b))) === latin1Text(b),
  },
  {
    name: 'transaction hex',
    seeds: [utf8(complete[0]!)],
    run: b => {
      const tx = decodeTransaction(hexToBytes(latin1Text(b), 'hex'));
      return transactionHex(tx) === latin1Text(b);
    },
  },
  {
    name: 'DER',
    seeds: [encodeDer(new Uint8Array(64).fill(0x80)), encodeDer(new Uint8Array(64).fill(1))],
    run: b => {
      const rs = decodeDer(b);
      return rs === null || latin1Text(encodeDer(rs)) === latin1Text(b);
    },
  },
  {
    name: 'base58check',
    seeds: [utf8(trust.address), utf8(trust.reissuanceAddress)],
    run: b => decodeBase58Check(latin1Text(b)) !== undefined,
  },
  {
    name: 'address',
    seeds: [utf8(trust.address)],
    run: b => parseAddress(trust.network, latin1Text(b), 'a').hash.length === 20,
  },
  {
    name: 'base64',
    seeds: [utf8(amap.maps[1].text.match(/"1": "([^"]+=)"/)?.[1] ?? 'AAAA')],
    run: b => base64ToBytes(latin1Text(b)) !== undefined,
  },
  {
    name: 'amount',
    seeds: [utf8('389.142'), utf8('92233720368.54775807')],
    run: b => parseAmount(latin1Text(b), 'a') >= 0n,
  },
  {
    name: 'pythonNumber',
    seeds: [utf8('1568906123.897163'), utf8('1e-7')],
    // Inputs that are not JSON numbers are skipped, because callers of `pythonNumber` have checked the
    // grammar.
    run: b =>
      !/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(latin1Text(b)) ||
      pythonNumber(latin1Text(b)) !== '',
  },
  {
    name: 'review code',
    seeds: [utf8(trust.reviewCode)],
    run: b => {
      const same = isReviewCode(latin1Text(b), trust.reviewCode);
      return !same || latin1Text(b).replace(/[\s-]/g, '').length === 16;
    },
  },
  {
    name: 'review code of',
    seeds: [utf8(trust.digest)],
    run: b => !/^[0-9a-f]{64}$/.test(latin1Text(b)) || reviewCode(latin1Text(b)).length === 19,
  },
  {
    name: 'parseImportedKey',
    seeds: [utf8('11'.repeat(32)), utf8(trust.address)],
    run: b => parseImportedKey(b, null).privateKey.length === 32,
  },
  { name: 'listedWord', seeds: [utf8('abandon')], run: b => listedWord(latin1Text(b)) !== undefined },
];

const NASTY = [
  '"',
  '\\',
  '\\u0000',
  '\\ud800',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '-',
  '1e999',
  '9'.repeat(40),
  '__proto__',
  '\u0000',
  '\u00ff',
  '\u202e',
  'null',
  '"n":',
  'ffffffff',
  'fe',
];

function mutateInput(seed: Uint8Array): Uint8Array {
  let bytes = Buffer.from(seed);
  for (let edits = 1 + randomBelow(4); edits > 0; edits--) {
    const at = randomBelow(bytes.length + 1);
    const kind = randomBelow(8);
    if (kind === 0 && at < bytes.length) bytes[at] = bytes[at]! ^ (1 << randomBelow(8));
    else if (kind === 1 && at < bytes.length) bytes[at] = randomBelow(256);
    else if (kind === 2) bytes = bytes.subarray(0, at) as typeof bytes;
    else if (kind === 3)
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + randomBelow(16))]);
    else if (kind === 4)
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(NASTY[randomBelow(NASTY.length)]!, 'latin1'),
        bytes.subarray(at),
      ]);
    else if (kind === 5) {
      const from = randomBelow(bytes.length + 1);
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(from, from + randomBelow(64)),
        bytes.subarray(at),
      ]);
    } else if (kind === 6)
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.alloc(randomBelow(200), randomBelow(256)),
        bytes.subarray(at),
      ]);
    else {
      const nasty = NASTY[randomBelow(NASTY.length)]!;
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(nasty, 'latin1'),
        bytes.subarray(Math.min(bytes.length, at + nasty.length)),
      ]);
    }
  }
  return new Uint8Array(bytes);
}

const randomInput = () =>
  Uint8Array.from({ length: randomBelow(randomBelow(4) === 0 ? 2000 : 80) }, () => randomBelow(256));

const counts = new Map(targets.map(({ name }) => [name, { inputs: 0, accepted: 0, slowest: 0 }]));
const started = Date.now();
const memory = process.memoryUsage().rss;
let finds = 0;
let done = 0;

function reportFailure(target: Target, input: Uint8Array, what: string): void {
  if (++finds <= 10)
    console.log(
      `FOUND in ${target.name}: ${what}\n  seed ${SEED}, input ${done}: ${Buffer.from(input).toString('base64').slice(0, 2000)}`,
    );
}

/** @returns the milliseconds that a run with this input takes */
function timeOfTarget(target: Target, input: Uint8Array): number {
  const before = performance.now();
  try {
    target.run(input);
  } catch {
    // An error of this run is ignored, because the first run with this input has checked it.
  }
  return performance.now() - before;
}

while (done < INPUTS && (Date.now() - started) / 1000 < SECONDS) {
  const target = targets[done % targets.length]!;
  const input =
    randomBelow(10) === 0 ? randomInput() : mutateInput(target.seeds[randomBelow(target.seeds.length)]!);
  const count = counts.get(target.name)!;
  const before = performance.now();
  try {
    if (target.run(input)) count.accepted++;
    else reportFailure(target, input, 'accepted, but it does not hold together');
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof DecodingError))
      reportFailure(target, input, String(error));
    else if (error instanceof Refusal && (error.message.length > 1500 || /[^\x20-\x7e]/.test(error.message)))
      reportFailure(
        target,
        input,
        `a message that is long or not printable: ${JSON.stringify(error.message).slice(0, 200)}`,
      );
  }
  let ms = performance.now() - before;
  if (ms > MAX_MS) ms = Math.min(ms, timeOfTarget(target, input));
  if (ms > count.slowest) count.slowest = ms;
  if (ms > MAX_MS) reportFailure(target, input, `took ${ms.toFixed(0)} ms`);
  count.inputs++;
  done++;
}
const growth = process.memoryUsage().rss - memory;
if (growth > MAX_GROWTH) {
  finds++;
  console.log(`FOUND: memory grew by ${(growth / 1e6).toFixed(0)} MB`);
}
for (const [name, { inputs, accepted, slowest }] of counts)
  console.log(
    `${name.padEnd(16)} ${String(inputs).padStart(8)} inputs ${String(accepted).padStart(7)} accepted, slowest ${slowest.toFixed(1)} ms`,
  );
const elapsedSeconds = (Date.now() - started) / 1000;
console.log(
  `seed ${SEED}: ${done} inputs in ${elapsedSeconds.toFixed(0)} s, memory +${(growth / 1e6).toFixed(0)} MB, ${finds} finds`,
);
if (done < INPUTS) console.log(`stopped by the time limit of ${SECONDS} s, ${INPUTS} were wanted`);
process.exitCode = finds > 0 ? 1 : 0;

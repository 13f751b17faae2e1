/**
 * Two whole issuances by three controllers. Requests to sign and signatures are carried between PC and laptop
 * only by screen and camera. The built programs run as processes, and the courier page in a real Chromium.
 * Needs `chromium` and `dist/`; run by `make test-browser`. The tests build on each other.
 */
import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as assert from 'uvu/assert';
import { runJson, runProgram, startNode } from '../../../../fixtures/demo/programs.ts';
import { policyAssetId } from '../../../../fixtures/devnode/chain/genesis.ts';
import { ocean } from '../../../../fixtures/sample-request.ts';
import { closeBrowsers } from './browsers/browser.ts';
import { CLEAR, POOR, transferFile } from './browsers/file-transfer.ts';
import { test } from './time-limit.ts';

/**
 * The first file is transferred with a poor camera, as in the tests of each browser. The other files are
 * transferred with a good camera.
 */
const views = [{ ...POOR, width: 960, height: 720 }];
const DENSITY = 15;
const CONTROLLERS = [1, 2, 3];

const root = mkdtempSync(join(tmpdir(), 'countersign-issuance-'));
const dist = resolve('dist');
const barsCsvPath = (name: string) => resolve('fixtures/demo', name);
const notes: string[] = [];
let runNode: ChildProcess;

const pcFolder = (i: number) => join(root, `pc-${i}`);
const laptopFolder = (i: number) => join(root, `laptop-${i}`);
const readJsonFile = (path: string): any => JSON.parse(readFileSync(path, 'utf8'));

const runOnline = (i: number, ...args: string[]) =>
  runJson(join(dist, 'countersign.mjs'), args, { cwd: pcFolder(i) });

const runSigner = (i: number, ...args: string[]) =>
  runProgram(join(dist, 'signer.mjs'), [...args, '--home', 'home'], {
    cwd: laptopFolder(i),
    env: { SIGNER_PASSPHRASE: `long enough for a trial, ${i}` },
  });

/** Like {@link runSigner}, but expects exit 0. @returns the complete output */
async function runSignerOk(i: number, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await runSigner(i, ...args);
  if (status !== 0) throw new Error(`signer ${args.join(' ')}: exit ${status}\n${stderr}${stdout}`);
  return stdout + stderr;
}

interface Arrived {
  /** The file name that the page gave. */
  name: string;
  reviewCode: string;
}

/**
 * Transfers a file from one screen to the other machine's camera. That machine saves the file under the name
 * that the page gives.
 */
async function transferByCamera(what: string, path: string, to: string): Promise<Arrived> {
  const sent = readFileSync(path);
  const trip = await transferFile(sent.toString(), DENSITY, views.shift() ?? CLEAR);
  assert.equal(Buffer.from(trip.bytes), sent);
  assert.equal(trip.problems, []);
  writeFileSync(join(to, trip.name), trip.bytes);
  const frames = `${trip.frames} ${trip.frames === 1 ? 'frame' : 'frames'} of version ${trip.version}`;
  notes.push(`note: ${what}: ${sent.length} bytes in ${frames}, ${trip.shown} shown`);
  return { name: trip.name, reviewCode: trip.reviewCode };
}

/**
 * Carries the request to the laptop, signs it, and carries the signatures back.
 * @returns name of the signature file on the PC, and the signer's output
 */
async function signByCamera(i: number, request: string, reviewCode: string) {
  const there = await transferByCamera(
    `controller ${i}, ${request} to the laptop`,
    join(pcFolder(i), request),
    laptopFolder(i),
  );
  assert.is(there.reviewCode, reviewCode, 'the page names what was prepared');
  const said = await runSignerOk(
    i,
    'sign',
    there.name,
    '--out',
    'signed.json',
    '--confirm',
    there.reviewCode,
  );
  const back = await transferByCamera(
    `controller ${i}, signatures of ${request} back`,
    join(laptopFolder(i), 'signed.json'),
    pcFolder(i),
  );
  assert.is(back.reviewCode, reviewCode);
  rmSync(join(laptopFolder(i), 'signed.json'));
  return { signatures: back.name, said };
}

test.before(async () => {
  const keys: string[] = [];
  for (const i of CONTROLLERS) {
    mkdirSync(pcFolder(i));
    mkdirSync(laptopFolder(i));
    const made = await runSignerOk(i, 'keygen', '--phrase-out', 'phrase.txt', '--json');
    keys.push(JSON.parse(made.slice(made.indexOf('{'), made.lastIndexOf('}') + 1)).publicKey);
  }
  const policyAsset = policyAssetId('gold_main');
  const { reviewCode } = await runOnline(
    1,
    ...['trust', 'create', '--network', 'gold_main', '--required', '2'],
    ...keys.flatMap(key => ['--controller', key]),
    ...['--policy-asset', policyAsset, '--reissuance-address', ocean.reissuanceAddress],
    ...['--out', 'trust.json'],
  );
  const { scriptPubKey } = readJsonFile(join(pcFolder(1), 'p2sh.json'));
  // This height is just after the beginning of a period. With 2 seconds a block, the period ends 15 minutes
  // later.
  const started = await startNode(join(dist, 'devnode.mjs'), [
    ...[
      '--policy-script',
      scriptPubKey,
      '--height',
      '3370',
      '--block-seconds',
      '2',
      '--peers',
      '2',
      '--txindex',
    ],
    ...['--user', 'ocean', '--password', 'test'],
  ]);
  runNode = started.process;
  const config = { store: `file:${join(root, 'store')}`, node: started.url, trust: 'trust.json' };
  for (const i of CONTROLLERS) {
    if (i > 1) copyFileSync(join(pcFolder(1), 'trust.json'), join(pcFolder(i), 'trust.json'));
    copyFileSync(join(pcFolder(1), 'trust.json'), join(laptopFolder(i), 'trust.json'));
    await runSignerOk(i, 'trust', 'trust.json', '--confirm', reviewCode);
    writeFileSync(join(pcFolder(i), 'countersign.json'), JSON.stringify(config));
  }
  await runOnline(1, 'map', 'init');
  await runOnline(1, 'coins', 'scan');
});

/** Controller `i` prepares a request, signs it and submits the signatures. */
async function proposeByCamera(i: number, csv: string, out: string, ...options: string[]) {
  const prepared = await runOnline(
    i,
    'prepare',
    '--issuances',
    barsCsvPath(csv),
    '--out',
    out,
    '--yes',
    ...options,
  );
  const { signatures, said } = await signByCamera(i, out, prepared.reviewCode);
  const submitted = await runOnline(i, 'submit', signatures);
  assert.equal(submitted.controllers, [i]);
  return { reviewCode: prepared.reviewCode as string, said };
}

/** Controller `i` reviews the request, signs it and finalises. */
async function confirmByCamera(i: number, out: string, reviewCode: string, ...options: string[]) {
  const reviewed = await runOnline(i, 'review', '--out', out, ...options);
  assert.is(reviewed.reviewCode, reviewCode);
  const { signatures, said } = await signByCamera(i, out, reviewCode);
  const done = await runOnline(i, 'finalise', signatures, '--yes', '--poll', '0.3');
  return { transactions: done.transactions as string[], said };
}

/**
 * The sentence on the review screen about a mapping that the signer built. A line can break after any word.
 */
const BUILT = /rebuilt\s+here\s+from\s+an\s+earlier\s+request/;
let second = '';

test('two bars: prepared by 1, finalised by 3, and the request has the text of the empty mapping', async () => {
  const { reviewCode } = await proposeByCamera(1, 'bars-1.csv', 'first.json');
  const { base } = readJsonFile(join(pcFolder(1), 'first.json'));
  assert.type(base.text, 'string');
  assert.is(base.signatures, undefined);
  const { transactions } = await confirmByCamera(3, 'first.json', reviewCode);
  assert.is(transactions.length, 2);
});

test('another bar: prepared by 3 without the text, so the signer builds the mapping from its signed request', async () => {
  const { reviewCode, said } = await proposeByCamera(3, 'bars-2.csv', 'second.json', '--without-base');
  const { base } = readJsonFile(join(pcFolder(3), 'second.json'));
  assert.is(base.text, undefined);
  assert.equal(Object.keys(base.signatures), ['1', '3']);
  assert.match(said, BUILT);
  second = reviewCode;
});

test('a signer that did not sign the first request needs the text of the mapping', async () => {
  await runOnline(2, 'review', '--out', 'bare.json', '--without-base');
  copyFileSync(join(pcFolder(2), 'bare.json'), join(laptopFolder(2), 'bare.json'));
  const refused = await runSigner(2, 'sign', 'bare.json', '--out', 'signed.json', '--confirm', second);
  assert.is.not(refused.status, 0);
  assert.match(refused.stderr, 'BASE_NEEDED');
  await runOnline(2, 'review', '--out', 'whole.json');
  const { signatures } = await signByCamera(2, 'whole.json', second);
  const submitted = await runOnline(2, 'submit', signatures);
  assert.equal(submitted.controllers, [2, 3]);
});

test('controller 1 finalises, and its signer builds the mapping too', async () => {
  const { transactions, said } = await confirmByCamera(1, 'second.json', second, '--without-base');
  assert.equal(Object.keys(readJsonFile(join(pcFolder(1), 'second.json')).base), ['mapping', 'signatures']);
  assert.match(said, BUILT);
  assert.is(transactions.length, 1);
});

test('the published mapping is valid and has all three bars', async () => {
  const verified = await runOnline(2, 'map', 'verify');
  assert.is(verified.assets, 3);
  assert.is(verified.totalMass, '1195.062');
  assert.ok(verified.controllers.length >= 2);
  const shown = await runProgram(join(dist, 'countersign.mjs'), ['map', 'show'], { cwd: pcFolder(2) });
  for (const bar of ['031037-2019-PAMP', '030727-2019-PAMP', '035696-2019-PAMP'])
    assert.match(shown.stdout, bar);
});

test.after(() => {
  console.log(`\n${notes.join('\n')}`);
  runNode?.kill();
  rmSync(root, { recursive: true, force: true });
  return closeBrowsers();
});
test.run();

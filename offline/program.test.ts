/** The built program as a separate process: hostile files, kills, and Node's permission model. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt, sampleRequest, testKeys, trust } from '../fixtures/sample-request.ts';
import { formatAmount } from '../shared/amount.ts';
import { bytesToHex } from '../shared/bytes.ts';
import { derive } from '../shared/derive.ts';
import { requestText } from '../shared/request.ts';
import { readSignatures, signDerivation } from '../shared/signatures.ts';
import { MAX_HEIGHT, tokenAmount } from '../shared/token-schedule.ts';
import { givenTwiceText, noValueText, valueNeededText } from './args.ts';
import { BuiltSigner } from './testing/built-signer.ts';

const program = await BuiltSigner.built();
const home = program.prepare();
const code = sampleRequest().reviewCode;
const expected = signDerivation(derive(sampleRequest(), base, trust), 1, testKeys[0]!, trust);

test.after(() => program.remove());

test('key, profile, inspect, sign and journal work from an empty folder with only Node', () => {
  const inspected = program.run('inspect', 'request.json', '--home', home, '--json');
  assert.is(inspected.status, 0, inspected.err);
  assert.is(inspected.json.refused, null);
  assert.is(inspected.json.blocksLeft, 50);
  const { reference, mass, tokens, address, assetId, coin } = inspected.json.issuances[0];
  assert.equal([reference, mass, tokens], ['500001-2021-ACME', '389.142', '3891.63430770']);
  assert.is(address, issuanceAt(0, 3310).address);
  assert.is(assetId, derive(sampleRequest(), base, trust).issuances[0]!.assetId);
  assert.equal(coin, issuanceAt(0, 3310).coin);
  const signed = program.run('sign', 'request.json', '--out', 'sign.json', '--confirm', code, '--home', home, '--json');
  assert.is(signed.status, 0, signed.err);
  assert.equal(signed.json, {
    signatures: 'sign.json',
    controller: 1,
    reviewCode: code,
    digest: sampleRequest().digest,
  });
  assert.equal(readSignatures(readFileSync(program.path('sign.json'))), expected);
  assert.match(program.run('inspect', 'sign.json', '--home', home).out, /: mapping and 2 transactions/);
  assert.match(program.run('journal', '--home', home).out, /1 request signed/);
});

test('a file that cannot be written is refused before any question, and a link does not prevent writing', () => {
  const cases: [string, string][] = [
    ['nowhere/sign.json', 'FILE_MISSING'],
    ['request.json/sign.json', 'FILE_UNUSABLE'],
    ['.', 'FILE_EXISTS'],
  ];
  for (const [out, refusal] of cases) {
    const { error } = program.run('sign', 'request.json', '--out', out, '--home', home, '--json').json;
    assert.is(error.code, refusal);
    assert.ok(error.message.startsWith(`${out}: `), error.message);
  }
  symlinkSync('nowhere', program.path(`linked.json.${code}.partial`));
  const words = ['sign', 'request.json', '--out', 'linked.json', '--confirm', code, '--home', home];
  assert.is(program.run(...words).status, 0);
});

test('only the owner can access files of the home, with any mask; other users may read signatures', () => {
  for (const name of readdirSync(program.path(home))) {
    const { mode } = statSync(join(program.path(home), name));
    assert.is(mode & 0o077, 0, name);
  }
  assert.is(statSync(program.path(home)).mode & 0o777, 0o700);
  assert.is(statSync(program.path('sign.json')).mode & 0o777, 0o644);
});

test('without --out, signatures are written beside the request and replace no other file', () => {
  const stick = program.folderOf('named');
  program.request('named/request.json');
  const sign = () => {
    const words = ['sign', join(stick, 'request.json'), '--confirm', code, '--home', home, '--json'];
    return program.run(...words).json.signatures;
  };
  const first = join(stick, `sign-${code.slice(0, 4)}-1.json`);
  assert.is(sign(), first);
  assert.equal(readSignatures(readFileSync(first)), expected);
  assert.is(sign(), first, 'the same signatures again');
  for (const other of [
    'not signatures',
    JSON.stringify({ ...JSON.parse(readFileSync(first, 'utf8')), controller: 2 }),
  ]) {
    writeFileSync(first, other);
    const second = join(stick, `sign-${code.slice(0, 4)}-1-2.json`);
    assert.is(sign(), second);
    assert.equal(readSignatures(readFileSync(second)), expected);
    assert.is(readFileSync(first, 'utf8'), other);
  }
});

test("wrong usage exits with 2 and prints the command's usage; help and version exit with 0", () => {
  const wrong: [string[], RegExp | string][] = [
    [[], /no command given[\s\S]*signer keygen/],
    [['frobnicate'], /unknown command "frobnicate"/],
    [['sign'], /REQUEST is missing[\s\S]*Usage: signer sign REQUEST/],
    [['sign', 'request.json', '--out'], valueNeededText('out', 'SIGNATURES')],
    [['sign', 'request.json', '--out', '--confirm', 'x'], valueNeededText('out', 'SIGNATURES')],
    [['sign', 'a', 'b', '--out', 'c'], / 1, got 2\n/],
    [['sign', 'a', '--out', 'c', '--out', 'd'], givenTwiceText('out')],
    [['journal', '--jsn'], /unknown flag "--jsn"/],
    [['journal', '--json=1'], noValueText('json')],
    [['journal', '-x'], /unknown flag "-x"/],
    [['__proto__'], /unknown command/],
    [['journal', '--__proto__'], /unknown flag/],
  ];
  for (const [words, message] of wrong) {
    const run = program.run(...words);
    assert.is(run.status, 2, words.join(' '));
    assert.match(run.err, message);
    assert.not.match(run.err, /^\s+at /m);
  }
  for (const command of [
    'keygen',
    'recover',
    'import',
    'public-key',
    'trust',
    'inspect',
    'sign',
    'journal',
    'change-passphrase',
  ]) {
    const run = program.run(command, '--help');
    assert.is(run.status, 0);
    assert.match(run.out, /Usage: signer [\s\S]*Examples?:\n {2}.*signer/);
  }
  assert.is(program.run('--help').status, 0);
  assert.is(program.run('--version').status, 0);
});

test('huge files, pipes, devices, folders and loops of links are refused within a second', () => {
  program.put('big.json', Buffer.alloc(64 * 1024 * 1024, '['));
  program.put('sparse.json', '');
  truncateSync(program.path('sparse.json'), 1024 * 1024 * 1024);
  execFileSync('mkfifo', [program.path('pipe')]);
  mkdirSync(program.path('folder'));
  symlinkSync('loop', program.path('loop'));
  const cases: [string, string][] = [
    ['big.json', 'TOO_LARGE'],
    ['sparse.json', 'TOO_LARGE'],
    ['pipe', 'FILE_UNUSABLE'],
    ['/dev/zero', 'FILE_UNUSABLE'],
    ['folder', 'FILE_UNUSABLE'],
    ['loop', 'FILE_UNUSABLE'],
    ['missing', 'FILE_MISSING'],
  ];
  for (const [file, refusal] of cases) {
    for (const words of [
      ['inspect', file],
      ['sign', file, '--out', 'x.json', '--confirm', 'x'],
      ['trust', file],
    ]) {
      const run = program.measured(...words, '--home', home, '--json');
      assert.is(run.status, 1);
      assert.is(run.json.error.code, refusal, run.out);
      assert.ok(run.ms < 1000, `${words.join(' ')} took ${run.ms} ms`);
    }
  }
});

test('JSON with a million levels, digits or members is refused within a second', () => {
  const deep = '['.repeat(1_000_000);
  const cases: [string, string | RegExp][] = [
    [deep, 'FORMAT_INVALID'],
    [`{"type":${deep}`, 'FORMAT_INVALID'],
    [`${'{"a":'.repeat(1_000_000)}`, 'FORMAT_INVALID'],
    ['9'.repeat(1_000_000), 'FIELD_INVALID'],
    [`{${Array.from({ length: 50_000 }, (_, i) => `"${i}":0`).join(',')}}`, 'FIELD_INVALID'],
    [`"${'\\u0000'.repeat(500_000)}"`, 'FIELD_INVALID'],
    [Buffer.alloc(1_000_000, 0xff).toString('latin1'), 'FORMAT_INVALID'],
  ];
  for (const [text, refusal] of cases) {
    program.put('deep.json', text);
    const run = program.measured('inspect', 'deep.json', '--home', home, '--json');
    assert.is(run.json.error.code, refusal, run.out.slice(0, 300));
    assert.ok(run.ms < 1000, `${text.slice(0, 20)} took ${run.ms} ms`);
    assert.ok(run.out.length < 1000, 'what is wrong is said in a line');
  }
});

/**
 * Processor time in milliseconds that JSON.parse takes for 47 MB on an idle machine. On a busy machine, JSON.parse and
 * the signer both take longer.
 */
const PARSING_MS = 500;

/** Processor time in milliseconds that JSON.parse alone needs for the file. */
function measureParsing(file: string): number {
  const script = `JSON.parse(require('fs').readFileSync(${JSON.stringify(file)}, 'utf8'));
const { userCPUTime, systemCPUTime } = process.resourceUsage();
console.log((userCPUTime + systemCPUTime) / 1000);`;
  return Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
}

test('fields of 47 MB are refused within a second, and a thousand bars within two', () => {
  const long = (c: string, bytes: number) => c.repeat(bytes / Buffer.byteLength(c));
  const plain = JSON.parse(requestText(sampleRequest())) as ReturnType<typeof sampleRequest>;
  const [issuance] = plain.issuances;
  const cases: [string, object][] = [];
  for (const c of ['\u20ac', 'x', '9'])
    for (const name of ['type', 'time', 'network', 'trust'])
      cases.push([name, { ...plain, [name]: long(c, 47_000_000) }]);
  for (const name of ['serial', 'address', 'tokens', 'mass'])
    cases.push([name, { ...plain, issuances: [{ ...issuance, [name]: long('9', 47_000_000) }] }]);
  cases.push([
    'amount',
    { ...plain, issuances: [{ ...issuance, coin: { ...issuance!.coin, amount: long('9', 47_000_000) } }] },
  ]);
  cases.push(['mapping', { ...plain, base: { mapping: long('9', 47_000_000) } }]);
  const bars = (step: number) =>
    Array.from({ length: 1000 }, (_, i) => {
      const mass = (350 + i * step).toFixed(3);
      const serial = `9${String(i).padStart(5, '0')}`;
      const tokens = formatAmount(tokenAmount(mass, MAX_HEIGHT) + (i === 999 ? 1n : 0n));
      return { ...issuanceAt(0, 3310), serial, mass, tokens, coin: { ...issuance!.coin, vout: i } };
    });
  for (const step of [0, 0.05])
    cases.push(['issuances.999..tokens', { ...plain, height: MAX_HEIGHT, issuances: bars(step) }]);
  program.put('long.json', JSON.stringify(long('9', 47_000_000)));
  const slowness = Math.max(1, measureParsing(program.path('long.json')) / PARSING_MS);
  for (const [name, content] of cases) {
    program.put('long.json', JSON.stringify(content));
    const run = program.measured('inspect', 'long.json', '--home', home, '--json');
    const { code, message } = run.json.error ?? run.json.refused;
    assert.ok(['FIELD_INVALID', 'AMOUNT_MISMATCH'].includes(code), code);
    assert.match(message, new RegExp(name));
    assert.ok(message.length < 500, message);
    const limit = (name.startsWith('issuances') ? 2000 : 1000) * slowness;
    assert.ok(run.ms < limit, `${name} took ${run.ms} ms, expected less than ${limit}`);
  }
});

test('if sign is killed at any moment, it remembers released signatures and signs the same bytes again', async () => {
  const other = program.prepare('killed');
  for (let i = 0; i < 12; i++) {
    const name = `kill-${i}.json`;
    const request = {
      time: `17637952${10 + i}.000001`,
      issuances: [{ ...issuanceAt(i % 6, 3310), serial: `${8000 + i}AA` }],
    };
    const reviewCode = program.request('kill.json', request);
    const words = ['kill.json', '--out', name, '--confirm', reviewCode, '--home', other];
    const child = program.start('sign', ...words);
    const closed = new Promise(resolve => child.on('close', resolve));
    await new Promise(resolve => setTimeout(resolve, 150 + 90 * i));
    child.kill('SIGKILL');
    await closed;
    const journal = program.run('journal', '--home', other, '--json');
    assert.is(journal.status, 0, journal.err);
    if (existsSync(program.path(name))) {
      const digest = readSignatures(readFileSync(program.path(name))).request;
      assert.ok(journal.json.signed.some((s: { digest: string }) => s.digest === digest));
    }
    const again = program.run('sign', ...words, '--json');
    assert.is(again.status, 0, again.out);
  }
  assert.is(program.run('journal', '--home', other, '--json').json.signed.length, 12);
});

test('only one signer runs in a home, and the lock of a killed signer stops no other', () => {
  const words = ['request.json', '--out', 'second.json', '--confirm', code, '--home', home, '--json'];
  const mine = join(program.path(home), `lock.${process.pid}`);
  const dead = join(program.path(home), `lock.${spawnSync('true').pid}`);
  writeFileSync(dead, '');
  writeFileSync(mine, '');
  for (const command of [
    ['sign', ...words],
    ['change-passphrase', '--home', home, '--json'],
  ]) {
    const { code: refusal, message } = program.run(...command).json.error;
    assert.is(refusal, 'FILE_UNUSABLE');
    assert.match(message, new RegExp(`\\(process ${process.pid}\\)`));
  }
  assert.not.ok(existsSync(program.path('second.json')));
  assert.ok(existsSync(mine), 'nobody takes it from one that runs');
  rmSync(mine);
  assert.is(program.run('sign', ...words).status, 0);
  assert.equal(
    readdirSync(program.path(home)).filter(name => name.startsWith('lock')),
    [],
  );
});

test('ten signers started at once sign a bar on one coin only and remember each signature', async () => {
  const racing = program.prepare('racing');
  for (const name of ['lock', `lock.${spawnSync('true').pid}`]) program.put(`racing/${name}`, '999999\n');
  const runs = Array.from({ length: 10 }, (_, i) => {
    const coin = { ...issuanceAt(0, 3310).coin, vout: i };
    const reviewCode = program.request(`race-${i}.json`, { issuances: [{ ...issuanceAt(0, 3310), coin }] });
    const words = [`race-${i}.json`, '--out', `raced-${i}.json`, '--confirm', reviewCode, '--home', racing];
    const child = program.start('sign', ...words);
    return new Promise(resolve => child.on('close', resolve));
  });
  await Promise.all(runs);
  const outs = readdirSync(program.folder).filter(name => name.startsWith('raced-'));
  const signed = outs.map(name => readSignatures(readFileSync(program.path(name))).request);
  const journal = program.run('journal', '--home', racing, '--json').json;
  assert.equal(
    journal.signed.map((entry: { digest: string }) => entry.digest),
    signed,
  );
  assert.ok(signed.length <= 1, `${signed.length} requests for one bar were signed`);
});

/**
 * Flags of Node's permission model. They permit only the home and the named files, and no processes, workers or addons.
 */
function permissionFlags(major: number, grants: { read: string[]; write: string[] }): string[] {
  const flag =
    major >= 22 && !(major === 22) ? '--permission' : major === 22 ? '--permission' : '--experimental-permission';
  return [
    flag,
    '--disallow-code-generation-from-strings',
    ...grants.read.map(path => `--allow-fs-read=${path}`),
    ...grants.write.map(path => `--allow-fs-write=${path}`),
  ];
}

const nodes = [process.execPath, ...(process.env['SIGNER_TEST_NODES'] ?? '').split(':').filter(path => path !== '')];
for (const node of nodes) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  test(`Node ${version} gives file access only to the home and the named files`, () => {
    const major = Number(version.slice(1).split('.')[0]);
    const stick = program.folderOf(`stick-${major}`);
    const name = `sign-${major}.json`;
    program.request(`stick-${major}/request.json`);
    const grants = {
      read: [program.file, `${program.path(home)}/`, join(stick, 'request.json'), join(stick, 'sign-*')],
      write: [`${program.path(home)}/`, join(stick, 'sign-*')],
    };
    program.node = node;
    program.options = permissionFlags(major, grants);
    try {
      const out = join(stick, name);
      const words = ['--home', program.path(home), '--json'];
      const run = program.run('sign', join(stick, 'request.json'), '--out', out, '--confirm', code, ...words);
      assert.is(run.status, 0, run.out + run.err);
      assert.equal(readSignatures(readFileSync(out)), expected);
      const outside = program.run('inspect', program.path('request.json'), ...words);
      assert.is(outside.json.error.code, 'FILE_UNUSABLE');
      assert.match(outside.json.error.message + outside.json.error.hint, /ERR_ACCESS_DENIED.*--allow-fs-read/);
    } finally {
      program.node = process.execPath;
      program.options = [];
    }
  });
}

test('the private key is in no file and no output as plain text', () => {
  const secret = bytesToHex(testKeys[0]!);
  for (const entry of readdirSync(program.path(home), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) assert.not.ok(readFileSync(join(entry.parentPath, entry.name), 'latin1').includes(secret));
  }
  chmodSync(join(program.path(home), 'key.json'), 0o640);
  const run = program.run('sign', 'request.json', '--out', 'late.json', '--confirm', code, '--home', home, '--json');
  assert.is(run.json.error.code, 'PERMISSIONS');
});

test.run();

/** The built program prints its version and the hash of its own file. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, symlinkSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleRequest } from '../fixtures/sample-request.ts';
import { UNREAD } from './program-identity.ts';
import { BuiltSigner } from './testing/built-signer.ts';
import { runInTerminal } from './testing/real-terminal.ts';

const program = await BuiltSigner.built();
const home = program.prepare();
const code = sampleRequest().reviewCode;
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test.after(() => program.remove());

const hashOfFile = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const hashGroups = (file: string) => hashOfFile(file).match(/.{8}/g) as string[];
const expectedIdentityLine = (file: string) => {
  const [first, second] = hashGroups(file);
  return `Signer ${version}, SHA-256 ${first} ${second} ... (complete hash: signer --version)`;
};

test('--version prints the package version and the whole hash of the file', () => {
  const { status, out } = program.run('--version');
  assert.is(status, 0);
  assert.equal(out.split('\n').slice(0, 2), [version, `SHA-256 ${hashGroups(program.file).join(' ')}`]);
  for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
});

test('commands with a screen print version and hash first on stderr; public-key prints only the key', () => {
  const line = expectedIdentityLine(program.file);
  assert.ok(line.length <= 80, line);
  const runs = [
    ['keygen', '--phrase-out', 'phrase.txt', '--home', 'made'],
    ['recover', '--phrase-file', 'phrase.txt', '--home', 'recovered'],
    ['import', 'privkey.dat', '--home', 'imported'],
    ['trust', 'trust.json', '--home', home],
    ['inspect', 'request.json', '--home', home],
    ['sign', 'request.json', '--out', 'sign.json', '--confirm', code, '--home', home],
    ['journal', '--home', home],
  ];
  for (const words of runs)
    for (const more of words.some(word => word === '--phrase-out') || words[0] === 'import' ? [[]] : [[], ['--json']]) {
      if (words[0] === 'recover' && more.length > 0) continue;
      const { status, err, out } = program.run(...words, ...more);
      assert.is(status, 0, `${words.join(' ')}: ${err}`);
      assert.is(err.split('\n')[0], line, words.join(' '));
      assert.not.match(out, /SHA-256/);
    }
  for (const words of [['change-passphrase'], ['release', 'x'], ['rollback', 'x']])
    assert.is(program.run(...words, '--home', home).err.split('\n')[0], line, words[0]);
  const { out, err } = program.run('public-key', '--home', home);
  assert.match(out, /^0[23][0-9a-f]{64}\n$/);
  assert.is(err, '');
});

test('through a link the hash is that of the linked file, a changed copy has another hash, and a piped program has none', () => {
  const original = program.file;
  const whole = readFileSync(original, 'utf8');
  try {
    program.file = program.put('changed.mjs', `${whole}\n`);
    assert.is(program.run('journal', '--home', home).err.split('\n')[0], expectedIdentityLine(program.file));
    assert.is.not(expectedIdentityLine(program.file), expectedIdentityLine(original));
    symlinkSync(original, program.path('link.mjs'));
    program.file = program.path('link.mjs');
    assert.is(program.run('journal', '--home', home).err.split('\n')[0], expectedIdentityLine(original));
  } finally {
    program.file = original;
  }
  const words = ['--input-type=module', '-', 'journal', '--home', home];
  const options = { cwd: program.folder, input: whole, encoding: 'utf8' } as const;
  const { status, stderr } = spawnSync(program.node, words, options);
  assert.is(status, 0, stderr);
  assert.is(stderr.split('\n')[0], `Signer ${version}, SHA-256 ${UNREAD}`);
});

test('at a terminal of 80 by 24, the line with the hash is above the first page and question', async () => {
  const screen = await runInTerminal(program, ['inspect', 'request.json', '--home', home], []);
  const before = screen.split(/-- line \d+ of/)[0] as string;
  const lines = before.replace(/\x1b\[\?2004[hl]/g, '').split('\r\n');
  assert.is(lines[0], expectedIdentityLine(program.file));
  assert.ok(lines.length <= 24, `${lines.length} rows in a window of 24`);
});

test.run();

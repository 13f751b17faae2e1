/** Files that are never shown as codes: files of a real signer, and secrets of other programs. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ocean } from '../../../fixtures/sample-request.ts';
import { incompressibleBytes } from '../../../shared/qr/sample-files.ts';
import { failsWith } from '../../../shared/testing.ts';
import { sampleRequest, sampleSignatures } from '../courier/tests/sample-files.ts';
import { refuseSecret } from './secret-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-secret-'));
const utf8BytesOf = (text: string) => new TextEncoder().encode(text);
const runProgram = (name: string, ...args: string[]) =>
  spawnSync(process.execPath, [resolve('dist', name), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, SIGNER_PASSPHRASE: 'long enough for a trial' },
  });

test('files of a signer are refused by content under any name, and nothing is written', () => {
  const made = runProgram('signer.mjs', 'keygen', '--home', 'home', '--phrase-out', 'phrase.txt');
  assert.is(made.status, 0, made.stderr);
  const kept = readdirSync(join(folder, 'home')).filter(name => /^(key|journal)/.test(name));
  assert.equal(kept.sort(), ['journal', 'journal.head', 'key.json']);
  for (const path of [...kept.map(name => join('home', name)), 'phrase.txt']) {
    const content = readFileSync(join(folder, path));
    writeFileSync(join(folder, 'request.json'), content);
    for (const [tool, ...words] of [
      ['qr.mjs', 'show'],
      ['countersign.mjs', 'qr', 'show'],
    ] as [string, ...string[]][]) {
      for (const out of ['frames.png', 'frames.html']) {
        const { status, stdout, stderr } = runProgram(tool, ...words, 'request.json', '--out', out);
        assert.is(status, 1, path);
        assert.match(stderr, /^error FILE_UNUSABLE: /);
        assert.is(stdout, '');
        assert.not(stderr.includes(content.toString().trim().slice(-20)), 'the secret is not printed');
        assert.not(existsSync(join(folder, out)));
      }
    }
  }
});

const HEX = 'c4'.repeat(32);
const KEY = `{"type": "countersign/key", "version": 1}`;
const WORDS = 'abandon ability able about above absent absorb abstract absurd abuse access accident';
const utf16Bytes = (text: string) => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'));

for (const [what, file] of [
  ['a cut key file', utf8BytesOf(KEY.slice(0, 30))],
  ['a key file with spaces before it', utf8BytesOf(' '.repeat(9000) + KEY)],
  ['a key file with an escaped stroke', utf8BytesOf(KEY.replace('/', '\\/'))],
  ['a key file in UTF-16', utf16Bytes(KEY)],
  ['the end of a key file', utf8BytesOf(`"ciphertext": "${'ab'.repeat(48)}"}`)],
  ['a part of a journal', utf8BytesOf(`cut line\n${HEX} {"at":"x"}\n`)],
  ['a private key as hex', utf8BytesOf(`${HEX}\n`)],
  ['a private key as WIF', utf8BytesOf('5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hS')],
  ['a private key as PEM', utf8BytesOf('-----BEGIN EC PRIVATE KEY-----\nAAAA\n')],
  ['a phrase on lines', utf8BytesOf(WORDS.replaceAll(' ', '\n'))],
  [
    'a phrase with numbers',
    utf8BytesOf(
      WORDS.split(' ')
        .map((word, i) => `${i + 1}. ${word}`)
        .join('\n'),
    ),
  ],
  ['a phrase with a note below it', utf8BytesOf(`${WORDS}\nThe dice gave 123456.\n`)],
  ['a phrase in capitals', utf8BytesOf(WORDS.toUpperCase())],
] as [string, Uint8Array][]) {
  test(`${what} is refused`, () => {
    failsWith('FILE_UNUSABLE', () => refuseSecret(file));
  });
}

test('files that are meant for transfer are not refused as secrets', () => {
  const { text, digest } = sampleRequest(30);
  const files = [
    text,
    sampleSignatures(digest, 30),
    '{"hello": "world"}',
    WORDS.slice(0, 40),
    JSON.stringify(ocean),
  ];
  for (const file of files) refuseSecret(utf8BytesOf(file));
  refuseSecret(incompressibleBytes(100_000));
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();

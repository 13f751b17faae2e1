/**
 * Two versions of the signer in one home, as processes: the newer version reads an older home, and the older version
 * refuses a newer home.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildOtherSigner, type Changes, READS_BOTH } from '../fixtures/pcs/other-versions.ts';
import { sampleRequest, trust, trustJson } from '../fixtures/sample-request.ts';
import { HINTS } from '../shared/errors.ts';
import { OTHER_VERSION } from '../shared/json-fields.ts';
import { readTrust } from '../shared/trust.ts';
import { OTHER_PROFILE_HINT } from './signer-home.ts';
import { BuiltSigner } from './testing/built-signer.ts';

const program = await BuiltSigner.built();
const older = program.file;
const code = sampleRequest().reviewCode;

test.after(() => program.remove());

function runWithProgram<T>(file: string, run: () => T): T {
  program.file = file;
  try {
    return run();
  } finally {
    program.file = older;
  }
}

/** All files of a home with their bytes. */
function filesOfHome(home: string): Record<string, string> {
  const folder = program.path(home);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const paths = files.map(entry => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map(path => [path, readFileSync(path, 'latin1')]));
}

const SIGN = ['sign', 'request.json', '--out', 'sign.json', '--confirm', code];

interface Newer {
  name: string;
  changes: Changes;
  /** The code with which the older signer refuses each of the commands. */
  code: string;
  commands: string[][];
}

const ALL = [['journal'], ['inspect', 'request.json'], ['trust', 'trust.json'], ['public-key'], SIGN];
const NEWER: Newer[] = [
  {
    name: 'a key file of version 2',
    changes: { ...READS_BOTH, 'offline/key-file.ts': [['version: 1, publicKey', 'version: 2, publicKey']] },
    code: 'KEY_INVALID',
    commands: [...ALL, ['change-passphrase']],
  },
  {
    name: 'an entry of the journal of an unknown type',
    changes: {
      'offline/memory.ts': [
        ['return { type, mapping: digest', "return { type: type === 'seen' ? 'built-on' : type, mapping: digest"],
        ["type === 'seen' || type", "type === 'built-on' || type"],
      ],
    },
    code: 'JOURNAL_INVALID',
    commands: ALL,
  },
  {
    name: 'an unknown member in an entry of the journal',
    changes: {
      'offline/memory.ts': [
        ["type: 'signed',\n", "type: 'signed',\n    warnings: 0,\n"],
        ["'moved?'", "'warnings?', 'moved?'"],
      ],
    },
    code: 'JOURNAL_INVALID',
    commands: ALL,
  },
  {
    name: 'a head of the journal in another form',
    changes: {
      'offline/journal.ts': [
        ['const HEAD = /^(', 'const HEAD = /^2 ('],
        [
          'replaceFile(world.disk, journalHeadPath(world), textLineBytes(`',
          'replaceFile(world.disk, journalHeadPath(world), textLineBytes(`2 ',
        ],
      ],
    },
    code: 'JOURNAL_INVALID',
    commands: ALL,
  },
  {
    name: 'another chain of hashes in the journal',
    changes: { 'offline/journal.ts': [['utf8(before + json)', "utf8('2' + before + json)"]] },
    code: 'JOURNAL_INVALID',
    commands: ALL,
  },
];

const HINTS_TO_INSTALL = [OTHER_VERSION, OTHER_PROFILE_HINT, HINTS.get('JOURNAL_INVALID') as string];
for (const [i, { name, changes, code: refusal, commands }] of NEWER.entries()) {
  test(`an older signer refuses ${name} and changes nothing, and the newer one still works`, async () => {
    const home = `newer-${i}`;
    const newer = await buildOtherSigner(program.path(`newer-${i}.mjs`), changes);
    const signedBefore = runWithProgram(newer, () => {
      program.prepare(home);
      rmSync(program.path('sign.json'), { force: true });
      const signed = program.run(...SIGN, '--home', home, '--json');
      assert.is(signed.status, 0, signed.err);
      return program.run('journal', '--home', home, '--json').json.signed;
    });
    assert.is(signedBefore.length, 1);
    const before = filesOfHome(home);
    for (const words of commands) {
      const { status, json } = program.run(...words, '--home', home, '--json');
      // If inspect cannot check a request, its answer has the member `refused` in place of `error`.
      const error = json.error ?? json.refused;
      assert.equal([status, error?.code], [1, refusal], words.join(' '));
      assert.ok(
        HINTS_TO_INSTALL.some(hint => error.hint.startsWith(hint)),
        `${words.join(' ')}: ${error.hint}`,
      );
    }
    assert.equal(filesOfHome(home), before);
    runWithProgram(newer, () =>
      assert.equal(program.run('journal', '--home', home, '--json').json.signed, signedBefore),
    );

    // Only the key file is lost. A new key must not replace data that an older signer cannot read.
    if (refusal !== 'JOURNAL_INVALID') return;
    rmSync(join(program.path(home), 'key.json'));
    const lost = filesOfHome(home);
    const { json } = program.run('import', 'privkey.dat', '--home', home, '--json');
    assert.is(json.error.code, 'JOURNAL_INVALID');
    assert.equal(filesOfHome(home), lost);
  });
}

test('an older signer neither signs under nor pins a profile of a newer form', async () => {
  const home = 'newer-profile';
  const changes = {
    ...READS_BOTH,
    'shared/trust.ts': [["'schedule', 'mass']", "'schedule', 'mass', 'note?']"]] as const,
  };
  const newer = await buildOtherSigner(program.path('newer-profile.mjs'), changes);
  const profile = JSON.stringify({ ...trustJson, version: 2, note: 'a newer form' });
  runWithProgram(newer, () => {
    program.prepare(home);
    program.put('newer-trust.json', profile);
    const code = program.run('inspect', 'newer-trust.json', '--home', home, '--json').json.reviewCode;
    assert.is.not(code, trust.reviewCode);
    const words = ['trust', 'newer-trust.json', '--replace', '--confirm', code, '--home', home];
    assert.is(program.run(...words).status, 0);
  });
  const before = filesOfHome(home);
  const cases: [string[], string][] = [
    [['inspect', 'request.json'], 'TRUST_INVALID'],
    [SIGN, 'TRUST_INVALID'],
    [['trust', 'newer-trust.json'], 'FIELD_INVALID'],
    [['trust', 'trust.json', '--confirm', trust.reviewCode], 'TRUST_MISMATCH'],
  ];
  for (const [words, refusal] of cases) {
    const { status, json } = program.run(...words, '--home', home, '--json');
    assert.equal([status, (json.error ?? json.refused).code], [1, refusal], words.join(' '));
  }
  assert.equal(filesOfHome(home), before);
  assert.throws(
    () => readTrust(Buffer.from(profile)),
    (error: { hint: string }) => error.hint === OTHER_VERSION,
  );
});

test('an older signer refuses a newer request by its version, not by an unknown member', () => {
  program.prepare('older');
  const request = JSON.parse(readFileSync(program.path('request.json'), 'utf8'));
  program.put('newer-request.json', JSON.stringify({ ...request, version: 2, fee: '0' }));
  for (const words of [['inspect'], ['sign', '--out', 'x.json', '--confirm', code]]) {
    const [command = '', ...flags] = words;
    const { error } = program.run(command, 'newer-request.json', ...flags, '--home', 'older', '--json').json;
    assert.equal([error.code, error.hint], ['FIELD_INVALID', OTHER_VERSION]);
    assert.match(error.message, /version: expected 1, got 2/);
  }
});

test('an older signer ignores the mapping copies that a newer one stores elsewhere', async () => {
  const home = 'newer-copies';
  const changes = { 'offline/base-mapping.ts': [['/mappings`', '/copies`']] as const };
  const newer = await buildOtherSigner(program.path('newer-copies.mjs'), changes);
  runWithProgram(newer, () => {
    program.prepare(home);
    rmSync(program.path('sign.json'), { force: true });
    assert.is(program.run(...SIGN, '--home', home).status, 0);
  });
  const { base, ...request } = JSON.parse(readFileSync(program.path('request.json'), 'utf8'));
  program.put('bare.json', JSON.stringify({ ...request, base: { mapping: base.mapping } }));
  const words = ['sign', 'bare.json', '--out', 'sign.json', '--confirm', code];
  assert.is(program.run(...words, '--home', home, '--json').json.error.code, 'BASE_NEEDED');
  runWithProgram(newer, () => assert.is(program.run(...words, '--home', home).status, 0));
  assert.is(program.run(...SIGN, '--home', home).status, 0);
});

test('a newer signer reads an older home, and keeps its lines and coins', () => {
  const home = program.prepare('recorded');
  const files: Record<string, string> = JSON.parse(
    readFileSync(new URL('testing/older-home.json', import.meta.url), 'utf8'),
  );
  for (const [name, text] of Object.entries(files)) {
    program.folderOf(join(home, dirname(name)));
    writeFileSync(join(program.path(home), name), text, { mode: 0o600 });
  }
  const { signed } = program.run('journal', '--home', home, '--json').json;
  assert.is(signed.length, 2);
  rmSync(program.path('sign.json'), { force: true });
  const { status, err } = program.run(...SIGN, '--home', home, '--json');
  assert.is(status, 0, err);
  assert.is(program.run('journal', '--home', home, '--json').json.signed.length, 3);
  const journal = readFileSync(join(program.path(home), 'journal'), 'utf8');
  assert.ok(journal.startsWith(files['journal'] as string));
});

test.run();

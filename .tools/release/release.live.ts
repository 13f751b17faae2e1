/**
 * A release as controllers get it: the same bytes from another folder and with every Node, installed without a network, and the demo with
 * the installed programs. Run by `make release-test`, on Linux.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const FOLDER = join('release', `countersign-${version}`);
const work = mkdtempSync(join(tmpdir(), 'countersign-release-'));
test.after(() => rmSync(work, { recursive: true, force: true }));

/** Makes a release. @param node another one than this @returns its hashes */
function release(checkout: string, env: NodeJS.ProcessEnv = {}, node = process.execPath): string {
  const options = { cwd: checkout, encoding: 'utf8', env: { ...process.env, ...env } } as const;
  for (const tool of ['.tools/build.ts', '.tools/release/release.ts']) {
    const { status, stderr } = spawnSync(node, ['--import', 'tsx', tool], options);
    assert.is(status, 0, `${tool}: ${stderr}`);
  }
  return readFileSync(join(checkout, FOLDER, 'SHA256SUMS'), 'utf8');
}

/** What is committed, or to be, in a folder of another name. */
function otherCheckout(): string {
  const other = join(work, 'another folder');
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter(name => name !== '' && existsSync(name))) {
    mkdirSync(join(other, dirname(file)), { recursive: true });
    cpSync(file, join(other, file));
  }
  // Not a link: the builds name packages by the folder that they really are in.
  execFileSync('cp', ['-R', 'node_modules', join(other, 'node_modules')]);
  return other;
}

const first = release('.');

test('the hashes are those of the files, and every file has one', () => {
  const { status } = spawnSync('sha256sum', ['--strict', '--check', 'SHA256SUMS'], { cwd: FOLDER });
  assert.is(status, 0);
  const named = first
    .trim()
    .split('\n')
    .map(line => line.slice(66));
  assert.equal(
    named.sort(),
    readdirSync(FOLDER)
      .filter(name => name !== 'SHA256SUMS')
      .sort(),
  );
});

test('another folder, another time zone: the same bytes', () => {
  assert.is(release(otherCheckout(), { TZ: 'Pacific/Kiritimati' }), first);
});

const nodes = '.tools/nodes/node_modules';
for (const name of existsSync(nodes) ? readdirSync(nodes).filter(name => /^node-\d+$/.test(name)) : []) {
  test(`${name}: the same bytes`, () => {
    assert.is(release('.', {}, resolve(nodes, name, 'bin/node')), first);
  });
}

test('installed without a network and without a dependency: the demo runs with these programs', () => {
  const npm = [
    'install',
    '--offline',
    '--global',
    '--prefix',
    join(work, 'pc'),
    join(FOLDER, `countersign-${version}.tgz`),
  ];
  execFileSync('npm', npm, { env: { ...process.env, npm_config_registry: 'http://127.0.0.1:9/' } });
  const command = join(work, 'pc', 'bin', 'countersign');
  assert.is(execFileSync(command, ['--version'], { encoding: 'utf8' }).trim(), version);

  execFileSync('python3', ['-m', 'zipfile', '-e', join(FOLDER, `countersign-laptop-${version}.zip`), work]);
  const laptop = join(work, 'laptop');
  execFileSync('sh', [join(work, `countersign-laptop-${version}`, 'install'), laptop, join(work, 'bin')]);

  const programs = join(work, 'programs');
  mkdirSync(programs);
  symlinkSync(
    join(work, 'pc/lib/node_modules/countersign/countersign.mjs'),
    join(programs, 'countersign.mjs'),
  );
  symlinkSync(join(laptop, 'signer.mjs'), join(programs, 'signer.mjs'));
  symlinkSync(resolve('dist/devnode.mjs'), join(programs, 'devnode.mjs'));
  const env = { ...process.env, COUNTERSIGN_DIST: programs };
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'fixtures/demo/demo.ts'], {
    env,
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
});

test('the page about installing: its commands, in an empty home', () => {
  const page = readFileSync('docs/install.md', 'utf8');
  const commands = [...page.matchAll(/<!-- run by the tests -->\n```sh\n([\s\S]*?)```/g)].map(
    ([, text]) => text,
  );
  assert.is(commands.length, 3);
  const [home, files] = [join(work, 'home'), join(work, 'downloaded')];
  mkdirSync(home);
  cpSync(FOLDER, files, { recursive: true });
  const path = [join(home, 'npm/bin'), join(home, '.local/bin'), process.env['PATH']].join(delimiter);
  const npm = { npm_config_prefix: join(home, 'npm'), npm_config_registry: 'http://127.0.0.1:9/' };
  const env = { ...process.env, ...npm, HOME: home, PATH: path };
  const { status, stdout, stderr } = spawnSync('sh', ['-eu'], {
    cwd: files,
    env,
    input: commands.join(''),
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
  assert.is(stdout.split('\n').filter(line => line === version).length, 2, stdout);
});

test('signed: the signature is one of the hashes, and of nothing else; a key that is not there is named', () => {
  const key = join(work, 'TEST-KEY');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  assert.is(release('.', { SIGN_KEY: key }), first);
  const signers = join(work, 'allowed_signers');
  const [type, text] = readFileSync(`${key}.pub`, 'utf8').split(' ');
  writeFileSync(signers, `maintainer namespaces="countersign-release" ${type} ${text}\n`);
  const verify = (input: string) =>
    spawnSync(
      'ssh-keygen',
      [
        '-Y',
        'verify',
        '-f',
        signers,
        '-I',
        'maintainer',
        '-n',
        'countersign-release',
        '-s',
        join(FOLDER, 'SHA256SUMS.sig'),
      ],
      { input },
    ).status;
  assert.is(verify(first), 0);
  assert.is.not(verify(first.replace(/^./, letter => (letter === '0' ? '1' : '0'))), 0);
  const env = { ...process.env, SIGN_KEY: join(work, 'absent') };
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '.tools/release/release.ts'], {
    env,
    encoding: 'utf8',
  });
  assert.is(status, 1);
  assert.match(stderr, /absent/);
  assert.not.match(stderr, /\n\s+at /);
});

test.run();

/**
 * Tests of a release. It has the same bytes in another folder and with every version of Node, can be
 * installed without a network, and runs the demo. `make release-test` runs them on Linux.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
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
import { dirname, join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandBlocksAfterMark, findFreePort, runPageCommands } from './page-commands.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const FOLDER = join('release', `countersign-${version}`);
const work = mkdtempSync(join(tmpdir(), 'countersign-release-'));
test.after(() => rmSync(work, { recursive: true, force: true }));

/** Makes a release. @param node path of another version of Node @returns the hashes of the release's files */
function makeRelease(
  checkout: string,
  env: NodeJS.ProcessEnv = {},
  node = process.execPath,
  made = version,
): string {
  const options = { cwd: checkout, encoding: 'utf8', env: { ...process.env, ...env } } as const;
  for (const tool of ['.tools/build.ts', '.tools/release/release.ts']) {
    const { status, stderr } = spawnSync(node, ['--import', 'tsx', tool], options);
    assert.is(status, 0, `${tool}: ${stderr}`);
  }
  return readFileSync(join(checkout, 'release', `countersign-${made}`, 'SHA256SUMS'), 'utf8');
}

/** Copies the files of the repository to another folder. */
function copyCheckout(name = 'another folder'): string {
  const other = join(work, name);
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter(name => name !== '' && existsSync(name))) {
    mkdirSync(join(other, dirname(file)), { recursive: true });
    cpSync(file, join(other, file));
  }
  // The packages are copied and not linked, because a build contains the real paths of packages.
  execFileSync('cp', ['-R', 'node_modules', join(other, 'node_modules')]);
  return other;
}

const first = makeRelease('.');

test('SHA256SUMS has the right hash of every file', () => {
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

test('a build in another folder and time zone gives the same bytes', () => {
  assert.is(makeRelease(copyCheckout(), { TZ: 'Pacific/Kiritimati' }), first);
});

const nodes = '.tools/nodes/node_modules';
for (const name of existsSync(nodes) ? readdirSync(nodes).filter(name => /^node-\d+$/.test(name)) : []) {
  test(`a build with ${name} gives the same bytes`, () => {
    assert.is(makeRelease('.', {}, resolve(nodes, name, 'bin/node')), first);
  });
}

test('the release is installed without a network and without dependencies, and runs the demo', () => {
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

test('the commands of the installation page work in an empty home folder', () => {
  const commands = commandBlocksAfterMark('run by the tests');
  assert.is(commands.length, 3);
  const [home, files] = [join(work, 'home'), join(work, 'downloaded')];
  mkdirSync(home);
  cpSync(FOLDER, files, { recursive: true });
  const { status, stdout, stderr } = runPageCommands(commands.join(''), files, home);
  assert.is(status, 0, stderr);
  assert.is(stdout.split('\n').filter(line => line === version).length, 2, stdout);
});

test('the commands of the upgrade page install a newer version, and then this version again', () => {
  const other = copyCheckout('newer');
  const newer = version.replace(/\d+$/, last => `${Number(last) + 1}`);
  writeFileSync(
    join(other, 'package.json'),
    readFileSync('package.json', 'utf8').replace(`"${version}"`, `"${newer}"`),
  );
  const hashes = ['--import', 'tsx', '.tools/check-signer.ts', '--write'];
  assert.is(spawnSync(process.execPath, hashes, { cwd: other }).status, 0);
  makeRelease(other, {}, process.execPath, newer);
  const home = join(work, 'home');
  const keyed = runPageCommands('signer keygen --phrase-out "$HOME/phrase"\nsigner public-key\n', home, home);
  assert.is(keyed.status, 0, keyed.stderr);
  const key = keyed.stdout.trim().split('\n').at(-1) as string;
  const [commands = ''] = commandBlocksAfterMark('run by the tests, with another version');
  const from = [
    [newer, join(other, 'release', `countersign-${newer}`)],
    [version, FOLDER],
  ] as const;
  for (const [expected, folder] of from) {
    const files = join(work, `upgraded to ${expected}`);
    cpSync(folder, files, { recursive: true });
    const { status, stdout, stderr } = runPageCommands(`${commands}signer public-key\n`, files, home);
    assert.is(status, 0, stderr);
    const lines = stdout.trim().split('\n');
    assert.is(lines.filter(line => line === expected).length, 2, stdout);
    assert.is(lines.at(-1), key);
    const built = createHash('sha256')
      .update(readFileSync(join(home, '.local/lib/countersign/signer.mjs')))
      .digest('hex');
    assert.ok(
      lines.some(line => line === `SHA-256 ${built.match(/.{8}/g)?.join(' ')}`),
      stdout,
    );
  }
});

test('the files of the release are enough for a practice issuance, with the commands of the page', async () => {
  const [home, pc] = [join(work, 'home'), join(work, 'practice')];
  mkdirSync(pc);
  cpSync(
    join(FOLDER, `countersign-practice-${version}.mjs`),
    join(pc, `countersign-practice-${version}.mjs`),
  );
  const page = readFileSync('docs/practice.md', 'utf8');
  const [, create = ''] = /^pc-1\$ (countersign trust create (?:.*\\\n)*.*)$/m.exec(page) ?? [];
  const [line = ''] = commandBlocksAfterMark('run by the tests of the release', 'docs/practice.md');
  const run = (commands: string) => {
    const { status, stdout, stderr } = runPageCommands(commands, pc, home);
    assert.is(status, 0, `${commands}\n${stdout}${stderr}`);
    return stdout;
  };
  const port = await findFreePort();
  const made = run(`mkdir usb\nsigner public-key > usb/key-1.txt\n${create} --json\n`);
  const node = spawn(
    'sh',
    ['-c', `exec ${line.replace(/--block-seconds \d+/, '--block-seconds 1').replace('7043', port)}`],
    {
      cwd: pc,
    },
  );
  try {
    const [said] = await Promise.race([once(node.stdout, 'data'), once(node.stderr, 'data')]);
    assert.match(String(said), / http:\S+$/m);
    const code = (command: string) => JSON.parse(run(`${command} --json`)).reviewCode as string;
    run(`signer trust trust.json --confirm ${JSON.parse(made).reviewCode}`);
    const commands = [...page.matchAll(/^pc-1\$ (countersign (?:init|map init|coins scan).*)$/gm)].map(
      ([, text = '']) => text.replace('7043', port),
    );
    run(['export COUNTERSIGN_NODE_PASSWORD=practice', ...commands].join('\n'));
    const [, bars = ''] = /```csv\n([^`]*)```/.exec(page) ?? [];
    writeFileSync(join(pc, 'bars.csv'), bars);
    const asked = code(
      'COUNTERSIGN_NODE_PASSWORD=practice countersign prepare --issuances bars.csv --out usb/request.json --yes',
    );
    run(`signer sign usb/request.json --out usb/sign-1.json --confirm ${asked}`);
    run('COUNTERSIGN_NODE_PASSWORD=practice countersign finalise usb/sign-1.json --yes --poll 1');
    assert.is(JSON.parse(run('countersign map show --json')).assets.length, 1);
  } finally {
    node.kill();
  }
});

test('a changed file, a truncated zip or an unwritable folder is refused, and nothing is installed', () => {
  const [home, files] = [join(work, 'careless'), join(work, 'cut')];
  mkdirSync(home);
  cpSync(FOLDER, files, { recursive: true });
  const [check = '', , laptop = ''] = commandBlocksAfterMark('run by the tests');
  const archive = join(files, `countersign-laptop-${version}.zip`);
  writeFileSync(archive, readFileSync(archive).subarray(0, -1000));
  const checked = runPageCommands(check, files, home);
  assert.is(checked.status, 1);
  assert.match(checked.stdout, /laptop.*\.zip: FAILED/);
  assert.is.not(runPageCommands(laptop, files, home).status, 0);
  assert.equal(readdirSync(home), []);

  cpSync(FOLDER, files, { recursive: true });
  const unpacked = runPageCommands('unzip -q countersign-laptop-*.zip', files, home);
  assert.is(unpacked.status, 0, unpacked.stderr);
  writeFileSync(join(files, `countersign-laptop-${version}`, 'signer.mjs'), '\n', { flag: 'a' });
  const changed = runPageCommands('sh countersign-laptop-*/install', files, home);
  assert.is(changed.status, 1);
  assert.match(changed.stdout, /signer\.mjs: FAILED/);
  assert.equal(readdirSync(home), []);

  writeFileSync(join(home, 'file'), '');
  cpSync(FOLDER, files, { recursive: true });
  const blocked = runPageCommands(
    'unzip -qo countersign-laptop-*.zip\nsh countersign-laptop-*/install "$HOME/file/lib" "$HOME/file/bin"',
    files,
    home,
  );
  assert.is.not(blocked.status, 0);
  assert.match(blocked.stderr, /cannot create|Not a directory/);
  assert.equal(readdirSync(home), ['file']);
});

test('SHA256SUMS has the hash of the image, and checks a part of the files too', () => {
  // In this test, a short file takes the place of the image. `make laptop-image-test` builds and starts the
  // real image.
  const image = join(work, 'image');
  writeFileSync(image, 'image');
  const made = ['--import', 'tsx', '.tools/release/release.ts', '--image', image];
  const { status, stderr } = spawnSync(process.execPath, made, { encoding: 'utf8' });
  assert.is(status, 0, stderr);
  const iso = `countersign-laptop-${version}.iso`;
  const sums = readFileSync(join(FOLDER, 'SHA256SUMS'), 'utf8');
  assert.ok(sums.split('\n').includes(`${createHash('sha256').update('image').digest('hex')}  ${iso}`));
  const files = join(work, 'with the image');
  mkdirSync(files);
  for (const name of [iso, 'SHA256SUMS']) cpSync(join(FOLDER, name), join(files, name));
  const check = () =>
    runPageCommands('sha256sum --check --strict --ignore-missing SHA256SUMS', files, work).status;
  assert.is(check(), 0);
  writeFileSync(join(files, iso), 'Image');
  assert.is(check(), 1);
  assert.is(makeRelease('.'), first);
});

test('the signature covers exactly SHA256SUMS, and a missing key is named', () => {
  const key = join(work, 'TEST-KEY');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  assert.is(makeRelease('.', { SIGN_KEY: key }), first);
  // Does what the release notes say. Writes the key in the format of the notes, and runs the command of the
  // notes in another folder.
  const notes = readFileSync(join(FOLDER, 'NOTES.md'), 'utf8');
  const [form = ''] = /^maintainer namespaces=.* ssh-ed25519 /m.exec(notes.replace(/^ {4}/gm, '')) ?? [];
  const [command = ''] = /(?<=^ {4})ssh-keygen -Y verify .*$/m.exec(notes) ?? [];
  const files = join(work, 'signed');
  cpSync(FOLDER, files, { recursive: true });
  const [, text] = readFileSync(`${key}.pub`, 'utf8').split(' ');
  writeFileSync(join(files, 'allowed_signers'), `${form}${text}\n`);
  const verify = (sums: string) => {
    writeFileSync(join(files, 'SHA256SUMS'), sums);
    return spawnSync('sh', ['-c', command], { cwd: files }).status;
  };
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

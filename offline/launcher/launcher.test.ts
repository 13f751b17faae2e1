/**
 * Tests the launcher, installed as on the laptop, with the built programs and with a program that tries to get more
 * access.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleRequest, trust } from '../../fixtures/sample-request.ts';
import { FILE } from '../../shared/file-kind.ts';
import { StoppedRefusal } from '../terminal.ts';
import { BuiltSigner, PASSPHRASE } from '../testing/built-signer.ts';
import { hasScript, runInTerminal } from '../testing/real-terminal.ts';

/**
 * The note that the launcher prints if it cannot cut the signer off from the network. It names the command that failed.
 */
const NOT_CUT = /^note: .* signer .* \(unshare\)\./m;

const root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-launcher-')));
const [lib, bin] = [join(root, 'lib'), join(root, 'bin')];
/**
 * The Node versions to test: the version that runs the tests, and the installed ones of 22 and 24. No version occurs
 * twice.
 */
const nodes = new Map(
  [process.execPath, ...['22', '24'].map(major => resolve(`.tools/nodes/node_modules/node-${major}/bin/node`))]
    .filter(node => existsSync(node))
    .map(node => [execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(), node]),
);
const program = await BuiltSigner.built();
const code = sampleRequest().reviewCode;

test.after(() => {
  rmSync(root, { recursive: true, force: true });
  program.remove();
});

function copyOfDist(name: string): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const file of ['SHA256SUMS', 'install', 'launch', 'signer.mjs', 'qr.mjs', 'courier.html'])
    copyFileSync(join('dist', file), join(folder, file));
  return folder;
}

interface Options {
  cwd?: string;
  env?: Record<string, string>;
  node?: string;
  command?: string;
}

function runLauncher(name: string, words: string[], { cwd = program.folder, env = {}, node, command }: Options = {}) {
  const path = `${node ? dirname(node) : dirname(process.execPath)}:/usr/bin:/bin`;
  const { status, stdout, stderr } = spawnSync(command ?? join(bin, name), words, {
    cwd,
    env: { HOME: root, PATH: path, ...env },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

test('install compares the hashes and refuses a folder with a changed file', () => {
  const install = (folder: string) => spawnSync('sh', [join(folder, 'install'), lib, bin], { encoding: 'utf8' });
  const changed = copyOfDist('changed');
  writeFileSync(join(changed, 'qr.mjs'), '\n', { flag: 'a' });
  const refused = install(changed);
  assert.is(refused.status, 1);
  assert.match(refused.stdout, /qr\.mjs: FAILED/);
  assert.not.ok(existsSync(lib), 'nothing was installed');
  const done = install(copyOfDist('sound'));
  assert.is(done.status, 0, done.stderr);
  assert.equal(readdirSync(lib).sort(), ['SHA256SUMS', 'courier.html', 'qr', 'qr.mjs', 'signer', 'signer.mjs']);
  assert.equal(readFileSync(join(lib, 'signer')), readFileSync('offline/launcher/launch'));
});

test('install resolves folders from the working folder, not from its own folder', () => {
  const words = [join(copyOfDist('stick2'), 'install'), 'my lib', 'my bin'];
  assert.is(spawnSync('sh', words, { cwd: root }).status, 0);
  assert.is(runLauncher('signer', ['--help'], { command: join(root, 'my bin/signer') }).status, 0);
});

for (const [version, node] of nodes) {
  test(`Node ${version}: key, profile, inspect, sign and pictures work with the named files`, () => {
    const folder = join(root, version);
    mkdirSync(join(folder, 'stick'), { recursive: true });
    program.put('privkey.dat', '');
    program.prepare(`made-${version}`);
    for (const file of ['privkey.dat', 'trust.json', 'request.json'])
      copyFileSync(program.path(file), join(folder, 'stick', file));
    symlinkSync('stick', join(folder, 'usb'));
    const options = { cwd: folder, node, env: { SIGNER_PASSPHRASE: PASSPHRASE } };
    for (const words of [
      ['import', 'usb/privkey.dat', '--home', 'home'],
      ['trust', './usb/../usb/trust.json', '--confirm', trust.reviewCode, '--home=home'],
      ['inspect', 'usb/request.json', '--home', 'home', '--json'],
      ['sign', '--json', 'usb/request.json', '--out=usb/sign.json', '--confirm', code, '--home', join(folder, 'home')],
      ['inspect', 'usb/sign.json', 'home'].slice(0, 2).concat('--home', 'home'),
    ]) {
      const { status, err, out } = runLauncher('signer', words, options);
      assert.is(status, 0, `${words.join(' ')}\n${err}${out}`);
    }
    const pictures: string[] = [];
    assert.is(
      runLauncher('qr', ['show', 'usb/request.json', '--out', 'usb/frames.png', '--density', '10'], options).status,
      0,
    );
    for (const name of readdirSync(join(folder, 'stick'))) if (name.endsWith('.png')) pictures.push(`usb/${name}`);
    assert.ok(pictures.length > 1);
    const read = runLauncher('qr', ['read', ...pictures, pictures[0]!, '--out', 'usb/again.json'], options);
    assert.is(read.status, 0, read.err);
    assert.equal(readFileSync(join(folder, 'stick/again.json')), readFileSync(join(folder, 'stick/request.json')));
    const whole = runLauncher('qr', ['read', 'usb', '--out=once.json'], options);
    assert.is(whole.status, 0, whole.err);
    assert.match(whole.err, new RegExp(`"again\\.json": .* ${FILE.request};`));
    assert.equal(readFileSync(join(folder, 'once.json')), readFileSync(join(folder, 'stick/request.json')));
    assert.equal(
      readdirSync(join(folder, 'stick')).filter(name => /partial|tmp/.test(name)),
      [],
    );
  });

  test(`Node ${version}: a hostile program can access only the named files`, async () => {
    const folder = join(root, `probe-${version}`);
    mkdirSync(folder);
    copyFileSync('offline/launcher/launch', join(folder, 'signer'));
    copyFileSync(resolve('offline/launcher/probe.mjs'), join(folder, 'signer.mjs'));
    writeFileSync(join(folder, 'secret'), 'not named');
    writeFileSync(
      join(folder, 'evil.cjs'),
      `require('fs').writeFileSync(${JSON.stringify(join(folder, 'marker'))}, '')`,
    );
    const server = createServer(socket => socket.end());
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const hostile = {
      NODE_OPTIONS: `--require ${join(folder, 'evil.cjs')}`,
      NODE_EXTRA_CA_CERTS: '/x',
      NODE_REPL_EXTERNAL_MODULE: '/x',
      SIGNER_PASSPHRASE: PASSPHRASE,
      LANG: 'C',
    };
    const words = ['/proc/self/limits', '--port', String(port), '--out', 'named', '--secret', 'missing'];
    const { status, out, err } = runLauncher('signer', words, { cwd: folder, node, env: hostile, command: './signer' });
    server.close();
    assert.is(status, 0, err + out);
    const found = JSON.parse(out);
    assert.equal(found.env, ['HOME', 'SIGNER_PASSPHRASE']);
    assert.not.ok(existsSync(join(folder, 'marker')), 'what NODE_OPTIONS names is not loaded');
    assert.match(found.limits, /Max core file size +0 +0/);
    assert.is(found.cut, !NOT_CUT.test(err), err);
    for (const name of ['readSecret', 'writeSecret', 'writeProgram', 'process', 'worker', 'evaluate', 'inspector'])
      assert.match(found[name], /^(ERR_|EvalError)/, name);
    assert.is(found.listening, false, 'SIGUSR1 opens nothing');
    assert.is(readFileSync(join(folder, 'named'), 'utf8'), 'written');
    const cmdline = found.arguments.join(' ');
    assert.not.ok(cmdline.includes(PASSPHRASE));
  });
}

test('on a system that cannot cut off the network, the launcher says so', () => {
  const denied = join(root, 'denied');
  mkdirSync(denied);
  writeFileSync(join(denied, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  copyFileSync('dist/signer.mjs', join(denied, 'signer.mjs'));
  const launch = readFileSync('offline/launcher/launch', 'utf8').replace('\nPATH=', `\nPATH=${denied}:`);
  writeFileSync(join(denied, 'signer'), launch, { mode: 0o755 });
  const { status, out, err } = runLauncher('', ['--version'], { command: join(denied, 'signer') });
  assert.is(status, 0, err);
  assert.match(out, /^\d+\.\d+\.\d+\nSHA-256 /);
  assert.match(err, NOT_CUT);
});

test('programs in the path and preloaded libraries are not run', () => {
  const planted = join(root, 'planted');
  mkdirSync(planted);
  for (const tool of ['readlink', 'realpath', 'dirname', 'awk', 'sort', 'env', 'unshare', 'true'])
    writeFileSync(
      join(planted, tool),
      `#!/bin/sh\ntouch ${join(root, 'marker-')}${tool}\nexec /usr/bin/${tool} "$@"\n`,
      {
        mode: 0o755,
      },
    );
  const env = { PATH: `${planted}:${dirname(process.execPath)}:/usr/bin:/bin`, LD_PRELOAD: '/none.so' };
  const { status, err } = runLauncher('signer', ['--version'], { env });
  assert.is(status, 0, err);
  assert.equal(
    readdirSync(root).filter(name => name.startsWith('marker-')),
    [],
  );
  assert.is(err.match(/none\.so/g)?.length, 1, `the shell itself has loaded it before: ${err}`);
  const relative = runLauncher('signer', ['--version'], {
    cwd: dirname(process.execPath),
    env: { PATH: '.:/usr/bin:/bin' },
  });
  assert.match(relative.err, /^error LAUNCHER: \.?\/?node: /);
});

test('missing Node, another launcher name and names that Node reads as several files are refused', () => {
  for (const word of ['stick/*', 'a,b', 'a\nb'])
    assert.match(runLauncher('signer', ['inspect', word]).err, /^error LAUNCHER: /);
  copyFileSync('offline/launcher/launch', join(root, 'other'));
  assert.match(runLauncher('', [], { command: join(root, 'other') }).err, /^error LAUNCHER: .* other, .*\bqr\n/);
  const bare = join(root, 'bare');
  mkdirSync(bare);
  for (const tool of ['readlink', 'realpath', 'awk', 'sort', 'env', 'true', 'unshare'])
    symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(bare, tool));
  assert.match(runLauncher('signer', ['--version'], { env: { PATH: bare } }).err, /^error LAUNCHER: Node .* PATH\n/);
});

/** A folder with the launcher, a key, and two programs that print their permissions. */
function makeFolderWithArgPrinters(name: string): string {
  const folder = join(root, name);
  mkdirSync(join(folder, '.countersign'), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, '.countersign/key.json'), 'the key');
  for (const program of ['qr', 'signer']) {
    copyFileSync('offline/launcher/launch', join(folder, program));
    writeFileSync(join(folder, `${program}.mjs`), 'console.log(process.execArgv.join("\\n"), process.argv.slice(2));');
  }
  return folder;
}

test('qr reads neither the key through a link nor files whose names begin like the programs or the key', () => {
  const folder = makeFolderWithArgPrinters('named');
  mkdirSync(join(folder, 'stick'));
  writeFileSync(join(folder, 'stick/request.json'), 'a request');
  symlinkSync('../.countersign/key.json', join(folder, 'stick/link.json'));
  symlinkSync('../.countersign', join(folder, 'stick/folder'));
  symlinkSync('.', join(folder, 'itself'));
  // Homes with other names, as a person can give them with --home.
  mkdirSync(join(folder, 'laptop-1/mappings'), { recursive: true });
  writeFileSync(join(folder, 'laptop-1/key.json'), 'the other key');
  writeFileSync(join(folder, 'laptop-1/mappings/0.json'), '{}');
  mkdirSync(join(folder, 'second/.countersign-2'), { recursive: true });
  symlinkSync('../laptop-1', join(folder, 'stick/home'));
  symlinkSync('../laptop-1/key.json', join(folder, 'stick/frames-1.png'));
  const qr = (file: string, out: string, env = {}) =>
    runLauncher('qr', ['show', file, '--out', out], { cwd: folder, command: './qr', env: { HOME: folder, ...env } });
  const refusals: [string, string, RegExp][] = [
    ['stick/link.json', 'f.png', /^error LAUNCHER: stick\/link\.json: .*\blink\b/],
    ['stick/folder/key.json', 'f.png', /^error LAUNCHER: stick\/folder\/key\.json: .* the signer\n/],
    ['stick/request.json', 'sign.png', /including .*signer\.mjs$/m],
    ['stick/request.json', 'itself/s.png', / including /],
    ['stick/request.json', '.c.png', /including .*\.countersign$/m],
    ['stick/request.json', '.png', /including /],
    ['stick/request.json', 'stick', /a folder/],
    ['stick/home/key.json', 'f.png', /^error LAUNCHER: stick\/home\/key\.json: .*, \/.*\/laptop-1\n/],
    ['stick/home/mappings/0.json', 'f.png', /^error LAUNCHER: stick\/home\/.*, \/.*\/laptop-1\n/],
    ['stick/request.json', 'laptop-1/f.png', /^error LAUNCHER: laptop-1\/f\.png: .*, \/.*\/laptop-1\n/],
    ['stick/request.json', 'lap.png', / \/.*\/laptop-1 is /],
    ['stick/request.json', 'stick/fra.png', / \/.*\/frames-1\.png is /],
    ['stick/request.json', 'second/f.png', / \/.*\/\.countersign-2 is /],
  ];
  for (const [file, out, expected] of refusals) {
    const { status, err } = qr(file, out);
    assert.is(status, 1, `${file} ${out}`);
    assert.match(err, /^error LAUNCHER: /);
    assert.match(err, expected);
  }
  // The file has no extension, and its folder has a dot in its name.
  const dotted = join(root, 'j.doe');
  mkdirSync(dotted);
  const { out, err } = qr('stick/request.json', join(dotted, 'frames'));
  assert.match(out, `--allow-fs-write=${dotted}/frames*`, err);
  assert.not.match(out, 'j*');
  assert.match(qr('stick/request.json', 'f.png', { HOME: join(root, 'a,b') }).out, /--allow-fs-write/);
  const home = runLauncher('signer', ['journal'], {
    cwd: folder,
    command: './signer',
    env: { HOME: join(root, 'a,b') },
  });
  assert.match(home.err, /^error LAUNCHER: .*commas/);
});

test('qr reads the files of a picture folder, but no links, hidden files or subfolders', () => {
  const folder = makeFolderWithArgPrinters('folder');
  for (const inner of ['photos/more', 'photos/empty', 'read', 'laptop-1'])
    mkdirSync(join(folder, inner), { recursive: true });
  for (const name of [
    'photos/a.png',
    'photos/b c.jpg',
    'photos/.hidden.png',
    'photos/more/d.png',
    'laptop-1/key.json',
    'read/e.png',
  ])
    writeFileSync(join(folder, name), '');
  symlinkSync('../laptop-1/key.json', join(folder, 'photos/link.png'));
  const qr = (...words: string[]) => runLauncher('qr', words, { cwd: folder, command: './qr', env: { HOME: folder } });
  const granted = (...words: string[]) =>
    [...qr(...words).out.matchAll(/--allow-fs-read=(.*?)(?: \[.*)?$/gm)]
      .map(([, path]) => path!.replace(`${folder}/`, ''))
      .filter(path => !/qr\.mjs|out|\.countersign-/.test(path));
  assert.equal(granted('read', 'photos', '--out', 'out.json'), ['photos/a.png', 'photos/b c.jpg']);
  assert.equal(granted('read', '--out', 'out.json', 'photos/', 'read'), [
    'photos/a.png',
    'photos/b c.jpg',
    'read/e.png',
  ]);
  assert.equal(granted('show', 'photos', '--out', 'out.png'), ['show']);
  assert.match(qr('read', 'photos/empty', '--out', 'out.json').err, /^error LAUNCHER: photos\/empty: .*\bnone\n/);
  assert.match(qr('read', 'photos', '--out', 'photos').err, /^error LAUNCHER: photos: .*\n.* photos\/frames\.html\.\n/);
  assert.match(qr('read', 'laptop-1', '--out', 'out.json').err, /^error LAUNCHER: laptop-1\/.*, \/.*\/laptop-1\n/);
  assert.match(qr('read', '.countersign', '--out', 'out.json').err, /^error LAUNCHER: \.countersign\/.* the signer\n/);
});

test('a path that leads to another place is refused for reading and writing', () => {
  const folder = makeFolderWithArgPrinters('elsewhere');
  const stick = join(folder, 'stick');
  mkdirSync(stick);
  mkdirSync(join(folder, '.countersign/mappings'));
  symlinkSync(join(folder, '.countersign/mappings'), join(stick, 'link'));
  const options = { cwd: folder, env: { HOME: folder }, command: join(folder, 'qr') };
  for (const words of [['stick/link/../key.json'], [`--out=${stick}/link/../key.json`], ['stick/link/../none']])
    assert.match(runLauncher('qr', words, options).err, /^error LAUNCHER: .*link\/\.\./);
  assert.is(runLauncher('qr', ['stick/none/../plain.json'], options).status, 0);
});

test('bar names with commas are not treated as files, and the next word is', () => {
  const folder = makeFolderWithArgPrinters('bars');
  const options = { cwd: folder, env: { HOME: folder }, command: join(folder, 'signer') };
  for (const alike of [['--alike', '5OOOO1-2021-A,5OOOO2-2021-A'], ['--alike=5OOOO1-2021-A,5OOOO2-2021-A']]) {
    const { out, err } = runLauncher('signer', ['sign', ...alike, 'request.json'], options);
    assert.ok(out.includes(`--allow-fs-read=${folder}/request.json\n`), out + err);
  }
});

test('without --out the signer may write only files sign-* beside the request', () => {
  const folder = makeFolderWithArgPrinters('beside');
  mkdirSync(join(folder, 'stick'));
  const options = { cwd: folder, env: { HOME: folder }, command: join(folder, 'signer') };
  const sign = (...words: string[]) => runLauncher('signer', ['sign', ...words], options);
  const writable = (out: string) => out.match(/^--allow-fs-write=\S+/gm);
  const own = `--allow-fs-write=${folder}/.countersign`;
  for (const words of [['stick/request.json'], ['--ignore-clock', 'stick/request.json', '--home', '.countersign']]) {
    const { out, err } = sign(...words);
    assert.equal(writable(out), [own, `--allow-fs-write=${folder}/stick/sign-*`], err);
  }
  assert.equal(writable(sign('stick/request.json', '--out', 'x.json').out), [
    own,
    `--allow-fs-write=${folder}/x.json*`,
  ]);
  assert.equal(writable(sign().out), [own]);
  symlinkSync('../.countersign/key.json', join(folder, 'stick/sign-THJN-1.json'));
  assert.match(sign('stick/request.json').err, /^error LAUNCHER: .*sign-THJN-1\.json/);
});

test('without a home folder in HOME, the refusal says so', () => {
  for (const HOME of ['', 'here', undefined]) {
    const { stderr } = spawnSync(join(bin, 'signer'), ['--version'], {
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, ...(HOME === undefined ? {} : { HOME }) },
      encoding: 'utf8',
    });
    assert.match(stderr, /^error LAUNCHER: HOME:/);
  }
});

test('a variable with a space in its name runs no program', () => {
  const folder = makeFolderWithArgPrinters('spaced');
  const env = { [`A ${join(folder, 'evil')}`]: '1' };
  writeFileSync(join(folder, 'evil'), `#!/bin/sh\ntouch ${join(folder, 'marker')}\n`, { mode: 0o755 });
  for (const shell of ['sh', 'bash']) {
    const path = `${dirname(process.execPath)}:/usr/bin:/bin`;
    spawnSync(shell, ['./qr', '--help'], { cwd: folder, env: { HOME: folder, PATH: path, ...env } });
    assert.not.ok(existsSync(join(folder, 'marker')), shell);
  }
});

test('code added to a package of qr.mjs can access neither the key nor the signer', () => {
  const home = join(root, '.countersign');
  mkdirSync(home, { mode: 0o700, recursive: true });
  writeFileSync(join(home, 'key.json'), 'the key', { mode: 0o600 });
  const folder = join(root, 'poisoned');
  mkdirSync(folder);
  const line = (what: string) => `try { ${what}; console.log('DONE'); } catch (error) { console.log(error.code); }\n`;
  const attempts = [
    `poison.writeFileSync(${JSON.stringify(join(folder, 'signer.mjs'))}, '')`,
    `poison.writeFileSync(${JSON.stringify(join(home, 'key.json'))}, '')`,
    `console.log(poison.readFileSync(${JSON.stringify(join(home, 'key.json'))}, 'utf8'))`,
  ];
  const qr = readFileSync('dist/qr.mjs', 'utf8');
  const poisoned = `import * as poison from 'node:fs';\n${attempts.map(line).join('')}${qr.replace(/^#!.*\n/, '')}`;
  writeFileSync(join(folder, 'qr.mjs'), poisoned);
  writeFileSync(join(folder, 'signer.mjs'), 'the signer');
  writeFileSync(join(folder, 'file.txt'), 'carried');
  const direct = spawnSync(process.execPath, ['qr.mjs', '--help'], { cwd: folder, encoding: 'utf8' });
  assert.match(direct.stdout, /DONE\nDONE\n/, 'it is one that bites');
  writeFileSync(join(folder, 'signer.mjs'), 'the signer');
  writeFileSync(join(home, 'key.json'), 'the key');
  copyFileSync('offline/launcher/launch', join(folder, 'qr'));
  const { out } = runLauncher('qr', ['show', 'file.txt', '--out', 'file.png'], { cwd: folder, command: './qr' });
  assert.match(out, /^ERR_ACCESS_DENIED\nERR_ACCESS_DENIED\nERR_ACCESS_DENIED\n[\s\S]*wrote file\.png/);
  assert.is(readFileSync(join(folder, 'signer.mjs'), 'utf8'), 'the signer');
  assert.is(readFileSync(join(home, 'key.json'), 'utf8'), 'the key');
});

if (hasScript) {
  for (const [how, command] of [
    ['by the launcher', [join(bin, 'signer')]],
    ['by bare Node', undefined],
  ] as const) {
    test(`SIGUSR1 at the passphrase prompt opens no inspector, started ${how}`, async () => {
      const home = program.path('prompted');
      if (!existsSync(home)) program.prepare('prompted');
      let signalled = false;
      let sockets = '';
      const sees = (seen: string) => {
        if (signalled || !/Passphrase \(not shown\): $/.test(seen)) return;
        signalled = true;
        const pid = Number(
          readdirSync(home)
            .find(name => name.startsWith('lock.'))!
            .slice(5),
        );
        process.kill(pid, 'SIGUSR1');
        setTimeout(() => {
          sockets = readFileSync(`/proc/${pid}/net/tcp`, 'utf8');
        }, 500);
      };
      const screen = await runInTerminal(
        program,
        ['sign', 'request.json', '--out', 'never.json', '--home', 'prompted'],
        [
          [/OTHER screen: $/, `${code}\r`],
          [/Passphrase \(not shown\): $/, [[1000, '\x03']]],
        ],
        { sees, ...(command ? { command: [...command] } : {}) },
      );
      assert.ok(signalled && sockets.includes('local_address'));
      assert.not.match(sockets, /:240D /, 'nobody listens on port 9229');
      assert.not.match(screen, /Debugger listening/);
      assert.match(screen, new StoppedRefusal().message);
    });
  }
}

test.run();

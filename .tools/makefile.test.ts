/**
 * `make` installs packages only if needed. After a person ran `npm ci`, it installs nothing. After a change
 * of the list of packages, it installs again. Also checks the dependencies of the targets.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/**
 * @param times time of the last change of each file, in seconds since 1970
 * @returns whether packages would be installed
 */
function doesMakeInstall(times: Record<string, number>): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-make-'));
  try {
    copyFileSync(new URL('../Makefile', import.meta.url), join(folder, 'Makefile'));
    mkdirSync(join(folder, 'node_modules'));
    for (const [name, time] of Object.entries(times)) {
      writeFileSync(join(folder, name), '{}');
      utimesSync(join(folder, name), time, time);
    }
    const said = execFileSync('make', ['-n', 'install'], {
      ...{ cwd: folder, encoding: 'utf8' },
      env: { ...process.env, MAKEFLAGS: '' },
    });
    return said.includes('npm ci');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// npm writes this file when all packages are installed.
const INSTALLED = 'node_modules/.package-lock.json';
const [earlier, later] = [1_700_000_000, 1_700_000_100];

test('make installs packages once, also after a manual npm ci', () => {
  const files = { 'package.json': earlier, 'package-lock.json': earlier };
  assert.is(doesMakeInstall(files), true, 'never installed');
  assert.is(doesMakeInstall({ ...files, [INSTALLED]: later }), false, 'installed since');
  for (const changed of Object.keys(files))
    assert.is(doesMakeInstall({ ...files, [INSTALLED]: earlier + 1, [changed]: later }), true, changed);
});

test('make demo and make playground build the programs first', () => {
  for (const [target, program] of [
    ['demo', 'fixtures/demo/demo.ts'],
    ['playground', 'fixtures/demo/start-playground.ts'],
  ] as const) {
    const options = { encoding: 'utf8', env: { ...process.env, MAKEFLAGS: '' } } as const;
    const lines = execFileSync('make', ['-n', '--no-print-directory', target], options).trim().split('\n');
    assert.match(lines.at(-2), /\.tools\/build\.ts$/);
    assert.ok(lines.at(-1)?.endsWith(program), target);
    assert.ok(existsSync(program));
  }
});

test.run();

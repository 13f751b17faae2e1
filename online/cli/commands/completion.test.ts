import { execFileSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { realWorld } from '../../platform/world.ts';
import { run } from '../cli.ts';

async function printed(...args: string[]): Promise<[status: number, text: string]> {
  const stdout = new PassThrough();
  const status = await run(args, { ...realWorld(), stdout, stderr: new PassThrough() });
  return [status, String(stdout.read() ?? '')];
}

/** The words that bash offers to complete the last word. */
function offered(script: string, words: string[]): string[] {
  const line = words.map(word => `'${word}'`).join(' ');
  const program = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _countersign; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', program], { encoding: 'utf8', cwd: import.meta.dirname })
    .trim()
    .split('\n');
}

test('bash completes commands, second words, options and files', async () => {
  const [status, script] = await printed('completion', 'bash');
  assert.is(status, 0);
  assert.equal(offered(script, ['countersign', 'fin']), ['finalise', 'finalize']);
  assert.equal(offered(script, ['countersign', 'map', '']), [
    'init',
    'adopt',
    'show',
    'verify',
    'diff',
    'csv',
  ]);
  assert.equal(offered(script, ['countersign', 'map', 'show', '--f']), ['--find']);
  assert.equal(offered(script, ['countersign', 'finalise', '--po']), ['--poll']);
  assert.equal(offered(script, ['countersign', 'submit', 'completion.te']), ['completion.test.ts']);
});

test('zsh completes with the same script', async () => {
  const [, bash] = await printed('completion', 'bash');
  const [status, zsh] = await printed('completion', 'zsh');
  assert.is(status, 0);
  assert.ok(zsh.endsWith(bash));
  assert.match(zsh, /^autoload -U \+X compinit && compinit\nautoload -U \+X bashcompinit && bashcompinit\n/);
});

test('any other shell is wrong usage', async () => {
  assert.is((await printed('completion', 'fish'))[0], 2);
});

test.run();

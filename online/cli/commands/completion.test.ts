import { execFileSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeRealWorld } from '../../platform/world.ts';
import { runCommand } from '../command-list.ts';

async function runCompletion(...args: string[]): Promise<[status: number, text: string]> {
  const stdout = new PassThrough();
  const status = await runCommand(args, { ...makeRealWorld(), stdout, stderr: new PassThrough() });
  return [status, String(stdout.read() ?? '')];
}

/** The words that bash offers to complete the last word. */
function offeredWords(script: string, words: string[]): string[] {
  const line = words.map(word => `'${word}'`).join(' ');
  const program = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _countersign; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', program], { encoding: 'utf8', cwd: import.meta.dirname })
    .trim()
    .split('\n');
}

test('bash completes commands, second words, options and files', async () => {
  const [status, script] = await runCompletion('completion', 'bash');
  assert.is(status, 0);
  assert.equal(offeredWords(script, ['countersign', 'fin']), ['finalise', 'finalize']);
  assert.equal(offeredWords(script, ['countersign', 'map', '']), [
    'init',
    'adopt',
    'show',
    'verify',
    'diff',
    'csv',
  ]);
  assert.equal(offeredWords(script, ['countersign', 'map', 'show', '--f']), ['--find']);
  assert.equal(offeredWords(script, ['countersign', 'finalise', '--po']), ['--poll']);
  assert.equal(offeredWords(script, ['countersign', 'submit', 'completion.te']), ['completion.test.ts']);
});

test('zsh completes with the same script', async () => {
  const [, bash] = await runCompletion('completion', 'bash');
  const [status, zsh] = await runCompletion('completion', 'zsh');
  assert.is(status, 0);
  assert.ok(zsh.endsWith(bash));
  assert.match(zsh, /^autoload -U \+X compinit && compinit\nautoload -U \+X bashcompinit && bashcompinit\n/);
});

test('any other shell is wrong usage', async () => {
  assert.is((await runCompletion('completion', 'fish'))[0], 2);
});

test.run();

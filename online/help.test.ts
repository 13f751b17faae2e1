/** Help: every command is in the overview, and has examples that its own grammar takes. */
import { PassThrough, Readable } from 'node:stream';
import { Cli } from 'clipanion';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commands, run } from './cli.ts';

async function help(...args: string[]): Promise<string> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough().resume()];
  let text = '';
  stdout.on('data', chunk => {
    text += chunk;
  });
  const world = { stdin: Readable.from([]), stdout, stderr, env: {}, cwd: '/', now: Date.now };
  assert.is(await run([...args, '--help'], { ...world, sleep: async () => undefined }), 0);
  return text;
}

/** As a shell would split them. */
const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? (c as string));

test('the overview has every command with what it does', async () => {
  const text = await help();
  for (const { paths, usage } of commands)
    assert.ok(
      text.includes(`  ${paths?.[0]?.join(' ')} `) && text.includes(` ${usage?.description}\n`),
      paths?.[0]?.join(' '),
    );
  assert.ok(commands.length > 20);
});

for (const command of commands) {
  const path = command.paths?.[0] ?? [];
  test(`${path.join(' ')}: what it does, its options and examples that it takes`, async () => {
    const text = await help(...path);
    const examples = command.usage?.examples ?? [];
    assert.ok(examples.length > 0);
    assert.match(text, /\nExamples\n/);
    assert.not.match(text, /#[0-9]/, 'each option says what its value is');
    const cli = Cli.from([command], { binaryName: 'countersign' });
    for (const [what, line] of examples) {
      assert.ok(text.includes(`  ${what}\n    ${line.replace('$0', 'countersign')}\n`));
      // Also within `eval "$(...)"`, and without what the shell does with the output.
      const words = /(?:\$0|countersign) ([^|>)]*)/.exec(line)?.[1] ?? '';
      cli.process(wordsOf(words), { stdin: Readable.from([]) as never }); // throws on what the command does not take
    }
  });
}

test.run();

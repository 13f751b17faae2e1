/** Help: the overview lists every command, and each command accepts its own examples. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { Cli } from 'clipanion';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commands, runCommand } from '../command-list.ts';

async function helpAtWidth(columns: number | undefined, ...args: string[]): Promise<string> {
  return await shownHelp(columns, [...args, '--help']);
}

async function shownHelp(columns: number | undefined, args: string[], cwd = '/'): Promise<string> {
  const [stdout, stderr] = [
    Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns }),
    new PassThrough().resume(),
  ];
  let text = '';
  stdout.on('data', chunk => {
    text += chunk;
  });
  const world = { stdin: Readable.from([]), stdout, stderr, env: {}, cwd, now: Date.now };
  assert.is(await runCommand(args, { ...world, sleep: async () => undefined }), 0);
  return text;
}

const helpTextOf = (...args: string[]) => helpAtWidth(undefined, ...args);

/** Splits a line like a shell. */
const shellWordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? (c as string));

test('the overview describes every command', async () => {
  const text = await helpTextOf();
  for (const { paths, usage } of commands)
    assert.ok(
      text.includes(`  ${paths?.[0]?.join(' ')} `) && text.includes(` ${usage?.description}\n`),
      paths?.[0]?.join(' '),
    );
  assert.ok(commands.length > 20);
});

for (const command of commands) {
  const path = command.paths?.[0] ?? [];
  test(`help of ${path.join(' ')} has a description, options and valid examples`, async () => {
    const text = await helpTextOf(...path);
    const examples = command.usage?.examples ?? [];
    assert.ok(examples.length > 0);
    assert.match(text, /\nExamples\n/);
    assert.not.match(text, /#[0-9]/, 'each option says what its value is');
    const cli = Cli.from([command], { binaryName: 'countersign' });
    for (const [what, line] of examples) {
      assert.ok(text.includes(`  ${what}\n    ${line.replace('$0', 'countersign')}\n`));
      // The pattern also finds commands in `eval "$(...)"`, and ignores redirections.
      const words = /(?:\$0|countersign) ([^|>)]*)/.exec(line)?.[1] ?? '';
      cli.process(shellWordsOf(words), { stdin: Readable.from([]) as never }); // throws if the command does not accept the words
    }
  });
}

test('help has placeholders for option values and for operands', async () => {
  assert.match(await helpTextOf('finalise'), /^countersign finalise \[SIGNATURES \.\.\.\] \[options\]\n/);
  assert.match(await helpTextOf('submit'), /^countersign submit SIGNATURES \.\.\. \[options\]\n/);
  assert.match(await helpTextOf('qr', 'show'), /^countersign qr show FILE \[options\]\n/);
  assert.match(await helpTextOf('completion'), /^countersign completion SHELL\n/);
  assert.match(await helpTextOf('checklist'), /--controllers N /);
  assert.match(await helpTextOf('map', 'verify'), /--controllers FILE /);
  for (const name of ['abandon', 'review']) assert.match(await helpTextOf(name), /--request DIGEST /);
  assert.match(await helpTextOf('submit'), /--request FILE /);
});

test('help of a command shows no option that the command does not use', async () => {
  for (const path of [['tokens'], ['map', 'diff'], ['trust', 'create']])
    assert.not.match(await helpTextOf(...path), /--(store|node|trust) /, path.join(' '));
  for (const path of [['map', 'show'], ['status'], ['init']])
    assert.match(await helpTextOf(...path), /--store STORE/, path.join(' '));
});

test('help fits the window and is at most as wide as people can read', async () => {
  for (const [columns, most] of [
    [60, 60],
    [200, 100],
    [undefined, 100],
  ] as const) {
    const text = await helpAtWidth(columns, 'prepare');
    const [prose] = text.split('\nExamples\n') as [string];
    const longest = Math.max(...prose.split('\n').map(line => line.length));
    assert.ok(longest <= most && longest > most - 15, `${longest} of ${most}`);
  }
});

test('in a narrow window help breaks between words, and each example stays one command', async () => {
  const columns = 60;
  const isWhole = (line: string) => line.length <= columns || !/\S \S/.test(line.replace(/ \\$/, ''));
  for (const { paths } of [{ paths: [[]] }, ...commands])
    for (const line of (await helpAtWidth(columns, ...(paths?.[0] ?? []))).split('\n'))
      assert.ok(isWhole(line), line);
  const joined = (text: string) => text.replace(/ \\\n +/g, ' ');
  for (const { paths, usage } of commands) {
    const text = joined(await helpAtWidth(columns, ...(paths?.[0] ?? [])));
    for (const [, line] of usage?.examples ?? [])
      assert.ok(text.includes(line.replace('$0', 'countersign')), line);
  }
  const all = (await helpAtWidth(columns)).replace(/\s+/g, ' ');
  for (const { usage } of commands) assert.ok(all.includes(usage?.description as string), usage?.description);
});

test('the overview ends with the first steps or, with a configuration, with `next`', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  try {
    assert.match(
      await shownHelp(undefined, [], folder),
      /\ncountersign checklist .*\ncountersign init .*\nhandbook, docs\/practice\.md .*\n$/,
    );
    writeFileSync(join(folder, 'countersign.json'), '{}');
    assert.match(await shownHelp(undefined, ['--help'], folder), /\ncountersign next .*\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

for (const [args, first, last] of [
  [[], /^countersign /, 'The mapping'],
  [['prepare'], /^countersign prepare/, 'Examples'],
] as const)
  test(`help at a terminal is shown in pages: ${args.join(' ')}`, async () => {
    let text = '';
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
    stdout.on('data', chunk => {
      text += chunk;
    });
    const world = { stdin, stdout, stderr: new PassThrough(), env: {}, cwd: '/', now: Date.now };
    const done = runCommand([...args, '--help'], { ...world, sleep: async () => undefined });
    await new Promise(resolve => setTimeout(resolve, 5));
    assert.match(text, first);
    assert.match(text, /q: quit $/);
    assert.not.ok(text.includes(`\n${last}\n`), 'the next page is not shown yet');
    stdin.write('q');
    assert.is(await done, 0);
  });

test.run();

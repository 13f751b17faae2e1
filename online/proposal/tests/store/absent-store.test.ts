/** A store whose folder is missing, as with an unmounted disk, and a store that lost its mapping. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, HEADER, PREPARE, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { beginStepText, storeFolderText } from '../../../cli/commands/setup/texts/check-results.ts';
import { folderMissingRefusal } from '../../../store/texts.ts';

const test = suite<{ world: TestWorld; store: string }>('absent store');
test.before.each(async context => {
  context.world = await TestWorld.start();
  context.store = join(context.world.root, 'store');
});
test.after.each(({ world }) => world.stop());

const COMMANDS = [
  ['status'],
  ['review', '--out', 'x.json'],
  ['coins', 'scan'],
  ['coins', 'list'],
  ['map', 'show'],
  ['report'],
  PREPARE,
];

test("only map init creates the store's folder, and only if this PC has seen no mapping", async ({
  world,
  store,
}) => {
  world.write(1, 'bars.csv', HEADER + BAR_1);
  for (const command of COMMANDS) {
    assertRefused(
      await world.command(1, ...command),
      'STORE_UNREACHABLE',
      /^file:\S+store: .* \S+store /,
      / disk .*`countersign map init`\.$/,
    );
    assert.not.ok(existsSync(store), command.join(' '));
  }
  await world.ok(1, 'map', 'init');
  await world.ok(1, 'coins', 'scan');
  renameSync(store, `${store}-away`);
  for (const command of [...COMMANDS, ['map', 'init']]) {
    const ran = await world.command(1, ...command);
    assertRefused(ran, 'STORE_UNREACHABLE', /^file:\S+: .* \/\S+ /, / disk .*countersign\.json/);
    assert.not.match(ran.json.error.hint, /map init/);
    assert.not.ok(existsSync(store), command.join(' '));
  }
  // After the disk is unmounted, its mount point is an empty folder.
  mkdirSync(store);
  for (const command of [...COMMANDS.filter(c => c[1] !== 'list'), ['map', 'init']]) {
    const ran = await world.command(1, ...command);
    // `map show` does not read the ledger.
    const isMap = command[1] === 'show';
    assertRefused(
      ran,
      isMap ? 'OBJECT_MISSING' : 'LEDGER_FORKED',
      isMap
        ? /^map\.json .* file:\S+$/
        : /^ledger\/00000000\.json: expected SHA-256 [0-9a-f]{64} .*, got nothing .* file:\S+$/,
      /disk .*(is )?(not )?mounted/,
    );
    assert.not.match(ran.json.error.hint, /map init/);
  }
  rmSync(store, { recursive: true });
  renameSync(`${store}-away`, store);
  await world.ok(1, 'status');
});

test('a folder that disappears during a command is not created again', async ({ world, store }) => {
  await world.ok(1, 'map', 'init');
  await world.ok(1, 'coins', 'scan');
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  world.onSleep = async () => {
    rmSync(store, { recursive: true, force: true });
    await world.generate();
  };
  assertRefused(
    await world.command(2, 'finalise', 'mine.json', '--yes'),
    'STORE_UNREACHABLE',
    folderMissingRefusal(`file:${store}`, store, '').message,
  );
  assert.not.ok(existsSync(store));
});

test('init reports a path that does not exist', async ({ world, store }) => {
  const init = (i: number) =>
    world.command(
      i,
      ...['init', '--trust', 'trust.json', '--store', `file:${store}`, '--node', 'later', '--overwrite'],
    );
  const first = await init(1);
  assert.ok(first.stderr.includes(`${storeFolderText(store, false)}.\n`), first.stderr);
  assert.match(first.json.next.join('\n'), /map init/);
  assert.not.ok(existsSync(store));
  await world.ok(1, 'map', 'init', '--store', `file:${join(world.root, 'other')}`);
  const again = await init(1);
  assert.not.match(again.json.next.join('\n'), /map init/);
  assert.is(again.json.next[1], beginStepText(false, true));
});

test.run();

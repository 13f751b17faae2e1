/** Output of the mapping commands that a person could misread. */
import { PassThrough, Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, BAR_2, HEADER, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../../shared/bytes.ts';
import { FILE } from '../../../../shared/file-kind.ts';
import { verifyMapping } from '../../../../shared/mapping/verify.ts';
import { notChangedHint } from '../../../ledger/texts.ts';
import { olderControllersFile } from '../../../legacy/older-files.ts';
import { verdictText } from '../../../report/views/verification-view.ts';
import { runCommand } from '../../command-list.ts';
import { otherFileKind } from './other-file-kinds.ts';
import { foundEntriesText, notAMappingRefusal } from './texts.ts';

const test = suite<{ world: TestWorld }>('map texts');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

async function outputOfCommand(
  world: TestWorld,
  i: number,
  ...args: string[]
): Promise<[status: number, text: string]> {
  let said = '';
  const stdout = new PassThrough().on('data', chunk => {
    said += chunk;
  });
  const status = await runCommand(args, {
    ...{ stdin: Readable.from([]), stdout, stderr: new PassThrough().resume(), env: {} },
    ...{ cwd: world.pc(i), now: Date.now, sleep: async () => undefined },
  });
  return [status, said];
}

async function issueTwoBars(world: TestWorld): Promise<void> {
  await world.propose(1, HEADER + BAR_1 + BAR_2);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
}

test('the empty initial mapping is called so, and it does not count as signed', async ({ world }) => {
  const [status, said] = await outputOfCommand(world, 1, 'map', 'verify');
  assert.is(status, 1, 'whoever asks a script whether enough controllers signed is told no');
  const found = verifyMapping(utf8(world.object('map.json')), utf8(JSON.stringify(world.profile)));
  assert.ok(said.startsWith(`${verdictText(found.mapping, found.trust, found)}.`), said);
  const ran = await world.command(1, 'map', 'verify');
  assert.equal([ran.status, ran.json.valid, ran.json.controllers, ran.json.begins], [1, false, [], true]);
  const empty = world.object('map.json');
  await issueTwoBars(world);
  assert.is((await world.ok(2, 'map', 'verify')).begins, false);
  // After a later mapping was published, an empty mapping does not count as the first mapping any more.
  world.putObject('map.json', empty);
  const later = await world.command(2, 'map', 'verify');
  assert.equal([later.status, later.json.error.code], [1, 'ROLLBACK']);
  world.write(1, 'other.json', empty.replace('"m": 3', '"m": 4').replace('"m":3', '"m":4'));
  const [notValid, other] = await outputOfCommand(world, 1, 'map', 'verify', 'other.json');
  assert.is(notValid, 1);
  assert.match(other, /^[^:.]* NOT valid: .* 2 of 4; .* 2 of 3\b/);
});

test('each command names repair for a damaged map.json, and repair restores the mapping of the ledger', async ({
  world,
}) => {
  await issueTwoBars(world);
  const whole = world.object('map.json');
  world.putObject('map.json', whole.slice(0, 40));
  for (const i of [2, 3])
    for (const command of [['status'], ['map', 'show'], ['review', '--out', 'x.json']]) {
      const { json } = await world.command(i, ...command);
      assert.is(json.error.code, 'OBJECT_INVALID');
      assert.match(json.error.hint, /`countersign repair`/);
      assert.ok(json.error.hint.includes(notChangedHint('map.json')), json.error.hint);
    }
  await world.ok(3, 'repair', '--yes');
  assert.is(world.object('map.json'), whole);
});

test('the refusal of another kind of Countersign file names that kind', async ({ world }) => {
  await issueTwoBars(world);
  world.write(1, 'controllers.json', olderControllersFile(world.trust));
  const kinds: [file: string, kind: string][] = [
    ['request.json', FILE.request],
    ['mine.json', FILE.signatures],
    ['trust.json', FILE.trust],
    ['controllers.json', otherFileKind(utf8(olderControllersFile(world.trust))) as string],
  ];
  assert.match(kinds.at(-1)?.[1] as string, /controllers\.json/);
  for (const [file, kind] of kinds)
    for (const command of [['verify'], ['show'], ['csv']]) {
      const { json } = await world.command(1, 'map', ...command, file);
      assert.is(json.error.code, 'FORMAT_INVALID');
      assert.is(json.error.message, notAMappingRefusal(file, kind).message);
    }
  world.write(1, 'cut.json', '{"n": 2');
  assert.match((await world.command(1, 'map', 'show', 'cut.json')).json.error.message, /^cut\.json: /);
});

test('--find ignores case, counts the results and reports an empty result', async ({ world }) => {
  await issueTwoBars(world);
  const [, found] = await outputOfCommand(world, 1, 'map', 'show', '--find', '031037-2019-pamp');
  assert.match(found, /^1 of 2 entries contains "031037-2019-pamp"\nno\. {2}reference/);
  assert.not.match(found, /total mass/);
  const [, both] = await outputOfCommand(world, 1, 'map', 'show', '--find', 'Pamp');
  assert.match(both, /^2 of 2 entries contain "Pamp"\n/);
  const [status, none] = await outputOfCommand(world, 1, 'map', 'show', '--find', '999999');
  assert.equal([status, none], [0, foundEntriesText(0, 2, '999999')]);
  assert.is((await world.ok(1, 'map', 'show', '--find', 'pamp')).assets.length, 2);
});

test.run();

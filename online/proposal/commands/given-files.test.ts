/**
 * Signatures files given to a command: whose signatures they have, whether these signatures are new, and
 * whether other PCs have them.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fakeTerminal } from '../../../fixtures/pcs/fake-terminal.ts';
import { assertRefused, BAR_1, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { fileOwnersText } from '../texts/given-files.ts';

const test = suite<{ world: TestWorld }>('given files');
test.before.each(async context => {
  context.world = await TestWorld.ready({ policy: { n: 3, m: 5 } });
  await context.world.propose(1, HEADER + BAR_1);
});
test.after.each(({ world }) => world.stop());

test('submit reports the controller of each file, and whether its signatures are new', async ({ world }) => {
  world.sign(1, 'request.json', 'again.json');
  world.sign(1, 'request.json', 'two.json', 2);
  const ran = await world.command(1, 'submit', 'again.json', 'two.json', 'two.json');
  assert.equal(ran.json.files, [
    { file: 'again.json', controller: 1, isNew: false },
    { file: 'two.json', controller: 2, isNew: true },
    { file: 'two.json', controller: 2, isNew: false },
  ]);
  assert.match(ran.stderr, /^again\.json .* 1: already recorded\.\n/);
  assert.match(ran.stderr, /\ntwo\.json.*2: new\.\n/);
});

test('a file replaces a damaged object in the store, and its signatures count as new', async ({ world }) => {
  const { digest } = JSON.parse(JSON.stringify(await world.ok(1, 'status')));
  world.putObject(`proposals/${digest}/signatures-1.json`, '{}');
  const { files } = await world.ok(1, 'submit', 'mine.json');
  assert.equal(files, [{ file: 'mine.json', controller: 1, isNew: true }]);
});

test('finalise without enough signatures names the files that no other PC has', async ({ world }) => {
  await world.countersign(2);
  const before = world.snapshot();
  const ran = await world.command(2, 'finalise', 'mine.json');
  assert.equal([ran.status, ran.json.error.code], [3, 'NEED_SIGNATURES'], ran.stderr);
  assertRefused(
    ran,
    'NEED_SIGNATURES',
    { kind: 'need-signatures', signed: [1, 2], needed: 3, unseen: ['mine.json'] },
    /`countersign submit mine\.json`.*`countersign finalise`/,
    3,
  );
  const [owner] = ran.stderr.split('\n');
  assert.is(owner, fileOwnersText([{ file: 'mine.json', controller: 2 }]));
  assert.is(world.snapshot(), before, 'what is refused changes nothing');
  const none = await world.command(2, 'finalise');
  assertRefused(none, 'NEED_SIGNATURES', { kind: 'need-signatures', unseen: [] }, { run: 'review' }, 3);
});

test('after "no" before sending, finalise names these files too', async ({ world }) => {
  await world.countersign(2);
  world.sign(2, 'request.json', 'three.json', 3);
  const t = fakeTerminal('no\r');
  world.extra = { stdin: t.world.stdin, stderr: t.world.stderr };
  const ran = await world.command(2, 'finalise', 'mine.json', 'three.json');
  assert.equal([ran.status, ran.json.error.code], [1, 'NOT_CONFIRMED']);
  assert.match(ran.json.error.hint, / `countersign submit mine\.json three\.json`\.$/);
});

test.run();

/** Damaged objects in the store. Each is refused with its key and the reason, and stays unchanged. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, BAR_2, BAR_3, HEADER, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { FILE } from '../../../../shared/file-kind.ts';
import { ledgerKey } from '../../../ledger/ledger.ts';
import { entryInvalidRefusal, notChangedHint } from '../../../ledger/texts.ts';

const test = suite<{ world: TestWorld; digest: string }>('damaged objects');
test.before(async context => {
  const world = await TestWorld.ready();
  context.world = world;
  const { digest } = await world.propose(1, HEADER + BAR_1 + BAR_2);
  context.digest = digest;
  await world.countersign(2);
  world.write(3, 'mine.json', world.read(2, 'mine.json'));
  // `finalise` is started and sends nothing. The store then has all signatures and the entry `send`.
  await world.rpc('dev_fault', { method: 'sendrawtransaction', kind: 'error', code: -7, times: 50 });
  assert.is((await world.command(2, 'finalise', 'mine.json', '--yes')).json.error.code, 'NODE_REFUSED');
  await world.rpc('dev_fault', null);
});
test.after(({ world }) => world.stop());

const damages: [name: string, damage: (text: string) => string][] = [
  ['cut', text => text.slice(0, Math.floor(text.length / 2))],
  ['empty', () => ''],
  ['a web page', () => '<html><body>502 Bad Gateway</body></html>'],
  ['of another kind', () => '{"type":"countersign/other","version":1}'],
  ['of a later version', text => text.replace(/"version": ?1/, '"version": 2')],
  ['with a member twice', text => text.replace('{', '{"type":"x",')],
  ['with an unknown member', text => text.replace('{', '{"more":1,')],
];

const PC = 3;

const FINALISE = ['finalise', 'mine.json', '--yes'];
/** Keys of objects, each with commands that read the object. */
const objects: [key: (digest: string) => string, commands: string[][]][] = [
  [d => `proposals/${d}/request.json`, [['status'], ['review', '--out', 'x.json'], ['abandon', '--yes']]],
  // Signatures of a controller that the entry `send` names.
  [d => `proposals/${d}/signatures-1.json`, [FINALISE]],
  // The last entry of the ledger. Every command reads it.
  [
    () => ledgerKey(3),
    [['status'], FINALISE, ['abandon', '--yes'], ['submit', 'mine.json'], ['review', '--out', 'x.json']],
  ],
];
for (const [keyOf, commands] of objects) {
  const shape = keyOf('DIGEST');
  test(`damaged ${shape} are refused: ${damages.map(([name]) => name).join(', ')}`, async ({
    world,
    digest,
  }) => {
    const key = keyOf(digest);
    const right = world.object(key);
    try {
      for (const [name, damage] of damages) {
        const text = damage(right);
        assert.is.not(text, right, name);
        world.putObject(key, text);
        const before = world.snapshot();
        // With its copy of the ledger, the PC would report another code (LEDGER_FORKED) for a damaged entry.
        rmSync(join(world.pc(PC), '.countersign'), { recursive: true, force: true });
        for (const args of commands) {
          const ran = await world.command(PC, ...args);
          assert.equal(
            [name, args[0], ran.status, ran.json?.error?.code],
            [name, args[0], 1, 'OBJECT_INVALID'],
            ran.stderr,
          );
          assert.ok(ran.json.error.message.startsWith(key), ran.json.error.message);
          const { hint } = ran.json.error;
          const untouched = [notChangedHint(key), notChangedHint('the object'), entryInvalidRefusal('').hint];
          assert.ok(
            untouched.some(text => hint.includes(text)),
            hint,
          );
          assert.is(world.snapshot(), before, `${name}: ${args[0]} left everything as it was`);
        }
      }
    } finally {
      world.putObject(key, right);
    }
  });
}

test('a request and signatures that are stored under another proposal are refused', async ({
  world,
  digest,
}) => {
  const other = await TestWorld.ready();
  const made = await other.propose(2, HEADER + BAR_3);
  const request = other.object(`proposals/${made.digest}/request.json`);
  await other.stop();
  const attempt = async (key: string, text: string, code: string, message: RegExp) => {
    const right = world.object(key);
    world.putObject(key, text);
    const ran = await world.command(3, 'status');
    world.putObject(key, right);
    assert.is(ran.json.error?.code, code, ran.stderr);
    assert.match(ran.json.error.message, message);
  };
  await attempt(`proposals/${digest}/request.json`, request, 'OBJECT_INVALID', new RegExp(digest));
});

test('damaged signatures are reported with their key, do not count, and do not stop commands that read', async ({
  world,
  digest,
}) => {
  const key = `proposals/${digest}/signatures-2.json`;
  const right = world.object(key);
  const first = world.object(`proposals/${digest}/signatures-1.json`);
  const wrong: [text: string, why: RegExp][] = [
    ['{', /not valid JSON/],
    [first, /expected controller 2, got 1/],
    [right.replace(/"request": "[0-9a-f]{64}/, `"request": "${'0'.repeat(64)}`), / 0{64}/],
  ];
  for (const [text, why] of wrong) {
    world.putObject(key, text);
    for (const args of [['status'], ['review', '--out', 'x.json', '--overwrite']]) {
      const ran = await world.command(3, ...args);
      assert.is(ran.status, 0, ran.stderr);
      if (args[0] === 'status') assert.equal(ran.json.controllers, [1]);
      assert.match(ran.stderr, why);
      assert.match(ran.stderr, /^proposals\/[0-9a-f]{64}\/signatures-2\.json: .*2, or/m);
      assert.is(world.object(key), text);
    }
  }
  const mended = await world.ok(2, 'submit', 'mine.json');
  assert.equal([mended.controllers, world.object(key)], [[1, 2], right]);
});

test('signatures that are not needed may be damaged', async () => {
  const world = await TestWorld.ready();
  const { digest } = await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const key = `proposals/${digest}/signatures-3.json`;
  world.putObject(key, '<html>');
  const ran = await world.command(2, ...FINALISE);
  await world.stop();
  assert.is(ran.status, 0, ran.stderr);
  assert.ok(ran.stderr.includes(`${key}: expected ${FILE.signatures}`), ran.stderr);
});

test('an entry that changed after this PC read it is refused with both hashes', async ({ world }) => {
  const key = ledgerKey(3);
  const right = world.object(key);
  for (const text of [right.replace('"controllers":[1,2]', '"controllers":[1,3]'), '<html>', '']) {
    world.putObject(key, text);
    const before = world.snapshot();
    for (const args of [['status'], FINALISE, ['abandon', '--yes']]) {
      const ran = await world.command(2, ...args);
      assert.equal([ran.status, ran.json?.error?.code], [1, 'LEDGER_FORKED'], ran.stderr);
      assert.match(ran.json.error.message, new RegExp(`^${key}: .*[0-9a-f]{64}.*[0-9a-f]{64}`));
    }
    assert.is(world.snapshot(), before);
  }
  world.putObject(key, right);
  assert.is((await world.ok(2, 'status')).state, 'sending');
});

const coins = suite<{ world: TestWorld; list: string }>('lists of coins');
coins.before(async context => {
  context.world = await TestWorld.ready();
  context.list = context.world.object('ptxo.dat');
  context.world.write(1, 'bars.csv', HEADER + BAR_1);
});
coins.after(({ world }) => world.stop());

const lists: [name: string, list: (text: string) => string][] = [
  ['cut', text => text.slice(0, -100)],
  ['a web page', () => '<html></html>'],
  ['empty', () => ''],
  ['a coin twice', text => text + text],
  ['an amount of nine decimals', text => text.replace('.00000000', '.000000001')],
  ['an id in capitals', text => text.replace(/^[0-9a-f]{64}/, id => id.toUpperCase())],
  ['an output that is not there', text => text.replace(' 0 ', ' 99 ')],
  ['an amount that is not so', text => text.replace('5000', '5001')],
];
for (const [name, list] of lists) {
  coins(
    `a list decides nothing, is named, and is left as it is by commands that look: ${name}`,
    async ({ world, list: right }) => {
      const text = list(right);
      world.putObject('ptxo.dat', text);
      const { next, troubles } = await world.ok(1, 'status');
      assert.equal(troubles, ['behind']);
      assert.match(next, /ptxo\.dat: /i);
      assert.is(world.object('ptxo.dat'), text);
    },
  );
}

test.run();
coins.run();

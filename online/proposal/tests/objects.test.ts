/** Objects in the store that are not what they should be: each is refused with its key and the reason, and left as it was. */
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, BAR_2, BAR_3, GIVEN_UP, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';

const test = suite<{ world: TestWorld; digest: string; base: string }>('damaged objects');
test.before(async context => {
  const world = await TestWorld.ready();
  context.world = world;
  const { digest } = await world.propose(1, HEADER + BAR_1 + BAR_2);
  context.digest = digest;
  context.base = (await world.ok(1, 'status')).mapping;
  await world.countersign(2);
  // Begun, and nothing sent: so that every kind of object is there.
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

/** Keys, and the commands that read them. */
const FINALISE = ['finalise', 'mine.json', '--yes'];
const objects: [key: (digest: string, base: string) => string, commands: string[][]][] = [
  [d => `proposals/${d}/request.json`, [['status'], ['review', '--out', 'x.json']]],
  // One of those whose signatures the transactions were begun with.
  [d => `proposals/${d}/signatures-1.json`, [FINALISE]],
  [
    d => `proposals/${d}/decision.json`,
    [['status'], FINALISE, ['abandon', '--yes'], ['submit', 'mine.json']],
  ],
  [(_, b) => `successors/${b}.json`, [['submit', 'mine.json']]],
];
for (const [keyOf, commands] of objects) {
  const shape = keyOf('DIGEST', 'BASE');
  test(`${shape}: ${damages.map(([name]) => name).join(', ')}`, async ({ world, digest, base }) => {
    const key = keyOf(digest, base);
    const right = world.object(key);
    try {
      for (const [name, damage] of damages) {
        const text = damage(right);
        assert.is.not(text, right, name);
        world.putObject(key, text);
        const before = world.snapshot();
        for (const args of commands) {
          const ran = await world.command(2, ...args);
          assert.equal(
            [name, args[0], ran.status, ran.json?.error?.code],
            [name, args[0], 1, 'OBJECT_INVALID'],
            ran.stderr,
          );
          assert.ok(ran.json.error.message.startsWith(key), ran.json.error.message);
          assert.match(ran.json.error.hint, /left as it is/);
          assert.is(world.snapshot(), before, `${name}: ${args[0]} left everything as it was`);
        }
      }
    } finally {
      world.putObject(key, right);
    }
  });
}

test('a request, and signatures, that lie under another proposal', async ({ world, digest }) => {
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
  await attempt(
    `proposals/${digest}/request.json`,
    request,
    'OBJECT_INVALID',
    /is a request with the digest/,
  );
});

test('damaged signatures do not count, are told with their key, and stop nobody who looks', async ({
  world,
  digest,
}) => {
  const key = `proposals/${digest}/signatures-2.json`;
  const right = world.object(key);
  const first = world.object(`proposals/${digest}/signatures-1.json`);
  const wrong: [text: string, why: RegExp][] = [
    ['{', /not valid JSON/],
    [first, /expected controller 2, got 1/],
    [
      right.replace(/"request": "[0-9a-f]{64}/, `"request": "${'0'.repeat(64)}`),
      /these signatures are for the request 0{64}/,
    ],
  ];
  for (const [text, why] of wrong) {
    world.putObject(key, text);
    for (const args of [['status'], ['review', '--out', 'x.json', '--overwrite']]) {
      const ran = await world.command(3, ...args);
      assert.is(ran.status, 0, ran.stderr);
      if (args[0] === 'status') assert.equal(ran.json.controllers, [1]);
      assert.match(ran.stderr, why);
      assert.match(
        ran.stderr,
        /^proposals\/[0-9a-f]{64}\/signatures-2\.json: .* do not count\. Give the signatures file of controller 2, or/m,
      );
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
  assert.ok(ran.stderr.includes(`${key}: not valid JSON`), ran.stderr);
});

test('a chain of claims that leads in a circle', async ({ world, digest, base }) => {
  world.putObject(`proposals/${digest}/given-up.json`, GIVEN_UP);
  await world.command(1, 'abandon', '--yes');
  const folder = join(world.root, 'store', 'successors', base);
  const { mkdirSync, writeFileSync, rmSync } = await import('node:fs');
  mkdirSync(folder);
  writeFileSync(join(folder, `${digest}.json`), world.object(`successors/${base}.json`));
  world.write(3, 'bars.csv', HEADER + BAR_3);
  await world.ok(3, 'prepare', '--issuances', 'bars.csv', '--out', 'request.json', '--yes');
  world.sign(3, 'request.json', 'mine.json');
  const ran = await world.command(3, 'submit', 'mine.json');
  rmSync(folder, { recursive: true });
  unlinkSync(join(world.root, 'store', `proposals/${digest}/given-up.json`));
  assert.is(ran.json.error?.code, 'OBJECT_INVALID', ran.stderr);
  assert.match(
    ran.json.error.message,
    /^successors\/[0-9a-f]{64}\/[0-9a-f]{64}\.json: .*was abandoned before/,
  );
});

const coins = suite<{ world: TestWorld; list: string }>('lists of coins');
coins.before(async context => {
  context.world = await TestWorld.ready();
  context.list = context.world.object('ptxo.dat');
  context.world.write(1, 'bars.csv', HEADER + BAR_1);
});
coins.after(({ world }) => world.stop());

const lists: [name: string, list: (text: string) => string, code: string, message: RegExp][] = [
  ['cut', text => text.slice(0, -100), 'OBJECT_INVALID', /line 5: expected "txid vout value", got/],
  ['a web page', () => '<html></html>', 'OBJECT_INVALID', /line 1: .*got "<html><\/html>"/],
  ['empty', () => '', 'COINS_SHORT', /ptxo\.dat lists 0/],
  ['a coin twice', text => text + text, 'OBJECT_INVALID', /line 7: the coin [0-9a-f]{64}:0 stands twice/],
  [
    'an amount of nine decimals',
    text => text.replace('.00000000', '.000000001'),
    'OBJECT_INVALID',
    /line 1: value/,
  ],
  ['a negative index', text => text.replace(' 0 ', ' -1 '), 'OBJECT_INVALID', /line 1: expected/],
  [
    'an id in capitals',
    text => text.replace(/^[0-9a-f]{64}/, id => id.toUpperCase()),
    'OBJECT_INVALID',
    /line 1/,
  ],
  ['columns run together', text => text.replaceAll(' ', ''), 'OBJECT_INVALID', /line 1/],
  [
    'an output that is not there',
    text => text.replace(' 0 ', ' 99 '),
    'COIN_SPENT',
    /99 is spent, or not on this chain/,
  ],
  [
    'an amount that is not so',
    text => text.replace('5000', '5001'),
    'COIN_INVALID',
    /listed with 5001.00000000, the chain says 5000/,
  ],
];
for (const [name, list, code, message] of lists) {
  coins(`refused and left as it is: ${name}`, async ({ world, list: right }) => {
    const text = list(right);
    world.putObject('ptxo.dat', text);
    const ran = await world.command(1, 'prepare', '--issuances', 'bars.csv', '--out', 'x.json', '--yes');
    assert.equal([ran.status, ran.json.error?.code], [1, code], ran.stderr);
    assert.match(ran.json.error.message, message);
    assert.match(ran.json.error.message, /ptxo\.dat/);
    assert.match(ran.json.error.hint, /coins scan/);
    assert.is(world.object('ptxo.dat'), text);
  });
}

coins('refused: a coin of somebody else, and one that is of another asset', async ({ world, list }) => {
  // The plain coins of the development node's first block: not the policy asset, and not at our address.
  const plain = world.node.node.chain.blocks[0]?.transactions[1]?.id;
  world.putObject('ptxo.dat', `${plain} 0 1\n${list}`);
  const ran = await world.command(1, 'prepare', '--issuances', 'bars.csv', '--out', 'x.json', '--yes');
  assert.is(ran.json.error?.code, 'COIN_INVALID', ran.stderr);
  assert.match(ran.json.error.message, /pays to the script 76a914[0-9a-f]{40}88ac, not to a914/);
});

test.run();
coins.run();

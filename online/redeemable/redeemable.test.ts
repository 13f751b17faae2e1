/** The list of redeemable bars: format, changes by one PC and by two at once, output of `redeem list`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, BAR_2, HEADER, TestWorld } from '../../fixtures/pcs/testing.ts';
import { asciiText, utf8 } from '../../shared/bytes.ts';
import { parseMapping } from '../../shared/mapping/mapping.ts';
import { signMapping } from '../../shared/mapping/signatures.ts';
import { failsWith } from '../../shared/testing.ts';
import { tokenAmount } from '../../shared/token-schedule.ts';
import { notChangedHint } from '../ledger/texts.ts';
import { barsFileBytes, parseBarsFile } from '../legacy/redeemable-bars.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { PutOptions } from '../store/store.ts';
import {
  addBarsChange,
  type Change,
  changeList,
  lockBarChange,
  removeBarsChange,
  unlockBarChange,
} from './redeemable-list.ts';

const KEY = 'rassets.json';
const [A, B, C] = ['031037-2019-PAMP', '030727-2019-PAMP', '035696-2019-PAMP'] as const;

const form = suite('redeemable bars: form');

form('an older list is read and written as it was: order, layout, other members of an entry', () => {
  const older = `{"assets": [{"ref": "${B}", "lock": true, "vault": "Z\\u00fcrich", "shelf": 1.50}, {"lock": false, "ref": "${A}"}]}`;
  const bars = parseBarsFile(utf8(older));
  assert.equal(
    bars.map(({ reference, lock }) => [reference, lock]),
    [
      [B, true],
      [A, false],
    ],
  );
  assert.is(asciiText(barsFileBytes(bars)), older);
  const compact = older.replaceAll('": ', '":').replaceAll(', "', ',"').replaceAll(', {', ',{');
  assert.is(asciiText(barsFileBytes(parseBarsFile(utf8(compact)))), older);
  assert.is(asciiText(barsFileBytes([])), '{"assets": []}');
});

const entry = `{"ref": "${A}", "lock": false}`;
const WRONG: [what: string, text: string, reason: RegExp][] = [
  ['empty', '', /JSON: .*\bend\b/],
  ['cut', `{"assets": [${entry}, {"ref"`, /JSON: .*\bend\b/],
  ['HTML', '<!doctype html><title>404</title>', /HTML/],
  ['a member that is none', `{"assets": [${entry}], "sigs": {}}`, /^rassets\.json: sigs: /],
  ['no list', '{}', /^rassets\.json: assets: .*got nothing/],
  ['a list alone', `[${entry}]`, /^rassets\.json: .*\blist\b/],
  [
    'one bar twice',
    `{"assets": [${entry}, ${entry}]}`,
    /^rassets\.json: assets\[1\]\.ref: .*assets\[0\].*got "031037-2019-PAMP"/,
  ],
  ['a member twice', `{"assets": [{"ref": "a", "ref": "b", "lock": false}]}`, /the key "ref" occurs twice/],
  ['no lock', `{"assets": [{"ref": "${A}"}]}`, /^rassets\.json: assets\[0\]\.lock: .*got nothing/],
  [
    'a lock of text',
    `{"assets": [{"ref": "${A}", "lock": "no"}]}`,
    /^rassets\.json: assets\[0\]\.lock: .*got "no"/,
  ],
  ['a reference that is none', '{"assets": [{"ref": "a\\u202eb", "lock": false}]}', /assets\[0\]\.ref/],
  ['an entry that is none', `{"assets": ["${A}"]}`, /^rassets\.json: assets\[0\]: .*got "031037-2019-PAMP"/],
];
for (const [what, text, reason] of WRONG)
  form(`${what}: refused with the key and the place`, () => {
    const { message, hint } = failsWith('OBJECT_INVALID', () => parseBarsFile(utf8(text)));
    assert.match(message, /^rassets\.json: /);
    assert.match(message, reason);
    assert.ok(hint.includes(notChangedHint(KEY)), hint);
  });

form('every truncation is refused', () => {
  const whole = `{"assets": [${entry}, {"ref": "${B}", "lock": true}]}`;
  for (let end = 0; end < whole.length; end++)
    failsWith('OBJECT_INVALID', () => parseBarsFile(utf8(whole.slice(0, end))));
});
form.run();

const entries = [A, B, C].map(
  (ref, i) => `"${i + 1}": {"ref": "${ref}", "mass": 400.0, "tokenid": "${`${i + 1}`.repeat(64)}"}`,
);
const mapping = parseMapping(
  utf8(`{"n": 2, "m": 3, "assets": {${entries}}, "sigs": {}, "time": 1795341900.000001, "height": 0}`),
);

/** A store in memory that records its writes. */
class RecordingStore extends MemoryStore {
  readonly puts: (PutOptions | undefined)[] = [];
  override async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void> {
    this.puts.push(options);
    await super.put(key, bytes);
  }
}

function servicesWithStore(store: MemoryStore, sleep: () => Promise<void> = async () => undefined) {
  const told: string[] = [];
  return { store, world: { now: () => 0, sleep }, told, progress: (line: string) => void told.push(line) };
}

const readBarTexts = async (store: MemoryStore) =>
  parseBarsFile((await store.get(KEY)) as Uint8Array).map(({ reference, lock }) =>
    lock ? `${reference} locked` : reference,
  );

const changing = suite('redeemable bars: changes');

changing('add, lock, unlock and remove; each list is public JSON', async () => {
  const store = new RecordingStore();
  const lists = servicesWithStore(store);
  const after = async (change: Change) => {
    const { changed } = await changeList(lists, change);
    return [changed, ...(await readBarTexts(store))];
  };
  assert.equal(await after(addBarsChange(mapping, [B, A, B])), [true, B, A]);
  assert.equal(await after(addBarsChange(mapping, [A])), [false, B, A]);
  assert.equal(await after(lockBarChange(mapping, A)), [true, B, `${A} locked`]);
  assert.equal(await after(addBarsChange(mapping, [A, C])), [true, B, `${A} locked`, C]);
  assert.equal(await after(unlockBarChange(A)), [true, B, A, C]);
  assert.equal(await after(unlockBarChange(A)), [false, B, A, C]);
  assert.equal(await after(removeBarsChange([B, C])), [true, A]);
  assert.equal(store.puts, Array(5).fill({ contentType: 'application/json', publicRead: true }));
});

changing('what cannot be is refused, and nothing is written', async () => {
  const store = new RecordingStore();
  const lists = servicesWithStore(store);
  await changeList(lists, addBarsChange(mapping, [A]));
  await changeList(lists, lockBarChange(mapping, A));
  const before = store.puts.length;
  const fails = async (code: string, change: () => Change) => {
    let found: unknown;
    try {
      await changeList(lists, change());
    } catch (error) {
      found = (error as { code: string }).code;
    }
    assert.is(found, code);
  };
  await fails('ASSET_UNKNOWN', () => addBarsChange(mapping, [B, '999999-2019-PAMP']));
  await fails('ASSET_UNKNOWN', () => addBarsChange(mapping, [A.toLowerCase()]));
  await fails('ASSET_UNKNOWN', () => lockBarChange(mapping, '999999-2019-PAMP'));
  await fails('ASSET_UNKNOWN', () => lockBarChange(mapping, B));
  await fails('ASSET_UNKNOWN', () => unlockBarChange(B));
  await fails('ASSET_UNKNOWN', () => removeBarsChange([A, B]));
  await fails('ASSET_LOCKED', () => lockBarChange(mapping, A));
  await fails('ASSET_LOCKED', () => removeBarsChange([A]));
  await store.put(KEY, utf8('{"assets": [{"ref": "999999-2019-PAMP", "lock": false}]}'));
  await fails('ASSET_UNKNOWN', () => lockBarChange(mapping, '999999-2019-PAMP'));
  await store.put(KEY, utf8('{"assets": ['));
  await fails('OBJECT_INVALID', () => addBarsChange(mapping, [B]));
  assert.is(store.puts.length, before + 2);
});

changing(
  'another PC replaces the list that was just written: the change is made again on its list, and said',
  async () => {
    const store = new RecordingStore();
    await changeList(servicesWithStore(store), addBarsChange(mapping, [C]));
    const stale = await store.get(KEY);
    let slept = 0;
    // Another PC had read the older list, and writes its own list during this PC's wait.
    const mine = servicesWithStore(store, async () => {
      if (slept++ === 0)
        await store.put(
          KEY,
          barsFileBytes([
            ...parseBarsFile(stale as Uint8Array),
            { reference: B, lock: true, members: new Map() },
          ]),
        );
    });
    const { changed } = await changeList(mine, addBarsChange(mapping, [A]));
    assert.equal([changed, await readBarTexts(store), mine.told.length], [true, [C, `${B} locked`, A], 1]);
  },
);

changing('two PCs in every order of their steps: no change is lost', async () => {
  for (let seed = 0; seed < 64; seed++) {
    const store = new MemoryStore();
    await changeList(servicesWithStore(store), addBarsChange(mapping, [C]));
    let step = 0;
    /** At each call, a bit of the seed decides whether the other PC makes its call first. */
    const slow = (): MemoryStore => {
      const wait = async () => {
        for (let turns = (seed >> (step++ % 6)) & 1 ? 7 : 1; turns > 0; turns--) await null;
      };
      return Object.assign(Object.create(store), {
        get: (key: string) => wait().then(() => store.get(key)),
        put: (key: string, bytes: Uint8Array) => wait().then(() => store.put(key, bytes)),
      });
    };
    // Like the real wait after a write, this wait is longer than the time that a PC needs from reading the
    // list to writing it.
    const pause = async () => {
      for (let turns = 0; turns < 100; turns++) await null;
    };
    await Promise.all([
      changeList(servicesWithStore(slow(), pause), addBarsChange(mapping, [A])),
      changeList(servicesWithStore(slow(), pause), lockBarChange(mapping, C)),
    ]).catch(error => {
      // The list that the other PC wrote has the lock already, so the repeated change is refused.
      assert.is(error.code, 'ASSET_LOCKED', `${seed}`);
    });
    assert.equal((await readBarTexts(store)).sort(), [A, `${C} locked`].sort(), `${seed}`);
  }
});

changing('writing that takes longer than others wait for is said', async () => {
  const lists = servicesWithStore(new MemoryStore());
  let now = 0;
  const slow = { ...lists, world: { ...lists.world, now: () => (now += 3000) } };
  assert.equal((await changeList(slow, addBarsChange(mapping, [A]))).changed, true);
  assert.is(lists.told.length, 1);
});

changing('a list that never holds still is refused', async () => {
  const store = new RecordingStore();
  let count = 0;
  const lists = servicesWithStore(store, () =>
    store.put(KEY, utf8(`{"assets": [{"ref": "${count++}", "lock": false}]}`)),
  );
  let code: unknown;
  try {
    await changeList(lists, addBarsChange(mapping, [A]));
  } catch (error) {
    ({ code } = error as { code: string });
  }
  assert.equal([code, lists.told.length], ['STORE_FAILED', 5]);
});
changing.run();

const commands = suite<{ world: TestWorld }>('redeem commands');
commands.before.each(async context => {
  const world = await TestWorld.ready();
  context.world = world;
  world.onSleep = async () => undefined;
  await world.propose(1, HEADER + BAR_1 + BAR_2);
  await world.countersign(2);
  world.onSleep = () => world.generate();
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  world.onSleep = async () => undefined;
});
commands.after.each(({ world }) => world.stop());

commands('list: mass, tokens now, blocks until that changes, lock; it writes nothing', async ({ world }) => {
  const before = world.snapshot();
  const none = await world.ok(3, 'redeem', 'list');
  assert.equal([none.bars, none.height, none.blocksLeft], [[], 3311, 49]);
  const all = await world.ok(3, 'redeem', 'list', '--all');
  const tokens = (mass: string) => {
    const atoms = tokenAmount(mass, 3311).toString();
    return `${atoms.slice(0, -8)}.${atoms.slice(-8)}`;
  };
  const bar = (reference: string, mass: string, listed: boolean, lock: boolean) => {
    return { reference, listed, lock, now: reference, mass, tokens: tokens(mass) };
  };
  assert.equal(all.bars, [bar(A, '389.142', false, false), bar(B, '405.92', false, false)]);
  assert.is(world.snapshot(), before);
  await world.ok(1, 'redeem', 'add', B);
  assert.equal((await world.ok(2, 'redeem', 'lock', B)).bars, [{ reference: B, lock: true }]);
  assert.equal((await world.ok(3, 'redeem', 'list')).bars, [bar(B, '405.92', true, true)]);
  assert.equal((await world.ok(3, 'redeem', 'list', '--all')).bars[1], bar(A, '389.142', false, false));
  await world.rpc('dev_skip', 49);
  const later = await world.ok(3, 'redeem', 'list');
  assert.equal([later.blocksLeft, later.bars[0].tokens === tokens('405.92')], [480, false]);
});

commands(
  'a list with a redeemed bar is shown, and the bar can be taken out; refusals write nothing',
  async ({ world }) => {
    assertRefused(
      await world.command(1, 'redeem', 'add', C),
      'ASSET_UNKNOWN',
      /map\.json: .*"035696/,
      /map show --find/,
    );
    assert.not.ok(existsSync(join(world.root, 'store', KEY)));
    world.putObject(KEY, `{"assets":[{"ref":"${C}","lock":true}]}`);
    assert.equal((await world.ok(1, 'redeem', 'list')).bars, [
      { reference: C, listed: true, lock: true, now: C, mass: null, tokens: null },
    ]);
    assertRefused(
      await world.command(1, 'redeem', 'remove', C),
      'ASSET_LOCKED',
      /locked/,
      /redeem unlock 035696-2019-PAMP`/,
    );
    await world.ok(1, 'redeem', 'unlock', C);
    assert.equal((await world.ok(1, 'redeem', 'remove', C)).bars, []);
    world.putObject(KEY, '<html>');
    const before = world.snapshot();
    for (const args of [['list'], ['add', A], ['remove', A], ['lock', A], ['unlock', A]])
      assertRefused(
        await world.command(1, 'redeem', ...args),
        'OBJECT_INVALID',
        /^rassets\.json: /,
        new RegExp(notChangedHint(KEY)),
      );
    assert.is(world.snapshot(), before);
    world.putObject(KEY, '{"assets": []}');
    assertRefused(
      await world.command(1, 'redeem', 'lock', A),
      'ASSET_UNKNOWN',
      /rassets\.json/,
      /redeem add/,
    );
  },
);

commands(
  "a bar on several tokens has the sum of its entries; a mapping that is not the ledger's is refused",
  async ({ world }) => {
    const current = parseMapping(utf8(world.object('map.json')));
    const more = { reference: A, mass: '10.858', assetId: '77'.repeat(32) };
    const next = current.extended([more], '1995341999.000001', current.height);
    const signatures = [1, 2].map(
      i => [String(i), signMapping(next, world.keys[i - 1] as Uint8Array)] as const,
    );
    world.putObject('map.json', asciiText(next.withSignatures(new Map(signatures)).bytes()));
    assertRefused(await world.command(1, 'redeem', 'list'), 'MAPPING_INVALID');
    assertRefused(await world.command(1, 'redeem', 'add', A), 'MAPPING_INVALID');
    await world.ok(1, 'map', 'adopt', '--yes');
    assert.equal((await world.ok(1, 'redeem', 'list', '--all')).bars[0].mass, '400');
  },
);
commands.run();

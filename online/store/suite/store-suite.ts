/**
 * For tests only: tests for every kind of store. The test file of each store runs these tests, and adds
 * further tests.
 */
import { createHash, randomBytes } from 'node:crypto';
import { suite, type Test } from 'uvu';
import * as assert from 'uvu/assert';
import { rejectsWith } from '../../../shared/testing.ts';
import { type OpenOptions, openStore } from '../open-store.ts';
import { areBytesComplete, selfCheckingBytes, startWorker } from './start-workers.ts';

export interface Place {
  label: string;
  open: OpenOptions;
  /** The address of a new, empty store. */
  fresh(): string;
  /** Number of rounds in which several processes compete for one key. */
  rounds: number;
}

const textBytes = (value: string) => new TextEncoder().encode(value);

const BAD_KEYS = [
  ...['', '/', '/map.json', 'a//b', 'a/', '.', '..', '../map.json', 'a/../b', 'a/..', 'a/./b', 'a\\b'],
  ...[
    'a b',
    'a~0123456789abcdef',
    'a\0',
    'a\n',
    'ä',
    'a:b',
    'a?b',
    'a%2fb',
    'a'.repeat(201),
    'a/'.repeat(300),
  ],
];

/** Registers the tests without running them. The caller adds further tests and calls `.run()`. */
export function storeSuite(place: Place): Test {
  const test = suite(place.label);
  const fresh = () => openStore(place.fresh(), place.open);

  test('an empty store has no keys and no objects', async () => {
    const store = await fresh();
    assert.is(await store.get('map.json'), null);
    assert.equal(await store.list(''), []);
    assert.equal(await store.list('history/'), []);
  });

  test('create makes an object once, and put replaces it', async () => {
    const store = await fresh();
    assert.is(await store.create('map.json', textBytes('first')), true);
    assert.is(await store.create('map.json', textBytes('second')), false);
    assert.is(await store.create('map.json', textBytes('first')), false, 'nor the same bytes again');
    assert.equal(await store.get('map.json'), textBytes('first'));
    await store.put('map.json', textBytes('third, and longer'));
    assert.equal(await store.get('map.json'), textBytes('third, and longer'));
    await store.put('map.json', textBytes('4'));
    assert.equal(await store.get('map.json'), textBytes('4'), 'nothing of the longer one remains');
    await store.put('new.json', textBytes('5'));
    assert.is(await store.create('new.json', textBytes('6')), false);
  });

  test('get returns exactly the stored bytes as a Uint8Array', async () => {
    const store = await fresh();
    const every = Uint8Array.from({ length: 256 }, (_, i) => i);
    const large = new Uint8Array(randomBytes(6_000_000));
    for (const [key, bytes] of [
      ['every', every],
      ['empty', new Uint8Array(0)],
      ['large', large],
    ] as const) {
      await store.put(key, bytes);
      assert.is(await store.create(`${key}-created`, bytes), true);
      for (const name of [key, `${key}-created`]) {
        const got = (await store.get(name))!;
        assert.is(got.constructor, Uint8Array);
        assert.is(got.length, bytes.length);
        assert.is(sha256Of(got), sha256Of(bytes), name);
      }
    }
  });

  test('all documented keys and all permitted characters are accepted', async () => {
    const store = await fresh();
    const digest = 'ab'.repeat(32);
    const keys = [
      ...[
        `proposals/${digest}/request.json`,
        `proposals/${digest}/signatures-1.json`,
        'ptxo.dat',
        'ps1_tx.json',
      ],
      ...['AZaz09._-', '.hidden', '...', 'a'.repeat(200), 'a/b/c/d/e/f'],
    ];
    for (const key of keys) assert.is(await store.create(key, textBytes(key)), true, key);
    for (const key of keys) assert.equal(await store.get(key), textBytes(key));
    // All keys except the key of the object that is written to test a store.
    const there = (await store.list('')).filter(key => key !== 'write-check.txt');
    assert.equal(there, [...keys].sort());
  });

  test('any other key is refused, and nothing is written', async () => {
    const store = await fresh();
    for (const key of BAD_KEYS) {
      await rejectsWith('FIELD_INVALID', () => store.get(key));
      await rejectsWith('FIELD_INVALID', () => store.put(key, textBytes('x')));
      await rejectsWith('FIELD_INVALID', () => store.create(key, textBytes('x')));
      if (key !== '' && !/^a\/$/.test(key)) await rejectsWith('FIELD_INVALID', () => store.list(key));
    }
    assert.equal(await store.list(''), []);
  });

  test('an object larger than the given limit is refused', async () => {
    const store = await fresh();
    await store.put('map.json', new Uint8Array(1000));
    assert.is((await store.get('map.json', 1000))?.length, 1000);
    const refusal = await rejectsWith(
      'TOO_LARGE',
      () => store.get('map.json', 999),
      /map\.json.* 999 .*1000/,
    );
    assert.ok(refusal.message.startsWith(store.name));
  });

  test('list accepts any beginning of a key, and sorts by code point', async () => {
    const store = await fresh();
    const keys = ['a', 'B', 'a.b', 'a-b', 'ab', 'history/2', 'history/10', 'history/1', 'historic', 'x/y/z'];
    for (const key of keys) await store.put(key, textBytes(key));
    const sorted = [
      'B',
      'a',
      'a-b',
      'a.b',
      'ab',
      'historic',
      'history/1',
      'history/10',
      'history/2',
      'x/y/z',
    ];
    assert.equal(await store.list(''), sorted);
    assert.equal(await store.list('a'), ['a', 'a-b', 'a.b', 'ab']);
    assert.equal(await store.list('histor'), ['historic', 'history/1', 'history/10', 'history/2']);
    assert.equal(await store.list('history/'), ['history/1', 'history/10', 'history/2']);
    assert.equal(await store.list('history/1'), ['history/1', 'history/10']);
    assert.equal(await store.list('x/y/z'), ['x/y/z']);
    assert.equal(await store.list('x/y/z/'), []);
    assert.equal(await store.list('nothing'), []);
  });

  test('list returns all of many keys', async () => {
    const store = await fresh();
    const keys = Array.from({ length: 1005 }, (_, i) => `history/${String(i).padStart(5, '0')}`);
    const queue = [...keys];
    const one = async () => {
      for (let key = queue.pop(); key !== undefined; key = queue.pop()) await store.put(key, textBytes(key));
    };
    await Promise.all(Array.from({ length: 16 }, one));
    assert.equal(await store.list('history/'), keys);
  });

  test('a beginning of another key, and a key below an object, are not objects', async () => {
    const store = await fresh();
    await store.put('proposals/1/request.json', textBytes('x'));
    assert.is(await store.get('proposals'), null);
    assert.is(await store.get('proposals/1'), null);
    assert.is(await store.get('proposals/1/request.json/more'), null);
  });

  test('two stores next to each other share no objects', async () => {
    const [one, other] = [await fresh(), await fresh()];
    await one.put('map.json', textBytes('one'));
    assert.is(await other.get('map.json'), null);
    assert.equal(await other.list(''), []);
    assert.is(await other.create('map.json', textBytes('other')), true);
    assert.equal(await one.get('map.json'), textBytes('one'));
  });

  test('if one process creates a key many times at once, exactly one call succeeds', async () => {
    const store = await fresh();
    for (let round = 0; round < 5; round++) {
      const key = `ledger/${round}.json`;
      const won = await Promise.all(
        Array.from({ length: 12 }, (_, i) => store.create(key, selfCheckingBytes(i))),
      );
      assert.is(won.filter(Boolean).length, 1);
      assert.equal(await store.get(key), selfCheckingBytes(won.indexOf(true)));
    }
  });

  test(`if 8 processes create the same key at once, exactly one succeeds (${place.rounds} keys)`, async () => {
    const spec = place.fresh();
    const store = await openStore(spec, place.open);
    const ids = [1, 2, 3, 4, 5, 6, 7, 8];
    const workers = await Promise.all(
      ids.map(id => startWorker({ mode: 'create', spec, open: place.open, id })),
    );
    const wins = new Map<number, number>();
    try {
      for (let round = 0; round < place.rounds; round++) {
        const key = `ledger/${round}.json`;
        const line = JSON.stringify({ key, at: Date.now() + 8 });
        const answers = await Promise.all(workers.map(worker => worker.ask(line)));
        const winners = ids.filter((_, i) => answers[i] === 'true');
        assert.is(winners.length, 1, `round ${round}: ${answers.join(', ')}`);
        assert.is(answers.filter(answer => answer === 'false').length, ids.length - 1, answers.join(', '));
        const standing = (await store.get(key))!;
        assert.ok(
          areBytesComplete(standing) && standing[0] === winners[0],
          `round ${round}: the winner's bytes stand`,
        );
        wins.set(winners[0]!, (wins.get(winners[0]!) ?? 0) + 1);
      }
    } finally {
      await Promise.all(workers.map(worker => worker.stop()));
    }
    // If the same process succeeded in each round, the processes did not compete.
    assert.ok(wins.size > 1, 'the processes did not start together');
  });

  test('while two processes replace an object, readers never see a part', async () => {
    const spec = place.fresh();
    const store = await openStore(spec, place.open);
    await store.put('replaced', selfCheckingBytes(1));
    const workers = await Promise.all(
      [10, 140].map(id => startWorker({ mode: 'replace', spec, open: place.open, id })),
    );
    const seen = new Set<number>();
    try {
      const [least, most] = [Date.now() + 2500, Date.now() + 60_000];
      while (Date.now() < least || (seen.size <= 5 && Date.now() < most)) {
        const many = await Promise.all([store.get('replaced'), store.get('replaced'), store.get('replaced')]);
        for (const bytes of many) {
          assert.ok(bytes && areBytesComplete(bytes), `got ${bytes?.length} bytes of ${bytes?.[0]}`);
          seen.add(bytes[0]!);
        }
      }
    } finally {
      await Promise.all(workers.map(worker => worker.stop()));
    }
    assert.ok(seen.size > 5, `only ${seen.size} different objects were seen`);
    assert.equal(await store.list(''), ['replaced']);
  });

  return test;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Whole issuances and races on a real S3 server, by `make test-s3`; RACE_SECONDS says for how long they race. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStore } from '../store/open.ts';
import { BAR_1, BAR_2, BAR_3, HEADER, TestWorld } from '../testing.ts';
import { makeBucket } from './bucket.ts';
import { races } from './races.ts';

const seconds = Number(process.env['RACE_SECONDS'] ?? 60);
const bucket = await makeBucket();
const test = suite('issuances on S3');

test('two issuances with the roles turned round, and one given up between them', async () => {
  const place = bucket.store('issuances');
  const world = await TestWorld.ready(place);
  try {
    const store = await openStore(place.store, place.s3);
    const text = async (key: string) => new TextDecoder().decode((await store.get(key)) ?? new Uint8Array());
    await world.propose(1, HEADER + BAR_1 + BAR_2);
    await world.countersign(3);
    const first = await world.ok(3, 'finalise', 'mine.json', '--yes');
    assert.equal(await world.ok(3, 'finalise', 'mine.json'), first, 'again: the same');

    const given = await world.propose(3, HEADER + BAR_3);
    await world.ok(2, 'abandon', '--yes');
    const again = await world.propose(2, HEADER + BAR_3);
    assert.equal(again.issuances[0].coin, given.issuances[0].coin);
    await world.countersign(1);
    const second = await world.ok(1, 'finalise', 'mine.json', '--yes');

    const verified = await world.ok(2, 'map', 'verify');
    assert.equal([verified.valid, verified.assets, verified.digest], [true, 3, second.mapping]);
    assert.ok((await world.ok(2, 'report')).agrees);
    assert.is(await text(`history/${second.mapping}.json`), await text('map.json'));
    assert.is((await text('ptxo.dat')).trim().split('\n').length, 6);
    assert.is((await world.ok(1, 'status')).state, 'none');
  } finally {
    await world.stop();
  }
});

test('damaged objects are refused with their keys', async () => {
  const place = bucket.store('damaged');
  const world = await TestWorld.ready(place);
  try {
    const store = await openStore(place.store, place.s3);
    const { digest } = await world.propose(1, HEADER + BAR_1);
    for (const [key, args] of [
      ['ptxo.dat', ['prepare', '--issuances', 'bars.csv', '--out', 'x.json', '--yes']],
      [`proposals/${digest}/request.json`, ['status']],
      ['map.json', ['status']],
    ] as const) {
      const right = (await store.get(key)) as Uint8Array;
      await store.put(key, new TextEncoder().encode('<html>502</html>'));
      const ran = await world.command(1, ...args);
      assert.is(ran.json.error?.code, 'OBJECT_INVALID', ran.stderr);
      assert.ok(ran.json.error.message.startsWith(key), ran.json.error.message);
      await store.put(key, right);
    }
  } finally {
    await world.stop();
  }
});

test(`races for ${seconds} s: exactly one wins, the other is told, and chain and mapping agree`, async () => {
  const { rounds, wins } = await races(bucket.store('races'), seconds);
  console.log(`\nnote: ${rounds} races on S3: ${JSON.stringify(wins)}`);
  assert.ok(rounds > 0);
});

test.run();

/**
 * Policies with other numbers of controllers: signatures arrive one at a time, in any order, from several
 * files, and repeated.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, BAR_2, HEADER, TestWorld } from '../../../../fixtures/pcs/testing.ts';

const test = suite('policies');

async function withPolicyWorld(policy: { n: number; m: number }, run: (world: TestWorld) => Promise<void>) {
  const world = await TestWorld.ready({ policy });
  try {
    await run(world);
  } finally {
    await world.stop();
  }
}

test('3 of 5: signatures arrive one at a time, and status names those who signed and those who may', () =>
  withPolicyWorld({ n: 3, m: 5 }, async world => {
    await world.propose(4, HEADER + BAR_1 + BAR_2);
    const next = async () => (await world.ok(5, 'status')).next;
    assert.match(
      await next(),
      /4\. 2.*1, 2, 3 or 5, within 50 blocks \(about 50 min\).*`countersign review`, .* `countersign next`\.$/,
    );
    await world.countersign(2);
    assert.equal((await world.ok(2, 'submit', 'mine.json')).controllers, [2, 4]);
    assert.match(await next(), /2 and 4\. 1.*1, 3 or 5, within .*`countersign next`\.$/);
    const early = await world.command(2, 'finalise', 'mine.json', '--yes');
    assertRefused(early, 'NEED_SIGNATURES', { kind: 'need-signatures', signed: [2, 4], needed: 3 }, /./, 3);

    // Controller 1 also has the files of 5 and 2, and gives one of them twice.
    await world.countersign(5);
    await world.countersign(1);
    world.write(1, 'five.json', world.read(5, 'mine.json'));
    world.write(1, 'two.json', world.read(2, 'mine.json'));
    const all = await world.ok(1, 'submit', 'five.json', 'two.json', 'five.json');
    assert.equal(all.controllers, [2, 4, 5]);
    assert.match(await next(), /2, 4 and 5.*\. Run `countersign finalise`/);
    assert.ok(JSON.parse(world.object('ps1_tx.json'))['0'].complete);
    const { transactions } = await world.ok(1, 'finalise', 'mine.json', '--yes');
    assert.is(transactions.length, 2);
    const verified = await world.ok(3, 'map', 'verify');
    assert.equal([verified.valid, verified.controllers, verified.required], [true, [1, 2, 4], 3]);
    assert.ok((await world.ok(3, 'report')).agrees);
  }));

test('1 of 1: status tells the coordinator to sign, not to review the own request', () =>
  withPolicyWorld({ n: 1, m: 1 }, async world => {
    world.write(1, 'bars.csv', HEADER + BAR_1);
    await world.ok(1, 'prepare', '--issuances', 'bars.csv', '--out', 'request.json', '--yes');
    const { next, command } = await world.ok(1, 'status');
    assert.is(command, 'signer sign request.json');
    assert.not.match(next, /countersign review/);
    await world.sign(1, 'request.json', 'mine.json', 1);
    await world.ok(1, 'finalise', 'mine.json', '--yes');
  }));

test('15 of 15: the largest policy that a script permits', () =>
  withPolicyWorld({ n: 15, m: 15 }, async world => {
    await world.propose(15, HEADER + BAR_1);
    await world.countersign(1);
    for (let i = 2; i <= 14; i++) world.sign(1, 'request.json', `sign-${i}.json`, i);
    // The files are given in any order, and some of them together.
    for (const group of [[7], [3, 14], [2, 3, 12], [5], [4, 6, 8, 9, 10], [11]])
      await world.ok(1, 'submit', ...group.map(i => `sign-${i}.json`));
    const { next, missing } = await world.ok(9, 'status');
    assert.equal(missing, [1, 13]);
    assert.match(next, /11, 12, 14 and 15\. 2.*1 and 13, within /);
    await world.ok(1, 'finalise', 'mine.json', 'sign-13.json', '--yes');
    const verified = await world.ok(2, 'map', 'verify');
    assert.equal([verified.valid, verified.controllers.length], [true, 15]);
    assert.ok((await world.ok(3, 'report')).agrees);
  }));

test('1 of 1: one controller suffices', () =>
  withPolicyWorld({ n: 1, m: 1 }, async world => {
    await world.propose(1, HEADER + BAR_1);
    assert.is((await world.ok(1, 'status')).state, 'signed');
    await world.ok(1, 'finalise', '--yes');
    assert.ok((await world.ok(1, 'report')).agrees);
  }));

test('signatures by keys outside the policy are refused from every source', () =>
  withPolicyWorld({ n: 2, m: 3 }, async world => {
    await world.propose(1, HEADER + BAR_1);
    const stranger = await TestWorld.start({ policy: { n: 2, m: 5 } });
    await stranger.stop();
    await world.countersign(2);
    (world.keys as Uint8Array[])[1] = stranger.keys[4] as Uint8Array;
    let forged = '';
    try {
      world.sign(2, 'request.json', 'forged.json');
    } catch (error) {
      forged = (error as { code: string }).code;
    }
    assert.is(forged, 'SIGNATURE_INVALID', 'not even made');
    // The signatures of controller 1, in a file that names another controller.
    const { digest } = await world.ok(1, 'status');
    const mine = world.read(1, 'mine.json').replace('"controller": 1', '"controller": 3');
    world.write(3, 'forged.json', mine);
    const submitted = await world.command(3, 'submit', 'forged.json');
    assert.is(submitted.json.error.code, 'SIGNATURE_INVALID');
    const key = `proposals/${digest}/signatures-3.json`;
    world.putObject(key, mine);
    const what = /^proposals\/[0-9a-f]{64}\/signatures-3\.json: controller 3:/m;
    const finalised = await world.command(3, 'finalise', '--yes');
    assert.is(finalised.json.error.code, 'SIGNATURE_INVALID');
    assert.match(finalised.json.error.message, what);
    for (const args of [['review', '--out', 'x.json'], ['status']]) {
      const ran = await world.command(3, ...args);
      assert.is(ran.status, 0, ran.stderr);
      assert.match(ran.stderr, what);
      assert.is(world.object(key), mine, 'left as it was');
    }
    assert.equal((await world.ok(3, 'status')).controllers, [1]);
  }));

test.run();

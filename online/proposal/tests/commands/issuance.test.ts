import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, BAR_2, BAR_3, HEADER, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../../shared/bytes.ts';
import { assetAtIndex, listAssets } from '../../../../shared/mapping/asset-listing.ts';
import { parseMapping } from '../../../../shared/mapping/mapping.ts';
import { mappingSigners } from '../../../../shared/mapping/signatures.ts';

const test = suite<{ world: TestWorld }>('an issuance');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

test('after two issuances with exchanged roles, the mapping verifies', async ({ world }) => {
  const prepared = await world.propose(1, HEADER + BAR_1 + BAR_2);
  assert.is(prepared.issuances[0].tokens, '3891.63430770');
  assert.is(prepared.blocksLeft, 480 - (3310 % 480));
  const reviewed = await world.countersign(3);
  assert.is(reviewed.reviewCode, prepared.reviewCode);
  assert.equal(reviewed.issuances, prepared.issuances);
  const done = await world.ok(3, 'finalise', 'mine.json', '--yes');
  assert.is(done.transactions.length, 2);

  await world.propose(3, HEADER + BAR_3);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');

  const verified = await world.ok(1, 'map', 'verify');
  assert.equal(
    [verified.valid, verified.controllers, verified.assets, verified.totalMass],
    [true, [2, 3], 3, '1195.062'],
  );
  const mapping = parseMapping(utf8(world.object('map.json')));
  assert.equal(mappingSigners(mapping, world.trust.pubkeys), [2, 3]);
  assert.is(assetAtIndex(mapping, 2).mass, '400.0');
  for (const asset of listAssets(mapping)) {
    const info = (await world.rpc('getutxoassetinfo')).find((e: any) => e.asset === asset.assetId);
    assert.ok(info.amountspendable > 3800, asset.reference);
  }
  assert.ok(existsSync(join(world.root, 'store', 'history', `${mapping.digest}.json`)));
  assert.is((await world.ok(1, 'status')).state, 'none');
});

test('spent coins are replaced by their change at the same place of the list', async ({ world }) => {
  const before = world.object('ptxo.dat').trim().split('\n');
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const { transactions } = await world.ok(2, 'finalise', 'mine.json', '--yes');
  const after = world.object('ptxo.dat').trim().split('\n');
  assert.equal(after, [`${transactions[0]} 2 5000.00000000`, ...before.slice(1)]);
  const listed = await world.ok(1, 'coins', 'list');
  assert.equal([listed.tip.height, listed.tip.peers], [3311, 2]);
  assert.ok(listed.coins.every((coin: any) => coin.state === 'unspent'));
});

test('a second finalise changes nothing, on this PC or another', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const first = await world.ok(2, 'finalise', 'mine.json', '--yes');
  const [map, coins] = [world.object('map.json'), world.object('ptxo.dat')];
  assert.is(first.isEarlier, false);
  const again = { ...first, isEarlier: true };
  assert.equal(await world.ok(2, 'finalise', 'mine.json'), again);
  world.write(3, 'theirs.json', world.read(2, 'mine.json'));
  assert.equal(await world.ok(3, 'finalise', 'theirs.json'), again);
  assert.equal([world.object('map.json'), world.object('ptxo.dat')], [map, coins]);
});

test('status prints the state and the next step', async ({ world }) => {
  const states: string[] = [];
  const look = async () => void states.push((await world.ok(1, 'status')).state);
  await look();
  await world.propose(1, HEADER + BAR_1);
  await look();
  await world.countersign(2);
  await world.ok(2, 'submit', 'mine.json');
  await look();
  world.onSleep = async () => {
    await look();
    await world.generate();
    await look();
  };
  await world.ok(2, 'finalise', '--yes');
  await look();
  assert.equal(states, ['none', 'proposed', 'signed', 'sent', 'confirmed', 'none']);
});

test('signatures may arrive one at a time, in any order, and twice', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(3);
  const submitted = await world.ok(3, 'submit', 'mine.json', 'mine.json');
  assert.equal(submitted.controllers, [1, 3]);
  assert.equal((await world.ok(1, 'submit', 'mine.json')).controllers, [1, 3]);
  assert.ok(JSON.parse(world.object('ps1_tx.json'))['0'].complete);
});

test('with too few signatures finalise exits with 3', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  const ran = await world.command(1, 'finalise', 'mine.json', '--yes');
  assertRefused(ran, 'NEED_SIGNATURES', { kind: 'need-signatures', signed: [1], needed: 2 }, /./, 3);
});

test('the older tool can read its objects: one signature, and numbers as Python reads them', async ({
  world,
}) => {
  const { issuances } = await world.propose(1, HEADER + BAR_1 + BAR_3);
  const older = JSON.parse(world.object('ps1_tx.json'));
  assert.is(older.numiss, 2);
  assert.is(older['0'].complete, false);
  assert.is(older['0'].asset, issuances[0].assetId);
  assert.is(older['0'].vout, issuances[0].coin.vout);
  assert.is(older['1'].mass, 400);
  assert.match(world.object('ps1_tx.json'), /"mass": 400\.0/);
  const map = parseMapping(utf8(world.object('ps1_map.json')));
  assert.equal(mappingSigners(map, world.trust.pubkeys), [1]);
  // The node completes the transaction with another controller's key, as it does for the older confirmer.
  const { hex, txid, vout, scriptPubKey } = older['0'];
  const { ocean } = await import('../../../../fixtures/sample-request.ts');
  const previous = [{ txid, vout, scriptPubKey, redeemScript: ocean.p2sh.redeemScript }];
  const signed = await world.rpc('signrawtransaction', hex, previous, [ocean.wif[1]]);
  assert.is(signed.complete, true);
  assert.is((await world.rpc('sendrawtransaction', signed.hex)).length, 64);
});

test('a bar of an abandoned proposal is issued on the same coin', async ({ world }) => {
  const first = await world.propose(1, HEADER + BAR_1 + BAR_2);
  await world.ok(2, 'abandon', '--yes');
  const other = await world.propose(3, HEADER + BAR_3 + BAR_2);
  assert.equal(other.issuances[1].coin, first.issuances[1].coin);
  assert.not.equal(other.issuances[0].coin, first.issuances[0].coin);
});

test('a sent proposal cannot be abandoned', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  let abandoned: any;
  world.onSleep = async () => {
    abandoned ??= (await world.command(1, 'abandon', '--yes')).json;
    await world.generate();
  };
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  assert.is(abandoned.error.code, 'ALREADY_SENT');
});

test.run();

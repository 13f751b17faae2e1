/**
 * Records of proposals and of the ceremony. They are read from ledger and chain, and nothing is written to
 * the store.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR, burnForBar, issueToHolder, proposeRedemption } from '../../../fixtures/pcs/bar-redemption.ts';
import { assertRefused, BAR_1, BAR_2, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { textOfHtml } from '../page/testing.ts';

const test = suite<{ world: TestWorld }>('record');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

/** Runs `record`, and checks that the store is unchanged. */
async function runRecord(world: TestWorld, ...args: string[]): Promise<{ json: any; page: string }> {
  const before = world.snapshot();
  const json = await world.ok(3, 'record', ...args, '--out', 'record.html', '--overwrite');
  assert.is(world.snapshot(), before, 'nothing is written to the store');
  const page = world.read(3, 'record.html');
  assert.not.match(page, /<script|<link|<img|https?:/);
  return { json, page };
}

test('the record of a proposal has its signers, blocks and mapping, before and after publication', async ({
  world,
}) => {
  const prepared = await world.propose(1, HEADER + BAR_1 + BAR_2);
  const open = await runRecord(world);
  assert.equal([open.json.reviewCode, open.json.state], [prepared.reviewCode, 'open']);
  assert.equal(
    open.json.transactions.map(({ id, block, state }: any) => [id, block, state]),
    [
      [null, null, 'not sent'],
      [null, null, 'not sent'],
    ],
  );
  assert.equal(
    open.json.controllers.map(({ signed, sent }: any) => [signed, sent]),
    [
      [true, null],
      [false, null],
      [false, null],
    ],
  );

  await world.countersign(2);
  const done = await world.ok(2, 'finalise', 'mine.json', '--yes');
  const { json, page } = await runRecord(world, prepared.reviewCode.toLowerCase());
  assert.equal(
    [json.state, json.does, json.height],
    ['published', 'issuances', await world.rpc('getblockcount')],
  );
  assert.equal(json.mapping, { before: open.json.mapping.before, after: done.mapping });
  assert.equal(
    json.controllers.map(({ signed, sent }: any) => [signed, sent]),
    [
      [true, true],
      [true, true],
      [false, false],
    ],
  );
  const words = textOfHtml(page);
  for (const { id, block, state } of json.transactions) {
    assert.is(state, 'confirmed');
    assert.is(await world.rpc('getblockhash', block.height), block.hash);
    const { time } = await world.rpc('getblock', block.hash);
    assert.is(block.time, time);
    for (const told of [id, block.hash, String(block.height)]) assert.ok(words.includes(told), told);
  }
  for (const told of ['031037-2019-PAMP', '389.142', done.mapping, prepared.digest, prepared.reviewCode])
    assert.ok(words.includes(told), told);
  assert.ok(page.includes(`aria-label="QR code: ${prepared.reviewCode}"`));
  assert.is(page.match(/<td class="blank"><\/td>/g)!.length, 3 * world.trust.m, 'name, date and signature');
});

test('the record of a redemption has its burns, and the record of the earlier issuance stays readable', async ({
  world,
}) => {
  const tokens = await issueToHolder(world);
  const outputs = await burnForBar(world, '389.142', tokens.slice(1));
  const prepared = await proposeRedemption(world, BAR, outputs);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  const { json } = await runRecord(world);
  assert.equal([json.reviewCode, json.does, json.bars], [prepared.reviewCode, 'redemptions', [BAR]]);
  assert.equal(
    json.transactions.map(({ bar, id, state }: any) => [bar, id, state]),
    outputs.map(output => [BAR, output, 'confirmed']),
  );
  for (const { block } of json.transactions)
    assert.is(await world.rpc('getblockhash', block.height), block.hash);
  const [issuance] = world.ledger().filter(({ event }) => event === 'propose') as [any];
  const old = await runRecord(world, issuance.request);
  assert.equal(
    [old.json.digest, old.json.does, old.json.state],
    [issuance.request, 'issuances', 'published'],
  );
  assert.ok(old.json.transactions.every(({ state }: any) => state === 'confirmed'));
});

test('without a node or a request, the record says what is unknown', async ({ world }) => {
  const prepared = await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  await world.node.close();
  const away = await runRecord(world);
  assert.equal([away.json.height, away.json.notes.length > 0], [null, true]);
  const [{ state, id, block }] = away.json.transactions;
  assert.equal([state, block.hash, block.time], ['by the ledger', null, null]);
  const publish = world.ledger().at(-1)!;
  assert.equal(Object.values<any>(publish['transactions']), [{ txid: id, height: block.height }]);
  world.putObject(`proposals/${prepared.digest}/request.json`, '{"<b>":1}');
  const { json, page } = await runRecord(world);
  assert.equal([json.does, json.bars, json.mapping.after], [null, ['031037-2019-PAMP'], publish['mapping']]);
  assert.equal(
    json.controllers.map(({ signed }: any) => signed),
    [null, null, null],
  );
  assert.not.match(page, /<b>/);
});

test('for an unknown proposal the refusal names the existing ones, or the ceremony', async ({ world }) => {
  assertRefused(await world.command(3, 'record'), 'NO_PROPOSAL', /./, /countersign record --ceremony/);
  const { reviewCode } = await world.propose(1, HEADER + BAR_1);
  for (const named of ['AAAA-AAAA-AAAA-AAAA', '<script>', 'f'.repeat(64)])
    assertRefused(await world.command(3, 'record', named), 'NO_PROPOSAL', /./, new RegExp(reviewCode));
  const twice = await world.command(3, 'record', reviewCode, '--ceremony');
  assert.is(twice.status, 2);
  const names = [
    await world.ok(3, 'record'),
    await world.ok(3, 'record', reviewCode.slice(0, 4).toLowerCase()),
  ];
  assert.equal(
    names.map(({ out }) => out),
    [`record-${reviewCode}.html`, `record-${reviewCode}-2.html`],
  );
  assertRefused(await world.command(3, 'record', '--out', names[0].out), 'FILE_EXISTS');
  assertRefused(await world.command(3, 'record', '--published'), 'NO_PROPOSAL', /published/);
});

test('without a name the record is of the open proposal, otherwise of the last published one', async ({
  world,
}) => {
  const first = await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  const second = await world.propose(1, HEADER + BAR_2);
  assert.is((await runRecord(world)).json.reviewCode, second.reviewCode);
  assert.is((await runRecord(world, '--published')).json.reviewCode, first.reviewCode);
  await world.ok(1, 'abandon', '--yes');
  assert.is((await runRecord(world)).json.reviewCode, first.reviewCode, 'the newest one is abandoned');
  assert.is((await world.command(3, 'record', second.reviewCode, '--published')).status, 2);
});

test('the record of the ceremony has keys, profile, first block, first mapping and coins', async ({
  world,
}) => {
  const { json, page } = await runRecord(world, '--ceremony');
  const begin = world.ledger()[0]!;
  assert.equal(
    [json.profile, json.mapping, json.coins, json.firstBlock],
    [world.trust.reviewCode, begin['mapping'], 6, await world.rpc('getblockhash', 0)],
  );
  const words = textOfHtml(page);
  for (const told of [...json.publicKeys, world.trust.digest, world.trust.policyAsset, begin['mapping']])
    assert.ok(words.includes(told), told);
});

test.run();

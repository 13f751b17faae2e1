/**
 * Checks before a request is made: redemption transactions that are not sent, given lists of burns, and sums
 * of burns.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR,
  burnForBar,
  burnOutputs,
  freezeParts,
  issueToHolder,
  partsForBar,
  REDEEM,
  redemptionCsv,
  THIRD,
} from '../../../../fixtures/pcs/bar-redemption.ts';
import { assertRefused, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { formatAmount, parseAmount } from '../../../../shared/amount.ts';
import { utf8 } from '../../../../shared/bytes.ts';
import { derive } from '../../../../shared/derive.ts';
import { parseMapping } from '../../../../shared/mapping/mapping.ts';
import { readRequest } from '../../../../shared/request.ts';
import { signDerivation, signedMapping } from '../../../../shared/signatures.ts';
import { notATransactionFileRefusal } from '../../../cli/input/texts.ts';
import { MAKE_AGAIN } from '../../texts/given-files.ts';

const test = suite<{ world: TestWorld; tokens: string[] }>('before a redemption');
test.before.each(async context => {
  context.world = await TestWorld.ready();
  context.tokens = await issueToHolder(context.world);
});
test.after.each(({ world }) => world.stop());

const runCheckOfTransaction = (world: TestWorld, file: string, bar = BAR) =>
  world.command(1, 'redeem', 'check', bar, '--transaction', file);

/** The redemption transaction, and the transaction that splits the tokens for it. Neither of them is sent. */
async function makeUnsentTransaction(
  world: TestWorld,
  parts: readonly object[],
): Promise<{ hex: string; split: string }> {
  const [{ txid }] = await world.rpc('dev_freeze', parts);
  const hex = await world.rpc('getrawtransaction', txid);
  const others = (await world.rpc('getrawmempool')).filter((id: string) => id !== txid);
  const split = await world.rpc('getrawtransaction', others[0]);
  await world.rpc('dev_dropmempool');
  return { hex, split };
}

test('redeem check of an unsent transaction shows amount, tokens, addresses and moves', async ({
  world,
  tokens,
}) => {
  await world.rpc('dev_behaviour', { freezelist: true, burnlist: true });
  const parts = await partsForBar(world, '389.142', tokens.slice(1));
  const { hex } = await makeUnsentTransaction(world, parts);
  world.write(1, 'rtx.dat', hex);
  world.write(1, 'bar.txn', JSON.stringify({ hex: hex.toUpperCase(), complete: true }));
  for (const file of ['rtx.dat', 'bar.txn']) {
    const { json, status } = await runCheckOfTransaction(world, file);
    const tip = await world.rpc('getblockcount');
    assert.equal([status, json.sent, json.height], [0, false, tip + 1]);
    assert.equal(
      json.outputs.map((one: any) => [one.vout, one.token, one.amount, one.freezelist, one.burnlist]),
      parts.map(({ asset, amount }, i) => [i + 1, asset, amount, true, false]),
      'the holder asked for the freezelist',
    );
    assert.equal([json.redemption.needed, json.redemption.moves.length], ['3891.63430770', 2]);
  }
  await world.rpc('dev_behaviour', { freezelist: false, burnlist: false });
});

test('redeem check refuses an unsuitable transaction', async ({ world, tokens }) => {
  const parts = await partsForBar(world, '389.142', tokens.slice(1));
  const { hex, split } = await makeUnsentTransaction(world, parts);
  const refuses = async (
    text: string,
    code: string,
    message: RegExp,
    bar = BAR,
    hint: string | RegExp = /./,
  ) => {
    world.write(1, 'rtx.dat', text);
    assertRefused(await runCheckOfTransaction(world, 'rtx.dat', bar), code, message, hint);
  };
  const NOT_HEX = notATransactionFileRefusal('', '').hint;
  await refuses(split, 'BURN_INVALID', /^rtx\.dat: output 0: .* 76a914/);
  await refuses(hex, 'ASSET_UNKNOWN', /^rtx\.dat: .*031073-2019-PAMP/, '031073-2019-PAMP');
  await refuses(hex, 'AMOUNT_MISMATCH', /108\.58597970 too few/, THIRD, MAKE_AGAIN);
  await refuses(hex.slice(0, -2), 'FORMAT_INVALID', /^rtx\.dat: .*got 3/);
  await refuses(`${hex}00`, 'FORMAT_INVALID', /^rtx\.dat: /, BAR, MAKE_AGAIN);
  await refuses(hex.slice(0, -1), 'FORMAT_INVALID', /^rtx\.dat: /, BAR, NOT_HEX);
  await refuses('{"hex": 7}', 'FORMAT_INVALID', /^rtx\.dat: .*or JSON/);
  await refuses('<html>', 'FORMAT_INVALID', /got "<html>"/);
  // The next block is in the next period. For a transaction in that block, the bar needs more tokens.
  await world.rpc('dev_skip', 479 - ((await world.rpc('getblockcount')) % 480));
  await refuses(hex, 'AMOUNT_MISMATCH', /at height 3360, got 3891\.63430770 \(0\.035\d+ too few/);
  const ran = await world.command(1, 'redeem', 'check', BAR);
  assert.equal([ran.status, ran.json.error.code], [2, 'USAGE']);
});

test('redeem check says if the transaction was sent already', async ({ world, tokens }) => {
  const [frozen] = await freezeParts(world, await partsForBar(world, '389.142', tokens.slice(1)));
  world.write(1, 'rtx.dat', await world.rpc('getrawtransaction', frozen!.txid));
  assert.is((await runCheckOfTransaction(world, 'rtx.dat')).json.sent, true);
  // The tokens are frozen, so no other transaction is possible. They can only be burnt for this bar or a
  // lighter one.
  const ran = await runCheckOfTransaction(world, 'rtx.dat', THIRD);
  assertRefused(ran, 'AMOUNT_MISMATCH', /^rtx\.dat: 035696-2019-PAMP: .*too few\)$/, / 3359\b/);
  assert.is(ran.json.sent, true);
});

test("the older wallet's list is compared: equal, another amount, another token", async ({
  world,
  tokens,
}) => {
  const [own, second, third] = tokens as [string, string, string];
  const outputs = await burnForBar(world, '389.142', [second, third]);
  world.write(1, 'burns.csv', redemptionCsv(BAR, outputs));
  const prepare = (...flags: string[]) => world.command(1, ...REDEEM, ...flags);
  world.write(1, 'burntassets.dat', `1500.0 ${second}2391.0 ${third}`);
  assertRefused(await prepare('--burnt', 'burntassets.dat'), 'AMOUNT_MISMATCH', {
    kind: 'burnt-other',
    tokens: [{ token: third, listed: 239_100_000_000n, onChain: 239_163_430_770n }],
  });
  world.write(1, 'burntassets.dat', `1500.0 ${second}2391.6343077 ${own}`);
  const { json } = await prepare('--burnt', 'burntassets.dat');
  for (const token of [own, third]) assert.match(json.error.message, new RegExp(`token ${token}: `));
  world.write(1, 'cut.dat', `1500.0 ${second.slice(1)}`);
  assertRefused(await prepare('--burnt', 'cut.dat'), 'FORMAT_INVALID', /^cut\.dat: entry 1/);
  // If the request lacks a burn that is in the list, the refusal names the token, and not the sum.
  world.write(1, 'burntassets.dat', `1500.0 ${second}2391.6343077 ${third}`);
  world.write(1, 'burns.csv', redemptionCsv(BAR, outputs.slice(0, 1)));
  assertRefused(
    await prepare('--burnt', 'burntassets.dat'),
    'AMOUNT_MISMATCH',
    new RegExp(`^token ${third}: `),
  );
  world.write(1, 'burns.csv', redemptionCsv(BAR, outputs));
  world.write(1, 'one.dat', `1500.0 ${second}`);
  world.write(1, 'two.dat', `2391.6343077 ${third}`);
  assert.is((await prepare('--burnt', 'one.dat', '--burnt', 'two.dat')).status, 0);
});

test("burns that older scripts counted without an entry are found by the token's sum", async () => {
  const world = await TestWorld.ready();
  try {
    const bars = Object.fromEntries(
      ['011111', '022222', '033333', '044444'].map(s => [`${s}-2019-PAMP`, '400']),
    );
    const tokens = await issueToHolder(world, bars);
    const [first, second] = Object.keys(bars) as [string, string];
    // Less than half of each token is burnt, so that the mapping still has enough of it.
    const [whole] = await partsForBar(world, '400', tokens.slice(0, 1));
    const rest = formatAmount(parseAmount(whole!.amount, 'amount') - 260_000_000_000n);
    const parts = ['1300', '1300', rest].map((one, i) => ({ asset: tokens[i + 1]!, amount: one }));
    const outputs = await burnOutputs(world, await freezeParts(world, parts));
    world.write(1, 'burns.csv', redemptionCsv(first, outputs));
    await world.ok(1, ...REDEEM);
    const request = readRequest(utf8(world.read(1, 'request.json')));
    const derivation = derive(request, parseMapping(utf8(world.object('map.json'))), world.trust);
    const signatures = [1, 2].map(i => signDerivation(derivation, i, world.keys[i - 1]!, world.trust));
    await world.ok(1, 'abandon', '--yes');
    world.putObject('map.json', new TextDecoder().decode(signedMapping(derivation, signatures).bytes()));
    await world.ok(1, 'map', 'adopt', '--yes');
    world.write(1, 'burns.csv', redemptionCsv(second, outputs));
    assertRefused(
      await world.command(1, ...REDEEM),
      'BURN_COUNTED',
      new RegExp(`token ${tokens[1]}: .* 270\\.007 .* 400\\.0`),
    );
  } finally {
    await world.stop();
  }
});

test('a hundred burns need at most five round trips to the node', async ({ world, tokens }) => {
  const parts = Array.from({ length: 99 }, () => ({ asset: tokens[1], amount: '10' }));
  const rest = { asset: tokens[2], amount: '2901.6343077' };
  const outputs = await burnOutputs(world, await freezeParts(world, [...parts, rest] as never));
  assert.is(outputs.length, 100);
  const { createServer, request } = await import('node:http');
  const target = new URL(world.node.url);
  let asked = 0;
  const proxy = createServer((incoming, outgoing) => {
    asked++;
    const { hostname: host, port } = target;
    const forward = request({ host, port, method: 'POST', headers: incoming.headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forward);
  });
  await new Promise<void>(done => proxy.listen(0, '127.0.0.1', done));
  const { port } = proxy.address() as { port: number };
  try {
    world.write(1, 'burns.csv', redemptionCsv(BAR, outputs));
    const node = `http://u:secret-password@127.0.0.1:${port}`;
    const { redemptions } = await world.ok(1, ...REDEEM, '--node', node);
    assert.is(redemptions[0].burns.length, 100);
    assert.ok(asked <= 5, `${asked} round trips`);
  } finally {
    proxy.close();
    proxy.closeAllConnections();
  }
});

test.run();

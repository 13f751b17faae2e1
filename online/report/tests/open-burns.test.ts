/** The report during a redemption. Only burns of this redemption explain a smaller amount on chain. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR,
  burnForBar,
  burnOutputs,
  freezeParts,
  issueToHolder,
  proposeRedemption,
} from '../../../fixtures/pcs/bar-redemption.ts';
import { TestWorld } from '../../../fixtures/pcs/testing.ts';
import { textOfHtml } from '../page/testing.ts';

const test = suite<{ world: TestWorld; tokens: [string, string, string] }>('report while burns are open');
test.before.each(async context => {
  context.world = await TestWorld.ready();
  context.tokens = (await issueToHolder(context.world)) as [string, string, string];
});
test.after.each(({ world }) => world.stop());

/**
 * Runs the report.
 * @returns its exit code, its JSON, its page, and for each token the verdict and the burns of the open
 * redemption
 */
async function runReport(world: TestWorld) {
  const { status, json } = await world.command(1, 'report', '--html', 'r.html', '--overwrite');
  const tokens = json.mapped.map((t: any) => [t.token, t.verdict, t.burntOpen, t.isOpen]);
  return { status, json, tokens, page: textOfHtml(world.read(1, 'r.html')) };
}

test('verdicts of a burnt token: before the redemption, while it is open, in the next period, abandoned, published', async ({
  world,
  tokens: [own, second, third],
}) => {
  const outputs = await burnForBar(world, '389.142', [second, third]);
  const before = await runReport(world);
  assert.equal([before.status, before.json.verdict, before.json.open], [1, 'disagree', null]);
  assert.match(before.page, / 2 tokens .*`countersign prepare --redeem`/);

  const { reviewCode } = await proposeRedemption(world, BAR, outputs);
  const rows = [
    [own, 'ok', '0.00000000', false],
    [second, 'less', '1500.00000000', true],
    [third, 'less', '2391.63430770', true],
  ];
  const open = await runReport(world);
  assert.equal([open.status, open.json.verdict, open.tokens], [0, 'agree', rows]);
  assert.equal(open.json.open, { reviewCode, bars: [BAR] });
  assert.match(open.page, new RegExp(` 2 tokens .* ${reviewCode} of ${BAR}\\. `));
  assert.not.match(open.page, /prepare --redeem/);

  await world.rpc('dev_skip', 480);
  const later = await runReport(world);
  assert.equal([later.status, later.json.verdict], [0, 'agree']);
  assert.equal(later.tokens.slice(1), rows.slice(1));

  await world.ok(1, 'abandon', '--yes');
  assert.equal((await runReport(world)).json.verdict, 'disagree');
  await proposeRedemption(world, BAR, outputs);
  assert.equal((await runReport(world)).json.verdict, 'agree');
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes', '--confirmations', '1');
  const done = await runReport(world);
  assert.equal([done.status, done.json.verdict, done.json.open], [0, 'agree', null]);
  assert.equal([...new Set(done.tokens.map((t: unknown[]) => t[3]))], [false]);
});

test('a token that was burnt completely for the redemption is less, and not missing', async ({
  world,
  tokens: [own],
}) => {
  await proposeRedemption(world, BAR, await burnForBar(world, '389.142', [own]));
  const { status, tokens } = await runReport(world);
  assert.equal([status, tokens[0]], [0, [own, 'less', '3891.63430770', true]]);
});

test('a burn that the redemption does not count is not explained by it', async ({
  world,
  tokens: [own, second, third],
}) => {
  await proposeRedemption(world, BAR, await burnForBar(world, '389.142', [second, third]));
  await burnOutputs(world, await freezeParts(world, [{ asset: second, amount: '0.00000001' }]));
  const { status, json, tokens } = await runReport(world);
  assert.equal([status, json.verdict], [1, 'disagree']);
  assert.equal(tokens[1], [second, 'less', '1500.00000000', false]);
  assert.equal(tokens[2]?.[3], true);
  assert.equal(tokens[0], [own, 'ok', '0.00000000', false]);
});

test('burns that left the chain explain nothing, and no token is missing', async ({ world, tokens }) => {
  await proposeRedemption(world, BAR, await burnForBar(world, '389.142', tokens.slice(1)));
  await world.rpc('dev_reorg', 1, true);
  const { status, tokens: rows } = await runReport(world);
  assert.equal([status, rows.map((row: unknown[]) => row[3])], [0, [false, false, false]]);
});

test.run();

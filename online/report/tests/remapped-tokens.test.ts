/** Reports on mappings that the older scripts re-mapped and a store adopted: text, CSV, JSON and page. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestWorld } from '../../../fixtures/pcs/testing.ts';
import { formatAmount } from '../../../shared/amount.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { listAssets } from '../../../shared/mapping/asset-listing.ts';
import { type Mapping, parseMapping } from '../../../shared/mapping/mapping.ts';
import { signMapping } from '../../../shared/mapping/signatures.ts';
import { sumOfMasses } from '../../../shared/redemption/mass-sums.ts';
import { tokenAmount } from '../../../shared/token-schedule.ts';
import { textOfHtml } from '../page/testing.ts';

const { cases } = JSON.parse(
  readFileSync(new URL('../../../fixtures/vectors/amap-redemption.json', import.meta.url), 'utf8'),
) as { cases: { name: string; inputMap: string; original: { outputMap: string } }[] };
/**
 * A mapping of the original library with masses of more than 3 decimals, tokens on several bars, and entries
 * of 0.0.
 */
const STEP = cases.find(({ name }) => name === 'seed chain-1, step 4') as (typeof cases)[number];
const HEIGHT = 3371;

const test = suite<{ world: TestWorld }>('report after re-mappings');
test.before.each(async context => {
  context.world = await TestWorld.start({ height: HEIGHT + 10 });
  mkdirSync(join(context.world.root, 'store'));
});
test.after.each(({ world }) => world.stop());

function signedMappingText(world: TestWorld, mapping: Mapping): string {
  const signatures = [1, 2].map(
    i => [String(i), signMapping(mapping, world.keys[i - 1] as Uint8Array)] as const,
  );
  return new TextDecoder().decode(mapping.withSignatures(new Map(signatures)).bytes());
}

/**
 * Makes the node answer as if all tokens of the mapping were on chain.
 * @param more by asset id: atoms that the chain has in addition; may be negative
 */
async function fakeTokensOnChain(world: TestWorld, mapping: Mapping, more: Record<string, bigint> = {}) {
  const masses = new Map<string, string[]>();
  for (const { assetId, mass } of listAssets(mapping))
    masses.set(assetId, [...(masses.get(assetId) ?? []), mass]);
  const result = [...masses].flatMap(([asset, all]) => {
    const amount = tokenAmount(sumOfMasses(all), HEIGHT) + (more[asset] ?? 0n);
    return amount === 0n
      ? []
      : [{ asset, amountspendable: formatAmount(amount), amountfrozen: '0.00000000' }];
  });
  await world.rpc('dev_fault', null);
  await world.rpc('dev_fault', { method: 'getutxoassetinfo', kind: 'lie', times: 9, result });
}

/**
 * The ledger begins with the mapping before the redemption, and then adopts the mapping after the redemption.
 */
async function adoptMapping(world: TestWorld): Promise<{ before: Mapping; after: Mapping }> {
  const [before, after] = [STEP.inputMap, STEP.original.outputMap].map(text => parseMapping(utf8(text))) as [
    Mapping,
    Mapping,
  ];
  world.putObject('map.json', signedMappingText(world, before));
  await fakeTokensOnChain(world, before);
  await world.ok(1, 'map', 'init', '--yes');
  await world.ok(1, 'coins', 'scan');
  world.putObject('map.json', signedMappingText(world, after));
  await world.ok(1, 'map', 'adopt', '--yes');
  await fakeTokensOnChain(world, after);
  return { before, after };
}

test('all views list each token once with its mass on all bars, and count used-up tokens', async ({
  world,
}) => {
  const { before, after } = await adoptMapping(world);
  const report = await world.ok(1, 'report', '--csv', 'r.csv', '--html', 'r.html');
  const ids = new Set([...listAssets(after)].map(({ assetId }) => assetId));
  assert.equal([report.verdict, report.mapped.length + report.usedUp], ['agree', ids.size]);
  assert.equal([...new Set(report.mapped.map((t: any) => t.verdict))], ['ok']);
  const several = report.mapped.filter((t: any) => t.bars.length > 1);
  assert.equal([after.size, ids.size, report.usedUp, several.length], [8, 6, 1, 2]);
  const csv = world.read(1, 'r.csv').trim().split('\n').slice(1);
  assert.is(csv.filter(line => line.endsWith(',ok')).length, report.mapped.length);
  const text = textOfHtml(world.read(1, 'r.html'));
  for (const { mass, reference } of several)
    assert.ok(text.includes(`${reference} ok ${mass} not known `), reference);
  // The history shows the lost mass, and says that no record explains the loss.
  const lost = (Number(before.totalMass) - Number(after.totalMass)).toFixed(3);
  assert.match(text, /assets added mass removed,? .*total mass/);
  assert.ok(text.includes(` ${lost} ${after.totalMass} `), text);
  assert.match(text, new RegExp(` ${after.digest} \\(height [0-9]+\\) .* ${lost} .*\\.`));
});

test('every view reports only the token that was burnt more than mapped', async ({ world }) => {
  const { after } = await adoptMapping(world);
  const [first] = (await world.ok(1, 'report')).mapped.filter((t: any) => t.bars.length > 1);
  await fakeTokensOnChain(world, after, { [first.token]: -100_000_000n });
  const ran = await world.command(1, 'report', '--csv', 'r.csv', '--html', 'r.html');
  assert.equal([ran.status, ran.json.verdict], [1, 'disagree']);
  const wrong = ran.json.mapped.filter((t: any) => t.verdict !== 'ok');
  assert.equal(
    wrong.map((t: any) => [t.token, t.verdict]),
    [[first.token, 'less']],
  );
  assert.match(world.read(1, 'r.csv'), new RegExp(`${first.token},.*,less\n`));
  assert.match(
    world.read(1, 'r.html'),
    /<tr class="bad"><td class="name">[^<]*<\/td><td class="name"><span class="badge wrong">less</,
  );
});

test('the difference of two mappings gives the change of each bar and token', async ({ world }) => {
  world.write(1, 'old.json', STEP.inputMap);
  world.write(1, 'new.json', STEP.original.outputMap);
  const { bars, tokens, changed, removed } = await world.ok(1, 'map', 'diff', 'old.json', 'new.json');
  assert.ok(changed.length > 0 && removed.length > 0);
  // Each bar except the redeemed bar kept its mass. The tokens together lost the mass of the redeemed bar.
  const [{ before, after }, ...others] = bars;
  assert.equal([after, others], [null, []]);
  const lost = tokens.reduce((sum: number, t: any) => sum + Number(t.before) - Number(t.after), 0);
  assert.equal([lost.toFixed(3), tokens.length], [Number(before).toFixed(3), 2]);
});

test.run();

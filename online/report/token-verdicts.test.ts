/** Verdicts of tokens after redemptions. The mappings are made by the original library or by Countersign. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatAmount, parseAmount } from '../../shared/amount.ts';
import { utf8 } from '../../shared/bytes.ts';
import { listAssets } from '../../shared/mapping/asset-listing.ts';
import { type Mapping, parseMapping } from '../../shared/mapping/mapping.ts';
import { pythonNumber } from '../../shared/mapping/python-json.ts';
import { checkRandomRedemptions } from '../../shared/redemption/random-redemptions.ts';
import type { Holding } from '../../shared/redemption/remapping.ts';
import {
  GROWTH_PER_PERIOD,
  PERIOD,
  periodOf,
  roundTo8Decimals,
  tokenAmount,
} from '../../shared/token-schedule.ts';
import type { AssetInfo } from '../node/node.ts';
import { judgeTokens, type MappedToken, OLDER_ROUNDING, type Verdict } from './token-verdicts.ts';

interface Case {
  group: string;
  name: string;
  class: string;
  inputMap: string;
  burnt: [token: string, amount: string][];
  redemptionHeight: number;
  original: { outputMap?: string; judged?: { sound: boolean; tokenDeviation: string } } | null;
  proposed: { refused: string | null; outputMap: string };
}
const { cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/vectors/amap-redemption.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

const readMapping = (text: string) => parseMapping(utf8(text));
const none = new Map<string, number>();

/** The mass of each token, by asset id. The masses of its entries are added without rounding. */
function exactMasses(mapping: Mapping): Map<string, number> {
  const masses = new Map<string, number>();
  for (const { assetId, mass } of listAssets(mapping))
    masses.set(assetId, (masses.get(assetId) ?? 0) + Number(mass));
  return masses;
}

/** The amount after the federation issued the growth of each period from height `from` to height `to`. */
function grownAmount(atoms: bigint, from: number, to: number): bigint {
  let total = Number(formatAmount(atoms));
  for (let period = periodOf(from); period < periodOf(to); period++)
    total += roundTo8Decimals(total * GROWTH_PER_PERIOD - total);
  return parseAmount(roundTo8Decimals(total).toFixed(8), 'grown');
}

/**
 * Atoms of each token on chain after the burns, by asset id. Before the burns, each token has the amount of
 * its mass.
 */
function amountsAfterBurns(base: Mapping, burnt: Case['burnt'], height: number): Map<string, bigint> {
  const amounts = new Map<string, bigint>();
  for (const [token, mass] of exactMasses(base))
    amounts.set(token, mass <= 0 ? 0n : tokenAmount(mass.toFixed(12), height));
  for (const [token, text] of burnt) {
    const [on, burn] = [
      amounts.get(token),
      /^[0-9]+(\.[0-9]{1,8})?$/.test(text) ? parseAmount(text, 'burn') : 0n,
    ];
    if (on !== undefined) amounts.set(token, on > burn ? on - burn : 0n);
  }
  return amounts;
}

const spendableInfo = (amounts: ReadonlyMap<string, bigint>): Map<string, AssetInfo> =>
  new Map([...amounts].map(([token, amount]) => [token, { spendable: amount, frozen: 0n }]));

function verdictSet(tokens: readonly MappedToken[]): Set<Verdict> {
  return new Set(tokens.map(({ verdict }) => verdict));
}

const sound = cases.filter(one => one.proposed.refused === null);

test('every correct redemption mapping agrees with the chain after its burns', () => {
  let odd = 0;
  let several = 0;
  let usedUp = 0;
  for (const { name, inputMap, burnt, redemptionHeight: height, proposed, ...one } of sound) {
    const before = amountsAfterBurns(readMapping(inputMap), burnt, height);
    const outputs = [
      proposed.outputMap,
      ...(one.original?.judged?.sound ? [one.original.outputMap ?? ''] : []),
    ];
    for (const mapping of outputs.map(readMapping)) {
      const texts = [...listAssets(mapping)].map(({ mass }) => mass);
      if (texts.some(mass => /\.[0-9]{4}/.test(mass))) odd++;
      const made = judgeTokens(mapping, spendableInfo(before), height, none);
      usedUp += made.usedUp;
      several += made.mapped.filter(({ bars }) => bars.length > 1).length;
      assert.equal([...verdictSet(made.mapped)].sort(), made.mapped.length === 0 ? [] : ['ok'], name);
      assert.is(made.mapped.length + made.usedUp, exactMasses(mapping).size, name);
      // The report is made a hundred periods later, once with growth on chain and once without.
      const later = height + 100 * PERIOD;
      const after = new Map(
        [...before].map(([token, amount]) => [token, grownAmount(amount, height, later)]),
      );
      assert.equal(
        verdictSet(judgeTokens(mapping, spendableInfo(after), later, none).mapped).has('less'),
        false,
        name,
      );
      const still = judgeTokens(mapping, spendableInfo(before), later, none).mapped;
      for (const token of still.filter(({ mass }) => Number(mass) > 50))
        assert.is(token.verdict, 'behind', name);
    }
  }
  assert.equal([sound.length, odd, several, usedUp], [88, 52, 66, 22]);
});

test('for an original mapping that lost mass, only the wrong tokens are reported', () => {
  const wrong = cases.filter(
    one => one.original?.judged?.sound === false && one.original.outputMap !== undefined,
  );
  let told = 0;
  for (const { name, inputMap, burnt, redemptionHeight: height, original } of wrong) {
    const amounts = amountsAfterBurns(readMapping(inputMap), burnt, height);
    const mapping = readMapping(original?.outputMap as string);
    const { mapped } = judgeTokens(mapping, spendableInfo(amounts), height, none);
    const masses = exactMasses(mapping);
    for (const { token, verdict, remapped } of mapped) {
      const [mass, there] = [masses.get(token) as number, Number(formatAmount(amounts.get(token) ?? 0n))];
      const off = there - mass * (there === 0 ? 10 : Number(formatAmount(tokenAmount('400', height))) / 400);
      // A re-mapped token may differ by the report's tolerance of 0.1 tokens. For any other token, the limit
      // is 0.000002.
      const expected =
        Math.abs(off) < (remapped ? 0.1 : 2e-6) ? 'ok' : there === 0 ? 'missing' : off < 0 ? 'less' : 'more';
      assert.is(verdict, expected, `${name}: ${token} ${mass} ${there}`);
      if (expected !== 'ok') told++;
    }
  }
  assert.equal([wrong.length, told], [22, 17]);
});

/** A mapping of these holdings, numbered from 1. */
function mappingOfHoldings(holdings: readonly Holding[]): Mapping {
  return mappingOfEntries(
    ...holdings.map(({ bar, mass, token }) => [bar, pythonNumber(`${mass}`) as string, token] as const),
  );
}

test('after each of random redemptions every token is correct, unless a part rounded to nothing', () => {
  const counts = { tokens: 0, unseen: 0 };
  for (let seed = 1; seed <= 300; seed++) {
    let amounts: Map<string, bigint> | undefined;
    checkRandomRedemptions(seed, ({ before, after, burns, height }) => {
      amounts ??= amountsAfterBurns(mappingOfHoldings(before), [], height);
      for (const { token, amount } of burns) amounts.set(token, (amounts.get(token) ?? 0n) - amount);
      const { mapped } = judgeTokens(mappingOfHoldings(after), spendableInfo(amounts), height, none);
      for (const { token, verdict, difference, remapped } of mapped) {
        counts.tokens++;
        if (verdict === 'ok') continue;
        assert.equal([verdict, remapped], ['less', false], `${seed} ${token} ${difference}`);
        assert.ok(Math.abs(Number(difference)) < 0.005, `${seed} ${token} ${difference}`);
        counts.unseen++;
      }
    });
  }
  assert.equal(counts, { tokens: 5255, unseen: 0 });
});

const [A, B] = ['aa'.repeat(32), 'bb'.repeat(32)];

/** @param entries the entries (reference, mass and asset id), numbered from 1 */
function mappingOfEntries(
  ...entries: (readonly [reference: string, mass: string, assetId: string])[]
): Mapping {
  const assets = entries.map(
    ([ref, mass, id], i) => `"${i + 1}": {"ref": "${ref}", "mass": ${mass}, "tokenid": "${id}"}`,
  );
  return readMapping(
    `{"n": 2, "m": 3, "assets": {${assets.join(', ')}}, "sigs": {}, "time": 1795341900.000001, "height": 0}`,
  );
}

const HEIGHT = 3310;

function judgeToken(
  mapping: Mapping,
  info: [spendable: bigint, frozen: bigint],
  issuedAt = none,
  height = HEIGHT,
) {
  const [spent, frozen] = info;
  return judgeTokens(mapping, new Map([[A, { spendable: spent, frozen }]]), height, issuedAt)
    .mapped[0] as MappedToken;
}

test("a token that was never re-mapped has a period's amount or is reported", () => {
  const mapping = mappingOfEntries(['1-2019-P', '389.142', A]);
  const issuedAt = new Map([[A, HEIGHT]]);
  const amount = tokenAmount('389.142', HEIGHT);
  const table: [amount: bigint, known: boolean, verdict: Verdict][] = [
    [amount, true, 'ok'],
    [amount + 1n, true, 'more'],
    [amount - 1n, true, 'less'],
    [amount + OLDER_ROUNDING, false, 'ok'],
    [amount + OLDER_ROUNDING + 1n, false, 'more'],
    [amount - OLDER_ROUNDING - 1n, false, 'less'],
    [tokenAmount('389.142', 480), false, 'behind'],
    [tokenAmount('389.142', 480), true, 'less'],
    [tokenAmount('389.142', HEIGHT + PERIOD), true, 'more'],
    [0n, true, 'missing'],
  ];
  for (const [there, known, verdict] of table) {
    const token = judgeToken(mapping, [there, 0n], known ? issuedAt : none);
    assert.equal([token.verdict, token.remapped], [verdict, false], `${there} ${known}`);
  }
  assert.is(judgeToken(mapping, [tokenAmount('389.142', 480), 0n]).periodsBehind, 5);
  assert.is(judgeToken(mapping, [amount - 1n, 0n], issuedAt).periodsBehind, null);
});

test('a token with other tokens or bars may differ by 0.01 of mass', () => {
  const shared = mappingOfEntries(['1-2019-P', '200.0', A], ['1-2019-P', '0.0', B]);
  const twoBars = mappingOfEntries(['1-2019-P', '150.0', A], ['2-2019-P', '50', A], ['3-2019-P', '400.0', B]);
  const [amount, most] = [tokenAmount('200', HEIGHT), tokenAmount('0.01', HEIGHT)];
  for (const mapping of [shared, twoBars]) {
    for (const [there, verdict] of [
      [amount, 'ok'],
      [amount + most, 'ok'],
      [amount - most, 'ok'],
      [amount + most + 1n, 'more'],
      [0n, 'missing'],
    ] as const)
      assert.equal([judgeToken(mapping, [there, 0n]).verdict], [verdict], `${there}`);
    assert.is(judgeToken(mapping, [amount - most * 2n, 0n], new Map([[A, HEIGHT]])).verdict, 'less');
    assert.is(judgeToken(mapping, [amount + 7n, 0n]).rounding, '0.00000007');
  }
  const token = judgeToken(twoBars, [amount, 0n]);
  assert.equal(
    [token.reference, token.mass, token.bars],
    [
      '1-2019-P, 2-2019-P',
      '200',
      [
        { reference: '1-2019-P', mass: '150.0' },
        { reference: '2-2019-P', mass: '50' },
      ],
    ],
  );
});

test('frozen tokens may lack growth, but not more than the growth', () => {
  const mapping = mappingOfEntries(['1-2019-P', '400.0', A]);
  const issuedAt = new Map([[A, 0]]);
  const later = 96_000;
  const [issued, now] = [tokenAmount('400', 0), tokenAmount('400', later)];
  const half = issued / 2n;
  const spentHalf = grownAmount(half, 0, later);
  const at = (there: bigint, frozen: bigint) => judgeToken(mapping, [there, frozen], issuedAt, later).verdict;
  assert.is(at(0n, issued), 'frozen');
  assert.is(at(spentHalf, half), 'frozen');
  assert.is(at(now - half, half), 'frozen');
  assert.is(at(0n, issued - 1n), 'less');
  assert.is(at(now - half, half + 1n), 'more');
  // One frozen atom can lack only its own growth, so it explains no larger difference.
  assert.is(at((issued + now) / 2n, 1n), 'less');
});

test('tokens with masses of zero, negative masses and unreadable masses get verdicts', () => {
  const zero = mappingOfEntries(['1-2019-P', '0.0', A], ['2-2019-P', '400.0', B]);
  const chain = (amount: bigint) => new Map([[A, { spendable: amount, frozen: 0n }]]);
  assert.equal(judgeTokens(zero, none as never, HEIGHT, none).usedUp, 1);
  assert.equal(judgeTokens(zero, chain(5n), HEIGHT, none).mapped[0]?.verdict, 'ok');
  assert.equal(judgeTokens(zero, chain(20_000_000n), HEIGHT, none).mapped[0]?.verdict, 'more');
  const tail = mappingOfEntries(['1-2019-P', '-5.684341886080802e-14', A], ['1-2019-P', '400.0', B]);
  assert.equal(judgeTokens(tail, chain(0n), HEIGHT, none).usedUp, 1);
  const below = mappingOfEntries(['1-2019-P', '-10.0', A], ['1-2019-P', '410.0', B]);
  const [token] = judgeTokens(below, chain(0n), HEIGHT, none).mapped;
  assert.equal([token?.verdict, token?.expectedNow], ['more', '-100.00550719']);
  const huge = mappingOfEntries(['1-2019-P', '1e30', A]);
  assert.equal(
    [judgeToken(huge, [1n, 0n]).verdict, judgeToken(huge, [0n, 0n]).verdict],
    ['unreadable mass', 'missing'],
  );
});

test.run();

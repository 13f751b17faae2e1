/**
 * The rule `amap-1` gives the recorded redemptions of the original library. Its invariants hold for random series of
 * redemptions.
 */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatAmount, parseAmount } from '../amount.ts';
import { failsWith } from '../testing.ts';
import { tokenAmount } from '../token-schedule.ts';
import { checkRemapping } from './invariants.ts';
import { sumOfMasses } from './mass-sums.ts';
import { pythonRound } from './python-rounding.ts';
import { checkRandomRedemptions } from './random-redemptions.ts';
import { type Holding, remapHoldings, tokenRatio } from './remapping.ts';

const VECTORS = new URL('../../fixtures/vectors/amap-redemption.json', import.meta.url);
const { ratios, cases } = JSON.parse(readFileSync(VECTORS, 'utf8')) as {
  ratios: { height: number; tokenRatio: string }[];
  cases: Case[];
};
interface Case {
  group: string;
  name: string;
  class: string;
  inputMap: string;
  burnt: [string, string][];
  reference: string;
  redemptionHeight: number;
  proposed: { refused: string | null; outputMap: string };
}
type Entry = { ref: string; mass: number; tokenid: string };

/** Entries in file order. `JSON.parse` would sort keys that are numbers. */
function entriesInFileOrder(text: string): [string, Holding][] {
  const { assets } = JSON.parse(text) as { assets: Record<string, Entry> };
  const keys = [...text.matchAll(/"([0-9]+)": \{"ref"/g)].map(match => match[1] as string);
  return keys.map(key => {
    const { ref, mass, tokenid } = assets[key] as Entry;
    return [key, { bar: ref, token: tokenid, mass }];
  });
}

test("the token ratio equals the original library's at every recorded height", () => {
  assert.is(ratios.length, 24);
  for (const { height, tokenRatio: expected } of ratios) assert.is(String(tokenRatio(height)), expected, `${height}`);
});

const sound = cases.filter(({ proposed }) => proposed.refused === null);
test('the expected number of recorded redemptions have a result', () => {
  assert.equal([cases.length, sound.length], [110, 88]);
  assert.is(sound.filter(one => one.class === 'identical').length, 67);
});

for (const { group, name, ...one } of sound)
  test(`${group}: ${name}`, () => {
    const before = entriesInFileOrder(one.inputMap);
    const burns = one.burnt.map(([token, amount]) => ({ token, amount: Number(amount) }));
    const holdings = before.map(([, holding]) => holding);
    const { kept, added } = remapHoldings(holdings, burns, one.reference, one.redemptionHeight);
    const keys = before.filter(([, { bar }]) => bar !== one.reference).map(([key]) => key);
    const last = Math.max(1, ...before.map(([key]) => Number(key)));
    keys.push(...added.map((_, i) => String(last + 1 + i)));
    const after = [...kept, ...added];
    assert.equal(
      after.map((holding, i) => [keys[i], holding]),
      entriesInFileOrder(one.proposed.outputMap),
    );
    const atoms = one.burnt.map(([token, amount]) => ({ token, amount: parseAmount(amount, 'amount') }));
    const remapping = {
      before: holdings,
      after,
      burns: atoms,
      bar: one.reference,
      height: one.redemptionHeight,
    };
    checkRemapping(remapping);
  });

test("the invariants refuse the original library's wrong results", () => {
  const wrong = cases.filter(one => one.class === 'original wrong' && one.proposed.refused === null);
  let found = 0;
  for (const one of wrong as (Case & { original: { outputMap: string } })[]) {
    const [before, after] = [one.inputMap, one.original.outputMap].map(text =>
      entriesInFileOrder(text).map(([, h]) => h),
    );
    const burns = one.burnt.map(([token, amount]) => ({ token, amount: parseAmount(amount, 'amount') }));
    const all = { burns, bar: one.reference, height: one.redemptionHeight };
    failsWith('REMAP_INVALID', () =>
      checkRemapping({ ...all, before: before as Holding[], after: after as Holding[] }),
    );
    found++;
  }
  assert.is(found, wrong.length);
  assert.is(found, 14);
});

test("random series of redemptions keep each bar's mass exact and each token's mass within the tolerance", () => {
  for (let seed = 1; seed <= 300; seed++) checkRandomRedemptions(seed);
});

test('a remaining token may get the rounding of several burnt tokens', () => {
  for (const seed of [98_915, 138_687, 165_777]) assert.is(checkRandomRedemptions(seed), 5);
});

/** Redeems bar A at height 0, where a token represents 0.1 ounce. @returns the remaining entries */
function redeemBarA(before: Holding[], burnt: Record<string, string>): Holding[] {
  const burns = Object.entries(burnt).map(([token, text]) => ({ token, amount: parseAmount(text, 'amount') }));
  const asDoubles = Object.entries(burnt).map(([token, text]) => ({ token, amount: Number(text) }));
  const { kept, added } = remapHoldings(before, asDoubles, 'A', 0);
  const after = [...kept, ...added];
  checkRemapping({ before, after, burns, bar: 'A', height: 0 });
  return after;
}

test('a rounded-up part is at most the mass of an entry with four decimals', () => {
  const before = [
    { bar: 'A', token: 'a', mass: 400.0007 },
    { bar: 'B', token: 'b', mass: 400.0009 },
  ];
  assert.equal(redeemBarA(before, { b: '4000.007' }), [
    { bar: 'B', token: 'b', mass: 0 },
    { bar: 'B', token: 'a', mass: 400.0009 },
  ]);
});

test('if all tokens of the redeemed bar are burnt, other bars get back what rounding took from them', () => {
  const before = [
    { bar: 'A', token: 'a', mass: 200 },
    { bar: 'A', token: 'b', mass: 200 },
    { bar: 'B', token: 'c', mass: 400 },
  ];
  assert.equal(redeemBarA(before, { a: '1999.996', b: '1999.996', c: '0.008' }), [{ bar: 'B', token: 'c', mass: 400 }]);
});

test('a mass of 1e30 keeps its zeros', () => {
  assert.equal([sumOfMasses(['1e30']), sumOfMasses(['400.0', '0.250'])], ['1e+30', '400.25']);
});

test('a redemption with many burns at the last height is computed quickly', () => {
  const started = performance.now();
  for (let i = 0; i < 2000; i++) tokenRatio(20_000_000);
  assert.ok(performance.now() - started < 5000, 'the ratio of a period is computed once');
});

test('masses are rounded as Python rounds, ties included', () => {
  const recorded: [number, 3 | 8 | 9 | 13, number][] = [
    [0.0625, 3, 0.062],
    [0.1875, 3, 0.188],
    [2.5e-9 * 1, 8, 0],
    [-0.0625, 3, -0.062],
    [0.001953125, 8, 0.00195312],
    [0.005859375, 8, 0.00585938],
    [1.0009765625, 9, 1.000976562],
    [1.0029296875, 9, 1.002929688],
    [0.00006103515625, 13, 0.0000610351562],
    [133.333333333, 3, 133.333],
  ];
  for (const [x, digits, expected] of recorded) assert.is(pythonRound(x, digits), expected, `round(${x}, ${digits})`);
});

test('the needed tokens by amount and by ratio differ only by rounding', () => {
  for (const height of [0, 3303, 480_000, 2_628_000]) {
    const a = Number(formatAmount(tokenAmount('389.142', height)));
    assert.ok(Math.abs(a - 389.142 / tokenRatio(height)) < 2.1e-6, `height ${height}`);
  }
});

test.run();

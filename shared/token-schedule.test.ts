import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatAmount } from './amount.ts';
import { blocksLeft, GROWTH_PER_PERIOD, MAX_HEIGHT, roundTo8Decimals, tokenAmount } from './token-schedule.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/amap-token-amounts.json', import.meta.url), 'utf8'),
);

test('the growth factor is the double of the original library', () => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, GROWTH_PER_PERIOD);
  assert.is(`0x${view.getBigUint64(0).toString(16)}`, vectors.factor);
});

for (const { height, amounts } of vectors.tokenAmounts) {
  test(`height ${height}: every amount equals the original library's`, () => {
    for (const { mass, tokens } of amounts) assert.is(formatAmount(tokenAmount(mass, height)), tokens, mass);
  });
}

test('round8 rounds ties to even, as Python does', () => {
  // Expected values of CPython 3.11's round(x, 8).
  assert.is(roundTo8Decimals(1 / 512), 0.00195312);
  assert.is(roundTo8Decimals(3 / 512), 0.00585938);
  assert.is(roundTo8Decimals(3500 + 5 / 512), 3500.00976562);
  assert.is(roundTo8Decimals(3500 + 7 / 512), 3500.01367188);
  assert.is(roundTo8Decimals(3500.123456789), 3500.12345679);
});

test('the fast rounding by multiplication gives the same results as toFixed, which is exact', () => {
  let seed = 20251122;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  for (let i = 0; i < 200_000; i++) {
    const x = random() * 10 ** Math.floor(random() * 14 - 6);
    // Some values are near a tie between two decimals, where the product alone gives a wrong result.
    for (const y of [x, Number(`${x.toFixed(8)}5`)]) {
      const halves = y * 512;
      if (!Number.isInteger(halves)) assert.is(roundTo8Decimals(y), Number(y.toFixed(8)), String(y));
    }
  }
});

test('the amounts of a thousand masses at the greatest height', () => {
  const started = process.cpuUsage();
  for (let i = 0; i < 1000; i++) tokenAmount((350 + i / 1000).toFixed(3), MAX_HEIGHT);
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 3_000_000, `${(user + system) / 1000} ms`);
});

test('blocksLeft counts the blocks left in the period', () => {
  assert.equal([0, 1, 479, 480, 3310].map(blocksLeft), [480, 479, 1, 480, 50]);
});

test.run();

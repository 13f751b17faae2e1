import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failsWith } from '../testing.ts';
import { orderByText } from './entry-order.ts';

const indicesSortedByText = (keys: number[]) =>
  keys
    .map((key, i) => ({ text: String(key), i }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ i }) => i);

/** A random generator with a seed, so that a failed test can be repeated. */
function makeRandomBelow(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

test('dense and sparse keys are sorted in the order of their texts', () => {
  const next = makeRandomBelow(7);
  for (let round = 0; round < 300; round++) {
    const largest = [9, 10, 11, 99, 100, 101, 1000, 12345, 999_999_999][round % 9] as number;
    const keys = [...new Set(Array.from({ length: 1 + next(200) }, () => next(largest + 1)))];
    assert.equal([...orderByText(Int32Array.from(keys))], indicesSortedByText(keys), `${largest}: ${keys}`);
  }
});

test('all keys from 0 or 1 on are sorted in the order of their texts', () => {
  for (const first of [0, 1]) {
    const keys = Array.from({ length: 12_345 }, (_, i) => i + first);
    assert.equal([...orderByText(Int32Array.from(keys))], indicesSortedByText(keys));
  }
  assert.equal([...orderByText(Int32Array.of())], []);
});

test('a duplicate key is refused in dense and sparse lists', () => {
  failsWith('FORMAT_INVALID', () => orderByText(Int32Array.of(1, 2, 3, 2)), /^mapping: .*"2"/);
  failsWith('FORMAT_INVALID', () => orderByText(Int32Array.of(1, 900_000_000, 900_000_000)), /^mapping: .*"900000000"/);
});

test('too many entries for the sort by doubles are refused', () => {
  failsWith(
    'TOO_LARGE',
    () => orderByText(new Int32Array(2 ** 21 + 2 ** 20 + 1)),
    /at most 3145728 assets, got 3145729/,
  );
});

test.run();

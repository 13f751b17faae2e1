/** Characters that look alike: every pair of letters and digits. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { areTextsAlike, lookAlikeBarPairs, lookAlikeSearchKey } from './look-alike.ts';

const ALL = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
/** All look-alike pairs. Each pair was judged as printed, stamped and handwritten text, in upper and lower case. */
const JUDGED = `0O 0o 0Q 0D OQ OD QD Oo 1I 1l 1L 1i Il IL lL 2Z 2z 5S 5s 6b 6G 8B 9g 9q 4A 7T UV uv Uv CG IJ ij Gg Bb Vv`;

test('every pair that was judged to look alike is alike in both orders', () => {
  for (const [a, b] of JUDGED.split(' ') as unknown as [string, string][])
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const)
      assert.ok(areTextsAlike(`5${x}A`, `5${y}a`), `${x}${y}`);
});

test('no two digits look alike, because consecutive bar numbers differ in one digit', () => {
  for (const a of '0123456789') for (const b of '0123456789') assert.is(areTextsAlike(a, b), a === b, a + b);
});

test('look-alike texts have the same search key, so a search finds all of them', () => {
  let alike = 0;
  for (const a of ALL)
    for (const b of ALL) {
      assert.is(areTextsAlike(a, b), areTextsAlike(b, a), a + b);
      if (!areTextsAlike(a, b)) continue;
      alike++;
      assert.is(lookAlikeSearchKey(a), lookAlikeSearchKey(b), a + b);
      assert.equal(lookAlikeBarPairs([`5000${a}1-2021-ACME`], [`5000${b}1-2020-PAMP`]).length, 1, a + b);
    }
  assert.ok(alike > 150, String(alike));
});

test('a search excludes texts with the same key that do not look alike or differ in length', () => {
  assert.is(lookAlikeSearchKey('500006'), lookAlikeSearchKey('500008'));
  assert.equal(lookAlikeBarPairs(['500006-2021-ACME'], ['500008-2021-ACME', '50000B-2021-ACME']), [
    ['500006-2021-ACME', '50000B-2021-ACME'],
  ]);
  assert.not.ok(areTextsAlike('50001', '500001'));
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt, sampleRequest } from '../../../fixtures/sample.ts';
import { pinnedCoins, tokenOf } from '../pins.ts';

const [first, second] = [issuanceAt(0, 3310), issuanceAt(1, 3310)];
const onFirst = sampleRequest({ issuances: [first], time: '1763795123.000001' });
/** The same bar, later, on another coin. */
const onSecond = sampleRequest({ issuances: [{ ...first, coin: second.coin }], time: '1763795124.000001' });
const reference = '500001-2021-ACME';
/** Another bar's token came from the first coin, so that this coin is spent for good. */
const mapped = base.extended(
  [{ reference: '999999-2021-ACME', mass: '400.0', assetId: tokenOf(first.coin) }],
  '1763795000.000001',
  3310,
);
const listed = [{ ...second.coin, amount: 1n }];

test('a coin that is spent for good does not hide the one that an asset was put on since, whatever the order', () => {
  for (const submitted of [
    [onFirst, onSecond],
    [onSecond, onFirst],
  ]) {
    const pinned = pinnedCoins({ drafts: [], submitted }, mapped, listed);
    assert.equal(pinned.get(reference)?.coin, second.coin);
  }
});

test('a coin that is spent for good alone pins nothing; one that may be unspent does', () => {
  assert.is(pinnedCoins({ drafts: [], submitted: [onFirst] }, mapped, listed).size, 0);
  assert.equal(
    pinnedCoins({ drafts: [], submitted: [onFirst] }, base, listed).get(reference)?.coin,
    first.coin,
  );
});

test('a submitted request counts more than a draft', () => {
  const pinned = pinnedCoins({ drafts: [onSecond], submitted: [onFirst] }, base, []);
  assert.equal(pinned.get(reference), { coin: first.coin, isDraft: false });
});

test.run();

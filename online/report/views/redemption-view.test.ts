/** Redemptions as text: burns with too few confirmations are named. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BurnFact } from '../../proposal/facts/burns.ts';
import { REDEMPTIONS } from '../../proposal/tests/situations/samples.ts';
import { requestView } from './request-view.ts';

const { derivation } = REDEMPTIONS;
const burnFactsWithDepths = (depths: readonly number[]): BurnFact[] =>
  derivation.request.redemptions
    .flatMap(({ burns }) => burns)
    .map(({ txid, vout, token }, i) => ({
      ...{ txid, vout, token, amount: 1n, block: 3300, height: 3300 },
      ...{ depth: depths[i] ?? 0, transactions: [], problem: null },
    }));
const lateBurnsText = (depths: readonly number[], needed?: number) =>
  /^.*finalise` waits/m.exec(requestView(derivation, burnFactsWithDepths(depths), needed).text())?.[0] ??
  null;

test('burns without the requested number of confirmations, 30 by default, are named', () => {
  assert.is(lateBurnsText([30, 45]), null);
  assert.match(lateBurnsText([29, 45]) ?? '', /^1 of 2.*30 /);
  assert.match(lateBurnsText([30, 45], 46) ?? '', /^2 of 2.*46 /);
  assert.is(lateBurnsText([1, 2], 1), null);
  assert.match(lateBurnsText([0, 2], 1) ?? '', /^1 of 2\D* 1 [a-z]+\./);
});

test.run();

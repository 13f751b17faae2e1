/** A new request never equals an abandoned request. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Derivation } from '../../../shared/derive.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import { namedLedgersOf } from '../tests/situations/sample-ledgers.ts';
import { base, ISSUANCES, SAMPLES, trust } from '../tests/situations/samples.ts';
import { isDraftRefused, makeDraft } from './make-draft.ts';

const ready = new Map(namedLedgersOf(ISSUANCES)).get('with coins') as LedgerState;
const current = { mapping: base, bytes: base.bytes(), signers: [1, 2] };

for (const { name, wanted } of SAMPLES.filter(sample => sample.wanted.redemptions === undefined))
  test(`${name}: a request prepared again, at the same moment or with a slow clock, is a different one`, () => {
    for (const now of [1_763_795_123_000, 0]) {
      const draft = (state: LedgerState) => {
        const from = { state, current, older: { is: 'nothing' }, displaced: new Map(), burns: [] } as const;
        const made = makeDraft(wanted, { ...from, height: 3310, now, trust });
        assert.not.ok(isDraftRefused(made));
        return (made as Derivation).request;
      };
      const first = draft(ready);
      assert.is(draft(ready).digest, first.digest);
      const abandoned = { request: first.digest } as never;
      const second = draft({ ...ready, proposals: new Map([[first.digest, abandoned]]) });
      assert.is.not(second.digest, first.digest);
      assert.ok(Number(second.time) > Number(first.time));
    }
  });

test.run();

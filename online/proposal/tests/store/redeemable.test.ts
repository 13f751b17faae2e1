/** The list of redeemable bars after a redemption: the bar leaves it, and nothing else of the list changes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../../shared/bytes.ts';
import { keys } from '../../../ledger/objects.ts';
import type { LedgerState } from '../../../ledger/state.ts';
import type { StoreFacts } from '../../facts/facts.ts';
import { behind } from '../../projections.ts';
import { storeFacts } from '../situations/facts.ts';
import { ledgersOf } from '../situations/ledgers.ts';
import { base, REDEMPTIONS, trust } from '../situations/samples.ts';

const ledgers = new Map(ledgersOf(REDEMPTIONS));
const KIND = { map: 'current', older: 'nothing', coins: true, list: 'absent' } as const;
const [first, second] = REDEMPTIONS.derivation.request.redemptions.map(({ reference }) => reference);

/** What is written in place of this list. @returns null where it is left as it is */
function written(
  list: string | null,
  ledger = 'published',
  changes: Partial<StoreFacts> = {},
): string | null {
  const state = ledgers.get(ledger) as LedgerState;
  const facts = { ...storeFacts(REDEMPTIONS, state, KIND), redeemable: list === null ? null : utf8(list) };
  const late = behind({ ...facts, ...changes }, null, trust, { intent: 'look' });
  const found = late.filter(({ key }) => key === keys.redeemable);
  assert.ok(found.length <= 1);
  const [one] = found;
  if (one) assert.equal([one.contentType, one.publicRead], ['application/json', true]);
  return one ? new TextDecoder().decode(one.bytes) : null;
}

const entry = (ref: string | undefined, more = '') => `{"ref": "${ref}", "lock": false${more}}`;
const list = (...entries: string[]) => `{"assets": [${entries.join(', ')}]}`;

test('the redeemed bars leave the list, whatever lock they have; the others keep order, members and bytes', () => {
  const other = entry('627345-2017-Acem', ', "vault": "A\\u00e9", "n": 1.50');
  const locked = `{"lock": true, "ref": "${second}"}`;
  const last = entry('z');
  assert.is(written(list(entry(first), other, locked, last)), list(other, last));
  assert.is(written(list(entry(first))), list());
});

test('a list without them is left as it is, layout and all', () => {
  for (const text of [list(), list(entry('a'), entry('b')), '{"assets":[{"ref":"a","lock":true}]}\n'])
    assert.is(written(text), null);
});

test('nothing leaves the list before the redemption is published', () => {
  for (const ledger of ['begun', 'open', 'sent', 'abandoned', 'superseded'])
    assert.is(written(list(entry(first)), ledger), null, ledger);
});

test('a bar that came back into the mapping stays, as the custodian has it', () => {
  const current = { mapping: base, bytes: base.bytes(), signers: [1, 2] };
  assert.is(written(list(entry(first), entry(second)), 'published', { current }), null);
});

test('no list, and one that cannot be read, are left alone', () => {
  for (const text of [
    null,
    '',
    '<html>',
    '{"assets": {}}',
    list(entry(first), entry(first)),
    `${list(entry(first))}x`,
  ])
    assert.is(written(text), null);
});

test.run();

/**
 * The list of redeemable bars after a redemption or correction. Its bars are removed or renamed, and other
 * entries do not change.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../../shared/bytes.ts';
import { keys } from '../../../ledger/objects.ts';
import type { LedgerState } from '../../../ledger/state.ts';
import type { StoreFacts } from '../../facts/facts.ts';
import { behind } from '../../projections.ts';
import { storeFacts } from '../situations/facts.ts';
import { ledgersOf } from '../situations/ledgers.ts';
import { base, CORRECTIONS, REDEMPTIONS, type Sample, trust } from '../situations/samples.ts';

const KIND = { map: 'current', older: 'nothing', coins: true, list: 'absent' } as const;
const [first, second] = REDEMPTIONS.derivation.request.redemptions.map(({ reference }) => reference);

/** The new list that is written. @returns null if the list stays unchanged */
function written(
  list: string | null,
  ledger = 'published',
  changes: Partial<StoreFacts> = {},
  sample: Sample = REDEMPTIONS,
): string | null {
  const state = new Map(ledgersOf(sample)).get(ledger) as LedgerState;
  const facts = { ...storeFacts(sample, state, KIND), redeemable: list === null ? null : utf8(list) };
  const late = behind({ ...facts, ...changes }, null, trust, { intent: 'look' });
  const found = late.filter(({ key }) => key === keys.redeemable);
  assert.ok(found.length <= 1);
  const [one] = found;
  if (one) assert.equal([one.contentType, one.publicRead], ['application/json', true]);
  return one ? new TextDecoder().decode(one.bytes) : null;
}

const entry = (ref: string | undefined, more = '') => `{"ref": "${ref}", "lock": false${more}}`;
const list = (...entries: string[]) => `{"assets": [${entries.join(', ')}]}`;

test('redeemed bars are removed with any lock, and other entries keep order, members and bytes', () => {
  const other = entry('627345-2017-Acem', ', "vault": "A\\u00e9", "n": 1.50');
  const locked = `{"lock": true, "ref": "${second}"}`;
  const last = entry('z');
  assert.is(written(list(entry(first), other, locked, last)), list(other, last));
  assert.is(written(list(entry(first))), list());
});

test('a list without these bars keeps every byte', () => {
  for (const text of [list(), list(entry('a'), entry('b')), '{"assets":[{"ref":"a","lock":true}]}\n'])
    assert.is(written(text), null);
});

test('before publication no bar is removed', () => {
  for (const ledger of ['begun', 'open', 'sent', 'abandoned', 'superseded'])
    assert.is(written(list(entry(first)), ledger), null, ledger);
});

test('a bar that returned to the mapping keeps its entry', () => {
  const current = { mapping: base, bytes: base.bytes(), signers: [1, 2] };
  assert.is(written(list(entry(first), entry(second)), 'published', { current }), null);
});

const [removed, renamed] = CORRECTIONS.derivation.request.corrections.map(({ reference }) => reference);
const NEW = '999999-2020-ACME';
const corrected = (text: string, ledger?: string, changes?: Partial<StoreFacts>) =>
  written(text, ledger, changes, CORRECTIONS);

test('a corrected bar gets its new name with the same lock and members, and a removed bar loses its entry', () => {
  const other = entry('627345-2017-Acem', ', "n": 1.50');
  const locked = (ref: string | undefined) => `{"lock": true, "vault": "x", "ref": "${ref}"}`;
  const before = list(entry(removed), other, locked(renamed), entry('z'));
  assert.is(corrected(before), list(other, locked(NEW), entry('z')));
  assert.is(corrected(list(other, locked(NEW), entry('z'))), null, 'a second time');
  for (const ledger of ['begun', 'open', 'sent', 'abandoned', 'superseded'])
    assert.is(corrected(before, ledger), null, ledger);
  for (const text of ['<html>', list(entry(renamed), entry(renamed))]) assert.is(corrected(text), null);
});

test('if the new name is listed already, one entry remains, and a lock of either is kept', () => {
  const both = (lock: boolean) => list(entry(renamed), entry('z'), entry(NEW).replace('false', String(lock)));
  assert.is(corrected(both(false)), list(entry(NEW), entry('z')));
  assert.is(corrected(both(true)), list(entry(NEW).replace('false', 'true'), entry('z')));
});

test('another bar that was issued under the old name keeps its entry', () => {
  const current = { mapping: base, bytes: base.bytes(), signers: [1, 2] };
  assert.is(corrected(list(entry(renamed), entry(NEW)), 'published', { current }), null);
});

test('a missing or unreadable list is not written', () => {
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

/**
 * The list of redeemable bars after a redemption or correction. The redeemed bars are removed, the corrected
 * bars are renamed, and other entries do not change.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../../shared/bytes.ts';
import type { LedgerState } from '../../../ledger/ledger-state.ts';
import { keys } from '../../../ledger/object-keys.ts';
import type { StoreFacts } from '../../facts/facts.ts';
import { outdatedProjections } from '../../projections.ts';
import { makeStoreFacts } from '../situations/sample-facts.ts';
import { namedLedgersOf } from '../situations/sample-ledgers.ts';
import { base, CORRECTIONS, REDEMPTIONS, type Sample, trust } from '../situations/samples.ts';

const KIND = { map: 'current', older: 'nothing', coins: true, list: 'absent' } as const;
const [first, second] = REDEMPTIONS.derivation.request.redemptions.map(({ reference }) => reference);

/** The new list of redeemable bars. @returns null if the list stays unchanged */
function writtenList(
  list: string | null,
  ledger = 'published',
  changes: Partial<StoreFacts> = {},
  sample: Sample = REDEMPTIONS,
): string | null {
  const state = new Map(namedLedgersOf(sample)).get(ledger) as LedgerState;
  const facts = { ...makeStoreFacts(sample, state, KIND), redeemable: list === null ? null : utf8(list) };
  const late = outdatedProjections({ ...facts, ...changes }, null, trust, { intent: 'look' });
  const found = late.filter(({ key }) => key === keys.redeemable);
  assert.ok(found.length <= 1);
  const [one] = found;
  if (one) assert.equal([one.contentType, one.publicRead], ['application/json', true]);
  return one ? new TextDecoder().decode(one.bytes) : null;
}

const entryText = (ref: string | undefined, more = '') => `{"ref": "${ref}", "lock": false${more}}`;
const listText = (...entries: string[]) => `{"assets": [${entries.join(', ')}]}`;

test('redeemed bars are removed with any lock, and other entries keep order, members and bytes', () => {
  const other = entryText('627345-2017-Acem', ', "vault": "A\\u00e9", "n": 1.50');
  const locked = `{"lock": true, "ref": "${second}"}`;
  const last = entryText('z');
  assert.is(writtenList(listText(entryText(first), other, locked, last)), listText(other, last));
  assert.is(writtenList(listText(entryText(first))), listText());
});

test('a list without these bars keeps every byte', () => {
  for (const text of [
    listText(),
    listText(entryText('a'), entryText('b')),
    '{"assets":[{"ref":"a","lock":true}]}\n',
  ])
    assert.is(writtenList(text), null);
});

test('before publication no bar is removed', () => {
  for (const ledger of ['begun', 'open', 'sent', 'abandoned', 'superseded'])
    assert.is(writtenList(listText(entryText(first)), ledger), null, ledger);
});

test('a bar that returned to the mapping keeps its entry', () => {
  const current = { mapping: base, bytes: base.bytes(), signers: [1, 2] };
  assert.is(writtenList(listText(entryText(first), entryText(second)), 'published', { current }), null);
});

const [removed, renamed] = CORRECTIONS.derivation.request.corrections.map(({ reference }) => reference);
const NEW = '999999-2020-ACME';
const correctedList = (text: string, ledger?: string, changes?: Partial<StoreFacts>) =>
  writtenList(text, ledger, changes, CORRECTIONS);

test('a corrected bar gets its new name with the same lock and members, and a removed bar loses its entry', () => {
  const other = entryText('627345-2017-Acem', ', "n": 1.50');
  const locked = (ref: string | undefined) => `{"lock": true, "vault": "x", "ref": "${ref}"}`;
  const before = listText(entryText(removed), other, locked(renamed), entryText('z'));
  assert.is(correctedList(before), listText(other, locked(NEW), entryText('z')));
  assert.is(correctedList(listText(other, locked(NEW), entryText('z'))), null, 'a second time');
  for (const ledger of ['begun', 'open', 'sent', 'abandoned', 'superseded'])
    assert.is(correctedList(before, ledger), null, ledger);
  for (const text of ['<html>', listText(entryText(renamed), entryText(renamed))])
    assert.is(correctedList(text), null);
});

test('if the new name is listed already, one entry remains, and a lock of either is kept', () => {
  const both = (lock: boolean) =>
    listText(entryText(renamed), entryText('z'), entryText(NEW).replace('false', String(lock)));
  assert.is(correctedList(both(false)), listText(entryText(NEW), entryText('z')));
  assert.is(correctedList(both(true)), listText(entryText(NEW).replace('false', 'true'), entryText('z')));
});

test('another bar that was issued under the old name keeps its entry', () => {
  const current = { mapping: base, bytes: base.bytes(), signers: [1, 2] };
  assert.is(correctedList(listText(entryText(renamed), entryText(NEW)), 'published', { current }), null);
});

test('a missing or unreadable list is not written', () => {
  for (const text of [
    null,
    '',
    '<html>',
    '{"assets": {}}',
    listText(entryText(first), entryText(first)),
    `${listText(entryText(first))}x`,
  ])
    assert.is(writtenList(text), null);
});

test.run();

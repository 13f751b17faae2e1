/** Compares a mapping with an older copy: each kind of change, and which of the two is newer. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../shared/bytes.ts';
import { type Mapping, parseMapping } from '../../../shared/mapping/mapping.ts';
import { ageOfMappings, compareMappings } from '../compare-mappings.ts';

type Entry = [key: number, bar: string, token: string, mass: number];

function mappingWithEntries(entries: readonly Entry[], height = 10, time = 1_600_000_000.000001): Mapping {
  const assets = Object.fromEntries(
    entries.map(([key, ref, tokenid, mass]) => [key, { ref, mass, tokenid }]),
  );
  return parseMapping(utf8(JSON.stringify({ n: 2, m: 3, assets, sigs: {}, time, height })));
}

const OLD: Entry[] = [
  [1, 'A-2019-X', 'aa', 400],
  [2, 'B-2019-X', 'bb', 400],
  [3, 'C-2019-X', 'cc', 400],
  [4, 'D-2019-X', 'dd', 400],
];

const changeTexts = (entries: readonly Entry[]) =>
  compareMappings(mappingWithEntries(OLD), mappingWithEntries(entries, 11, 1_600_000_100.000001)).changes.map(
    change => {
      const entry = 'entry' in change ? change.entry : change.after;
      return `${change.kind}: ${entry.reference} ${entry.assetId} ${entry.mass}`;
    },
  );

test('equal entries give no differences', () => assert.equal(changeTexts(OLD), []));

test('an issuance adds bars', () => {
  assert.equal(changeTexts([...OLD, [5, 'E-2020-X', 'ee', 399.5]]), ['bar added: E-2020-X ee 399.5']);
});

test('after a redemption the bar is missing, and its tokens represent another bar', () => {
  const after: Entry[] = [
    [1, 'A-2019-X', 'aa', 300],
    [2, 'B-2019-X', 'bb', 400],
    [3, 'C-2019-X', 'cc', 400],
    [5, 'A-2019-X', 'dd', 100],
  ];
  assert.equal(changeTexts(after), [
    'bar gone: D-2019-X dd 400',
    'token added: A-2019-X dd 100',
    'mass changed: A-2019-X aa 300',
  ]);
});

test('an entry of a remaining bar was removed', () => {
  const kept = mappingWithEntries([...OLD, [5, 'A-2019-X', 'ee', 1]]);
  assert.equal(
    compareMappings(kept, mappingWithEntries(OLD)).changes.map(({ kind }) => kind),
    ['token gone'],
  );
});

test('a correction changes a name, and an entry number gets another token', () => {
  const after: Entry[] = [[1, 'A-2019-Y', 'aa', 400], [2, 'B-2019-X', 'ff', 400], ...OLD.slice(2)];
  assert.equal(changeTexts(after), ['corrected: A-2019-Y aa 400', 'corrected: B-2019-X ff 400']);
});

test('entries in another order and layout are equal', () => {
  const text = `{"n":2,"m":3,"height":10,"time":1600000000.000001,"sigs":{},"assets":{${[...OLD]
    .reverse()
    .map(([key, ref, token, mass]) => `"${key}":{"tokenid":"${token}","mass":${mass},"ref":"${ref}"}`)
    .join()}}}`;
  assert.equal(compareMappings(mappingWithEntries(OLD), parseMapping(utf8(text))), {
    order: 'same',
    changes: [],
  });
});

test('a mapping is newer, older, the same, or neither', () => {
  const at = (height: number, time: number) => mappingWithEntries(OLD, height, time);
  const kept = at(10, 1_600_000_000.000001);
  const later = 1_600_000_100.000001;
  const earlier = 1_500_000_000.000001;
  assert.is(ageOfMappings(kept, kept), 'same');
  assert.is(ageOfMappings(kept, at(11, later)), 'newer');
  assert.is(ageOfMappings(kept, at(10, later)), 'newer');
  assert.is(ageOfMappings(kept, at(9, earlier)), 'older');
  assert.is(ageOfMappings(kept, at(10, earlier)), 'older');
  assert.is(ageOfMappings(kept, mappingWithEntries(OLD, 9)), 'older', 'at the same time');
  assert.is(ageOfMappings(kept, at(9, later)), 'unclear');
  assert.is(ageOfMappings(kept, at(11, earlier)), 'unclear');
});

test.run();

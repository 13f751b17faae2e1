/** Files with the same values but different white space give the same message, sums and entries. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatDecimal } from '../amount.ts';
import { asciiText, utf8 } from '../bytes.ts';
import { listAssets } from './asset-listing.ts';
import type { Asset } from './assets.ts';
import type { EntryChange } from './entry-edits.ts';
import { type Mapping, parseMapping } from './mapping.ts';
import { pythonNumber, pythonString } from './python-json.ts';

/** A random generator with a seed, so that a failed test can be repeated. */
let state = 20261124;
function randomBelow(n: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state >>> 8) % n;
}
const pickRandom = <T>(...from: T[]): T => from[randomBelow(from.length)] as T;
const randomHex = () => Array.from({ length: 64 }, () => '0123456789abcdef'[randomBelow(16)]).join('');

const [TEXTS, MASSES] = [
  ['031037-2019-PAMP', '', 'a&b. c', 'caf\u00e9', 'q"\\', 'tab\t', '\u{1f600}', '~!}, "', 'x'.repeat(70_000)],
  ['389.142', '400.0', '0.5', '350', '7', '0', '9999999.001', '400.10', '12345678.5', '1e2', '-3.5', '0.1234'],
];

/** The JSON text of one asset, in Python's layout or in another one. */
function entryText({ key, reference, mass, assetId }: Asset): string {
  const python = `"${key}": {"ref": ${pythonString(reference)}, "mass": ${mass}, "tokenid": ${pythonString(assetId)}}`;
  const others = [
    python,
    python.replaceAll(': ', ':'),
    `"${key}": {"mass": ${mass}, "ref": ${JSON.stringify(reference)}, "tokenid": ${JSON.stringify(assetId)}}`,
    python.replace('{', '{\n '),
    python.replace(/}$/, '\t}'),
  ];
  return randomBelow(4) > 0 ? python : pickRandom(...others);
}

function signedMessageOf(mapping: Mapping): string {
  let text = '';
  mapping.message(piece => {
    text += asciiText(piece);
  });
  return text;
}

/** The message that Python signs, computed from the values alone. */
function expectedMessage(assets: readonly Asset[]): string {
  const entries = assets
    .map(({ key, reference, mass, assetId }) => {
      const members = `"mass": ${pythonNumber(mass)}, "ref": ${pythonString(reference)}, "tokenid": ${pythonString(assetId)}`;
      return { key: String(key), text: `"${key}": {${members}}` };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return `{${entries.map(({ text }) => text).join(', ')}}2315.0000013310`;
}

/** Compares a mapping of which only the added entries were read with the same file, read as a whole. */
function checkSameAsRead(next: Mapping, where: string): void {
  const whole = parseMapping(next.bytes());
  assert.equal(
    [next.digest, next.signedHash, next.totalMass],
    [whole.digest, whole.signedHash, whole.totalMass],
    where,
  );
  const inside = ({ size, content: { assets } }: Mapping) => {
    const { keys, places, odd, open, close, length } = assets;
    return [keys, places.subarray(0, 8 * size), odd.subarray(0, size), open, close, length].join();
  };
  assert.is(inside(next), inside(whole), where);
}

test('random layouts and values: message, digest, sums and edits equal the expected ones', () => {
  for (let round = 0; round < 400; round++) {
    const usual = randomBelow(3) > 0;
    const assets = Array.from({ length: randomBelow(40) }, (_, i): Asset => {
      const odd = !usual && randomBelow(3) === 0;
      const reference = odd ? pickRandom(...TEXTS) : `${String(randomBelow(1e6)).padStart(6, '0')}-2020-ACME`;
      return {
        key: i * (1 + randomBelow(2) * 7) + i,
        reference,
        mass: odd ? pickRandom(...MASSES) : pickRandom('389.142', '400.0'),
        assetId: odd ? pickRandom('', randomHex().toUpperCase(), randomHex()) : randomHex(),
      };
    });
    const unique = assets.filter(({ key }, i) => assets.findIndex(other => other.key === key) === i);
    const between = () => pickRandom(', ', ', ', ', ', ',', ' ,', ',\n  ', '\t, ');
    const inner = unique.map((asset, i) => (i > 0 ? between() : '') + entryText(asset)).join('');
    const text = `{"n": 2, "m": 3, "assets": {${pickRandom('', ' ')}${inner}${pickRandom('', '\n')}}, "sigs": {}, "time": 15.000001, "height": 3310}`;
    const mapping = parseMapping(utf8(text));
    const where = `round ${round}`;
    assert.is(signedMessageOf(mapping), expectedMessage(unique), where);
    assert.equal([...listAssets(mapping)], unique, where);
    assert.equal(
      [...mapping.references()],
      unique.map(a => a.reference),
      where,
    );
    const atoms = unique.reduce((sum, { mass }) => sum + BigInt(Math.round(Number(mass) * 1e8)), 0n);
    assert.is(mapping.totalMass, atoms < 0n ? `-${formatDecimal(-atoms, 3)}` : formatDecimal(atoms, 3), where);
    assert.is(new TextDecoder().decode(mapping.bytes()), text, where);
    assert.is(parseMapping(mapping.bytes()).digest, mapping.digest, where);
    const added = assets
      .slice(0, randomBelow(3))
      .map(({ reference, assetId }) => ({ reference, assetId, mass: '400.0' }));
    const next = mapping.extended(added, '1763795123.000001', 3311);
    checkSameAsRead(next.extended(added, '1763795124.000001', 3312), where);
    checkSameAsRead(next, where);
    const changes = new Map(
      unique
        .map((_, i): [number, EntryChange | null] => [
          i,
          pickRandom(null, { mass: '1.5' }, { reference: 'b', mass: '17.0' }),
        ])
        .filter(([i]) => randomBelow(3) === 0 && unique[i]?.reference !== ''),
    );
    const changed = mapping.extended(added, '1763795123.000001', 3311, changes);
    checkSameAsRead(changed, where);
    const left = unique.flatMap((asset, i) => (changes.get(i) === null ? [] : [{ ...asset, ...changes.get(i) }]));
    const largest = Math.max(0, ...unique.map(({ key }) => key));
    const more = added.map((asset, i) => ({ key: largest + 1 + i, ...asset }));
    assert.equal([...listAssets(changed)], [...left, ...more], where);
    assert.is(
      signedMessageOf(changed).replace(/}[^}]*$/, ''),
      expectedMessage([...left, ...more]).replace(/}[^}]*$/, ''),
      where,
    );
    const wanted = unique[0];
    if (wanted) {
      assert.ok(mapping.contained(new Set([wanted.reference])).has(wanted.reference), where);
      assert.ok(mapping.contained(new Set([wanted.assetId]), 'assetId').has(wanted.assetId), where);
    }
    assert.is(mapping.contained(new Set(['999999-2020-none', randomHex()])).size, 0, where);
  }
});

test('a search for look-alike references finds those whose serials look alike', () => {
  const entries = ['O3l0AB-2020-ACME', '03100A-2020-ACME', '0310ab-1999-PAMP', '0310AB', '0310-AB'];
  const inner = entries.map((ref, i) => `"${i + 1}": {"ref": "${ref}", "mass": 400.0, "tokenid": "${randomHex()}"}`);
  const text = `{"n": 2, "m": 3, "assets": {${inner.join(', ')}}, "sigs": {}, "time": 15.000001, "height": 3310}`;
  const mapping = parseMapping(utf8(text));
  assert.equal([...mapping.alike(['0310AB-2024-OTHER'])], ['O3l0AB-2020-ACME', '0310ab-1999-PAMP', '0310AB']);
  const next = mapping.extended([{ reference: 'new', mass: '400.0', assetId: randomHex() }], '16.000001', 3311);
  assert.equal([...next.alike(['NEW-2024'])], ['new']);
  assert.equal([...next.alike(['03'])], []);
});

test.run();

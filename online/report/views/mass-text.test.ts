/**
 * Masses in tables. Digits that come only from float arithmetic are omitted, and a remark says so. All other
 * digits are shown.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../shared/bytes.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { compareEntries } from '../mapping-difference.ts';
import { differenceText } from './mapping-view.ts';
import { massText, roundedMassesRemark } from './mass-text.ts';

const TABLE: [mass: string, shown: string][] = [
  ['205.90900000000002', '205.909'],
  ['10.920999999999992', '10.921'],
  ['399.99999999999994', '400'],
  ['166.7700000000001', '166.77'],
  ['-0.00000000000005', '0'],
  ['5.684341886080802e-14', '0'],
  ['-5.684341886080802e-14', '0'],
  ['-12.500000000000002', '-12.5'],
  // These texts stay unchanged: integers, short decimals, numbers with significant digits, and texts that are
  // not numbers.
  ['400', '400'],
  ['400.0', '400.0'],
  ['389.142', '389.142'],
  ['389.1425', '389.1425'],
  ['389.14201', '389.14201'],
  ['0.0001', '0.0001'],
  ['1e-5', '1e-5'],
  ['1e22', '1e22'],
  ['NaN', 'NaN'],
];
for (const [mass, shown] of TABLE)
  test(`${mass} is shown as ${shown}`, () => {
    assert.equal([massText(mass), roundedMassesRemark(['400.0', mass]) !== ''], [shown, shown !== mass]);
  });

const mappingWithMass = (mass: string) =>
  parseMapping(
    utf8(
      `{"n": 2, "m": 3, "assets": {"1": {"ref": "a", "mass": ${mass}, "tokenid": "${'1'.repeat(64)}"}}, "sigs": {}, "time": 1795341900.000001, "height": 0}`,
    ),
  );

test('a difference only in insignificant digits is shown with all digits', () => {
  const texts = (before: string, after: string) => {
    const [was, is] = [mappingWithMass(before), mappingWithMass(after)];
    return differenceText(was, is, compareEntries(was, is), undefined, null);
  };
  assert.match(texts('205.909', '205.90900000000002'), /205\.90900000000002/);
  const rounded = texts('205.90900000000002', '10.920999999999992');
  assert.not.match(rounded, /0000000000|99999/);
  assert.match(rounded, /205\.909 .*\n.* 10\.921 /);
  assert.match(rounded, /exact numbers/);
});

test.run();

/** Files of redemptions and corrections, and the older wallet's list: values and error messages. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../../shared/bytes.ts';
import { failsWith } from '../../../../shared/testing.ts';
import { DetailedRefusal } from '../../errors/detailed-refusal.ts';
import { readBurntAmounts } from './burnt-file.ts';
import { readCorrections } from './correction-file.ts';
import { readRedemptions } from './redemption-file.ts';

const [A, B, C] = ['a', 'b', 'c'].map(digit => digit.repeat(64)) as [string, string, string];
const BAR = '031037-2019-PAMP';
const OTHER = '030727-2019-PAMP';

const readRedemptionTable = (text: string) => readRedemptions(utf8(text), 'burns.csv');
const readCorrectionTable = (text: string) => readCorrections(utf8(text), 'wrong.csv');
const readBurntList = (text: string) => readBurntAmounts(utf8(text), 'burntassets.dat');

/** Message and detail lines of a refusal with several errors. */
function refusalParts(run: () => unknown): [message: string, details: readonly string[]] {
  try {
    run();
  } catch (error) {
    if (error instanceof DetailedRefusal) return [error.message, error.details];
    throw error;
  }
  throw new Error('it was taken');
}

test('lines with the same bar form one redemption, in the order of first lines', () => {
  const text = `reference,burn\n${BAR},${A}\n${OTHER},${C}:2\n${BAR},${B}:0\n`;
  const both = [
    {
      reference: BAR,
      burns: [
        { txid: A, vout: null },
        { txid: B, vout: 0 },
      ],
    },
    { reference: OTHER, burns: [{ txid: C, vout: 2 }] },
  ];
  assert.equal(readRedemptionTable(text), both);
  assert.equal(readRedemptionTable(text.replaceAll(',', ';').replaceAll('\n', '\r\n')), both);
  assert.equal(readRedemptionTable(`burn,reference\n${A},${BAR}\n`), [
    { reference: BAR, burns: [{ txid: A, vout: null }] },
  ]);
  const json = [BAR, OTHER].map((reference, i) => ({ reference, burn: `${[A, B][i]}:${i}` }));
  assert.equal(readRedemptionTable(JSON.stringify(json)), [
    { reference: BAR, burns: [{ txid: A, vout: 0 }] },
    { reference: OTHER, burns: [{ txid: B, vout: 1 }] },
  ]);
});

for (const [burn, expected] of [
  ['', /""$/],
  [A.slice(1), /": .* 64 .* 63\b/],
  [A.toUpperCase(), /": \D+$/],
  [`${A}:`, /:"$/],
  [`${A}:01`, /:01"$/],
  [`${A}:-1`, /:-1"$/],
  [`${A}:1073741824`, /:1073741824"$/],
  [`${A} 0`, / 0"$/],
] as const)
  test(`a burn is refused: ${burn.slice(-14)}`, () => {
    assert.match(
      refusalParts(() => readRedemptionTable(`reference;burn\n${BAR};${burn}\n`))[0],
      new RegExp(`^line 2: burn: .* TXID:VOUT, .*${expected.source}`),
    );
  });

test('every wrong line is reported, and so is a burn that occurs twice', () => {
  const [message, details] = refusalParts(() =>
    readRedemptionTable(`reference,burn\n${BAR},${A}\n${'x'.repeat(65)},${B}\n${OTHER},${A}\n${BAR}\n`),
  );
  assert.match(message, /^burns\.csv: 3.*: line 3: reference: expected 1 to 64 characters/);
  assert.equal(details.length, 2);
  failsWith('BURN_SPENT', () => readRedemptionTable(`reference,burn\n${BAR},${A}\n${OTHER},${A}\n`));
});

test('more bars, or more burns of a bar, than a request permits are refused', () => {
  const id = (i: number) => String(i).padStart(64, '0');
  const many = (count: number, bar: (i: number) => string) =>
    `reference,burn\n${Array.from({ length: count }, (_, i) => `${bar(i)},${id(i)}\n`).join('')}`;
  assert.is(readRedemptionTable(many(100, () => BAR))[0]!.burns.length, 100);
  assert.match(refusalParts(() => readRedemptionTable(many(101, () => BAR)))[0], /^line 102:.*100 burns/);
  assert.is(readRedemptionTable(many(20, i => `bar ${i}`)).length, 20);
  assert.match(
    refusalParts(() => readRedemptionTable(many(21, i => `bar ${i}`)))[0],
    /^burns\.csv: .*20 bars, got 21$/,
  );
});

for (const [what, text] of [
  ['another header', `serial,burn\n${BAR},${A}\n`],
  ['no header', `${BAR},${A}\n`],
  ['a spreadsheet', 'PK\u0003\u0004'],
  ['JSON that is no list', '{"redemptions":[]}'],
] as const)
  test(`a table of redemptions is refused: ${what}`, () => {
    failsWith('FORMAT_INVALID', () => readRedemptionTable(text));
  });

test('a table without rows, and JSON with a number or an unknown member, are refused', () => {
  failsWith('FIELD_INVALID', () => readRedemptionTable('reference,burn\n,\n'));
  failsWith('FIELD_INVALID', () => readRedemptionTable(`[{"reference":"${BAR}","burn":7}]`));
  failsWith('FIELD_INVALID', () =>
    readRedemptionTable(`[{"reference":"${BAR}","burn":"${A}","amount":"1"}]`),
  );
});

test('a correction has the right reference or the word remove', () => {
  assert.equal(readCorrectionTable(`reference,to\n${BAR},031073-2019-PAMP Suisse\n${OTHER},remove\n`), [
    { reference: BAR, to: { serial: '031073', year: '2019', manufacturer: 'PAMP Suisse' } },
    { reference: OTHER, remove: true },
  ]);
  // The old reference may be any text of the mapping, so its parts may have another order. The new reference
  // must be SERIAL-YEAR-MANUFACTURER.
  assert.is(readCorrectionTable('reference,to\nPAMP-2019-031037,031037-2019-PAMP\n').length, 1);
});

for (const [to, expected] of [
  ['', /^line 2: to: .* SERIAL-YEAR-MANUFACTURER .*, got ""$/],
  ['Remove', / SERIAL-YEAR-MANUFACTURER .*\bremove\b.*, got "Remove"$/],
  ['031073', / SERIAL-YEAR-MANUFACTURER .*\bremove\b.*, got "031073"$/],
  ['31073-2019-PAMP', /to: expected 6.*, got "31073"/],
  ['031073-19-PAMP', /to: expected 4 digits/],
  ['031073-2019-PAMP-1', / SERIAL-YEAR-MANUFACTURER .*\bremove\b.*, got "031073-2019-PAMP-1"$/],
  [BAR, new RegExp(`^line 2: to: .* ${BAR}$`)],
] as const)
  test(`a correction is refused: ${to}`, () => {
    assert.match(refusalParts(() => readCorrectionTable(`reference,to\n${BAR},${to}\n`))[0], expected);
  });

test('a bar that is corrected twice is refused', () => {
  failsWith('DUPLICATE_ASSET', () =>
    readCorrectionTable(`reference,to\n${BAR},remove\n${BAR},031073-2019-PAMP\n`),
  );
});

test("the older wallet's list is read without line ends, and amounts are summed by token", () => {
  const sums = new Map([
    [A, 150_000_000_000n],
    [B, 239_163_430_771n],
  ]);
  assert.equal(readBurntList(`1500.0 ${A}2391.6343077 ${B}1e-08 ${B}`), sums);
  assert.equal(readBurntList(`1500 ${A}\n2391.63430771 ${B}\n`), sums);
  assert.equal(readBurntList(`1.5e-05 ${C}`), new Map([[C, 1500n]]));
  assert.equal(readBurntList(`0.0001 ${C}0.0001 ${C}`), new Map([[C, 20_000n]]));
});

for (const [what, text, expected] of [
  ['nothing', ' \n', /got nothing$/],
  ['a token that is cut', `1500.0 ${A}2391.6 ${B.slice(1)}`, /^burntassets\.dat: entry 2: expected/],
  ['no amount', A, /^burntassets\.dat: entry 1: /],
  ['not a number', `nan ${A}`, /entry 1/],
  ['below 0', `-5.0 ${A}`, /entry 1/],
  ['letters between', `1.0 ${A}, 2.0 ${B}`, /entry 2/],
] as const)
  test(`the older wallet's list is refused: ${what}`, () => {
    failsWith('FORMAT_INVALID', () => readBurntList(text), expected);
  });

test('an amount with more decimals than a token has is refused', () => {
  failsWith('FIELD_INVALID', () => readBurntList(`1.000000001 ${A}`));
});

test.run();

/** Error messages for tables of assets: one line for each kind of error. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trust } from '../../../../fixtures/sample-request.ts';
import { p2pkhAddress } from '../../../../shared/address.ts';
import { utf8 } from '../../../../shared/bytes.ts';
import { networkByName } from '../../../../shared/networks.ts';
import { DetailedRefusal } from '../../errors/detailed-refusal.ts';
import { readAssets } from './asset-file.ts';
import { type AddressFault, addressInvalidRefusal } from './texts.ts';

const HEADER = 'serial;year;manufacturer;mass;address\n';
const ADDRESS = 'GSs3ypDm76eusaEx2D1z3smZ8GhuVPsvQz';
const barLine = (n: number, mass: string, address = ADDRESS) =>
  `${String(310000 + n)};2019;PAMP;${mass};${address}\n`;
const readTable = (text: string) => readAssets(utf8(text), 'bars.csv', trust);

function refusalParts(text: string): [message: string, details: readonly string[], hint: string] {
  try {
    readTable(text);
  } catch (error) {
    if (error instanceof DetailedRefusal) return [error.message, error.details, error.hint];
    throw error;
  }
  throw new Error('it was taken');
}

test('equal errors share one line that lists their places', () => {
  const rows = [1, 2, 3, 5, 6].map(n => barLine(n, `40${n},5`));
  const [message, details] = refusalParts(
    HEADER + rows.slice(0, 3).join('') + barLine(4, '900') + rows.slice(3).join('') + barLine(7, '901'),
  );
  assert.match(message, /^bars\.csv: 7 .*: line 2: mass: .* "401,5": .* 401\.5$/);
  const [comma, heavy, ...more] = details;
  assert.match(comma as string, /^lines 3, 4, 6, 7: mass: .* "402,5": .* 402\.5, .+$/);
  assert.match(heavy as string, /^lines 5, 8: mass: .* 350 to 450 .* "900", .+$/);
  assert.equal(more, []);
});

test('a long list of errors has a count, and places are given as ranges', () => {
  const [message, details] = refusalParts(
    HEADER + Array.from({ length: 30 }, (_, i) => barLine(i, '500')).join(''),
  );
  assert.match(message, /^bars\.csv: 30.*: line 2: mass.*got "500"/);
  assert.is(details.length, 1);
  assert.match(details[0] as string, /^lines 3 to 31: mass: .* 350 to 450 .* "500"$/);
  const twice = Array.from({ length: 25 }, (_, i) => barLine(i, '400') + barLine(i, '400')).join('');
  const [, several] = refusalParts(HEADER + twice);
  assert.equal([several.length, several.at(-1)], [21, 'and 4 more']);
});

for (const [mass, expected] of [
  ['405,92', '405.92'],
  ['389,142', '389.142 or 389142'],
  ['1,234.5', '1234.5'],
  ["1'234.5", '1234.5'],
  ['1 234.5', '1234.5'],
  ['1.234,5', '1234.5'],
] as const)
  test(`a mass with separators is refused: ${mass}`, () => {
    const [message] = refusalParts(HEADER + barLine(1, mass));
    assert.match(message, /^line 2: mass: expected /);
    assert.ok(message.endsWith(`, got "${mass}": write ${expected}`), message);
  });

test('rows with separators only, as spreadsheets append them, are skipped', () => {
  assert.is(
    readTable(`${HEADER}${barLine(1, '400')};;;;\n${barLine(2, '400')};;;;\n ; ;;;\n;;;;;;\n`).length,
    2,
  );
});

const ADDRESSES: [what: string, address: string, fault: AddressFault | null][] = [
  ['a wrong character', ADDRESS.replace('GSs3', 'GSs4'), { is: 'checksum' }],
  ['one that occurs in none', ADDRESS.replace('s', '0'), { is: 'character', character: '0' }],
  ['one that is cut', ADDRESS.slice(0, 20), { is: 'length' }],
  ['of another kind', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', { is: 'character', character: '0' }],
  ['nothing', '', null],
];
for (const [what, address, fault] of ADDRESSES)
  test(`an address is refused: ${what}`, () => {
    const [message] = refusalParts(HEADER + barLine(1, '400', address));
    assert.is(message, `line 2: ${addressInvalidRefusal(trust.network.name, address, fault).message}`);
  });

test('an address is refused: of another network', () => {
  const address = p2pkhAddress(networkByName('ocean_test'), new Uint8Array(20));
  assert.match(
    refusalParts(HEADER + barLine(1, '400', address))[0],
    /^line 2: address: .*gold_main, got "\w+" of ocean_test$/,
  );
});

test('a message quotes a column name as in the file', () => {
  assert.throws(
    () => readTable('Serial;Year;Maker;Mass;Address\n'),
    (error: Error) => /^bars\.csv: line 1: .*got "Serial;Year;Maker;Mass;Address"/.test(error.message),
  );
});

test.run();

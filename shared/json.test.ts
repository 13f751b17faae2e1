import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hexToBytes, utf8 } from './bytes.ts';
import { canonicalJson, JSON_PROBLEM, JsonNumber, readJson } from './json.ts';
import { Fields } from './json-fields.ts';
import { failsWith } from './testing.ts';

const readJsonText = (text: string, maxValues?: number) => readJson(utf8(text), 'file', 1 << 20, maxValues);

test('the reader keeps number text, reads objects as maps, and decodes string escapes', () => {
  const value = readJsonText(
    '{"a": [1.50, -0, 1e5], "b": "\\u00e9\\n", "c": {"d": null, "e": true, "f": false}}',
  ) as Map<string, any>;
  assert.equal(value.get('a'), [new JsonNumber('1.50'), new JsonNumber('-0'), new JsonNumber('1e5')]);
  assert.is(value.get('b'), '\u00e9\n');
  assert.equal(
    [...value.get('c')],
    [
      ['d', null],
      ['e', true],
      ['f', false],
    ],
  );
});

const jsonProblemText = (problem: string, place: string) => `file: not valid JSON: ${problem} at ${place}`;
const refused: [string, string, RegExp | string][] = [
  ['a key twice', '{"a":1,"a":1}', /"a" .* byte 7$/],
  ['a key twice by an escape', '{"a":1,"\\u0061":1}', /the key "a" occurs twice/],
  ['a key twice that no screen shows', '{"a\u007f\u202e":1,"a\u007f\u202e":2}', /key "a\\u007f\\u202e"/],
  ['__proto__', '{"__proto__":1}', /"__proto__"/],
  ['a leading zero', '[01]', /expected "," or "\]" at byte 2/],
  ['a bare point', '[1.]', jsonProblemText(JSON_PROBLEM.noValue, 'byte 1')],
  ['NaN', '[NaN]', jsonProblemText(JSON_PROBLEM.noValue, 'byte 1')],
  ['a comma too many', '[1,]', jsonProblemText(JSON_PROBLEM.noValue, 'byte 3')],
  ['a comment', '{/**/}', jsonProblemText(JSON_PROBLEM.noString, 'byte 1')],
  ['a control character', '["\u0001"]', /control character/],
  ['two byte order marks', '\ufeff\ufeff{}', jsonProblemText(JSON_PROBLEM.noValue, 'byte 3')],
  ['a wrong word', '[nul]', jsonProblemText(JSON_PROBLEM.noValue, 'byte 1')],
  ['more than one value', '1 2', jsonProblemText(JSON_PROBLEM.secondValue, 'byte 2')],
  ['nothing', '', jsonProblemText(JSON_PROBLEM.noValue, 'the end of the file')],
  ['deep nesting', '['.repeat(17), jsonProblemText(JSON_PROBLEM.deep, 'byte 16')],
];
for (const [name, text, message] of refused) {
  test(`JSON is refused: ${name}`, () => void failsWith('FORMAT_INVALID', () => readJsonText(text), message));
}

test('a file with too many values is refused before the tree is built', () => {
  const many = `[${'1,'.repeat(499_999)}1]`;
  failsWith('FORMAT_INVALID', () => readJsonText(many), new RegExp(JSON_PROBLEM.manyValues));
  assert.is((readJsonText('[1,1,1]', 4) as unknown[]).length, 3);
  failsWith('FORMAT_INVALID', () => readJsonText('[1,1,1,1]', 4), new RegExp(JSON_PROBLEM.manyValues));
  failsWith('TOO_LARGE', () => readJson(utf8('[1]'), 'file', 2), /at most 2 bytes, got 3/);
});

test('canonical JSON has sorted members and no white space', () => {
  assert.is(canonicalJson({ b: 1, a: ['x', { d: '"', c: 2 }] }), '{"a":["x",{"c":2,"d":"\\""}],"b":1}');
});

test('the message for hex of a wrong length gives the number of digits', () => {
  const short = 'ab'.repeat(32).slice(1);
  const fields = new Fields(readJsonText(`{"id":"${short}"}`), '', ['id']);
  for (const run of [() => hexToBytes(short, 'id', 32), () => fields.hex('id', 32)])
    failsWith('FIELD_INVALID', run, /^id: expected 64 .*, 63 digits$/);
});

test.run();

/** Counts bars, for references that occur several times and are written in several forms. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../shared/bytes.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { countBars } from '../bar-count.ts';

/** @param names the references, as they are in JSON between the quotes */
function mappingWithReferences(names: readonly string[]) {
  const entries = names.map((ref, i) => `"${i + 1}":{"ref":"${ref}","mass":1.5,"tokenid":"${i}"}`);
  return parseMapping(utf8(`{"n":2,"m":3,"assets":{${entries.join()}},"sigs":{},"time":1.5,"height":1}`));
}

const LISTS: [string, string[], number][] = [
  ['none', [], 0],
  ['all different', ['a', 'b', 'c'], 3],
  ['several entries of one bar', ['a', 'b', 'a', 'a', 'b', 'c'], 3],
  ['escapes', ['a', '\\u0061', 'b'], 2],
  ['escapes that Python writes', ['Z\\u00fcrich', 'Z\\u00fcrich', 'Z'], 2],
  ['the letter and its escape', ['Zürich', 'Z\\u00fcrich', 'x'], 2],
];
for (const [name, names, bars] of LISTS)
  test(name, () => assert.is(countBars(mappingWithReferences(names)), bars));

test('the count equals the size of the set of all references, for recorded redemptions', () => {
  const { cases } = JSON.parse(
    readFileSync(new URL('../../../fixtures/vectors/amap-redemption.json', import.meta.url), 'utf8'),
  ) as { cases: { inputMap: string }[] };
  for (const { inputMap } of cases) {
    const read = parseMapping(utf8(inputMap));
    assert.is(countBars(read), new Set(read.references()).size);
  }
});

test.run();

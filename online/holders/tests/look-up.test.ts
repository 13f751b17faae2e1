/**
 * Looks up bars and tokens in recorded mappings: bars with one token, and tokens with several bars after
 * redemptions.
 */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base } from '../../../fixtures/sample-request.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { tokenRatio } from '../../../shared/redemption/remapping.ts';
import { tokenAmount } from '../../../shared/token-schedule.ts';
import { readQuestion } from '../holder-question.ts';
import { lookUpAsked, MAX_ROWS } from '../look-up.ts';
import { TOKEN } from './sample-values.ts';

const HEIGHT = 3303;
const lookUpQuestion = (text: string, height = HEIGHT, mapping = base) =>
  lookUpAsked(mapping, readQuestion(text).asked, height);

test('a bar is found by serial, by reference in any case, and by token', () => {
  for (const text of ['031037', '031037-2019-PAMP', '031037-2019-pamp', TOKEN]) {
    const [found] = lookUpQuestion(text);
    assert.equal(
      found!.rows.map(({ reference, token }) => [reference, token]),
      [['031037-2019-PAMP', TOKEN]],
    );
    assert.is(found!.mass, '389.142');
    assert.is(found!.more, 0);
  }
});

test("the tokens of a bar at each height equal the schedule's", () => {
  for (const height of [0, 479, 480, HEIGHT, 525_600]) {
    const [found] = lookUpQuestion('031037', height);
    const expected = Number(tokenAmount('389.142', height)) / 1e8;
    assert.ok(
      Math.abs(Number(found!.rows[0]!.tokens) - expected) < 0.0002,
      `${height}: ${found!.rows[0]!.tokens}`,
    );
  }
});

test('an amount represents ounces by the ratio of the height', () => {
  const [now] = lookUpQuestion(`${TOKEN}, 1000`);
  assert.is(now!.holding!.mass, (1000 * tokenRatio(HEIGHT)).toFixed(4));
  assert.is(now!.rows[0]!.part, now!.holding!.mass);
  assert.is(now!.holding!.exceeds, false);
  const [later] = lookUpQuestion(`${TOKEN}, 1000`, 5_256_000);
  assert.ok(Number(later!.holding!.mass) < Number(now!.holding!.mass), 'a token stands for less later');
});

test('an amount above the existing tokens is reported, and an amount equal to them is not', () => {
  const all = Number(tokenAmount('389.142', HEIGHT)) / 1e8;
  assert.is(lookUpQuestion(`${TOKEN} ${all.toFixed(8)}`)[0]!.holding!.exceeds, false);
  const [more] = lookUpQuestion(`${TOKEN} ${(all + 0.001).toFixed(8)}`);
  assert.is(more!.holding!.exceeds, true);
  assert.is(more!.rows[0]!.part, undefined, 'no part of a bar is more than the bar');
});

const partsOfAmount = (masses: readonly string[], amount: string) => {
  const entries = masses.map(
    (mass, i) => `"${i + 1}":{"ref":"${i}-1-X","mass":${mass},"tokenid":"${TOKEN}"}`,
  );
  const text = `{"n":2,"m":3,"assets":{${entries.join()}},"sigs":{},"time":1.5,"height":0}`;
  return lookUpQuestion(`${TOKEN} ${amount}`, 0, parseMapping(utf8(text)))[0]!.rows.map(({ part }) => part);
};

test('a bar with a zero or slightly negative mass gets no part', () => {
  assert.equal(partsOfAmount(['0.0'], '0'), ['0.0000']);
  assert.equal(partsOfAmount(['0.0', '400.0'], '10'), ['0.0000', '1.0000']);
  assert.equal(partsOfAmount(['-1.1e-13', '400.0'], '10'), ['0.0000', '1.0000']);
  assert.equal(partsOfAmount(['-5.0', '100.0', '300.0'], '10'), ['0.0000', '0.2500', '0.7500']);
});

test('for an unknown bar only look-alikes are named', () => {
  const [found] = lookUpQuestion('O31O37-2019-PAMP');
  assert.equal([found!.rows, found!.alike], [[], ['031037-2019-PAMP']]);
  const [unknown, token] = lookUpQuestion(`999999\n${'f'.repeat(64)}, 5`);
  assert.equal([unknown!.rows, unknown!.alike, token!.rows, token!.holding], [[], [], [], undefined]);
});

test('for a serial with one typing error the right bar is suggested', () => {
  for (const typed of ['031073', '03103', '0310377', '031038', 'o3I073', '031073-2019-PAMP'])
    assert.equal(lookUpQuestion(typed)[0]!.alike.includes('031037-2019-PAMP'), true, typed);
  assert.equal(lookUpQuestion('037013')[0]!.alike, []);
});

const cases = JSON.parse(
  readFileSync(new URL('../../../fixtures/vectors/amap-redemption.json', import.meta.url), 'utf8'),
).cases as { original: { outputMap?: string } }[];

test('after redemptions all bars of a token are found, and an amount is divided by mass', () => {
  let several = 0;
  for (const { original } of cases) {
    if (!original.outputMap) continue;
    const mapping = parseMapping(utf8(original.outputMap));
    const entries = Object.values(JSON.parse(original.outputMap).assets) as {
      ref: string;
      tokenid: string;
    }[];
    for (const token of new Set(entries.map(({ tokenid }) => tokenid))) {
      const own = entries.filter(({ tokenid }) => tokenid === token).map(({ ref }) => ref);
      const [found] = lookUpQuestion(`${token} 10`, mapping.height, mapping);
      assert.equal(
        found!.rows.map(({ reference }) => reference),
        own,
      );
      if (own.length < 2) continue;
      several++;
      const parts = found!.rows.reduce((sum, { part }) => sum + Number(part), 0);
      assert.ok(
        Math.abs(parts - Number(found!.holding!.mass)) < 0.001,
        `${parts} of ${found!.holding!.mass}`,
      );
    }
  }
  assert.ok(several > 20, `${several} tokens on several bars`);
});

test('a part of a reference that fits many bars gives the first rows and a count', () => {
  const assets = Array.from({ length: MAX_ROWS + 7 }, (_, i) => {
    const ref = `${String(i).padStart(6, '0')}-2019-PAMP`;
    return [i + 1, { ref, mass: 400.0, tokenid: i.toString(16).padStart(64, '0') }];
  });
  const text = JSON.stringify({
    n: 2,
    m: 3,
    assets: Object.fromEntries(assets),
    sigs: {},
    time: 1.5,
    height: 1,
  });
  const [found] = lookUpQuestion('PAMP', 1, parseMapping(utf8(text)));
  assert.equal([found!.rows.length, found!.more, found!.mass], [MAX_ROWS, 7, String(400 * (MAX_ROWS + 7))]);
});

test.run();

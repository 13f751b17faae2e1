import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { closeAll, refuses, scripted } from '../testing.ts';

test.after(closeAll);

const result = (value: unknown) => ({
  response: JSON.stringify({ result: value, error: null, id: 1 }),
  httpStatus: 200,
});
const error = (code: number, message: string) => ({
  response: JSON.stringify({ result: null, error: { code, message }, id: 1 }),
  httpStatus: code === -32601 ? 404 : 500,
});
const MISSING = error(-32601, 'Method not found');
const OFF = error(-1, 'pkhwhitelist and pkhwhitelist-scan are nor enabled\n');
const SCRIPT = error(-5, 'Invalid key id');
type Reply = ReturnType<typeof result>;

const CASES: [what: string, probe: Reply, first: Reply, second: Reply, expected: boolean[] | 'off'][] = [
  ['a node with a whitelist', result(0), result(true), result(false), [true, false]],
  ['one whose whitelist has none of them', result(100), result(false), result(false), [false, false]],
  ['one without whitelisting', OFF, result(false), result(false), 'off'],
  ['one without its wallet, and a list', MISSING, result(true), result(false), [true, false]],
  ['one without its wallet, and nobody listed', MISSING, result(false), result(false), 'off'],
  ['one that has no such method', MISSING, MISSING, MISSING, 'off'],
  ['one that has it switched off', OFF, error(-1, 'Whitelisting is disabled'), result(false), 'off'],
  ['an address of a script, which cannot be listed', result(0), SCRIPT, result(true), [false, true]],
];
for (const [what, probe, first, second, expected] of CASES) {
  test(`whitelist state on a node with ${what}`, async () => {
    const node = await scripted(({ method, params }) => {
      if (method !== 'querywhitelist') return probe;
      return params[0] === 'A' ? first : second;
    });
    assert.equal(await node.whitelisted(['A', 'B']), expected);
    assert.is(node.roundTrips, 1);
  });
}

test('other errors and answers do not count as a whitelist state', async () => {
  const asked = async (first: Reply) =>
    (await scripted(({ method }) => (method === 'querywhitelist' ? first : result(0)))).whitelisted(['A']);
  await refuses('NODE_REFUSED', () => asked(error(-1, 'querywhitelist "address"')), /these arguments/);
  await refuses('NODE_REFUSED', () => asked(error(-20, 'Database error')), /database/);
  await refuses('NODE_GARBLED', () => asked(result('yes')), /querywhitelist: result: expected true or false/);
  await refuses('NODE_GARBLED', () => asked(result(null)), /querywhitelist: result: expected true or false/);
});

test.run();

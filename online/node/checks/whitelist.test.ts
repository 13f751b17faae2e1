import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefusesNode, closeServers, makeScriptedClient } from '../testing.ts';

test.after(closeServers);

const resultReply = (value: unknown) => ({
  response: JSON.stringify({ result: value, error: null, id: 1 }),
  httpStatus: 200,
});
const errorReply = (code: number, message: string) => ({
  response: JSON.stringify({ result: null, error: { code, message }, id: 1 }),
  httpStatus: code === -32601 ? 404 : 500,
});
const MISSING = errorReply(-32601, 'Method not found');
const OFF = errorReply(-1, 'pkhwhitelist and pkhwhitelist-scan are nor enabled\n');
const SCRIPT = errorReply(-5, 'Invalid key id');
type Reply = ReturnType<typeof resultReply>;

const CASES: [what: string, probe: Reply, first: Reply, second: Reply, expected: boolean[] | 'off'][] = [
  ['a node with a whitelist', resultReply(0), resultReply(true), resultReply(false), [true, false]],
  [
    'one whose whitelist has none of them',
    resultReply(100),
    resultReply(false),
    resultReply(false),
    [false, false],
  ],
  ['one without whitelisting', OFF, resultReply(false), resultReply(false), 'off'],
  ['one without its wallet, and a list', MISSING, resultReply(true), resultReply(false), [true, false]],
  ['one without its wallet, and nobody listed', MISSING, resultReply(false), resultReply(false), 'off'],
  ['one that has no such method', MISSING, MISSING, MISSING, 'off'],
  [
    'one that has it switched off',
    OFF,
    errorReply(-1, 'Whitelisting is disabled'),
    resultReply(false),
    'off',
  ],
  [
    'an address of a script, which cannot be listed',
    resultReply(0),
    SCRIPT,
    resultReply(true),
    [false, true],
  ],
];
for (const [what, probe, first, second, expected] of CASES) {
  test(`whitelist state on a node with ${what}`, async () => {
    const node = await makeScriptedClient(({ method, params }) => {
      if (method !== 'querywhitelist') return probe;
      return params[0] === 'A' ? first : second;
    });
    assert.equal(await node.whitelisted(['A', 'B']), expected);
    assert.is(node.roundTrips, 1);
  });
}

test('other errors and answers do not count as a whitelist state', async () => {
  const asked = async (first: Reply) =>
    (
      await makeScriptedClient(({ method }) => (method === 'querywhitelist' ? first : resultReply(0)))
    ).whitelisted(['A']);
  await assertRefusesNode(
    'NODE_REFUSED',
    () => asked(errorReply(-1, 'querywhitelist "address"')),
    /these arguments/,
  );
  await assertRefusesNode('NODE_REFUSED', () => asked(errorReply(-20, 'Database error')), /database/);
  await assertRefusesNode(
    'NODE_GARBLED',
    () => asked(resultReply('yes')),
    /querywhitelist: result:.*got "yes"/,
  );
  await assertRefusesNode('NODE_GARBLED', () => asked(resultReply(null)), /querywhitelist: result: /);
});

test.run();

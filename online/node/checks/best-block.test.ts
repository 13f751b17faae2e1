import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failsWith } from '../../../shared/testing.ts';
import type { Tip } from '../answer-types.ts';
import { cleanNodeMessage, NodeError, type RejectKind, rejectionFrom } from '../rpc/node-errors.ts';
import { meaningOfError } from '../rpc/texts/meanings.ts';
import { checkPresentable } from '../testing.ts';
import { checkTip } from './best-block.ts';

const node = { name: 'h:1', redact: (text: string) => text };
const tip: Tip = {
  chain: 'gold_main',
  height: 3310,
  hash: '0'.repeat(64),
  time: 1_763_795_123,
  medianTime: 1_763_795_000,
  headers: 3310,
  initialDownload: false,
  peers: 2,
};
const rules = { network: 'gold_main', now: tip.time + 50.9, maxAge: 100 };

test('a recent tip of the right chain is accepted, up to the maximum age', () => {
  checkTip(node, tip, rules);
  checkTip(node, tip, { ...rules, now: tip.time + 100.999 });
  checkTip(node, tip, { ...rules, now: tip.time - 100 });
});

test('a tip of another chain is refused', () => {
  const wrong = { ...tip, chain: 'ocean_test' };
  failsWith('CHAIN_WRONG', () => checkTip(node, wrong, rules), /expected "gold_main" .*, got "ocean_test"/);
});

test('a node that is behind, or that reports synchronisation, is refused', () => {
  failsWith('NODE_SYNCING', () => checkTip(node, { ...tip, headers: 3311 }, rules), /block 3310 of 3311/);
  failsWith('NODE_SYNCING', () => checkTip(node, { ...tip, initialDownload: true }, rules), /catching up/);
});

test('if invalidateblock keeps the headers above the best block, the refusal names the solution', () => {
  const { hint } = failsWith('NODE_SYNCING', () => checkTip(node, { ...tip, headers: 3311 }, rules));
  assert.match(hint, /reconsiderblock HASH/);
});

test('an old or late node without peers is refused with the next step', () => {
  const alone = { ...tip, peers: 0 };
  const old = failsWith(
    'TIP_STALE',
    () => checkTip(node, alone, { ...rules, now: tip.time + 101 }),
    /3310 is 101 s .* peers$/,
  );
  assert.match(old.hint, /`ocean-cli getpeerinfo`.*--max-tip-age/);
  const behind = failsWith(
    'NODE_SYNCING',
    () => checkTip(node, { ...alone, headers: 3311 }, rules),
    /3310 of 3311; .* peers$/,
  );
  assert.match(behind.hint, /`ocean-cli getpeerinfo`/);
});

test('the refusal of an old tip names both times and both clocks', () => {
  const old = failsWith(
    'TIP_STALE',
    () => checkTip(node, tip, { ...rules, now: tip.time + 101 }),
    /3310 is 101.*100 s .*2025-11-22T07:05:23Z.*2025-11-22T07:07:04Z/,
  );
  assert.match(old.hint, /clocks .*--max-tip-age/);
  const ahead = failsWith(
    'TIP_STALE',
    () => checkTip(node, tip, { ...rules, now: tip.time - 101 }),
    /3310 is 101 s .*2025-11-22T07:05:23Z.*2025-11-22T07:03:42Z/,
  );
  assert.match(ahead.hint, /clock .*--max-tip-age/);
});

/** All recorded errors, and errors of situations that were not recorded. */
const ERRORS: [code: number, message: string, is: string | undefined, kind: RejectKind][] = [
  [-8, 'Block height out of range', 'no-height', 'other'],
  [-5, 'Invalid Asset token address', 'address', 'other'],
  [-5, 'Invalid Bitcoin address', 'address', 'other'],
  [-5, 'Block not found', 'no-block', 'other'],
  [
    -5,
    'No such mempool transaction. Use -txindex to enable blockchain transaction queries. Use gettransaction for wallet transactions.',
    'no-transaction',
    'other',
  ],
  [
    -5,
    'No such mempool or blockchain transaction. Use gettransaction for wallet transactions.',
    'no-transaction',
    'other',
  ],
  [-3, 'Invalid amount', 'amount', 'other'],
  [-3, 'Expected type string, got number', 'other-type', 'other'],
  [-1, 'createrawissuance … (the usage text, shortened here)', 'arguments', 'other'],
  [-1, 'pkhwhitelist and pkhwhitelist-scan are nor enabled\n', 'disabled', 'other'],
  [-4, 'The wallet already contains the private key for this address or script', 'key-known', 'other'],
  [-4, 'Rescan is disabled in pruned mode', 'pruned', 'other'],
  [-22, 'TX decode failed', 'undecodable', 'other'],
  [-25, 'Missing inputs', 'missing-inputs', 'missing-inputs'],
  [
    -26,
    '16: mandatory-script-verify-flag-failed (Operation not valid with the current stack size)',
    'signatures',
    'script',
  ],
  [-26, '64: non-mandatory-script-verify-flag (Non-canonical signature)', 'signatures', 'script'],
  [-26, '18: bad-txns-inputs-spent', 'spent', 'spent'],
  [-26, '18: txn-mempool-conflict', 'spent', 'spent'],
  [-26, '64: fblockissuancetx-non-issuance-asset', 'other-asset', 'policy'],
  [-26, '64: fblockissuancetx-non-whitelisted-address', 'not-whitelisted', 'whitelist'],
  [-26, '64: non-whitelisted-address', 'not-whitelisted', 'whitelist'],
  [-26, '64: redemption-tx-not-freezelisted', 'lists', 'policy'],
  [-26, '64: freezelist-address-input', 'lists', 'policy'],
  [-26, '64: freezelist-burn-no-burnlist', 'lists', 'policy'],
  [-26, '64: burn-tx-not-burnlisted', 'lists', 'policy'],
  [-26, '16: bad-txns-in-ne-out', 'refused', 'other'],
  [-26, '66: min relay fee not met', 'rule', 'policy'],
  [-26, '64: dust', 'rule', 'policy'],
  [-26, 'something new', 'refused', 'other'],
  [-27, 'transaction already in block chain', 'in-a-block', 'other'],
  [-26, '257: txn-already-known', 'known-already', 'other'],
  [-32601, 'Method not found', 'no-method', 'other'],
  [-32700, 'Parse error', 'cut', 'other'],
  [-32600, 'Invalid Request object', 'call', 'other'],
  [-7, 'Out of memory', 'memory', 'other'],
  [-20, 'Database error', 'database', 'other'],
  [-999, '', undefined, 'other'],
];
for (const [code, message, is, kind] of ERRORS) {
  test(`error ${code} ${message.slice(0, 60).trim()} is classified`, () => {
    const error = checkPresentable(new NodeError('h:1', 'method', code, message));
    assert.is(error.code, 'NODE_REFUSED');
    const meaning = meaningOfError(code, message);
    assert.is(meaning?.is, is);
    const what = meaning?.what ?? 'the node refuses';
    assert.ok(error.message.includes(what), error.message);
    assert.ok(error.message.includes(String(code)), 'the code of the node is shown');
    const refused = rejectionFrom(code, message);
    assert.is(refused.kind, kind);
    if (meaning) assert.is(refused.what, meaning.what);
    assert.is(refused.hint, error.hint);
  });
}

test('a node that starts, downloads or has no peers counts as syncing', () => {
  for (const code of [-28, -10, -9]) assert.is(new NodeError('h:1', 'm', code, 'x').code, 'NODE_SYNCING');
});

test('messages of the node are cleaned', () => {
  assert.is(cleanNodeMessage(' a\r\n\tb\u001b[31mé '), 'a b?[31m?');
  assert.is(cleanNodeMessage('x'.repeat(1000)), `${'x'.repeat(200)}...`);
});

test.run();

/** The screens of redemptions and corrections show what is signed, in 80 columns, and their statements are true. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { issuanceAt, base as sampleBase, sampleRequest, testKeys } from '../../fixtures/sample-request.ts';
import { cases, redemptionTrust, requestForCase } from '../../fixtures/vectors/redemptions.ts';
import { formatAmount, parseAmount } from '../../shared/amount.ts';
import { utf8 } from '../../shared/bytes.ts';
import { type Burn, outpointText } from '../../shared/changes.ts';
import { derive } from '../../shared/derive.ts';
import { valueText } from '../../shared/errors.ts';
import { listAssets } from '../../shared/mapping/asset-listing.ts';
import type { Asset } from '../../shared/mapping/assets.ts';
import { type Mapping, parseMapping } from '../../shared/mapping/mapping.ts';
import { signMapping } from '../../shared/mapping/signatures.ts';
import { sumOfMasses } from '../../shared/redemption/mass-sums.ts';
import type { Holding } from '../../shared/redemption/remapping.ts';
import type { Request } from '../../shared/request.ts';
import {
  correctionRequest,
  inspectRequest,
  makeRedemption,
  outputFromName,
  redemptionRequest,
  referenceParts,
} from '../testing/redemption-requests.ts';
import { fullySignedMapping, mappingText } from '../testing/signing-attempts.ts';
import { makeDevice, type TestDevice, withoutLineBreaks } from '../testing/test-device.ts';
import { NEW_BARS } from '../texts/passed-checks.ts';
import {
  alikeText,
  barsNotInBaseText,
  blockRateText,
  redeemedNameText,
  removedNameText,
  UNSEEN_CHAIN,
} from '../texts/warnings.ts';
import { UNKNOWN } from './redemption.ts';
import { NOT_CHECKED } from './review.ts';

const device = await makeDevice(1);
const sound = cases.filter(({ proposed }) => proposed.refused === null);

/** The tables of the screen: the parts of bars that each token represents, before and after. */
function tokenPartsOnScreen(screen: string) {
  const [, bars = '', tokens = ''] = /\n {2}Bars, .*\n([\s\S]*?)\n\n {2}Tokens .*\n([\s\S]*?)\n---/.exec(screen) ?? [];
  const ids = new Map([...tokens.matchAll(/^ {2}(\S+\.\.\S+) ([0-9a-f]{64})$/gm)].map(([, name, id]) => [name, id]));
  const rows = [...bars.matchAll(/^( +)(.*\S) +(\S+) +(\S+)$/gm)];
  let bar = '';
  const parts = rows.flatMap(([, indent, name, before, after]) => {
    if (indent === '      ') return [{ bar, token: ids.get(name), before, after }];
    bar = name!;
    return [];
  });
  return parts;
}

const massOfPart = (holdings: readonly Holding[], bar: string, token: string): string => {
  const own = holdings.filter(one => one.bar === bar && one.token === token).map(({ mass }) => String(mass));
  return own.length > 0 ? sumOfMasses(own) : '-';
};

test('for every recorded redemption, the screen shows the signed bars, tokens and burns', async () => {
  for (const one of sound) {
    const { request, base } = requestForCase(one);
    const { remapped, redemptions } = derive(request, base, redemptionTrust);
    const { before, after } = remapped;
    const { err: screen } = await inspectRequest(device, request);
    assert.match(screen, /^REDEMPTION on gold_main\n/, one.name);
    for (const line of screen.split('\n')) assert.match(line, /^[\x20-\x7e]{0,80}$/, one.name);
    const shown = tokenPartsOnScreen(screen);
    const pairs = new Set([...before, ...after].map(({ bar, token }) => JSON.stringify([bar, token])));
    for (const pair of pairs) {
      const [bar, token] = JSON.parse(pair) as [string, string];
      const [was, is] = [massOfPart(before, bar, token), massOfPart(after, bar, token)];
      const row = shown.find(part => part.bar === bar && part.token === token);
      assert.is(row === undefined, was === is, `${one.name}: ${bar} ${token} ${was} ${is}`);
      const plain = (text = '') => (text === '-' ? text : String(Number(text)));
      if (row) assert.equal([plain(row.before), plain(row.after)], [plain(was), plain(is)], one.name);
    }
    for (const { request, needed, burnt } of redemptions) {
      assert.ok(screen.includes(`tokens needed  ${formatAmount(needed)}\n`));
      assert.ok(screen.includes(`tokens burnt   ${formatAmount(burnt)}\n`));
      for (const burn of request.burns) assert.ok(screen.includes(`      in ${outpointText(burn)}\n`));
    }
  }
});

const NOW = '1763795123.000001';
const [first, second] = [...sampleBase.references()] as [string, string];
const own = makeRedemption(sampleBase, first);

/** The screen of a request on the sample's mapping. The device is new unless one is given. */
async function inspectOn(changes: Partial<Request>, on: TestDevice = device.copy()) {
  const run = await inspectRequest(on, sampleRequest({ time: NOW, ...changes }));
  return { ...run, screen: run.err, flat: withoutLineBreaks(run.err), warnings: run.json.warnings as string[] };
}

test('a hundred burns take two lines each, fit the screen, and show the ids of all tokens', async () => {
  const [burn] = own.burns as [Burn];
  const rest = parseAmount(burn.amount, 'amount') - 99n;
  const burns = Array.from({ length: 100 }, (_, i) => {
    return {
      ...burn,
      ...outputFromName(`burn ${i}`, i === 7 ? 1073741823 : i),
      amount: formatAmount(i === 0 ? rest : 1n),
    };
  });
  const { screen, json } = await inspectOn(redemptionRequest(sampleBase, { ...own, burns }));
  for (const line of screen.split('\n')) assert.match(line, /^[\x20-\x7e]{0,80}$/);
  const list = screen.slice(screen.indexOf('   1  '), screen.indexOf('  Bars, and'));
  assert.is(list.trimEnd().split('\n').length, 4 + 2 * burns.length);
  for (const one of burns) assert.ok(list.includes(outpointText(one)));
  assert.ok(screen.includes(burn.token));
  const [{ needed, burnt, moves }] = json.redemptions;
  assert.equal([needed, burnt, moves], [burn.amount, burn.amount, []]);
});

test('tokens with similar ids are displayed with different names', async () => {
  const alike = (middle: string) => `abcd${middle.repeat(56)}1234`;
  const text = mappingText(sampleBase);
  const ids = [...listAssets(sampleBase)].map(({ assetId }) => assetId);
  const unsigned = parseMapping(utf8(text.replace(ids[0]!, alike('5')).replace(ids[1]!, alike('6'))));
  const signatures = [1, 2].map(i => [String(i), signMapping(unsigned, testKeys[i - 1]!)] as const);
  const mapping = unsigned.withSignatures(new Map(signatures));
  const two = [makeRedemption(mapping, first), makeRedemption(mapping, second)];
  const { screen, json } = await inspectOn(redemptionRequest(mapping, ...two));
  assert.is(json.refused, null);
  assert.match(screen, /of token abcd5\.\.51234, mapped to/);
  assert.match(screen, /of token abcd6\.\.61234, mapped to/);
});

test('a token id with control characters has no effect on the terminal', async () => {
  const [{ assetId, mass }, other] = [...listAssets(sampleBase)] as [Asset, Asset];
  const text = mappingText(sampleBase)
    .replace(assetId, '\\u001b[2J\\nBars')
    .replace(`"mass": ${mass}`, '"mass": 350.0');
  const unsigned = parseMapping(utf8(text));
  const signatures = [1, 2].map(i => [String(i), signMapping(unsigned, testKeys[i - 1]!)] as const);
  const mapping = unsigned.withSignatures(new Map(signatures));
  const one = makeRedemption(mapping, first);
  const burns = one.burns.map(burn => ({ ...burn, token: other.assetId }));
  for (const request of [
    redemptionRequest(mapping, { ...one, burns }),
    correctionRequest(mapping, { reference: first, remove: true }),
  ]) {
    const { screen, json } = await inspectOn(request);
    assert.is(json.refused, null);
    for (const line of screen.split('\n')) assert.match(line, /^[\x20-\x7e]*$/);
    assert.ok(screen.includes('"\\u001b[2J\\nBars"'));
  }
});

test('several redemptions show the sums of each, then of all, before the list and before the code', async () => {
  const two = [own, makeRedemption(sampleBase, second)];
  const { screen } = await inspectOn(redemptionRequest(sampleBase, ...two));
  const [, sums] = /\n( {2}In all .*\n.*\n)/.exec(screen) as unknown as [string, string];
  assert.is(screen.split(sums).length, 3);
  assert.match(sums, /2 bars, 795\.062.*\n +7951\.05785536.*2 outputs$/m);
});

test('the date of the redemption height is estimated from the nearer of base and request', async () => {
  const dateOf = async (height: number) => {
    const redemption = { ...makeRedemption(sampleBase, first, 'x', undefined, height), height };
    return /about (\S+), ([0-9]+) blocks? before/.exec(
      (await inspectOn({ ...redemptionRequest(sampleBase, redemption), height: 10_000 })).screen,
    );
  };
  // The base has height 3303 and the date 19 September 2019. The request has the date 22 November 2025.
  assert.equal((await dateOf(3303 + 1440))?.slice(1), ['2019-09-20', '5257']);
  assert.equal((await dateOf(10_000 - 1440))?.slice(1), ['2025-11-21', '1440']);
});

test('the screen says what the device cannot verify, and the checks are those of redemptions', async () => {
  const { flat } = await inspectOn(redemptionRequest(sampleBase, own));
  assert.ok(flat.includes(`${NOT_CHECKED} ? ${UNKNOWN[0]}`), flat);
  assert.not.ok(flat.includes(NEW_BARS), flat);
  assert.not.match(flat, /address|left in/);
});

const redemptionAfterBlocks = (blocks: number) => ({ ...redemptionRequest(sampleBase, own), height: 3303 + blocks });
test("a redemption height more than 30 days before the request's height gives a warning", async () => {
  const about = (warnings: string[]) => warnings.filter(text => / \(about \d+ days\) /.test(text));
  assert.equal(about((await inspectOn(redemptionAfterBlocks(43_200))).warnings), []);
  const [warning, ...others] = about((await inspectOn(redemptionAfterBlocks(43_201))).warnings);
  assert.match(warning!, /height 3303 of 031037-2019-PAMP is 43201 blocks \(about 30 days\) before/);
  assert.equal(others, []);
});

test("without issuances, the screen shows no blocks left and no warning about the period's end", async () => {
  const issuances = await inspectOn({ height: 3359, issuances: [issuanceAt(0, 3359)] });
  assert.ok(issuances.warnings.some(text => text.startsWith('Only 1 block')));
  assert.is(issuances.json.blocksLeft, 1);
  for (const changes of [
    redemptionRequest(sampleBase, own),
    correctionRequest(sampleBase, { reference: first, remove: true }),
  ]) {
    const { warnings, json } = await inspectOn({ ...changes, height: 3359 });
    assert.is(json.refused, null);
    assert.not.ok(warnings.some(text => text.startsWith('Only ')));
    assert.is(json.blocksLeft, null);
  }
});

test('negative masses of the base give a warning with their names', async () => {
  const [, { mass }] = [...listAssets(sampleBase)] as [unknown, Asset];
  const unsigned = parseMapping(utf8(mappingText(sampleBase).replace(`"mass": ${mass}`, '"mass": -5.7e-14')));
  const signatures = [1, 2].map(i => [String(i), signMapping(unsigned, testKeys[i - 1]!)] as const);
  const mapping = unsigned.withSignatures(new Map(signatures));
  const { warnings, json, screen } = await inspectOn(redemptionRequest(mapping, makeRedemption(mapping, first)));
  assert.is(json.refused, null);
  assert.ok(warnings.some(text => / 1 mass .* 0, /.test(text) && text.includes(`(${second})`)));
  assert.not.ok(screen.includes('-0.'));
});

test("a sixth rounding of a token's mass by signed burns or moves gives a warning", async () => {
  const on = device.copy();
  const token = [...listAssets(sampleBase)][0]!.assetId;
  let mapping = fullySignedMapping({
    time: '1763795200.000001',
    issuances: [0, 1, 2, 3, 4, 5].map(i => issuanceAt(i, 3310)),
  });
  const others = (mapping: Mapping) =>
    [...new Set([...listAssets(mapping)].map(({ assetId }) => assetId))].filter(id => id !== token);
  const counts: number[] = [];
  for (let i = 0; i < 6; i++) {
    const bar = [...listAssets(mapping)].find(({ assetId, mass }) => assetId === token && Number(mass) > 0)!.reference;
    const changes = {
      ...redemptionRequest(mapping, makeRedemption(mapping, bar, `${i}`, others(mapping))),
      time: `1763795${210 + i}.000001`,
    };
    const { warnings } = await inspectOn(changes, on.copy());
    counts.push(warnings.filter(text => text.startsWith(`Token ${token}`)).length);
    on.storage.names.delete('/media/sign.json');
    const twice = { ...changes, time: `1763795${310 + i}.000001` };
    for (const one of [changes, twice]) {
      on.storage.names.delete('/media/sign.json');
      const { exit, out } = await on.sign(one);
      assert.is(exit, 0, out);
    }
    mapping = fullySignedMapping(changes, mapping);
  }
  assert.equal(counts, [0, 0, 0, 0, 0, 1]);
});

test('corrections show the reason first, each bar with its tokens, and a warning about the unseen chain', async () => {
  const corrections = [
    { reference: first, remove: true } as const,
    { reference: second, to: referenceParts('700001-2021-ACME') },
  ];
  const { screen, flat, warnings, json } = await inspectOn(correctionRequest(sampleBase, ...corrections));
  assert.match(screen, /^CORRECTIONS on gold_main\n-+\n {2}Reason +a test\n/);
  assert.match(flat, /1 031037-2019-PAMP is REMOVED mass 389\.142 token 0090/);
  assert.match(flat, /2 030727-2019-PAMP becomes 700001-2021-ACME mass 405\.920 token 17b9/);
  assert.ok(warnings.some(text => text.startsWith(`${UNSEEN_CHAIN} (${first})`)));
  assert.equal([json.reason, json.corrections, json.redemptions], ['a test', corrections, []]);
  const renamed = await inspectOn(correctionRequest(sampleBase, corrections[1]!));
  assert.not.ok(renamed.warnings.some(text => text.includes(UNSEEN_CHAIN)));
});

test("corrections warn of names in the mapping that look like a new name, except the bar's own", async () => {
  const alike = '03I037-2019-PAMP';
  const warned = async (reference: string) =>
    (await inspectOn(correctionRequest(sampleBase, { reference, to: referenceParts(alike) }))).warnings.filter(text =>
      text.includes(alike),
    );
  assert.equal(await warned(second), [alikeText(alike, first, 'mapping')]);
  assert.equal(await warned(first), []);
});

test('a new name like that of a bar signed on another coin must be typed', async () => {
  const on = device.copy();
  assert.is((await on.sign({ issuances: [{ ...issuanceAt(0, 3310), serial: '5D2B6I' }] })).exit, 0);
  on.storage.names.delete('/media/sign.json');
  const changes = {
    ...correctionRequest(sampleBase, { reference: second, to: referenceParts('S02861-2021-ACME') }),
    time: '1763795200.000001',
  };
  assert.is((await on.sign(changes)).json.error.code, 'NOT_A_TERMINAL');
  assert.is((await on.sign(changes, '--alike', 'S02861-2021-ACME')).exit, 0);
});

const requestTime = (n: number) => `${1763795400 + n}.000001`;

/** A mapping in which two bars share their tokens, and one of the two has a part of another token. */
function makeSharedTokensCase() {
  const third = [...sampleBase.references()][2] as string;
  const tokens = [second, first].map(bar => [...listAssets(sampleBase)].find(one => one.reference === bar)!.assetId);
  const made = fullySignedMapping({
    ...redemptionRequest(sampleBase, makeRedemption(sampleBase, first, 'one', tokens)),
    time: requestTime(1),
  });
  return { third, made };
}

test('the screen shows the whole mass of a bar and the changing parts of its tokens', async () => {
  const { third, made } = makeSharedTokensCase();
  const parts = [...listAssets(made)].filter(one => one.reference === second && Number(one.mass) > 0);
  assert.ok(parts.length > 1, 'the bar stands for several tokens');
  const token = parts.at(-1)!.assetId;
  const thirds = [...listAssets(made)].find(one => one.reference === third)!.assetId;
  const { screen, json } = await inspectOn({
    ...redemptionRequest(made, makeRedemption(made, third, 'two', [token, thirds])),
    time: requestTime(2),
  });
  assert.is(json.refused, null, JSON.stringify(json.refused));
  const whole = Number(sumOfMasses(parts.map(({ mass }) => mass))).toFixed(3);
  assert.match(screen, new RegExp(`^ {2}${second} +${whole.replace('.', '\\.')} +${whole.replace('.', '\\.')}$`, 'm'));
});

test('a height that contradicts the clock gives a warning for issuances only', async () => {
  const gains = (warnings: string[]) => warnings.some(one => one.endsWith(blockRateText(true)));
  const far = { height: 4_000_000, time: NOW };
  const [height] = (await inspectOn({ ...redemptionRequest(sampleBase, own), ...far })).warnings.filter(one =>
    /The height/.test(one),
  );
  assert.ok(height?.endsWith(` ${blockRateText(false)}`), height);
  const rename = correctionRequest(sampleBase, { reference: first, to: referenceParts('700001-2021-ACME') });
  assert.not.ok(gains((await inspectOn({ ...rename, ...far })).warnings));
  assert.ok(gains((await inspectOn({ ...far, issuances: [issuanceAt(0, 4_000_000)] })).warnings));
});

test('a name that a redeemed or removed bar had gives a warning in issuances and corrections', async () => {
  const on = device.copy();
  const ours = { ...redemptionRequest(sampleBase, own), time: requestTime(10) };
  assert.is((await on.sign(ours)).exit, 0);
  const done = fullySignedMapping(ours);
  const barOf = (reference: string) => ({ ...issuanceAt(0, 3310), ...referenceParts(reference) });
  const back = [
    { ...correctionRequest(done, { reference: second, to: referenceParts(first) }), time: requestTime(20) },
    { base: { mapping: done.digest, text: mappingText(done) }, issuances: [barOf(first)], time: requestTime(20) },
  ];
  const [{ reviewCode, at }] = (await on.run('journal', '--json')).json.signed.slice(-1);
  const signed = redeemedNameText(first, reviewCode, at);
  for (const changes of back) assert.ok((await inspectOn(changes, on.copy())).warnings.includes(signed));
  // This device did not sign the redemption. It has built on the mapping that has the bar.
  const other = device.copy();
  assert.is((await other.sign({ time: requestTime(11), issuances: [issuanceAt(3, 3310)] })).exit, 0);
  for (const changes of back)
    assert.ok((await inspectOn(changes, other.copy())).warnings.includes(removedNameText(first)));
  for (const changes of back) {
    const { warnings } = await inspectOn(changes);
    assert.not.ok(
      warnings.some(one => one.startsWith(first)),
      'nothing is known of it',
    );
  }
});

test('missing bars give a warning on a foreign base, but not on the mapping of a request signed here', async () => {
  const lacks = / lacks \d+ bars? /;
  const { third, made } = makeSharedTokensCase();
  const on = device.copy();
  const renaming = {
    ...correctionRequest(made, { reference: second, to: referenceParts('700001-2021-ACME') }),
    time: requestTime(30),
  };
  assert.is((await on.sign(renaming)).exit, 0);
  const renamed = fullySignedMapping(renaming, made);
  const next = { base: { mapping: renamed.digest, text: mappingText(renamed) }, issuances: [issuanceAt(3, 3310)] };
  assert.not.ok((await inspectOn({ ...next, time: requestTime(40) }, on.copy())).warnings.some(one => lacks.test(one)));
  const gone = fullySignedMapping(
    { ...correctionRequest(made, { reference: second, remove: true }), time: requestTime(31) },
    made,
  );
  const after = { base: { mapping: gone.digest, text: mappingText(gone) }, issuances: [issuanceAt(3, 3310)] };
  const [warning] = (await inspectOn({ ...after, time: requestTime(40) }, on.copy())).warnings.filter(one =>
    lacks.test(one),
  );
  assert.is(warning, barsNotInBaseText(1, [valueText(second)]), `${warning}; ${third}`);
});

test('the screen of a refused request shows its claims and calls none of them checked', async () => {
  const { screen, json } = await inspectOn(redemptionRequest(sampleBase, { ...own, mass: '1' }));
  assert.is(json.refused.code, 'MASS_MISMATCH');
  assert.match(screen, /^NOT CHECKED/);
  for (const text of [first, own.burns[0]!.amount, outpointText(own.burns[0]!), own.burns[0]!.token, 'height 3303'])
    assert.ok(screen.includes(text), text);
  assert.equal(json.redemptions, [{ ...own, mass: '1' }]);
  const wrong = await inspectOn(correctionRequest(sampleBase, { reference: '999999-2020-NONE', remove: true }));
  assert.is(wrong.json.refused.code, 'ASSET_UNKNOWN');
  for (const text of ['a test', '999999-2020-NONE', 'REMOVED']) assert.ok(wrong.screen.includes(text));
});

test('the journal lists redeemed and corrected bars', async () => {
  const on = device.copy();
  for (const [i, changes] of [
    redemptionRequest(sampleBase, own),
    correctionRequest(sampleBase, { reference: first, to: referenceParts('700001-2021-ACME') }),
  ].entries()) {
    on.storage.names.delete('/media/sign.json');
    assert.is((await on.sign({ ...changes, time: `176379520${i}.000001` })).exit, 0);
  }
  const { out } = await on.run('journal');
  assert.match(out, /031037-2019-PAMP {2}redeemed, 389\.142.*3303\n {6}burn [0-9a-f]{64}:0\n/);
  assert.match(out, /a test\n {4}031037-2019-PAMP {2}becomes 700001-2021-ACME\n/);
  const { json } = await on.run('journal', '--json');
  assert.equal(json.signed[0].redemptions, [own]);
  assert.is(json.signed[1].reason, 'a test');
});

test.run();

/** The built signer verifies and shows endorsements, and warns if some are missing. */
import { chmodSync, cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt, sampleRequest, testKeys, trust } from '../fixtures/sample-request.ts';
import { derive } from '../shared/derive.ts';
import { readSignatures, signDerivation, verifySignatures } from '../shared/signatures.ts';
import { endorsersText } from './endorsement.ts';
import { BuiltSigner } from './testing/built-signer.ts';

type Changes = Parameters<typeof sampleRequest>[0];

const program = await BuiltSigner.built();
const master = program.prepare('master');
let homes = 0;
test.after(() => program.remove());

function newHome(): string {
  const home = `home-${homes++}`;
  cpSync(program.path(master), program.path(home), { recursive: true });
  chmodSync(program.path(home), 0o700);
  return home;
}

const endorsementOf = (controller: number, changes: Changes = {}): string =>
  signDerivation(derive(sampleRequest(changes), base, trust), controller, testKeys[controller - 1]!, trust).endorsement;

const withEndorsements = (controllers: number[], changes: Changes = {}) => ({
  ...changes,
  endorsements: Object.fromEntries(controllers.map(i => [String(i), endorsementOf(i, changes)])),
});

function inspectRequest(home: string, changes: Changes) {
  program.request('request.json', changes);
  const run = program.run('inspect', 'request.json', '--home', home, '--json', '--ignore-clock');
  return { ...run, lines: run.err.split('\n').slice(1) };
}

function signRequest(home: string, changes: Changes) {
  const code = program.request('request.json', changes);
  rmSync(program.path('sign.json'), { force: true });
  const words = ['sign', 'request.json', '--out', 'sign.json', '--confirm', code, '--home', home, '--json'];
  return program.run(...words, '--ignore-clock');
}

/** The whole text of a field, including its wrapped lines. */
const fieldText = (lines: string[], name: string): string => {
  const from = lines.findIndex(line => line.startsWith(`  ${name} `));
  const rest = lines.slice(from + 1);
  const more = rest.slice(
    0,
    rest.findIndex(line => !line.startsWith(' '.repeat(16))),
  );
  return [lines[from]!.slice(16), ...more].map(line => line.trim()).join(' ');
};

for (const [controllers, others] of [
  [[], []],
  [[2], ['2']],
  [
    [2, 3],
    ['2', '3'],
  ],
  [[1, 3], ['3']],
  [[1], []],
] as [number[], string[]][]) {
  test(`the first line below the title says who signed: ${controllers.join(', ') || 'nobody'}`, () => {
    const { status, json, lines } = inspectRequest(newHome(), withEndorsements(controllers));
    assert.is(status, 0);
    assert.equal(json.endorsedBy, controllers);
    assert.match(lines[0]!, /^ISSUANCE on gold_main$/);
    assert.match(lines[1]!, /^-+$/);
    assert.match(lines[2]!, /^ {2}Signed by /);
    const said = fieldText(lines, 'Signed by');
    assert.is(said, endorsersText(controllers, 1, trust));
    assert.equal(said.match(/\d+/g) ?? [], others);
    assert.is(/ this device\b/.test(said), controllers.includes(1), said);
    assert.is(/ stop /.test(said), others.length === 0, said);
    assert.is(fieldText(lines, 'Request').split(' ')[0], sampleRequest().digest, 'the whole digest, in one piece');
  });
}

for (const [name, endorsements, code] of [
  ['over another request', { '2': endorsementOf(2, { height: 3311 }) }, 'SIGNATURE_INVALID'],
  ["under another controller's index", { '3': endorsementOf(2) }, 'SIGNATURE_INVALID'],
  ['beside a good one', { '2': endorsementOf(2), '3': endorsementOf(2) }, 'SIGNATURE_INVALID'],
  ['of a controller that is not in the profile', { '4': endorsementOf(2) }, 'FIELD_INVALID'],
] as [string, Record<string, string>, string][]) {
  test(`an endorsement ${name} is refused, and nothing is signed`, () => {
    const home = newHome();
    assert.is(inspectRequest(home, { endorsements }).json.refused.code, code);
    const run = signRequest(home, { endorsements });
    assert.equal([run.status, run.json.error.code], [1, code]);
    assert.not.ok(existsSync(program.path('sign.json')));
  });
}

test('the signatures file has an endorsement that the other laptop verifies', () => {
  assert.is(signRequest(newHome(), withEndorsements([3])).status, 0);
  const signatures = readSignatures(readFileSync(program.path('sign.json')));
  verifySignatures(derive(sampleRequest(), base, trust), signatures, trust);
  assert.is(signatures.endorsement, endorsementOf(1));
  const { json } = inspectRequest(newHome(), { endorsements: { '1': signatures.endorsement } });
  assert.equal(json.endorsedBy, [1]);
});

test('endorsements and base signatures in a request change neither the signatures nor the memory', () => {
  const home = newHome();
  signRequest(home, {});
  const bare = readFileSync(program.path('sign.json'), 'utf8');
  const journal = readFileSync(program.path(`${home}/journal`), 'utf8');
  signRequest(home, withEndorsements([2, 3]));
  assert.is(readFileSync(program.path('sign.json'), 'utf8'), bare);
  assert.is(readFileSync(program.path(`${home}/journal`), 'utf8'), journal);
});

const again = { time: '1763795200.000001' };
const digestWarnings = (warnings: string[]) => warnings.filter(text => text.includes(sampleRequest().digest));

test('for a bar that was signed in another request, missing endorsements are the first warning', () => {
  const home = newHome();
  assert.is(signRequest(home, {}).status, 0);
  const { json, lines } = inspectRequest(home, again);
  assert.is(digestWarnings(json.warnings).length, 1);
  assert.is(json.warnings[0], digestWarnings(json.warnings)[0]);
  assert.match(json.warnings[0], /^500001-2021-ACME.*\d{4}-\d\d-\d\d.*, [0-9a-f]{64}\. /);
  assert.ok(lines.join('').includes(sampleRequest().digest), 'on the screen too');
  assert.equal(
    digestWarnings(inspectRequest(home, withEndorsements([1], again)).json.warnings).length,
    1,
    'its own does not count',
  );
  assert.equal(
    digestWarnings(inspectRequest(home, withEndorsements([3], again)).json.warnings),
    [],
    'signed by as many others as are needed',
  );
  assert.equal(digestWarnings(inspectRequest(home, {}).json.warnings), [], 'the same request again');
  const otherBar = { ...again, issuances: [issuanceAt(2, 3310)] };
  assert.equal(digestWarnings(inspectRequest(home, otherBar).json.warnings), [], 'another bar');
});

test.run();

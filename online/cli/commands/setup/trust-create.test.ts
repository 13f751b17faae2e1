/** `trust create` at a terminal: answers are checked at once, shown together, and written once. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fakeTerminal } from '../../../../fixtures/pcs/fake-terminal.ts';
import { TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { p2pkhAddress } from '../../../../shared/address.ts';
import { FILE } from '../../../../shared/file-kind.ts';
import { NETWORKS, networkByName } from '../../../../shared/networks.ts';
import { answerHelpText, COUNT, keyQuestion, networkQuestion } from './texts/questions.ts';
import { ProfileAnswers } from './trust-answers.ts';

const test = suite<{ world: TestWorld; create(answers: string[], ...flags: string[]): Promise<any> }>(
  'trust create',
);
test.before.each(async context => {
  const world = await TestWorld.start();
  context.world = world;
  context.create = async (answers, ...flags) => {
    const t = fakeTerminal(...answers.map(answer => `${answer}\r`));
    world.extra = { stdin: t.world.stdin, stderr: t.world.stderr };
    const ran = await world.command(1, 'trust', 'create', '--out', 'new.json', ...flags);
    return { ...ran, said: t.said() };
  };
});
test.after.each(({ world }) => world.stop());

/** Another valid public key. */
const G = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';

const NETWORK_QUESTION = networkQuestion(NETWORKS.map(({ name }) => name));
const isProfileWritten = (world: TestWorld) => existsSync(join(world.pc(1), 'new.json'));

/** Answers that give the profile of the test's world. */
function rightAnswers({ profile }: TestWorld) {
  const { controllers, policyAsset, reissuanceAddress, network } = profile;
  const [a, b, c] = Object.values(controllers.pubkeys) as [string, string, string];
  return { network, a, b, c, policyAsset, reissuanceAddress };
}

test('questions at a terminal give the same profile as flags', async ({ world, create }) => {
  const { network, a, b, c, policyAsset, reissuanceAddress } = rightAnswers(world);
  world.write(1, 'key-2.txt', `Public key ${b}\n`);
  const answers = [network, '3', a, 'key-2.txt', c, '2', policyAsset, reissuanceAddress, '', '', 'y'];
  const ran = await create(answers);
  assert.is(ran.status, 0, ran.said);
  assert.is(ran.json.digest, world.trust.digest);
  assert.is(JSON.parse(world.read(1, 'new.json')).mass.max, '450');
  assert.match(ran.said, new RegExp(`\n +2 +${b}`));
});

test('an empty line, ? and help explain the expected answer', async ({ world, create }) => {
  const { network, a, b, c, policyAsset, reissuanceAddress } = rightAnswers(world);
  const answers = ['', network, '3', '?', a, 'HELP', b, c, '2', policyAsset, reissuanceAddress, '', '', 'y'];
  const ran = await create(answers);
  assert.is(ran.status, 0, ran.said);
  for (const question of [NETWORK_QUESTION, keyQuestion(1), keyQuestion(2)])
    assert.is(ran.said.split(answerHelpText(question)).length - 1, 1, ran.said);
  assert.is(ran.json.digest, world.trust.digest);
});

test('the key read from a file is the checked one, also if the file changes afterwards', async ({
  world,
}) => {
  const { network, a, c, policyAsset, reissuanceAddress } = rightAnswers(world);
  world.write(1, 'key-1.txt', a);
  const t = fakeTerminal('1\r', 'key-1.txt\r', '\r', '\r');
  let reads = 0;
  Object.defineProperty(t.world, 'cwd', {
    get: () => {
      if (++reads > 1) world.write(1, 'key-1.txt', c);
      return world.pc(1);
    },
  });
  const flags = { network, controllers: undefined, required: '1', policyAsset, reissuanceAddress };
  const got = await new ProfileAnswers(t.world, true).all(flags, { min: '350', max: '450' });
  assert.equal([got.controllers, reads], [[a], 1]);
});

test('a wrong answer is explained at once and asked again', async ({ world, create }) => {
  const { network, a, b, c, policyAsset, reissuanceAddress } = rightAnswers(world);
  const answers = [
    ...['goldmain', network, '0', '16', '3', a.slice(1), 'absent.txt', a, a, `02${'f'.repeat(64)}`, b, c],
    ...['1', '4', 'two', '2', policyAsset.slice(2), policyAsset, `${reissuanceAddress}x`, reissuanceAddress],
    ...['400', '399', '450', 'yes'],
  ];
  const ran = await create(answers);
  assert.is(ran.status, 0, ran.said);
  assert.equal(JSON.parse(world.read(1, 'new.json')).mass, { min: '400', max: '450' });
  for (const said of [
    /goldmain/,
    /controllers:.*1 to 15, got "16"/,
    /public key: expected 66 hex digits.*65 digits/,
    /absent\.txt: /,
    /public key: .* controller 1/,
    /secp256k1/,
    /required:.*2 to 3, got "1"/,
    /policy asset: expected 64 hex digits.*62 digits/,
    /reissuance address/,
    /400 .*, got "399"/,
  ])
    assert.match(ran.said, said);
});

test('nothing is written before yes, and flags replace questions', async ({ world, create }) => {
  const { network, a, b, c, policyAsset, reissuanceAddress } = rightAnswers(world);
  const flags = ['--network', network, ...[a, b, c].flatMap(key => ['--controller', key])];
  const answers = ['2', policyAsset, 'back', 'back', '3', policyAsset, reissuanceAddress, '', ''];
  const refused = await create([...answers, 'n', 'stop'], ...flags);
  assert.equal([refused.status, refused.json.error.code], [1, 'NOT_CONFIRMED']);
  assert.not.ok(isProfileWritten(world));
  const ran = await create([...answers, 'y'], ...flags);
  assert.is(ran.status, 0, ran.said);
  assert.equal(JSON.parse(world.read(1, 'new.json')).controllers.n, 3);
  for (const { prompt } of [COUNT, NETWORK_QUESTION]) assert.not.ok(ran.said.includes(prompt), ran.said);
});

test('back leads from key to key, and from the next question to the last key', async ({ world, create }) => {
  const { network, a, b, c, policyAsset, reissuanceAddress } = rightAnswers(world);
  const keys = ['3', a, 'back', b, a, 'back', c, a];
  const rest = ['back', a, '2', policyAsset, reissuanceAddress, '', '', 'y'];
  const ran = await create([network, ...keys, ...rest]);
  assert.is(ran.status, 0, ran.said);
  const { pubkeys } = JSON.parse(world.read(1, 'new.json')).controllers;
  assert.equal(Object.values(pubkeys), [b, c, a]);
  assert.is(ran.said.match(/Network \(/g)?.length, 1);
});

test('a correction asks for one answer and for the answers that depend on it; Enter repeats the others', async ({
  world,
  create,
}) => {
  const { network, a, b, c, policyAsset, reissuanceAddress } = rightAnswers(world);
  const other = p2pkhAddress(networkByName('ocean_test'), new Uint8Array(20));
  const wrong = ['ocean_test', '2', b, c, '2', policyAsset.replace(/./g, '0'), other, '', ''];
  const ran = await create([
    ...[...wrong, 'no', 'asset', policyAsset, 'no', 'network', network, '', reissuanceAddress],
    ...['no', 'keys', '3', G, b, c, '', 'n', 'weight', '4', '1', 'back', 'no', '1', b, a],
    ...['no', 'mass', '300', '', 'no', 'required', '3', 'no', 'address', '', 'YES'],
  ]);
  assert.is(ran.status, 0, ran.said);
  const profile = JSON.parse(world.read(1, 'new.json'));
  assert.equal(profile.controllers, { n: 3, m: 3, pubkeys: { 1: a, 2: b, 3: c } });
  assert.equal(
    [profile.network, profile.policyAsset, profile.reissuanceAddress, profile.mass],
    [network, policyAsset, reissuanceAddress, { min: '300', max: '450' }],
  );
});

test('back at the confirmation leads to the last question, and from there to earlier ones', async ({
  world,
  create,
}) => {
  const { network, a, policyAsset, reissuanceAddress } = rightAnswers(world);
  const answers = [network, '1', a, '1', policyAsset, reissuanceAddress, '', ''];
  const ran = await create([...answers, 'back', 'back', '340', '440', 'yes']);
  assert.is(ran.status, 0, ran.said);
  assert.equal(JSON.parse(world.read(1, 'new.json')).mass, { min: '340', max: '440' });
});

for (const file of ['new.json', 'controllers.json', 'p2sh.json'])
  test(`an existing file ${file} is refused before the first question`, async ({ world, create }) => {
    world.write(1, file, '{}');
    const ran = await create([]);
    assert.equal([ran.status, ran.json.error.code], [1, 'FILE_EXISTS']);
    assert.not.match(ran.said, /Network \(/);
  });

test('the profile shown before yes is the written one, within 80 columns', async ({ world, create }) => {
  const { network, a, b, c, policyAsset, reissuanceAddress } = rightAnswers(world);
  const ran = await create([network, '3', a, b, c, '2', policyAsset, reissuanceAddress, '', '', 'y']);
  const tokens = JSON.parse(world.read(1, 'new.json')).reissuanceTokens;
  assert.match(ran.said, new RegExp(`\\b${tokens} tokens `));
  const shown = ran.said
    .split('\n')
    .filter((line: string) => / {2}(?:network|policy|reissuance|mass)|^ +[0-9a-f]{64,66}$/.test(line));
  assert.ok(shown.length >= 5, ran.said);
  assert.ok(
    shown.every((line: string) => line.length <= 80),
    shown.join('\n'),
  );
});

test("a signer's key file given as a public key is recognised and refused", async ({ world, create }) => {
  const { network, a, b, c, policyAsset, reissuanceAddress } = rightAnswers(world);
  world.write(1, 'harmless.txt', `{"type": "countersign/key", "version": 1, "publicKey": "${a}"}`);
  const ran = await create([
    network,
    '3',
    'harmless.txt',
    a,
    b,
    c,
    '2',
    policyAsset,
    reissuanceAddress,
    '',
    '',
    'y',
  ]);
  assert.is(ran.status, 0, ran.said);
  assert.match(ran.said, new RegExp(`"harmless\\.txt" is ${FILE.signerKey}`));
});

test('without a terminal the refusal names the missing flag', async ({ world }) => {
  const ran = await world.command(1, 'trust', 'create', '--network', 'gold_main');
  assert.equal([ran.status, ran.json.error.message], [2, '--controller is missing']);
});

test.run();

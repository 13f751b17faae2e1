/**
 * Complete messages as a person reads them, with the flag, the file and the next step. No other test asserts
 * wording.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, BAR_2, HEADER, TestWorld } from '../../fixtures/pcs/testing.ts';
import { olderControllersFile } from '../legacy/older-files.ts';
import { tipText } from '../node/checks/best-block.ts';
import { blocksWithTimeText } from '../platform/waiting/progress.ts';
import { makeReportFrom } from '../report/page/testing.ts';
import { tokenAgreementText } from '../report/texts/report.ts';
import { stepAfterSubmit, wrongControllerSentences } from './commands/issuance/submit.ts';
import { sentLine } from './commands/issuance/texts.ts';

const test = suite<{ world: TestWorld }>('messages');
test.before(async context => {
  context.world = await TestWorld.ready();
  context.world.write(1, 'bars.csv', HEADER + BAR_1);
});
test.after(({ world }) => world.stop());

const PREPARE = ['prepare', '--issuances', 'bars.csv'];

test('JSON assets: numbers without quotes are refused, and all wrong entries are reported together', async ({
  world,
}) => {
  const [serial, year, manufacturer, , address] = BAR_1.trim().split(',');
  const one = { serial, year, manufacturer, mass: 389.142, address };
  world.write(1, 'bars.json', JSON.stringify([one, 7, { ...one, mass: '400', more: 1 }, { serial }]));
  const ran = await world.command(1, 'prepare', '--issuances', 'bars.json', '--out', 'x.json', '--yes');
  assertRefused(
    ran,
    'FIELD_INVALID',
    /^bars\.json: 7 errors, the first: entry 1: mass: expected text, got a number: write "389.142"/,
    /members serial, year, manufacturer, mass and address/,
  );
  assert.equal(ran.json.error.details.slice(0, 3), [
    'entry 2: expected an object',
    'entry 3: unknown member "more"',
    'entry 4: year: expected text, got nothing',
  ]);
});

test('an existing output file or a folder is refused before any question', async ({ world }) => {
  world.write(1, 'taken.json', 'mine');
  mkdirSync(join(world.pc(1), 'folder'));
  for (const command of [PREPARE, ['review']]) {
    const to = (out: string, ...more: string[]) => world.command(1, ...command, '--out', out, ...more);
    assertRefused(await to('taken.json'), 'FILE_EXISTS', /taken\.json: /, /--overwrite/);
    assertRefused(await to('folder'), 'FILE_UNUSABLE', /folder: .*\(EISDIR\)/, /a file in this folder/);
    assertRefused(await to('folder', '--overwrite'), 'FILE_UNUSABLE', /EISDIR/);
    assertRefused(await to('absent/x.json'), 'FILE_UNUSABLE', /no such file or folder/);
  }
  assert.is(world.read(1, 'taken.json'), 'mine');
});

test('abandon without an open proposal says so, with and without a terminal', async ({ world }) => {
  assertRefused(await world.command(1, 'abandon'), 'NO_PROPOSAL', /no proposal is open/);
});

test("a signatures file is named by review code and controller, and the laptop's line has no path of the PC", async ({
  world,
}) => {
  let text = '';
  const stdout = new PassThrough();
  stdout.on('data', chunk => {
    text += chunk;
  });
  const { runCommand: run } = await import('./command-list.ts');
  const stderr = new PassThrough().resume();
  const status = await run([...PREPARE, '--out', 'folder/request.json', '--yes'], {
    ...{ stdin: Readable.from([]), stdout, stderr, env: {}, cwd: world.pc(1), now: Date.now },
    sleep: async () => undefined,
  });
  assert.is(status, 0);
  const code = /review code {2}(\w{4})-/.exec(text)?.[1];
  assert.match(
    text,
    new RegExp(
      `\nOn the isolated laptop, in the folder of this file: signer sign request\\.json\nreview code  ${code}-`,
    ),
  );
});

test('a second request is refused with the open proposal and the next step', async ({ world }) => {
  world.write(2, 'bars.csv', HEADER + BAR_2);
  const ran = await world.command(2, ...PREPARE, '--out', 'late.json', '--yes');
  assertRefused(
    ran,
    'PROPOSAL_OPEN',
    /^the proposal [0-9A-Z-]{19} of 1 asset is open$/,
    /`countersign abandon`/,
  );
  assert.not.ok(existsSync(join(world.pc(2), 'late.json')));
  await world.ok(2, 'abandon', '--yes');
});

test('signatures of an abandoned request are refused', async () => {
  const world = await TestWorld.ready({ policy: { n: 2, m: 2 } });
  try {
    world.write(2, 'bars.csv', HEADER + BAR_2);
    const late = await world.ok(2, ...PREPARE, '--out', 'late.json', '--yes');
    world.sign(2, 'late.json', 'late-2.json');
    await world.ok(2, 'abandon', '--unsigned', '--i-asked-every-controller-and-nobody-signed');
    await world.propose(1, HEADER + BAR_1);
    world.write(1, 'late-2.json', world.read(2, 'late-2.json'));
    assertRefused(
      await world.command(1, 'submit', 'late-2.json'),
      'NO_PROPOSAL',
      new RegExp(`the proposal ${late.reviewCode} was abandoned$`),
    );
  } finally {
    await world.stop();
  }
});

test('the refusal of a transaction says when the request can be abandoned', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.rpc('dev_fault', {
    method: 'sendrawtransaction',
    kind: 'error',
    code: -26,
    message: '64: dust',
    times: 9,
  });
  const ran = await world.command(2, 'finalise', 'mine.json', '--yes');
  await world.rpc('dev_fault', null);
  assertRefused(ran, 'TX_REJECTED', /./, /3360\. .* `countersign abandon`.*\.$/);
  assertRefused(await world.command(1, 'abandon', '--yes'), 'ALREADY_SENT', /is being sent/, /by block 3360/);
});

test('for a controller key given twice, the hint names the flag and not a file', async ({ world }) => {
  const [one, two] = Object.values(world.profile.controllers.pubkeys) as [string, string];
  const create = (keys: string[], address: string) =>
    world.command(
      1,
      ...['trust', 'create', '--network', 'gold_main', '--required', '2', '--out', 'new.json'],
      ...keys.flatMap(key => ['--controller', key]),
      ...['--policy-asset', world.profile.policyAsset, '--reissuance-address', address],
    );
  const { reissuanceAddress } = world.profile;
  assertRefused(
    await create([one, two, two], reissuanceAddress),
    'FIELD_INVALID',
    /^--controller: the third key is the same as the second key/,
    /^Ask both controllers .* Nothing was written\.$/,
  );
  // This error has a hint of its own, which `trust create` must keep.
  assertRefused(
    await create([one, two], `${reissuanceAddress}x`),
    'FIELD_INVALID',
    /^reissuanceAddress: .*got "g3X4Jwf9WLuBqET7tr2bCkDX3A2FGBrUm8x"/,
    /a complete address of the network gold_main/,
  );
  assert.not.ok(existsSync(join(world.pc(1), 'new.json')));
});

test('after submit the next step depends on the number of missing signatures', () => {
  const nothing = { command: null, why: '' };
  const next = (missing: number) => stepAfterSubmit(missing, undefined, nothing).text;
  assert.equal([2, 1, 0].map(next), [
    'Next: 2 other controllers run `countersign next`.',
    'Next: another controller runs `countersign next`.',
    'Next: run `countersign finalise`.',
  ]);
});

test("a PC warns of another controller's signatures unless its own exist", () => {
  const files = [{ controller: 3 }];
  assert.equal(wrongControllerSentences(files, undefined, [3]), []);
  assert.equal(wrongControllerSentences(files, '3', [3]), []);
  assert.equal(
    wrongControllerSentences(files, '2', [2, 3]),
    [],
    'controller 2 has signed: a stick is carried for another',
  );
  const [text] = wrongControllerSentences(files, '2', [3]);
  assert.match(text as string, /controller 2\..*controller 3\..*`countersign init --overwrite`/);
});

test('a transaction id is never broken, and gets its own line if necessary', () => {
  const txid = '7'.repeat(64);
  assert.is(sentLine('031037-2019-PAMP', txid), `  031037-2019-PAMP  ${txid}\n`);
  assert.is(sentLine('031037-2019-PAMP', txid, 80), `  031037-2019-PAMP\n    ${txid}\n`);
});

test('in a folder without countersign.json the next step is to create the file', async ({ world }) => {
  const config = world.read(2, 'countersign.json');
  rmSync(join(world.pc(2), 'countersign.json'));
  assertRefused(
    await world.command(2, 'status'),
    'CONFIG_INVALID',
    /^trust: not set$/,
    /`countersign init`\. Or give --trust,/,
  );
  world.write(2, 'countersign.json', config);
});

test('a mass with commas or thousands separators is refused with the right form', async ({ world }) => {
  const [before, after] = BAR_1.split('389.142') as [string, string];
  for (const mass of ['"389,142"', '"1,389.14"', "1'389.1", '1 389.1', '389.142 oz', '3.89142e2']) {
    world.write(1, 'masses.csv', HEADER + before + mass + after);
    assertRefused(
      await world.command(1, 'prepare', '--issuances', 'masses.csv', '--out', 'x.json', '--yes'),
      'FIELD_INVALID',
      /^line 2: mass: expected (fine troy ounces|a decimal point|no separator)/,
      /a decimal point, such as 389\.142\. Nothing was written\.$/,
    );
  }
});

test('trust create: messages name flags, not members of a file', async ({ world }) => {
  const key = world.profile.controllers.pubkeys['1'];
  for (const required of ['3', '4']) {
    const flags = ['--network', 'gold_main', '--controller', key, '--required', required, '--out', 'p.json'];
    const ran = await world.command(1, 'trust', 'create', ...flags);
    assert.is(ran.status, 2);
    assert.match(
      ran.stderr,
      new RegExp(`--required: expected at most 1, one for each --controller, got ${required}`),
    );
  }
});

test('trust create writes all three files or none', async ({ world }) => {
  const { pubkeys } = world.profile.controllers;
  const create = (out: string, required: string) => [
    ...[
      'trust',
      'create',
      '--network',
      'gold_main',
      '--required',
      required,
      '--policy-asset',
      world.profile.policyAsset,
    ],
    ...Object.values(pubkeys).flatMap(key => ['--controller', key]),
    ...['--reissuance-address', world.profile.reissuanceAddress, '--out', out],
  ];
  await world.ok(1, ...create('first.json', '2'));
  const before = ['first.json', 'controllers.json', 'p2sh.json'].map(name => world.read(1, name));
  assertRefused(
    await world.command(1, ...create('second.json', '3')),
    'FILE_EXISTS',
    /controllers\.json: the file already exists$/,
    /--overwrite/,
  );
  assert.not.ok(existsSync(join(world.pc(1), 'second.json')));
  assert.equal(
    ['first.json', 'controllers.json', 'p2sh.json'].map(name => world.read(1, name)),
    before,
  );
});

test('trust create refuses a policy with two groups that can each sign, unless a flag permits it', async ({
  world,
}) => {
  const { pubkeys } = world.profile.controllers;
  const create = (required: string, keys: string[], ...flags: string[]) =>
    world.command(
      1,
      ...['trust', 'create', '--network', 'gold_main', '--required', required, '--out', 'split.json'],
      ...[
        ...keys.flatMap(key => ['--controller', key]),
        ...[
          '--policy-asset',
          world.profile.policyAsset,
          '--reissuance-address',
          world.profile.reissuanceAddress,
        ],
        ...['--overwrite', ...flags],
      ],
    );
  const keys = Object.values(pubkeys) as string[];
  for (const [required, some] of [
    ['1', keys.slice(0, 2)],
    ['1', keys],
  ] as const) {
    assertRefused(await create(required, some), 'POLICY_SPLIT', /^--required: .*\d controllers, got 1/);
    assert.not.ok(existsSync(join(world.pc(1), 'split.json')));
  }
  assert.is((await create('1', keys.slice(0, 2), '--allow-split-policy')).status, 0);
  assert.is((await create('2', keys)).status, 0);
});

test('map verify refuses a trust profile in place of controllers.json, and a missing file', async ({
  world,
}) => {
  assertRefused(
    await world.command(1, 'map', 'verify', '--controllers', 'trust.json'),
    'FIELD_INVALID',
    /^trust\.json: expected a controllers\.json .*--trust.*, got a trust profile/,
  );
  assertRefused(
    await world.command(1, 'map', 'verify', '--trust', 'absent.json'),
    'FILE_MISSING',
    /^absent\.json: expected the trust profile .*, got no file/,
    /`countersign trust create --help`/,
  );
});

test("map verify refuses a published mapping that is older than the ledger's", async () => {
  const world = await TestWorld.ready();
  try {
    const issue = async (bars: string) => {
      await world.propose(1, HEADER + bars);
      await world.countersign(2);
      await world.ok(2, 'finalise', 'mine.json', '--yes');
    };
    await issue(BAR_1);
    const older = world.object('map.json');
    world.write(3, 'older.json', older);
    world.write(3, 'controllers.json', olderControllersFile(world.trust));
    await issue(BAR_2);
    assert.is((await world.ok(3, 'map', 'verify')).valid, true);
    world.putObject('map.json', older);
    assertRefused(await world.command(3, 'map', 'verify'), 'ROLLBACK', /^map\.json: expected [0-9a-f]{64}/);
    assertRefused(
      await world.command(3, 'map', 'verify', '--controllers', 'controllers.json'),
      'ROLLBACK',
      /./,
    );
    assert.is((await world.ok(3, 'map', 'verify', 'older.json')).valid, true, 'a file is a file');
    rmSync(join(world.pc(3), '.countersign'), { recursive: true });
    assertRefused(await world.command(3, 'map', 'verify'), 'ROLLBACK', /./);
  } finally {
    await world.stop();
  }
});

test('wrong usage: messages name missing arguments and negative numbers', async ({ world }) => {
  const said = async (...args: string[]) => {
    const { status, json } = await world.command(1, ...args);
    assert.is(status, 2);
    return json.error.message;
  };
  assert.is(await said('submit'), 'submit: an argument is missing, expected SIGNATURES ...');
  assert.is(await said('map', 'diff', 'old.json'), 'map diff: an argument is missing, expected OLD NEW');
  assert.is(await said('qr', 'show'), 'qr show: an argument is missing, expected FILE');
  assert.is(
    await said('prepare', '--max-tip-age', '-5'),
    'prepare: --max-tip-age: expected a number of 0 or more, got -5',
  );
  assert.is(
    await said('tokens', '--height', '-3'),
    'tokens: --height: expected a number of 0 or more, got -3',
  );
  assert.is(await said('tokens', '--height'), 'tokens: --height needs a value');
  assert.is(await said('init', '--s3-public-read'), 'init: there is no option --s3-public-read');
  assert.is(await said('init', '--overwrite=yes'), 'init: --overwrite takes no value');
  assert.is(await said('map', 'diff', 'a', 'b', 'c'), 'map diff: too many arguments, expected OLD NEW');
});

test('coins are listed with their numbers', async () => {
  const world = await TestWorld.ready({ coins: 12 });
  const listed = world.object('ptxo.dat').trim().split('\n');
  await world.stop();
  assert.equal(
    listed.map(line => Number(line.split(' ')[1])),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  );
});

test('statements about the chain name height, age and peers', () => {
  const time = 1_763_795_123;
  const said = (age: number, peers: number | null) => tipText({ height: 3310, time, peers }, time + age);
  assert.is(said(12.9, 2), 'block 3310, 12 s old; the node has 2 peers');
  assert.is(said(119, 1), 'block 3310, 119 s old; the node has 1 peer');
  assert.is(said(120, 0), 'block 3310, 2 min old; the node has no peers');
  assert.is(said(7200, 1), 'block 3310, 2 h old; the node has 1 peer');
  assert.is(said(30 * 86_400, 1), 'block 3310, 30 d old; the node has 1 peer');
  assert.is(said(-90, null), 'block 3310, 90 s in the future; the node does not report its number of peers');
});

test('the number of correct tokens is given in plain sentences', () => {
  const ok = (n: number) => Array<string>(n).fill('ok');
  assert.is(
    tokenAgreementText(makeReportFrom(ok(3), [])),
    'All 3 tokens of the mapping are on chain as expected.',
  );
  assert.is(
    tokenAgreementText(makeReportFrom(ok(1), [false])),
    'The 1 token of the mapping is on chain as expected. 1 other token on chain comes from other issuers.',
  );
  assert.is(tokenAgreementText(makeReportFrom([], [])), 'The mapping has no token.');
  assert.is(
    tokenAgreementText(makeReportFrom(['ok', 'missing'], [true, false, false])),
    'Of the 2 tokens of the mapping, 1 is on chain as expected and 1 is not. 1 token from our policy coins is on chain and not in the mapping. 2 other tokens on chain come from other issuers.',
  );
  assert.is(
    tokenAgreementText(makeReportFrom(['missing'], [true, true])),
    'The 1 token of the mapping is not on chain as expected. 2 tokens from our policy coins are on chain and not in the mapping.',
  );
});

/**
 * Finalises with 5 confirmations. At each wait, the chain gets one more block.
 * @returns the lines about blocks
 */
async function finaliseProgressLines(secondsABlock: number): Promise<string[]> {
  const world = await TestWorld.ready({ fixedTime: Math.floor(Date.now() / 1000) });
  try {
    await world.propose(1, HEADER + BAR_1);
    await world.countersign(2);
    world.onSleep = async () => {
      await world.rpc('dev_advance', secondsABlock);
      await world.generate();
    };
    const ran = await world.command(2, 'finalise', 'mine.json', '--yes', '--confirmations', '5');
    assert.is(ran.status, 0, ran.stderr);
    return ran.stderr.split('\n').filter(line => line.startsWith('Block '));
  } finally {
    await world.stop();
  }
}

test('the estimate is a minute for each block until two blocks were measured', async () => {
  assert.equal(await finaliseProgressLines(30), [
    'Block 3310: 0 of 1 transaction confirmed, 50 blocks (about 50 min) of the period left.',
    'Block 3311: 0 of 1 transaction confirmed, 49 blocks (about 49 min) of the period left.',
    'Block 3312: 0 of 1 transaction confirmed, 48 blocks (about 24 min at 30 s a block) of the period left.',
    'Block 3313: 0 of 1 transaction confirmed, 47 blocks (about 24 min at 30 s a block) of the period left.',
    'Block 3314: 0 of 1 transaction confirmed, 46 blocks (about 23 min at 30 s a block) of the period left.',
  ]);
});

test("numbers of blocks are counted from the reader's view", () => {
  assert.equal(
    [
      blocksWithTimeText(1),
      blocksWithTimeText(59),
      blocksWithTimeText(60),
      blocksWithTimeText(479),
      blocksWithTimeText(479, 75),
      blocksWithTimeText(10, 1),
    ],
    [
      ...['1 block (about 1 min)', '59 blocks (about 59 min)', '60 blocks (about 1 h 0 min)'],
      ...['479 blocks (about 7 h 59 min)', '479 blocks (about 9 h 59 min at 75 s a block)'],
      '10 blocks (about 0 min at 1 s a block)',
    ],
  );
});

test.run();

import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fakeTerminal } from '../../../../fixtures/pcs/fake-terminal.ts';
import { TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { FIRST_QUESTION, notATerminalRefusal } from '../../terminal/texts.ts';
import {
  addressImportText,
  NO_PEERS,
  storeAccessText,
  storeContentsText,
  storeFolderText,
} from './texts/check-results.ts';

const test = suite<{ world: TestWorld; init(...args: string[]): Promise<any>; store: string }>('init');
test.before.each(async context => {
  const world = await TestWorld.start();
  rmSync(join(world.pc(1), 'countersign.json'));
  context.world = world;
  context.store = `file:${join(world.root, 'store')}`;
  context.init = (...args) => world.command(1, 'init', ...args);
});
test.after.each(({ world }) => world.stop());

const readConfig = (world: TestWorld) => JSON.parse(world.read(1, 'countersign.json'));
const isConfigWritten = (world: TestWorld) => existsSync(join(world.pc(1), 'countersign.json'));

test('with flags, init checks and writes the configuration, and prints the next step', async ({
  world,
  init,
  store,
}) => {
  const ran = await init('--trust', 'trust.json', '--store', store, '--node', world.node.url);
  assert.is(ran.status, 0, ran.stderr);
  assert.equal(readConfig(world), { store, node: world.node.url, trust: 'trust.json' });
  assert.is(ran.json.trust, world.trust.digest);
  assert.match(ran.json.next.join('\n'), /map init.*\n.*coins scan/);
  assert.match(ran.stderr, /2 of 3 controllers on gold_main, address g\w+, review code [0-9A-Z-]{19}/);
  assert.ok(ran.stderr.includes(storeFolderText(join(world.root, 'store'), false)), ran.stderr);
  assert.is(ran.json.writable, null);
  assert.not.ok(existsSync(join(world.root, 'store')), 'no folder is made to look whether it can be');
  assert.match(ran.stderr, / gold_main .* 3310, \d+ s .* 2 peers\./);
  assert.not.match(ran.stderr + ran.stdout, /secret-password/);
  if (process.platform !== 'win32') {
    assert.is(statSync(join(world.pc(1), 'countersign.json')).mode & 0o777, 0o600, 'it holds a password');
  }
  await world.ok(1, 'map', 'init');
  await world.ok(1, 'coins', 'scan');
  const again = await init('--trust', 'trust.json', '--store', store, '--node', 'later', '--overwrite');
  assert.ok(
    again.stderr.includes(`: ${storeAccessText(true)}${storeContentsText(0, null).split(', which')[0]}`),
    again.stderr,
  );
  assert.is(again.json.writable, true);
  assert.match(world.object('write-check.txt'), /delete/);
  assert.equal(readConfig(world), { store, trust: 'trust.json' });
  assert.match(again.json.next[0], /node/);
});

test("init reports a store with an older tool's mapping, or without the ledger that this PC knows", async ({
  world,
  init,
  store,
}) => {
  const flags = ['--trust', 'trust.json', '--store', store, '--node', 'later', '--overwrite'];
  await init(...flags);
  await world.ok(1, 'map', 'init');
  const ledger = join(world.root, 'store', 'ledger');
  rmSync(ledger, { recursive: true });
  assert.match((await init(...flags)).json.next.join('\n'), /\bdisk\b/);
  rmSync(join(world.pc(1), '.countersign'), { recursive: true });
  const { next } = (await init(...flags)).json;
  assert.match(next.join('\n'), /map init`.*\n.*coins scan/);
});

test('init makes the node watch the policy address, on any PC', async ({ world, init, store }) => {
  const flags = ['--trust', 'trust.json', '--store', store, '--node', world.node.url];
  const watched = async () => (await world.rpc('validateaddress', world.trust.address)).iswatchonly;
  assert.is(await watched(), false);
  const ran = await init(...flags);
  assert.equal([ran.status, ran.json.node], [0, { peers: 2, txindex: true, watch: 'watched' }], ran.stderr);
  assert.ok(ran.stderr.includes(addressImportText(world.trust.address)), ran.stderr);
  assert.is(await watched(), true);
  assert.is((await world.rpc('listunspent', 1, 9999999, [world.trust.address])).length, 6);
  const again = await init(...flags, '--overwrite');
  assert.not.match(again.stderr, /imports/);
});

test('a failed import of the address is left as a step, and the configuration is written', async ({
  world,
  init,
  store,
}) => {
  await world.rpc('dev_fault', { method: 'importaddress', kind: 'error', code: -4, message: 'pruned' });
  const ran = await init('--trust', 'trust.json', '--store', store, '--node', world.node.url);
  assert.equal([ran.status, ran.json.node.watch], [0, 'not watched'], ran.stderr);
  assert.match(ran.json.next.join('\n'), /^Run `countersign coins scan`: .* g\w+ .*pruned/m);
  assert.ok(isConfigWritten(world));
});

test('init reports each missing capability of a node, with the next step', async ({ world, init, store }) => {
  await world.rpc('dev_behaviour', { wallet: false, txindex: false, peers: 0 });
  await world.rpc('dev_fault', {
    ...{ method: 'dumpassetlabels', kind: 'lie', result: { ISSUANCE: 'ab'.repeat(32) } },
  });
  const ran = await init('--trust', 'trust.json', '--store', store, '--node', world.node.url);
  assert.equal(
    [ran.status, ran.json.node],
    [0, { peers: 0, txindex: false, watch: 'no wallet' }],
    ran.stderr,
  );
  const [peers, index, wallet, asset] = ran.json.next;
  assert.is(peers, NO_PEERS);
  assert.match(index, /txindex=1 .*-reindex/);
  assert.match(wallet, /without disablewallet/);
  assert.match(asset, new RegExp(`profile has ${world.profile.policyAsset}.* label ISSUANCE to (ab){32}`));
  assert.match(ran.stderr, / peers\.$/m);
});

for (const [skew, which] of [
  [3600_000, 'old'],
  [-3600_000, 'in the future'],
] as const)
  test(`a best block that is ${which} is left as a step that names --max-tip-age`, async ({
    world,
    init,
    store,
  }) => {
    world.clockSkew = skew;
    const ran = await init('--trust', 'trust.json', '--store', store, '--node', world.node.url);
    assert.match(ran.json.next[0], new RegExp(`more than 100 s ${which}\\. .*--max-tip-age`));
  });

test('an existing configuration is refused before any question', async ({ world, init }) => {
  world.write(1, 'countersign.json', '{"store": "file:mine"}');
  const ran = await init();
  assert.equal([ran.status, ran.json.error.code], [1, 'FILE_EXISTS']);
  assert.is(world.read(1, 'countersign.json'), '{"store": "file:mine"}');
});

test('a store of unknown form is refused before the question about its server', async ({ init }) => {
  const ran = await init('--trust', 'trust.json', '--store', 's3:bucket');
  assert.equal([ran.status, ran.json.error.code], [1, 'CONFIG_INVALID']);
  assert.match(
    ran.json.error.message,
    /^store: expected s3:\/\/bucket\[\/prefix\] or file:folder, got "s3:bucket"$/,
  );
});

test('without a terminal, each refusal names the flag of the question', async ({ world, init, store }) => {
  const flags = ['--trust', 'trust.json', '--store', store];
  const unanswered = (flag: string) => notATerminalRefusal('', flag).hint;
  const hint = async (...args: string[]) => (await init(...args)).json.error.hint;
  assert.is(await hint(), unanswered('--trust FILE'));
  assert.is(await hint(...flags.slice(0, 2)), unanswered('--store STORE'));
  assert.is(await hint(...flags), unanswered('--node URL'));
  assert.is(
    await hint(...flags.slice(0, 2), '--store', 's3://cb-mapping'),
    unanswered('--s3-endpoint URL|aws'),
  );
  assert.not.ok(isConfigWritten(world));
});

test('a value that fails its check is refused, and nothing is written', async ({ world, init, store }) => {
  const good = { trust: 'trust.json', store, node: world.node.url };
  const file = join(world.root, 'a file');
  const other = await TestWorld.start();
  await other.ok(1, 'map', 'init');
  const cases: [code: string, change: Partial<typeof good>][] = [
    ['FILE_MISSING', { trust: 'absent.json' }],
    ['FIELD_INVALID', { trust: 'no-profile.json' }],
    ['CONFIG_INVALID', { store: 'ftp://x' }],
    ['CONFIG_INVALID', { store: 'file:~/store' }],
    ['STORE_DENIED', { store: `file:${join(file, 'below')}` }],
    ['NODE_UNREACHABLE', { node: 'http://u:p@127.0.0.1:1' }],
    ['NODE_AUTH', { node: world.node.url.replace('secret', 'wrong') }],
    ['CHAIN_WRONG', { trust: 'other-chain.json' }],
    ['BASE_INVALID', { trust: 'other-policy.json', store: `file:${join(other.root, 'store')}` }],
  ];
  const profile = JSON.parse(world.read(1, 'trust.json'));
  world.write(1, 'no-profile.json', '{}');
  world.write(1, '../a file', '');
  world.write(
    1,
    'other-chain.json',
    JSON.stringify({ ...profile, network: { name: 'test', p2pkh: 38, p2sh: 97, wif: 180 } }),
  );
  const controllers = { ...profile.controllers, n: 3 };
  world.write(1, 'other-policy.json', JSON.stringify({ ...profile, controllers }));
  for (const [code, change] of cases) {
    const { trust, store, node } = { ...good, ...change };
    const ran = await init('--trust', trust, '--store', store, '--node', node);
    assert.equal([ran.status, ran.json.error.code], [1, code], `${JSON.stringify(change)}: ${ran.stderr}`);
    assert.not.ok(isConfigWritten(world));
  }
  await other.stop();
});

test('at a terminal, a wrong answer is explained at once and asked again', async ({ world, init, store }) => {
  const answers = [
    ...['absent.json', 'trust.json', '4', '3', 'elsewhere', store, 'http://127.0.0.1:1', 'later'],
    '/media/usb',
  ];
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const stderr = Object.assign(new PassThrough(), { isTTY: true });
  let said = '';
  stderr.on('data', chunk => {
    said += chunk;
    if (/: (\x1b\[\d+G)?$/.test(said)) setImmediate(() => stdin.write(`${answers.shift()}\r`));
  });
  world.extra = { stdin, stderr };
  const ran = await init();
  assert.is(ran.status, 0, said);
  assert.equal(readConfig(world), { store, trust: 'trust.json', controller: '3', stick: '/media/usb' });
  assert.match(said, /controller: .* 1 to 3/);
  assert.match(said, /absent\.json: /);
  assert.match(said, /store: expected s3:\/\/bucket\[\/prefix\] or file:folder, got "elsewhere"/);
  assert.match(said, /NODE|127\.0\.0\.1:1/);
});

test('back returns to the previous question, and at the first question it stays there', async ({
  world,
  init,
  store,
}) => {
  const answers = [
    ...[
      'back',
      'trust.json',
      'back',
      'later',
      'none',
      store,
      'back',
      store,
      'later',
      'back',
      'later',
      'none',
    ],
  ];
  const t = fakeTerminal(...answers.map(answer => `${answer}\r`));
  world.extra = { stdin: t.world.stdin, stderr: t.world.stderr };
  const ran = await init();
  assert.is(ran.status, 0, t.said());
  assert.equal(readConfig(world), { store });
  assert.ok(t.said().includes(FIRST_QUESTION.trim()), t.said());
  assert.match(t.said(), /`back`/);
  assert.is(t.said().split('Trust profile (file, or later): ').length - 1, 3);
});

test("back skips questions that flags answered, and leaves the question about the bucket's server", async ({
  world,
  init,
  store,
}) => {
  rmSync(join(world.pc(1), 'countersign.json'), { force: true });
  const t = fakeTerminal(
    ...['none', 's3://cb-mapping', 'back', store, 'back', store, 'later', 'none'].map(
      answer => `${answer}\r`,
    ),
  );
  world.extra = { stdin: t.world.stdin, stderr: t.world.stderr };
  const ran = await init('--trust', 'trust.json');
  assert.is(ran.status, 0, t.said());
  assert.equal(readConfig(world), { store, trust: 'trust.json' });
});

test('--overwrite offers the values of the file without passwords, and Enter keeps them', async ({
  world,
  init,
  store,
}) => {
  const first = { store, node: world.node.url, trust: 'trust.json', controller: '2' };
  world.write(1, 'countersign.json', JSON.stringify(first));
  const t = fakeTerminal(...['', '3', '', '', 'none'].map(answer => `${answer}\r`));
  world.extra = { stdin: t.world.stdin, stderr: t.world.stderr };
  const ran = await init('--overwrite');
  assert.is(ran.status, 0, t.said());
  assert.equal(readConfig(world), { ...first, controller: '3' });
  assert.match(t.said(), /or later\) \[trust\.json\]: /);
  assert.match(t.said(), /http:\/\/\w+:\*\*\*@127/);
  assert.not.match(t.said(), /secret-password/);
});

test('at a missing password, the answer later keeps all answers and prints the lines to run', async ({
  world,
  init,
  store,
}) => {
  const node = world.node.url.replace(/:secret-password@/, '@');
  const t = fakeTerminal(...['trust.json', '2', store, node, 'later', 'none'].map(answer => `${answer}\r`));
  world.extra = { stdin: t.world.stdin, stderr: t.world.stderr };
  const ran = await init('--overwrite');
  assert.is(ran.status, 0, t.said());
  assert.equal(readConfig(world), { store, trust: 'trust.json', controller: '2' });
  assert.match(t.said(), /\n +export COUNTERSIGN_NODE_PASSWORD=PASSWORD\n +countersign init --overwrite\n/);
});

test('a path without file: is accepted as a folder, and a single word is refused', async ({
  world,
  init,
}) => {
  const flags = ['--trust', 'trust.json', '--node', 'later', '--overwrite'];
  const kept = async (store: string) =>
    (await init(...flags, '--store', store)).status === 0 && readConfig(world).store;
  assert.is(await kept('./store'), 'file:./store');
  assert.is(await kept(join(world.root, 'store')), `file:${join(world.root, 'store')}`);
  const refused = await init(...flags, '--store', 'cb-mapping');
  assert.equal([refused.status, refused.json.error.code], [1, 'CONFIG_INVALID']);
  assert.match(refused.json.error.hint, /s3:\/\/bucket.*\.\/folder/);
});

test('init reports environment variables that override the file', async ({ world, init, store }) => {
  world.extra = { env: { COUNTERSIGN_STORE: 'file:/elsewhere' } };
  const stdout = new PassThrough();
  const { runCommand: run } = await import('../../command-list.ts');
  const args = ['init', '--trust', 'later', '--store', store, '--node', 'later'];
  const { makeRealWorld: realWorld } = await import('../../../platform/world.ts');
  const status = await run(args, {
    ...realWorld(),
    ...world.extra,
    cwd: world.pc(1),
    stdout,
    stderr: new PassThrough(),
  });
  assert.is(status, 0);
  assert.match(String(stdout.read()), /COUNTERSIGN_STORE.*countersign\.json/);
  void init;
});

test.run();

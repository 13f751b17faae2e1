import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, HEADER, PREPARE, TestWorld } from '../../../fixtures/pcs/testing.ts';

const SECRETS = {
  COUNTERSIGN_NODE_PASSWORD: 'unused-password',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'aws-secret-key',
  AWS_SESSION_TOKEN: 'aws-session-token',
  SIGNER_PASSPHRASE: 'a passphrase',
};

const test = suite<{ world: TestWorld }>('log');
test.before.each(async context => {
  context.world = await TestWorld.ready();
  context.world.extra = { env: SECRETS };
});
test.after.each(({ world }) => world.stop());

function readLog(world: TestWorld, i: number, name = 'evidence.jsonl'): any[] {
  return world
    .read(i, name)
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
}

const sha256OfText = (text: string) => createHash('sha256').update(text).digest('hex');

test('the log of an issuance has all steps with their digests and no secret', async ({ world }) => {
  const log = ['--log', 'evidence.jsonl'];
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const prepared = await world.ok(1, ...PREPARE, ...log);
  world.sign(1, 'request.json', 'mine.json');
  await world.ok(1, 'submit', 'mine.json', ...log);
  await world.countersign(2);
  const done = await world.ok(2, 'finalise', 'mine.json', '--yes', '--node', world.node.url, ...log);

  const first = readLog(world, 1);
  assert.equal(
    first.filter(line => line.event === 'begin').map(line => line.command),
    ['prepare', 'submit'],
  );
  const [end] = first.filter(line => line.event === 'end');
  assert.is(end.exit, 0);
  assert.is(end.result.digest, prepared.digest);
  assert.is(end.result.reviewCode, prepared.reviewCode);
  assert.equal(
    end.files.map((f: any) => [f.path, f.sha256]),
    [
      ['bars.csv', sha256OfText(HEADER + BAR_1)],
      ['request.json', sha256OfText(world.read(1, 'request.json'))],
    ],
  );

  const second = readLog(world, 2);
  const sent = second.find(line => line.event === 'send');
  assert.equal(
    sent.outcomes.map((o: any) => o.txid),
    done.transactions,
  );
  const published = second.filter(line => line.event === 'write' && line.key === 'map.json').at(-1);
  assert.is(published.sha256, sha256OfText(world.object('map.json')));
  assert.is(second.at(-1).result.mapping, done.mapping);
  assert.ok(second.some(line => line.event === 'uses' && line.trust === world.trust.digest));
  assert.ok(second.some(line => line.event === 'progress' && /confirmed/.test(line.text)));
  for (const line of [...first, ...second]) assert.ok(Math.abs(Date.parse(line.time) - Date.now()) < 60_000);

  const all = world.read(1, 'evidence.jsonl') + world.read(2, 'evidence.jsonl');
  for (const secret of [...Object.values(SECRETS), 'secret-password', btoa('u:secret-password')]) {
    assert.not.ok(all.includes(secret), `the log holds ${secret}`);
  }
  assert.not.match(all, /u:[^"]*@|privkey/);
});

test('the log has a refusal with its code, and wrong usage', async ({ world }) => {
  await world.command(1, 'submit', 'absent.json', '--log', 'evidence.jsonl');
  await world.command(1, 'prepare', '--issuances', 'a.csv', '--redeem', '--log', 'evidence.jsonl');
  const [, refused, , usage] = readLog(world, 1).filter(line => line.event !== 'uses');
  assert.equal([refused.exit, refused.error.code], [1, 'FILE_MISSING']);
  assert.equal([usage.exit, usage.error.code], [2, 'USAGE']);
});

test('a wrong node URL is not logged, because it may contain a password', async ({ world }) => {
  const ran = await world.command(1, 'status', '--node', 'u:secret-password@host', '--log', 'evidence.jsonl');
  assert.is(ran.json.error.code, 'CONFIG_INVALID');
  assert.not.match(world.read(1, 'evidence.jsonl'), /secret-password/);
});

test('lines are only appended, and an incomplete line is kept', async ({ world }) => {
  const path = join(world.pc(1), 'evidence.jsonl');
  const run = () => world.ok(1, 'tokens', '--height', '1', '--mass', '400', '--log', 'evidence.jsonl');
  await run();
  appendFileSync(path, '{"type":"countersign/log","ver');
  const before = readFileSync(path, 'utf8');
  await run();
  const after = readFileSync(path, 'utf8');
  assert.ok(after.startsWith(`${before}\n`));
  assert.is(
    after
      .slice(before.length + 1)
      .trim()
      .split('\n').length,
    2,
  );
  if (process.platform !== 'win32') assert.is(statSync(path).mode & 0o777, 0o600);
});

test('if the log cannot be written the command does nothing, and other files are not changed', async ({
  world,
}) => {
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const prepare = (log: string) => world.command(1, ...PREPARE, '--log', log);
  const wrong = await prepare('bars.csv');
  assert.is(wrong.json.error.code, 'FILE_EXISTS');
  assert.is(world.read(1, 'bars.csv'), HEADER + BAR_1);
  mkdirSync(join(world.pc(1), 'folder'));
  assert.is((await prepare('folder')).json.error.code, 'FILE_UNUSABLE');
  assert.is((await prepare('absent/log')).json.error.code, 'FILE_UNUSABLE');
  assert.not.ok(existsSync(join(world.pc(1), 'request.json')));
});

test('the commands for QR codes write the log too', async ({ world }) => {
  const image = join(world.pc(1), 'frames.png');
  world.write(1, 'small.json', '{"a":1}');
  const small = join(world.pc(1), 'small.json');
  await world.ok(1, 'qr', 'show', small, '--out', image, '--log', 'evidence.jsonl');
  const [begin, end] = readLog(world, 1);
  assert.equal([begin.command, end.exit], ['qr show', 0]);
  assert.is(end.files[0].sha256, sha256OfText('{"a":1}'));
});

test.run();

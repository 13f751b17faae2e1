import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failsWith, rejectsWith } from '../../shared/testing.ts';
import { FileStore } from './file/file-store.ts';
import { openStore, parseStore } from './open-store.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('addresses of stores are parsed', () => {
  assert.equal(parseStore('s3://cb-mapping'), { kind: 's3', bucket: 'cb-mapping', prefix: '' });
  assert.equal(parseStore('s3://cb-mapping/'), { kind: 's3', bucket: 'cb-mapping', prefix: '' });
  assert.equal(parseStore('s3://cb-mapping/gold'), { kind: 's3', bucket: 'cb-mapping', prefix: 'gold' });
  assert.equal(parseStore('s3://a.b-c/gold/test/'), { kind: 's3', bucket: 'a.b-c', prefix: 'gold/test' });
  assert.equal(parseStore('file:demo/store'), { kind: 'file', folder: 'demo/store' });
  assert.equal(parseStore('file:/srv/my store'), { kind: 'file', folder: '/srv/my store' });
  assert.equal(parseStore('file:///srv/store'), { kind: 'file', folder: '///srv/store' });
});

const bad = [
  ...['', 's3', 's3:', 's3:/', 's3://', 's3:///x', 's3://ab', 's3://Bucket', 's3://bucket_x', 's3://-bucket'],
  ...[
    's3://bucket//x',
    's3://bucket/../x',
    's3://bucket/a b',
    's3://bucket/x//',
    `s3://bucket/${'a/'.repeat(200)}`,
  ],
  ...[
    'file:',
    'file:\0',
    'file://host/x',
    'FILE:x',
    'S3://bucket',
    '/srv/store',
    'http://bucket',
    'gs://bucket',
  ],
  ...[' s3://bucket', 's3://bucket\n', 's3://bücket'],
];
for (const spec of bad)
  test(`an address is refused: ${JSON.stringify(spec.slice(0, 40))}`, () => {
    const refusal = failsWith('CONFIG_INVALID', () => parseStore(spec), /^store: expected /);
    assert.match(refusal.hint, /s3:\/\/bucket/);
    assert.match(refusal.message, /^[\x20-\x7e]*$/);
  });

test('refusals never quote a possible credential', async () => {
  for (const spec of [
    's3://KEY:hunter2@bucket/x',
    'https://KEY:hunter2@host/b',
    's3://bucket/x?sig=hunter2',
  ]) {
    const refusal = failsWith('CONFIG_INVALID', () => parseStore(spec));
    assert.not.match(refusal.message, /hunter2/);
  }
  for (const endpoint of ['http://KEY:hunter2@host', 'http://hunter2@host', 'http://host/?x=hunter2']) {
    const refusal = await rejectsWith(
      'CONFIG_INVALID',
      () => openStore('s3://bucket', { endpoint }),
      /^S3 endpoint/,
    );
    assert.not.match(refusal.message, /hunter2/);
  }
});

test('an invalid endpoint is refused', async () => {
  for (const endpoint of [
    'host',
    'host:9000',
    '127.0.0.1:9000',
    'ftp://host',
    'http://',
    'http://host#x',
    'file:x',
  ])
    await rejectsWith(
      'CONFIG_INVALID',
      () => openStore('s3://bucket', { endpoint }),
      /^S3 endpoint: expected/,
    );
});

test('a store opens with the kind and name of its address', async () => {
  const file = await openStore('file:demo/store');
  assert.instance(file, FileStore);
  assert.is(file.name, 'file:demo/store');
  assert.is((file as FileStore).folder, resolve('demo/store'));
  assert.is((await openStore('s3://bucket/prefix/', { region: 'eu-west-2' })).name, 's3://bucket/prefix');
});

/**
 * Runs a line of code in a separate process.
 * @returns the text of stderr, and the scripts that V8 reports as loaded
 */
function runLine(line: string): { stderr: string; scripts: string[] } {
  const coverage = mkdtempSync(join(tmpdir(), 'countersign-scripts-'));
  try {
    const code = `import { openStore } from './online/store/open-store.ts'; ${line}`;
    const env: NodeJS.ProcessEnv = { ...process.env, NODE_V8_COVERAGE: coverage };
    delete env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'];
    const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
    const child = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' });
    assert.is(child.status, 0, child.stderr);
    const scripts = readdirSync(coverage).flatMap(name =>
      (JSON.parse(readFileSync(join(coverage, name), 'utf8')) as { result: { url: string }[] }).result.map(
        r => r.url,
      ),
    );
    return { stderr: child.stderr, scripts };
  } finally {
    rmSync(coverage, { recursive: true, force: true });
  }
}

test('the SDK is loaded only for buckets, and prints no warning', () => {
  const file = runLine("await openStore('file:x'); await openStore('s3://B').catch(() => {});");
  assert.ok(file.scripts.some(url => url.endsWith('/online/store/open-store.ts')));
  assert.equal(
    file.scripts.filter(url => url.includes('/@aws-sdk/')),
    [],
  );
  const bucket = runLine("await openStore('s3://bucket');");
  assert.ok(bucket.scripts.some(url => url.includes('/@aws-sdk/client-s3/')));
  assert.is(bucket.stderr, '');
});

test.run();

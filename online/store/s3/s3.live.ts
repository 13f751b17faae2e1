/**
 * Tests against a real S3 server, run by `make test-s3`. `fixtures/s3/up.sh` starts Ceph with the users
 * `test` and `other`. COUNTERSIGN_S3_ENDPOINT selects another server.
 */
import { randomBytes } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import * as assert from 'uvu/assert';
import { rejectsWith } from '../../../shared/testing.ts';
import { type OpenOptions, openStore } from '../open-store.ts';
import { storeSuite } from '../suite/store-suite.ts';
import { UNKNOWN_RESULT } from '../texts.ts';
import { explainS3Error } from './errors/explain-error.ts';
import { MEANINGS, type Meaning } from './errors/texts/answer-causes.ts';
import { explainNoTls } from './errors/texts/connection.ts';
import { explainNoCredentialsFound, profileNameText } from './errors/texts/credentials.ts';

const endpoint = process.env['COUNTERSIGN_S3_ENDPOINT'] ?? 'http://127.0.0.1:7480';
const USER = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'testsecret' };
const OTHER = { AWS_ACCESS_KEY_ID: 'other', AWS_SECRET_ACCESS_KEY: 'othersecret' };
const open: OpenOptions = { endpoint };
const bucket = `countersign-test-${randomBytes(4).toString('hex')}`;
const textBytes = (value: string) => new TextEncoder().encode(value);

for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
process.env['AWS_EC2_METADATA_DISABLED'] = 'true'; // prevents the SDK from searching credentials in the network
process.env['AWS_SHARED_CREDENTIALS_FILE'] = process.env['AWS_CONFIG_FILE'] = '/dev/null';
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'; // for the clients created in this file
Object.assign(process.env, USER);

/** Runs with other credentials in the environment. The SDK reads them at a store's first request. */
async function withCredentials<T>(credentials: Record<string, string>, run: () => Promise<T>): Promise<T> {
  for (const name of Object.keys(USER)) delete process.env[name];
  Object.assign(process.env, credentials);
  try {
    return await run();
  } finally {
    Object.assign(process.env, USER);
  }
}

let count = 0;
const freshStoreAddress = () => `s3://${bucket}/suite/${++count}`;
const test = storeSuite({ label: `S3 store at ${endpoint}`, open, fresh: freshStoreAddress, rounds: 40 });

test.before(async () => {
  const { S3Client, CreateBucketCommand } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket })).catch(error => {
    console.log(`no S3 server at ${endpoint} (${error.name}): start one with fixtures/s3/up.sh DIR`);
    throw error;
  });
});

test.after(async () => {
  const { S3Client, DeleteBucketCommand, DeleteObjectsCommand, ListObjectsV2Command } = await import(
    '@aws-sdk/client-s3'
  );
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
  for (;;) {
    const page = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    const Objects = (page.Contents ?? []).map(object => ({ Key: object.Key! }));
    if (Objects.length === 0) break;
    await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
  }
  await client.send(new DeleteBucketCommand({ Bucket: bucket }));
});

/**
 * Asserts that every operation is refused with this code, cause and next step. The message must name the
 * store, and no credential.
 */
async function assertAllRefuse([code, cause, step]: Meaning, spec: string, options: OpenOptions) {
  const store = await openStore(spec, options);
  for (const run of [
    () => store.get('map.json'),
    () => store.put('map.json', textBytes('x')),
    () => store.create('map.json', textBytes('x')),
    () => store.list(''),
  ]) {
    const refusal = await rejectsWith(code, run);
    assert.ok(refusal.message.startsWith(`${spec}: cannot `), refusal.message);
    assert.ok(refusal.message.includes(`: ${cause}`), refusal.message);
    assert.is(refusal.hint, step);
    assert.not.match(
      `${refusal.message} ${refusal.hint} ${refusal.stack}`,
      /testsecret|othersecret|wrongsecret|NOKEY/,
    );
  }
}

test('an unknown access key is refused', () =>
  withCredentials({ AWS_ACCESS_KEY_ID: 'NOKEY', AWS_SECRET_ACCESS_KEY: 'wrongsecret' }, () =>
    assertAllRefuse(MEANINGS.keyUnknown, freshStoreAddress(), open),
  ));

test('a wrong secret is refused', () =>
  withCredentials({ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'wrongsecret' }, () =>
    assertAllRefuse(MEANINGS.secretWrong, freshStoreAddress(), open),
  ));

test('missing credentials are refused', () =>
  withCredentials({}, () =>
    assertAllRefuse(explainNoCredentialsFound(profileNameText('default')), freshStoreAddress(), open),
  ));

test('a bucket of another user is refused', async () => {
  const spec = freshStoreAddress();
  await (await openStore(spec, open)).put('map.json', textBytes('mine'));
  await withCredentials(OTHER, () => assertAllRefuse(MEANINGS.accessDenied, spec, open));
  assert.equal(await (await openStore(spec, open)).get('map.json'), textBytes('mine'));
});

test('a missing bucket is refused', () =>
  assertAllRefuse(MEANINGS.noBucket, 's3://countersign-no-such-bucket/x', open));

/** Runs with a clock that is an hour fast. */
async function withFastClock<T>(run: () => Promise<T>): Promise<T> {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...args: [] | [number]) {
      super(...((args.length === 0 ? [Real.now() + 3_600_000] : args) as [number]));
    }
    static override now = () => Real.now() + 3_600_000;
  } as DateConstructor;
  try {
    return await run();
  } finally {
    globalThis.Date = Real;
  }
}

test("with a clock that is wrong by an hour, the server's clock is used", async () => {
  const spec = freshStoreAddress();
  await withFastClock(async () => {
    const store = await openStore(spec, open);
    assert.is(await store.create('map.json', textBytes('x')), true);
    assert.equal(await store.get('map.json'), textBytes('x'));
  });
});

test('the refusal names a wrong clock that is not corrected', async () => {
  const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3');
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    disableClockSkewCorrection: async () => true,
  } as S3ClientConfig);
  const error = await withFastClock(() =>
    client.send(new GetObjectCommand({ Bucket: bucket, Key: 'map.json' })).catch(e => e),
  );
  const refusal = explainS3Error(error, 'read map.json', 's3://x');
  assert.is(refusal.code, 'STORE_DENIED', refusal.message);
  assert.match(refusal.message, /clock/);
});

test('an https address of a server without TLS is refused', () =>
  assertAllRefuse(explainNoTls('EPROTO'), freshStoreAddress(), {
    endpoint: endpoint.replace('http:', 'https:'),
  }));

test('an object becomes public only if both the store and the caller request it', async () => {
  const spec = freshStoreAddress();
  const status = (key: string) =>
    fetch(`${endpoint}/${spec.slice('s3://'.length)}/${key}`).then(r => r.status);
  const configured = await openStore(spec, { ...open, publicRead: true });
  await configured.put('map.json', textBytes('{}'), { publicRead: true });
  await configured.create('created.json', textBytes('{}'), { publicRead: true });
  await configured.put('ptxo.dat', textBytes('x'));
  await (await openStore(spec, open)).put('private.json', textBytes('{}'), { publicRead: true });
  assert.is(await status('map.json'), 200);
  assert.is(await status('created.json'), 200);
  assert.is(await status('ptxo.dat'), 403);
  assert.is(await status('private.json'), 403);
});

test('objects have a content type', async () => {
  const spec = freshStoreAddress();
  const store = await openStore(spec, { ...open, publicRead: true });
  const type = async (key: string) =>
    (await fetch(`${endpoint}/${spec.slice('s3://'.length)}/${key}`)).headers.get('content-type');
  await store.put('map.json', textBytes('{}'), { publicRead: true });
  await store.put('ptxo.dat', textBytes('x'), { publicRead: true, contentType: 'text/plain' });
  await store.put('other', textBytes('x'), { publicRead: true });
  assert.is(await type('map.json'), 'application/json');
  assert.is(await type('ptxo.dat'), 'text/plain');
  assert.is(await type('other'), 'application/octet-stream');
});

test('list skips objects whose names are not keys', async () => {
  const spec = freshStoreAddress();
  const { S3Client, PutObjectCommand } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
  for (const name of ['folder/', 'with space', 'map.json'])
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${spec.slice(`s3://${bucket}/`.length)}/${name}`,
        Body: 'x',
      }),
    );
  assert.equal(await (await openStore(spec, open)).list(''), ['map.json']);
});

/**
 * True for a request that writes `map.json`. False for other requests, such as the writes that test whether
 * the server supports conditions.
 */
const isCreateRequest = (method: string, path: string) => method === 'PUT' && path.includes('map.json');

/**
 * Calls `run` with the address of a proxy that passes requests on. If `lose` returns true, the proxy cuts the
 * connection in place of passing the answer back.
 */
async function withLossyProxy(
  lose: (method: string, path: string) => boolean,
  run: (endpoint: string) => Promise<void>,
): Promise<void> {
  const proxy = createServer((req, res) => {
    const to = new URL(endpoint);
    const options = {
      host: to.hostname,
      port: to.port,
      method: req.method,
      path: req.url,
      headers: req.headers,
    };
    const up = request(options, answer => {
      if (lose(req.method!, req.url!)) {
        answer.resume().on('end', () => req.socket.destroy());
        return;
      }
      res.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(res);
    });
    req.pipe(up);
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  try {
    await run(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}

test('after a lost answer, a repeated create recognises its own object', async () => {
  let lost = 0;
  await withLossyProxy(
    (method, path) => isCreateRequest(method, path) && lost++ < 1,
    async proxied => {
      const spec = freshStoreAddress();
      const store = await openStore(spec, { endpoint: proxied });
      assert.is(await store.create('map.json', textBytes('mine')), true);
      assert.ok(lost > 1, 'an answer was lost, and the request repeated');
      assert.is(await store.create('map.json', textBytes('mine')), false);
    },
  );
});

test('after a lost answer, a create that was too late does not count as successful', async () => {
  let lost = 0;
  await withLossyProxy(
    (method, path) => isCreateRequest(method, path) && lost++ < 1,
    async proxied => {
      const spec = freshStoreAddress();
      // Another call writes the same bytes, so only the mark shows which call wrote them.
      await (await openStore(spec, open)).create('map.json', textBytes('same'));
      assert.is(
        await (await openStore(spec, { endpoint: proxied })).create('map.json', textBytes('same')),
        false,
      );
      assert.ok(lost > 1);
    },
  );
});

test('if all answers are lost, create reports an unknown result', () =>
  withLossyProxy(isCreateRequest, async proxied => {
    const spec = freshStoreAddress();
    const store = await openStore(spec, { endpoint: proxied });
    const { message } = await rejectsWith('STORE_UNREACHABLE', () =>
      store.create('map.json', textBytes('mine')),
    );
    assert.ok(message.endsWith(UNKNOWN_RESULT), message);
    assert.equal(await (await openStore(spec, open)).get('map.json'), textBytes('mine'));
  }));

test.run();

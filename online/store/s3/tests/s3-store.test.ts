/** The S3 store with a misbehaving server. Tests with a real server are in `s3.live.ts`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rejectsWith } from '../../../../shared/testing.ts';
import { openStore } from '../../open-store.ts';
import type { Store } from '../../store.ts';
import { UNKNOWN_RESULT } from '../../texts.ts';
import { MEANINGS, type Meaning } from '../errors/texts/answer-causes.ts';
import {
  explainNoConnection,
  explainNoTls,
  explainOtherRegion,
  explainUnknownCause,
  explainWebPage,
  NOT_HTTP,
} from '../errors/texts/connection.ts';
import { conditionIgnoredRefusal } from '../errors/texts/ignored-condition.ts';
import { type Handler, withAnsweringServer } from './answering-server.ts';

const SECRET = 'a-secret-that-no-message-may-hold';
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'AKIDNOTSHOWN',
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1', // pauses between the SDK's attempts would take most of the time
});
for (const name of ['AWS_PROFILE', 'AWS_REGION', 'AWS_SESSION_TOKEN']) delete process.env[name];

const textBytes = (value: string) => new TextEncoder().encode(value);
const HTML = '<!DOCTYPE html><html><body>Please sign in</body></html>';

/**
 * @param probed true if writes of the test object are answered as by a server that honours the condition. All
 * other requests go to the handler
 */
async function withServer(
  handler: Handler,
  run: (store: Store, requests: string[]) => Promise<void>,
  probed = true,
) {
  const requests: string[] = [];
  const handle: Handler = (req, res, body) => {
    if (probed && req.url?.startsWith('/bucket/prefix/write-check.txt'))
      return sendXmlError(res, 412, 'PreconditionFailed');
    requests.push(`${req.method} ${req.url}`);
    handler(req, res, body, requests.length);
  };
  await withAnsweringServer(handle, async endpoint =>
    run(await openStore('s3://bucket/prefix', { endpoint }), requests),
  );
}

function sendXmlError(
  res: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
) {
  res.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': '1', ...headers });
  res.end(
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>about AKIDNOTSHOWN and ${SECRET}</Message></Error>`,
  );
}

function sendOk(res: ServerResponse, headers: Record<string, string> = {}, body: string | Buffer = '') {
  res.writeHead(200, { etag: '"1"', 'x-amz-request-id': '1', ...headers });
  res.end(body);
}

/**
 * @param quoted a part of the server's answer that the message shows
 * @param creating the meaning of the answer to the creation of an object
 */
async function assertEveryOperationRefused(store: Store, means: Meaning, quoted = /./, creating = means) {
  const runs: [() => Promise<unknown>, Meaning][] = [
    [() => store.get('map.json'), means],
    [() => store.put('map.json', textBytes('x')), means],
    [() => store.create('map.json', textBytes('x')), creating],
    [() => store.list('history/'), means],
  ];
  for (const [run, [code, cause, step]] of runs) {
    const refusal = await rejectsWith(code, run, quoted);
    assert.not.match(`${refusal.message} ${refusal.hint} ${refusal.stack}`, /a-secret|AKIDNOTSHOWN/);
    assert.ok(refusal.message.startsWith('s3://bucket/prefix: cannot '), refusal.message);
    assert.ok(refusal.message.includes(`: ${cause}`), refusal.message);
    assert.is(refusal.hint, step);
  }
}

const answers: [status: number, s3code: string, means: Meaning, quoted?: RegExp, creating?: Meaning][] = [
  [404, 'NoSuchBucket', MEANINGS.noBucket],
  [403, 'AccessDenied', MEANINGS.accessDenied],
  [403, 'InvalidAccessKeyId', MEANINGS.keyUnknown],
  [403, 'SignatureDoesNotMatch', MEANINGS.secretWrong],
  [400, 'ExpiredToken', MEANINGS.sessionExpired],
  [403, 'RequestTimeTooSkewed', MEANINGS.clock],
  [400, 'AccessControlListNotSupported', MEANINGS.noAcl],
  [503, 'SlowDown', MEANINGS.slowDown],
  [501, 'NotImplemented', MEANINGS.noOperation, /NotImplemented/, MEANINGS.noCondition],
  [418, 'Teapot', explainUnknownCause(''), /\(Teapot, status 418: /],
  [403, 'constructor', MEANINGS.accessDenied],
];
for (const [status, s3code, means, quoted, creating] of answers)
  test(`the server's answer ${s3code} gives a refusal with its meaning`, () =>
    withServer(
      (_, res) => {
        res.sendDate = false; // Otherwise the SDK corrects its clock by the date.
        sendXmlError(res, status, s3code);
      },
      store => assertEveryOperationRefused(store, means, quoted, creating),
    ));

test('the refusal for a bucket in another region names the region', () =>
  withServer(
    (_, res) => sendXmlError(res, 301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-west-2' }),
    store => assertEveryOperationRefused(store, explainOtherRegion('eu-west-2', 301), /eu-west-2$/),
  ));

test('a redirect without a valid region shows none', () =>
  withServer(
    (_, res) => sendXmlError(res, 301, 'PermanentRedirect', { 'x-amz-bucket-region': '$(rm -rf)' }),
    store => assertEveryOperationRefused(store, explainOtherRegion(undefined, 301)),
  ));

for (const status of [200, 302, 403, 404])
  test(`a web page with status ${status} counts neither as an object nor as absence or success`, () =>
    withServer(
      (_, res) => {
        res.writeHead(status, { 'content-type': 'text/html' });
        res.end(HTML);
      },
      store => assertEveryOperationRefused(store, explainWebPage(status)),
    ));

test('an endpoint without a server is refused', async () => {
  const store = await openStore('s3://bucket/prefix', { endpoint: 'http://127.0.0.1:1' });
  await assertEveryOperationRefused(store, explainNoConnection('ECONNREFUSED'));
});

test('an endpoint with an unknown host name is refused', async () => {
  const store = await openStore('s3://bucket/prefix', { endpoint: 'http://s3.invalid' });
  const { message } = await rejectsWith('STORE_UNREACHABLE', () => store.get('map.json'));
  const code = /ENOTFOUND|EAI_AGAIN/.exec(message)?.[0] ?? 'no code';
  await assertEveryOperationRefused(store, explainNoConnection(code));
});

test('an endpoint with another protocol is refused', async () => {
  const server = createSocketServer(socket => socket.end('220 mail ready\r\n').on('error', () => undefined));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const http = await openStore('s3://bucket/prefix', { endpoint: `http://${host}` });
    await assertEveryOperationRefused(http, NOT_HTTP);
    const https = await openStore('s3://bucket/prefix', { endpoint: `https://${host}` });
    const { message } = await rejectsWith('STORE_UNREACHABLE', () => https.get('map.json'));
    const code = /\((E[A-Z_]+)\)/.exec(message)?.[1] ?? 'no code';
    await assertEveryOperationRefused(https, explainNoTls(code));
  } finally {
    server.close();
  }
});

test('a server that closes every connection is refused', () =>
  withServer(
    req => req.socket.destroy(),
    async store => {
      const { message } = await rejectsWith('STORE_UNREACHABLE', () => store.get('map.json'));
      await assertEveryOperationRefused(
        store,
        explainNoConnection(/ECONNRESET|EPIPE/.exec(message)?.[0] ?? 'no code'),
      );
    },
  ));

test('a truncated object is read again, and refused if it stays truncated', async () => {
  const cut = (res: ServerResponse) => {
    res.writeHead(200, { etag: '"1"', 'content-length': '100' });
    res.write('only a part', () => res.socket!.destroy());
  };
  await withServer(
    (_, res, __, count) => (count < 3 ? cut(res) : sendOk(res, {}, 'whole')),
    async store => assert.equal(await store.get('map.json'), textBytes('whole')),
  );
  await withServer(
    (_, res) => cut(res),
    async (store, requests) => {
      await rejectsWith('STORE_UNREACHABLE', () => store.get('map.json'));
      assert.is(requests.length, 3);
    },
  );
});

test('an object larger than announced, or of no announced length, is limited while it is read', () =>
  withServer(
    (_, res) => {
      res.writeHead(200, { etag: '"1"' });
      const more = () => !res.destroyed && res.write(Buffer.alloc(65_536), () => setImmediate(more));
      more();
    },
    async store => {
      await rejectsWith('TOO_LARGE', () => store.get('map.json', 1_000_000), /map\.json/);
    },
  ));

test('create is repeated after 409 conflicts until it is decided', async () => {
  const conditions: unknown[] = [];
  await withServer(
    (req, res, __, count) => {
      conditions.push(req.headers['if-none-match']);
      if (count < 3) sendXmlError(res, 409, 'ConditionalRequestConflict');
      else if (count === 3) sendOk(res);
      else sendXmlError(res, 412, 'PreconditionFailed');
    },
    async (store, requests) => {
      assert.is(await store.create('map.json', textBytes('x')), true);
      assert.equal(conditions, ['*', '*', '*']);
      assert.is(requests.length, 3, 'two conflicts, and the write');
    },
  );
  await withServer(
    (_, res) => sendXmlError(res, 409, 'ConditionalRequestConflict'),
    async (store, requests) => {
      await rejectsWith('STORE_FAILED', () => store.create('map.json', textBytes('x')), /other writers/);
      assert.is(requests.length, 8);
    },
  );
});

test('if the answer of create is lost and the key is then taken, create recognises its own object', async () => {
  process.env['AWS_MAX_ATTEMPTS'] = '3';
  for (const [ours, expected] of [
    [true, true],
    [false, false],
  ] as const) {
    let mark = '';
    await withServer(
      (req, res, _, count) => {
        mark ||= ours ? String(req.headers['x-amz-meta-countersign-create']) : 'another';
        if (req.method === 'GET') sendOk(res, { 'x-amz-meta-countersign-create': mark }, 'mine');
        else if (count === 1) req.socket.destroy();
        else sendXmlError(res, 412, 'PreconditionFailed');
      },
      async (store, requests) => {
        assert.is(await store.create('map.json', textBytes('mine')), expected);
        assert.is(requests.length, 3);
      },
    );
  }
  process.env['AWS_MAX_ATTEMPTS'] = '1';
});

test('if all answers of create are lost, its result is reported as unknown', () =>
  withServer(
    req => req.socket.destroy(),
    async store => {
      const { message } = await rejectsWith('STORE_UNREACHABLE', () =>
        store.create('map.json', textBytes('x')),
      );
      assert.ok(message.endsWith(UNKNOWN_RESULT), message);
    },
  ));

for (const [standing, headers, expected] of [
  ['its own mark', (mark: string) => ({ 'x-amz-meta-countersign-create': mark }), true],
  ["another's mark", () => ({ 'x-amz-meta-countersign-create': 'other' }), false],
  ['no mark, and its own bytes', () => ({}), true],
] as const)
  test(`after a conflict and a key taken by ${standing}, create returns ${expected}`, () => {
    let mark = '';
    return withServer(
      (req, res, _, count) => {
        mark ||= String(req.headers['x-amz-meta-countersign-create']);
        if (req.method === 'GET') sendOk(res, headers(mark), 'mine');
        else if (count === 1) sendXmlError(res, 409, 'ConditionalRequestConflict');
        else sendXmlError(res, 412, 'PreconditionFailed');
      },
      async store => assert.is(await store.create('map.json', textBytes('mine')), expected),
    );
  });

test('a key that is taken at the first attempt is not read', () =>
  withServer(
    (_, res) => sendXmlError(res, 412, 'PreconditionFailed'),
    async (store, requests) => {
      assert.is(await store.create('map.json', textBytes('mine')), false);
      assert.is(requests.length, 1);
    },
  ));

test('a server that ignores If-None-Match is refused before an important object is written', () =>
  withServer(
    (_, res) => sendOk(res),
    async (store, requests) => {
      for (let i = 0; i < 2; i++)
        await rejectsWith(
          'STORE_FAILED',
          () => store.create('map.json', textBytes('x')),
          /ignores If-None-Match/,
        );
      assert.is(requests.length, 4);
      assert.ok(
        requests.every(one => one.startsWith('PUT /bucket/prefix/write-check.txt')),
        requests.join(),
      );
    },
    false,
  ));

/**
 * The server acts as Ceph 16.2 in a bucket with versioning, where each write succeeds and makes another
 * version.
 */
test('a bucket with versioning that ignores If-None-Match is refused, and the message names versioning', () =>
  withServer(
    (_, res) => sendOk(res, { 'x-amz-version-id': 'UJ5n7D4vCzcLKKxl4YMlgQl8xeMQe3R' }),
    async (store, requests) => {
      const { hint } = await rejectsWith(
        'STORE_FAILED',
        () => store.create('map.json', textBytes('x')),
        /ignores If-None-Match.*\(.*UJ5n7D4v/,
      );
      assert.match(hint, /put-bucket-versioning .*Status=Suspended/);
      assert.is(requests.length, 2, 'only the test object');
    },
    false,
  ));

test('versioning is no reason for a refusal if the server honours the condition', () => {
  let made = false;
  return withServer(
    (_, res) => {
      if (made) return sendXmlError(res, 412, 'PreconditionFailed');
      made = true;
      sendOk(res, { 'x-amz-version-id': '3sL4kqtJlcpXroDTDmJ' });
    },
    async store => assert.is(await store.create('map.json', textBytes('x')), false),
    false,
  );
});

test('suspended versioning is not named as the cause of an ignored condition', () =>
  withServer(
    (_, res) => sendOk(res, { 'x-amz-version-id': 'null' }),
    async store => {
      const { message } = await rejectsWith('STORE_FAILED', () => store.create('map.json', textBytes('x')));
      assert.is(message, conditionIgnoredRefusal('s3://bucket/prefix', 'map.json', undefined).message);
    },
    false,
  ));

test('a missing test object is created once for all creations', () => {
  const made = new Set<string>();
  return withServer(
    (req, res) => {
      const path = (req.url ?? '').split('?')[0] as string;
      if (made.has(path)) return sendXmlError(res, 412, 'PreconditionFailed');
      assert.is(req.headers['if-none-match'], '*');
      made.add(path);
      sendOk(res);
    },
    async (store, requests) => {
      assert.is(await store.create('map.json', textBytes('x')), true);
      assert.is(await store.create('map.json', textBytes('x')), false);
      assert.equal(
        requests.map(one => one.replace(/^PUT \/bucket\/prefix\/|\?.*$/g, '')),
        ['write-check.txt', 'write-check.txt', 'map.json', 'map.json'],
      );
    },
    false,
  );
});

test('a list without an end is refused', async () => {
  const page = (token: string, contents: string) =>
    `<?xml version="1.0"?><ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated>${contents}` +
    `<NextContinuationToken>${token}</NextContinuationToken></ListBucketResult>`;
  const contents = '<Contents><Key>prefix/a</Key></Contents>';
  const xml = { 'content-type': 'application/xml' };
  await withServer(
    (_, res) => sendOk(res, xml, page('same', contents)),
    async store => {
      await rejectsWith('TOO_LARGE', () => store.list(''));
    },
  );
  await withServer(
    (_, res, __, count) => sendOk(res, xml, page(`t${count}`, '')),
    async store => {
      await rejectsWith('TOO_LARGE', () => store.list(''));
    },
  );
});

test('list skips keys outside the prefix and names that are not keys', () =>
  withServer(
    (_, res) => {
      const keys = ['prefix/b', 'prefix/a', 'other/map.json', 'prefix/../x', 'prefix/', 'x'];
      const contents = keys.map(key => `<Contents><Key>${key}</Key></Contents>`).join('');
      sendOk(
        res,
        { 'content-type': 'application/xml' },
        `<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`,
      );
    },
    async store => assert.equal(await store.list(''), ['a', 'b']),
  ));

test('other servers than AWS get neither newer checksums nor trailers', () => {
  let seen: IncomingMessage['headers'] = {};
  return withServer(
    (req, res) => {
      seen = req.headers;
      sendOk(res);
    },
    async store => {
      await store.put('map.json', textBytes('{}'));
      const names = Object.keys(seen).join(' ');
      assert.not.match(names, /checksum|trailer/);
      assert.is(seen['content-length'], '2');
      assert.is(seen['content-type'], 'application/json');
    },
  );
});

test.run();

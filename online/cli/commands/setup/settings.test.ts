/** Settings of the built program. Each setting is tested with a command that uses it. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BuiltPc } from '../../../../fixtures/pcs/built-pc.ts';
import { BAR_1, HEADER, PREPARE, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { trustJson } from '../../../../fixtures/sample-request.ts';
import {
  errorAnswer,
  MemoryBucket,
  type Recorded,
  sendRecorded,
  withAnsweringServer,
} from '../../../store/s3/tests/answering-server.ts';
import { stickAbsentText } from './texts/check-results.ts';

const AWS = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_MAX_ATTEMPTS: '1' };

async function withTestPc(run: (pc: BuiltPc) => Promise<void>): Promise<void> {
  const pc = new BuiltPc({ ...AWS, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' });
  try {
    pc.write('trust.json', JSON.stringify(trustJson));
    await run(pc);
  } finally {
    pc.remove();
  }
}

const later = ['--node', 'later', '--json'];

for (const folder of [
  'dépôt/zürich',
  '金庫',
  'emoji 🪙',
  `${'long/'.repeat(60)}end`,
  `it's "quoted"`,
  'no\u00a0break',
])
  test(`a store in the folder ${folder.slice(0, 20)} is written, and every later command reads it`, () =>
    withTestPc(async pc => {
      pc.write(join(folder, 'x'), '');
      pc.write(join(folder, 'trust.json'), JSON.stringify(trustJson));
      const trust = `${folder}/trust.json`;
      const init = await pc.run('countersign', [
        'init',
        '--trust',
        trust,
        '--store',
        `file:${folder}`,
        ...later,
      ]);
      assert.equal([init.status, init.json.writable], [0, true], init.err);
      const shown = await pc.run('countersign', ['map', 'init', '--json']);
      assert.is(shown.status, 0, shown.err);
      assert.is((await pc.run('countersign', ['map', 'verify', '--json'])).json.assets, 0);
    }));

for (const [flag, value] of [
  ['--store', 'file:tab\there'],
  ['--store', 'file:x\n'],
  ['--trust', 'trust\u0085.json'],
  ['--node', 'http://u:p@127.0.0.1:1\r'],
  ['--s3-region', 'eu-west-2\n'],
] as const)
  test(`${flag} ${JSON.stringify(value)} is refused by init, not only by a later command`, () =>
    withTestPc(async pc => {
      const given = {
        '--trust': 'trust.json',
        '--store': 's3://bucket',
        '--node': 'later',
        '--s3-endpoint': 'aws',
      };
      const flags = Object.entries({ ...given, [flag]: value }).flat();
      const { json } = await pc.run('countersign', ['init', ...flags, '--json']);
      assert.is(json.error.code, 'CONFIG_INVALID');
      assert.match(json.error.message, new RegExp(`^${flag}: `));
    }));

const acls: [service: string, answer: Recorded][] = [
  ['Amazon, ACLs off', errorAnswer(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs')],
  [
    'Amazon, block public access',
    errorAnswer(403, 'AccessDenied', 'public access is prevented by BlockPublicAcls'),
  ],
  [
    'Cloudflare R2',
    errorAnswer(501, 'NotImplemented', "Header 'x-amz-acl' with value 'public-read' not implemented"),
  ],
  ['Backblaze B2', errorAnswer(400, 'InvalidArgument', "Unsupported value for canned acl 'public-read'")],
  [
    'Google',
    errorAnswer(
      400,
      'InvalidArgument',
      'Cannot insert legacy ACL when uniform bucket-level access is enabled.',
    ),
  ],
];

test('a stick is any folder, also one that does not exist now, but not a file', () =>
  withTestPc(async pc => {
    pc.write('inserted/.keep', '');
    const init = (stick: string) =>
      pc.run('countersign', [
        ...['init', '--trust', 'trust.json', '--store', 'file:store', '--overwrite', '--stick', stick],
        ...later,
      ]);
    for (const [stick, note] of [
      ['inserted', false],
      ['none', false],
      ['not here/usb', true],
    ] as const) {
      const { status, err } = await init(stick);
      assert.is(status, 0, err);
      assert.is(err.includes(stickAbsentText('not here/usb').slice(-40)), note, err);
    }
    const { status, json } = await init('trust.json');
    assert.equal([status, json.error.code], [1, 'CONFIG_INVALID']);
    assert.match(json.error.message, /^stick: .*trust\.json/);
  }));

test('next refuses a controller number that the profile does not have', () =>
  withTestPc(async pc => {
    const env = {
      COUNTERSIGN_CONTROLLER: '4',
      COUNTERSIGN_TRUST: 'trust.json',
      COUNTERSIGN_STORE: 'file:store',
    };
    const { json } = await pc.run('countersign', ['next', '--node', 'http://127.0.0.1:1', '--json'], { env });
    assert.is(json.error.code, 'CONFIG_INVALID');
    assert.match(json.error.message, /^controller: .*1 to 3, .*, got 4$/);
  }));

/** A bucket that refuses every write with an ACL. */
function withBucketWithoutAcls(
  answer: Recorded,
  run: (endpoint: string, bucket: MemoryBucket) => Promise<void>,
): Promise<void> {
  const bucket = new MemoryBucket();
  return withAnsweringServer(
    (req, res, body) =>
      req.headers['x-amz-acl'] ? sendRecorded(res, answer) : bucket.answer(req, res, body),
    endpoint => run(endpoint, bucket),
  );
}

for (const [service, answer] of acls)
  test(`--public-read, ${service}: init refuses and names the cause; a mapping is still written`, () =>
    withBucketWithoutAcls(answer, (endpoint, bucket) =>
      withTestPc(async pc => {
        const flags = ['--trust', 'trust.json', '--store', 's3://bucket/p', '--s3-endpoint', endpoint];
        const { json } = await pc.run('countersign', ['init', ...flags, '--public-read', ...later]);
        assert.is(json.error.code, 'STORE_FAILED');
        assert.match(json.error.message, /write-check\.txt public: /);
        assert.match(json.error.hint, /without --public-read/);
        assert.is((await pc.run('countersign', ['init', ...flags, ...later])).status, 0);
        const env = { COUNTERSIGN_S3_PUBLIC_READ: 'true' };
        const began = await pc.run('countersign', ['map', 'init', '--json'], { env });
        assert.is(began.status, 0, began.err);
        assert.match(began.err, /^warning STORE_FAILED: s3:\/\/bucket\/p:.*map\.json public: /m);
        assert.ok(bucket.objects.has('/bucket/p/map.json'));
      }),
    ));

test("--public-read without write permission: init reports a reachable store and the server's answer", () => {
  const denied = errorAnswer(403, 'AccessDenied', 'no policy allows the s3:PutObject action');
  const bucket = new MemoryBucket();
  return withAnsweringServer(
    (req, res, body) => (req.method === 'PUT' ? sendRecorded(res, denied) : bucket.answer(req, res, body)),
    endpoint =>
      withTestPc(async pc => {
        const flags = ['--trust', 'trust.json', '--store', 's3://bucket/p', '--s3-endpoint', endpoint];
        const { status, json, err } = await pc.run('countersign', [
          'init',
          ...flags,
          '--public-read',
          ...later,
        ]);
        assert.equal([status, json.writable], [0, false]);
        assert.match(err, /s3:PutObject/);
      }),
  );
});

test('if the server refuses the ACL, an issuance is published without it and with one warning', () =>
  withBucketWithoutAcls(acls[0]![1], async (endpoint, bucket) => {
    Object.assign(process.env, AWS);
    const s3 = { endpoint, pathStyle: true, publicRead: true };
    const world = await TestWorld.ready({ store: 's3://bucket/p', s3 });
    try {
      world.write(1, 'bars.csv', HEADER + BAR_1);
      await world.ok(1, ...PREPARE);
      world.sign(1, 'request.json', 'mine.json');
      await world.ok(1, 'submit', 'mine.json');
      await world.ok(2, 'review', '--out', 'request.json');
      world.sign(2, 'request.json', 'mine.json');
      const ran = await world.command(2, 'finalise', 'mine.json', '--yes', '--poll', '1');
      assert.is(ran.status, 0, ran.stderr);
      assert.is(ran.stderr.match(/^warning STORE_FAILED/gm)?.length, 1);
      assert.match(String(bucket.objects.get('/bucket/p/map.json')), /031037-2019-PAMP/);
    } finally {
      await world.stop();
    }
  }));

/** Host, path and authorization of the first request to the bucket; '' if the bucket got no request. */
async function firstBucketRequestOf(
  pc: BuiltPc,
  args: string[],
  env: Record<string, string>,
  flags: string[] = [],
) {
  let seen = '';
  const bucket = new MemoryBucket();
  await withAnsweringServer(
    (req, res, body) => {
      seen ||= `${req.headers.host?.replace(/:\d+/, '')} ${req.url} ${req.headers.authorization}`;
      bucket.answer(req, res, body);
    },
    async endpoint => {
      const at = (text: string) => text.replace('ENDPOINT', endpoint).replace('PORT', new URL(endpoint).port);
      const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, at(value)]));
      await pc.run('countersign', [...args, ...flags.map(at)], { env: given });
    },
  );
  return seen;
}

test('each answer of init exists as a flag and as a variable with the same values', () =>
  withTestPc(async pc => {
    const show = ['map', 'show', '--json'];
    const bucket = { COUNTERSIGN_STORE: 's3://bucket', COUNTERSIGN_S3_ENDPOINT: 'ENDPOINT' };
    assert.match(await firstBucketRequestOf(pc, show, bucket), /^127\.0\.0\.1 \/bucket\/map\.json/);
    assert.match(
      await firstBucketRequestOf(pc, show, { ...bucket, COUNTERSIGN_S3_REGION: 'garage' }),
      /\/garage\/s3\/aws4_request/,
    );
    const named = { ...bucket, COUNTERSIGN_S3_ENDPOINT: 'http://localhost:PORT' };
    assert.match(
      await firstBucketRequestOf(pc, show, { ...named, COUNTERSIGN_S3_PATH_STYLE: 'true' }),
      /^localhost \/bucket\/map/,
    );
    // Without path style, the host is bucket.localhost. Most machines cannot resolve this name.
    const hosted = await firstBucketRequestOf(pc, show, { ...named, COUNTERSIGN_S3_PATH_STYLE: 'false' });
    assert.match(hosted, /^$|^bucket\.localhost \/map/);
    // Countersign's setting `aws` names no endpoint. So the request goes to the endpoint in the variable of
    // the AWS tools.
    const aws = { ...bucket, COUNTERSIGN_S3_ENDPOINT: 'aws', AWS_ENDPOINT_URL: 'ENDPOINT' };
    assert.match(await firstBucketRequestOf(pc, show, aws), /^127\.0\.0\.1 \/bucket\/map\.json/);
    pc.write(
      'countersign.json',
      JSON.stringify({ store: 's3://bucket', s3: { endpoint: 'http://127.0.0.1:1' } }),
    );
    assert.match(
      await firstBucketRequestOf(pc, show, { COUNTERSIGN_S3_ENDPOINT: 'aws', AWS_ENDPOINT_URL: 'ENDPOINT' }),
      /^127/,
    );
    const node = await pc.run('countersign', ['report', '--json', '--trust', 'trust.json'], {
      env: { COUNTERSIGN_NODE: 'later' },
    });
    assert.match(node.json.error.message, /^node: not set/);
  }));

for (const [name, value] of [
  ['COUNTERSIGN_S3_PATH_STYLE', 'yes'],
  ['COUNTERSIGN_S3_PUBLIC_READ', '1'],
  ['COUNTERSIGN_STORE', 'file:x\n'],
  ['COUNTERSIGN_S3_REGION', 'eu\t'],
] as const)
  test(`the refusal of ${name}=${JSON.stringify(value)} names the variable`, () =>
    withTestPc(async pc => {
      const env = { COUNTERSIGN_STORE: 's3://bucket', [name]: value };
      const { json } = await pc.run('countersign', ['map', 'show', '--json'], { env });
      assert.is(json.error.code, 'CONFIG_INVALID');
      assert.match(json.error.message, new RegExp(`^${name}: expected`));
    }));

test.run();

/** `init` on a real S3 server: it reports the permissions that it finds. Run by `make test-s3`. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { makeBucket } from '../../../../fixtures/s3/bucket.ts';
import { openStore } from '../../../store/open-store.ts';
import { MEANINGS } from '../../../store/s3/errors/texts/answer-causes.ts';
import { storeAccessText, storeContentsText } from './texts/check-results.ts';

const bucket = await makeBucket();
const test = suite('init on S3');

async function runInit(world: TestWorld, { store, s3 }: ReturnType<typeof bucket.store>) {
  const s3Flags = ['--s3-endpoint', s3.endpoint, '--s3-path-style'];
  return world.command(
    1,
    ...['init', '--overwrite', '--trust', 'trust.json', '--store', store, '--node', 'later'],
    ...s3Flags,
  );
}

test('with all permissions, init reports a writable store, also at the second run', async () => {
  const place = bucket.store('init');
  const world = await TestWorld.start(place);
  try {
    for (let time = 1; time <= 2; time++) {
      const ran = await runInit(world, place);
      assert.equal([ran.status, ran.json.writable], [0, true], ran.stderr);
      assert.ok(
        ran.stderr.includes(`/init: ${storeAccessText(true)}${storeContentsText(null, null)}.`),
        ran.stderr,
      );
    }
    const store = await openStore(place.store, place.s3);
    assert.equal(await store.list(''), ['write-check.txt']);
    await world.ok(1, 'map', 'init');
    assert.match((await runInit(world, place)).stderr, / 0 assets\./);
  } finally {
    await world.stop();
  }
});

test('with permissions to list and read, init reports a read-only store and the next step', async () => {
  const place = bucket.store('init');
  const world = await TestWorld.start(place);
  await bucket.letOtherRead();
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'other', AWS_SECRET_ACCESS_KEY: 'othersecret' });
  try {
    const ran = await runInit(world, place);
    assert.equal([ran.status, ran.json.writable], [0, false], ran.stderr);
    assert.match(ran.stderr, / NOT writable .* 0 assets\./);
    assert.match(ran.json.next[0], /s3:PutObject/);
    assert.is((await world.ok(1, 'map', 'show')).assets.length, 0);
  } finally {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
    await world.stop();
  }
});

test('a bucket with versioning is refused if creations are not exclusive, and accepted when suspended', async () => {
  const place = bucket.store('versioned');
  const world = await TestWorld.start(place);
  try {
    assert.is((await runInit(world, place)).status, 0, 'before');
    await bucket.setVersioning('Enabled');
    const ran = await runInit(world, place);
    // With versioning, Ceph ignores the condition of a create-only write, even for an existing object. AWS
    // and MinIO check the condition.
    if (ran.status !== 0) {
      assert.is(ran.json.error.code, 'STORE_FAILED');
      assert.match(ran.json.error.message, /If-None-Match/);
      const create = await world.command(1, 'map', 'init');
      assert.match(create.json.error.message, /versioning/);
    }
    console.log(`with versioning: ${ran.status === 0 ? 'exclusive' : 'refused'}`);
    await bucket.setVersioning('Suspended');
    const again = await runInit(world, place);
    assert.equal([again.status, again.json.writable], [0, true], again.stderr);
  } finally {
    await bucket.setVersioning('Suspended');
    await world.stop();
  }
});

test('a missing bucket and wrong credentials are refused, and nothing is written', async () => {
  const place = bucket.store('init');
  const world = await TestWorld.start(place);
  const { AWS_SECRET_ACCESS_KEY } = process.env;
  try {
    const absent = await runInit(world, { ...place, store: 's3://countersign-no-such-bucket' });
    assert.equal([absent.status, absent.json.error.code], [1, 'STORE_FAILED']);
    assert.is(absent.json.error.hint, MEANINGS.noBucket[2]);
    process.env['AWS_SECRET_ACCESS_KEY'] = 'wrong';
    const denied = await runInit(world, place);
    assert.equal([denied.status, denied.json.error.code], [1, 'STORE_DENIED']);
    assert.is(denied.json.error.hint, MEANINGS.secretWrong[2]);
  } finally {
    process.env['AWS_SECRET_ACCESS_KEY'] = AWS_SECRET_ACCESS_KEY;
    await world.stop();
  }
});

test.run();

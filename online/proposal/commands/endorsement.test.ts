/** Endorsements are verified together with signatures, and `review` passes them on to the next laptop. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, BAR_2, HEADER, PREPARE, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { splitFile } from '../../../shared/qr/file-splitting.ts';
import { readRequest, requestText } from '../../../shared/request.ts';
import {
  endorsingControllers,
  readSignatures,
  type Signatures,
  signaturesText,
} from '../../../shared/signatures.ts';
import { deflate } from '../../transfer/qr/deflate.ts';

const test = suite<{ world: TestWorld }>('endorsements');
test.before.each(async context => {
  context.world = await TestWorld.ready({ policy: { n: 3, m: 4 } });
});
test.after.each(({ world }) => world.stop());

const readRequestOf = (world: TestWorld, i: number, name = 'request.json') =>
  readRequest(utf8(world.read(i, name)));
const readSignaturesOf = (world: TestWorld, i: number) => readSignatures(utf8(world.read(i, 'mine.json')));

/** Changes members of PC i's signatures file. */
function changeSignatures(world: TestWorld, i: number, members: Partial<Signatures>): void {
  world.write(i, 'mine.json', signaturesText({ ...readSignaturesOf(world, i), ...members }));
}

test('review writes a request with the endorsements so far, and its digest stays the same', async ({
  world,
}) => {
  const { digest } = await world.propose(1, HEADER + BAR_1);
  assert.is(readRequestOf(world, 1).endorsements, undefined, 'nobody had signed what prepare wrote');
  await world.countersign(2);
  assert.equal(endorsingControllers(readRequestOf(world, 2), world.trust), [1]);
  await world.ok(2, 'submit', 'mine.json');
  await world.ok(3, 'review', '--out', 'request.json', '--without-base');
  assert.equal(endorsingControllers(readRequestOf(world, 3), world.trust), [1, 2]);
  assert.is(readRequestOf(world, 3).digest, digest);
  assert.is(readRequestOf(world, 3).base.text, undefined);
  const stored = JSON.parse(world.object(`proposals/${digest}/request.json`));
  assert.not.ok('endorsements' in stored, 'the store has the signatures themselves');
  await world.countersign(3);
  await world.ok(3, 'finalise', 'mine.json', '--yes');
  assert.is((await world.ok(4, 'map', 'verify')).assets, 1);
});

test('submit and finalise refuse a file with the endorsement of another request', async ({ world }) => {
  world.write(1, 'bars.csv', HEADER + BAR_2);
  await world.ok(1, ...PREPARE);
  world.sign(1, 'request.json', 'mine.json');
  const { endorsement } = readSignaturesOf(world, 1);
  await world.ok(1, 'abandon', '--yes');
  world.write(1, 'bars.csv', HEADER + BAR_1);
  await world.ok(1, ...PREPARE, '--overwrite');
  world.sign(1, 'request.json', 'mine.json');
  const genuine = world.read(1, 'mine.json');
  changeSignatures(world, 1, { endorsement });
  const before = world.snapshot();
  assertRefused(
    await world.command(1, 'submit', 'mine.json'),
    'SIGNATURE_INVALID',
    /controller 1: .* the request /,
  );
  assert.is(world.snapshot(), before);
  world.write(1, 'mine.json', genuine);
  await world.ok(1, 'submit', 'mine.json');
  await world.countersign(2);
  changeSignatures(world, 2, { endorsement: readSignaturesOf(world, 1).endorsement });
  assertRefused(
    await world.command(2, 'finalise', 'mine.json', '--yes'),
    'SIGNATURE_INVALID',
    /controller 2: .* the request /,
  );
});

test('stored signatures with a wrong endorsement do not count and are not passed on', async ({ world }) => {
  const { digest } = await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, 'submit', 'mine.json');
  const key = `proposals/${digest}/signatures-2.json`;
  const stored = readSignatures(utf8(world.object(key)));
  world.putObject(key, signaturesText({ ...stored, endorsement: readSignaturesOf(world, 1).endorsement }));
  const reviewed = await world.ok(3, 'review', '--out', 'request.json');
  assert.equal(reviewed.controllers, [1]);
  assert.equal(endorsingControllers(readRequestOf(world, 3), world.trust), [1]);
  world.sign(3, 'request.json', 'mine.json');
  const ran = await world.command(3, 'finalise', 'mine.json', '--yes');
  assert.equal([ran.status, ran.json.error.code], [1, 'SIGNATURE_INVALID'], 'of three needed, two are good');
});

test('endorsements from a request file go neither into the store nor into the next file', async ({
  world,
}) => {
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const { digest } = await world.ok(1, ...PREPARE);
  world.sign(1, 'request.json', 'mine.json');
  const forged = {
    ...readRequestOf(world, 1),
    endorsements: { '2': readSignaturesOf(world, 1).endorsement },
  };
  world.write(2, 'forged.json', requestText(forged));
  world.write(2, 'mine.json', world.read(1, 'mine.json'));
  await world.ok(2, 'submit', 'mine.json', '--request', 'forged.json');
  assert.equal(Object.keys(JSON.parse(world.object(`proposals/${digest}/request.json`))), [
    ...['type', 'version', 'network', 'trust', 'base', 'height', 'time', 'issuances'],
  ]);
  await world.ok(2, 'review', '--out', 'request.json');
  assert.equal(endorsingControllers(readRequestOf(world, 2), world.trust), [1]);
});

test('one issuance is one frame in each direction, with density 15, or 17 with an endorsement', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.ok(2, 'review', '--out', 'request.json');
  const { base, ...request } = readRequestOf(world, 2);
  const bare = { ...request, base: { mapping: base.mapping } };
  const { endorsements: _, ...prepared } = bare;
  const version = (text: string) => {
    const { frames, version } = splitFile(utf8(text), { deflate });
    assert.is(frames.length, 1);
    return version;
  };
  assert.ok(version(requestText(prepared)) <= 15, 'to the coordinator');
  assert.ok(version(world.read(1, 'mine.json')) <= 15, 'signatures, endorsement included');
  assert.ok(version(requestText(bare)) <= 17, 'to a confirmer, with one endorsement');
});

test.run();

/** Output of status without a node, and with the profile and configuration in use. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { readRequest } from '../../../shared/request.ts';
import { WAITS } from '../../cli/carried/texts.ts';
import { runCommand } from '../../cli/command-list.ts';
import { interceptedServices } from '../tests/intercepted-services.ts';
import { STAGES, situationSentence, withoutNodeText } from '../texts/stages.ts';
import { readStatus } from './status.ts';

const test = suite<{ world: TestWorld; hung: Server; url: string }>('status texts');
test.before(async context => {
  context.world = await TestWorld.ready();
  context.hung = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise(resolve => context.hung.once('listening', resolve));
  context.url = `http://u:p@127.0.0.1:${(context.hung.address() as AddressInfo).port}`;
});
test.after(async ({ world, hung }) => {
  hung.closeAllConnections();
  hung.close();
  await world.stop();
});

test('if the node does not answer, status soon prints the facts from the store', async ({ world, url }) => {
  const { digest } = await world.propose(1, HEADER + BAR_1);
  const began = Date.now();
  const ran = await world.command(2, 'status', '--node', url);
  assert.ok(Date.now() - began < 20_000, 'not a minute');
  assert.is(ran.status, 1);
  const { json } = ran;
  assert.equal([json.state, json.digest, json.controllers, json.height], ['proposed', digest, [1], null]);
  assert.is(json.error.code, 'NODE_UNREACHABLE');
  const request = readRequest(utf8(world.read(1, 'request.json')));
  assert.is(json.next, withoutNodeText({ kind: 'proposed', request, signed: [1] } as never, world.trust));
  assert.match(
    ran.stderr,
    /^error NODE_UNREACHABLE: node 127\.0\.0\.1:\d+: getblockchaininfo .*\b1\b.*: .* \d+ s$/m,
  );
  await world.ok(1, 'abandon', '--yes');
});

test('an abandoned proposal is named on every PC until another proposal is open', async ({ world }) => {
  const { reviewCode } = await world.propose(1, HEADER + BAR_1);
  await world.ok(1, 'abandon', '--yes');
  const { situation } = await readStatus(interceptedServices(world, 3));
  assert.ok(situationSentence(situation).includes(reviewCode));
  const next = await world.propose(1, HEADER + BAR_1);
  const open = await readStatus(interceptedServices(world, 3));
  assert.is(situationSentence(open.situation), STAGES.proposed);
  await world.ok(1, 'abandon', '--yes', '--request', next.digest);
});

test('if the node does not answer, nothing is said of the transactions that it has', async ({ world }) => {
  const { situation } = await readStatus(interceptedServices(world, 3));
  const stage = { ...situation.stage, kind: 'sending', request: { issuances: [] } } as never;
  const sending = { ...situation, stage };
  const away = { ...sending, troubles: [{ kind: 'node' }] as never };
  assert.is(situationSentence(sending), STAGES.sending);
  assert.is.not(situationSentence(away), STAGES.sending);
});

test('status without a node and without a proposal', async ({ world }) => {
  let said = '';
  const stdout = new PassThrough().on('data', chunk => {
    said += chunk;
  });
  const status = await runCommand(['status', '--node', 'http://u:p@127.0.0.1:1'], {
    ...{ stdin: Readable.from([]), stdout, stderr: new PassThrough().resume(), env: {} },
    ...{ cwd: world.pc(1), now: Date.now, sleep: async () => undefined },
  });
  assert.is(status, 1);
  const [first, second] = said.split('\n');
  assert.ok(first?.startsWith(STAGES.none), said);
  assert.is(second, withoutNodeText({ kind: 'none' }, world.trust));
  assert.match(said, /\n {2}assets {7}0\n/);
  const { reviewCode } = world.trust;
  assert.ok(
    said.includes(`  profile      ${reviewCode} (2 of 3 controllers on gold_main)\nNext\n${WAITS.node}\n`),
    said,
  );
});

test('the refusal for a missing setting names the place of countersign.json', async ({ world }) => {
  world.write(3, 'countersign.json', '{"trust": "trust.json"}');
  const { json } = await world.command(3, 'status');
  assert.is(json.error.message, 'store: not set');
  assert.match(json.error.hint, / "store" .*\bcountersign\.json\b/);
});

test('a byte order mark of Windows editors is ignored', async ({ world }) => {
  world.write(2, 'countersign.json', `\ufeff${world.read(2, 'countersign.json')}`);
  await world.ok(2, 'status');
});

test.run();

/**
 * The result of `finalise` names its own request, even if another proposal is open. Other tests are about
 * redemptions that are abandoned, that wait or stop, and about bars that return to the mapping.
 */
import { PassThrough, Readable, Writable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR,
  burnForBar,
  issueToHolder,
  MASSES,
  OTHER,
  type Output,
  proposeRedemption,
  THIRD,
} from '../../../../fixtures/pcs/bar-redemption.ts';
import { assertRefused, HEADER, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { runCommand } from '../../../cli/command-list.ts';
import { FinaliseCommand } from '../../../cli/commands/issuance/finalise.ts';
import { abandonProposal } from '../../commands/abandon.ts';
import { finaliseProposal } from '../../commands/finalise.ts';
import { finaliseInput, interceptedServices, makeRunOnce, readFilesOf } from '../intercepted-services.ts';

const test = suite<{ world: TestWorld; tokens: string[]; burns: Output[] }>('finishing');
test.before.each(async context => {
  const world = await TestWorld.ready();
  const tokens = await issueToHolder(world);
  Object.assign(context, { world, tokens, burns: await burnForBar(world, '389.142', tokens.slice(1)) });
});
test.after.each(({ world }) => world.stop());

const WAIT = ['--confirmations', '1'];

/** The text that a command prints for a person. */
async function outputOfCommand(world: TestWorld, i: number, ...args: string[]): Promise<string> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const status = await runCommand(args, {
    ...{ stdin: Readable.from([]), stdout, stderr: new PassThrough().resume(), env: {} },
    ...{ cwd: world.pc(i), now: Date.now, sleep: async () => undefined },
  });
  assert.is(status, 0);
  return text;
}

test('with files of an older request, finalise names its bars as published earlier', async ({
  world,
  tokens,
  burns,
}) => {
  await proposeRedemption(world, BAR, burns);
  await world.countersign(2);
  const first = await world.ok(2, 'finalise', 'mine.json', '--yes', ...WAIT);
  assert.equal([first.isEarlier, first.open], [false, null]);
  world.write(2, 'old.json', world.read(2, 'mine.json'));
  const again = await world.ok(2, 'finalise', '--yes', ...WAIT);
  assert.equal([again.isEarlier, again.open, again.mapping], [true, null, first.mapping]);
  const { digest } = await proposeRedemption(
    world,
    THIRD,
    await burnForBar(world, MASSES[THIRD]!, [tokens[1]!, tokens[0]!]),
  );
  const other = await world.ok(2, 'finalise', 'old.json', '--yes', ...WAIT);
  assert.equal([other.isEarlier, other.open, other.mapping], [true, digest, first.mapping]);
  assert.equal(
    other.redemptions.map(({ reference }: { reference: string }) => reference),
    [BAR],
  );
  const text = await outputOfCommand(world, 2, 'finalise', 'old.json', '--yes', ...WAIT);
  // The mapping has two bars left, with three entries.
  const show = await outputOfCommand(world, 2, 'map', 'show');
  const entries = Object.keys(JSON.parse(world.object('map.json')).assets).length;
  assert.ok(entries > 2 && new RegExp(`entries +${entries}, of 2 bars\\n`).test(show), show);
  for (const part of [BAR, 'published earlier, at height', 'Another proposal is open'])
    assert.ok(text.includes(part), `${part}: ${text}`);
  assert.not.ok(text.includes(THIRD), text);
});

test('a finalise that waits for burns reports that its proposal was abandoned, not the last publication', async ({
  world,
  burns,
}) => {
  const { digest } = await proposeRedemption(world, BAR, burns);
  await world.countersign(2);
  let looks = 0;
  let ended = '';
  world.onSleep = async () => {
    looks++;
    if (looks === 2) await world.ok(1, 'abandon', '--yes');
    if (looks > 6) throw new Error('it waits on');
  };
  await world.ok(2, 'submit', 'mine.json');
  const services = interceptedServices(world, 2);
  await finaliseProposal(services, { ...finaliseInput([]), confirmations: 30 }).catch(error => {
    ended = error.code ?? String(error);
  });
  assert.equal([ended, looks], ['NO_PROPOSAL', 2]);
  assert.is(world.ledger().at(-1)?.event, 'abandon');
  assert.is(world.ledger().at(-1)?.request, digest);
});

test('a finalise without files reports that its proposal was abandoned meanwhile', async ({
  world,
  burns,
}) => {
  await proposeRedemption(world, BAR, burns);
  await world.countersign(2);
  await world.ok(2, 'submit', 'mine.json');
  const away = makeRunOnce(() => world.ok(1, 'abandon', '--yes'));
  let ended = '';
  await finaliseProposal(interceptedServices(world, 2), finaliseInput([], away)).catch(error => {
    ended = error.code;
  });
  assert.is(ended, 'NO_PROPOSAL');
  // If no proposal is open, `finalise` reports the last publication.
  assert.is((await world.ok(2, 'finalise', '--yes')).isEarlier, true);
});

test('abandon names the controllers who signed', async ({ world, burns }) => {
  await proposeRedemption(world, BAR, burns);
  await world.countersign(2);
  await world.ok(2, 'submit', 'mine.json');
  let signed: readonly number[] = [];
  await abandonProposal(interceptedServices(world, 3), {
    maxTipAge: 100,
    agree: async asked => {
      signed = asked.signed;
    },
  });
  assert.equal(signed, [1, 2]);
});

test('after finalise was stopped during its wait, status reports no error', async ({ world, burns }) => {
  await proposeRedemption(world, BAR, burns);
  await world.countersign(2);
  world.onSleep = async () => {
    throw new Error('stopped');
  };
  const kinds: string[] = [];
  const options = finaliseInput(readFilesOf(world, 2, ['mine.json']));
  const begins = (kind: string) => void kinds.push(kind);
  await finaliseProposal(interceptedServices(world, 2), { ...options, confirmations: 30, begins }).catch(
    () => undefined,
  );
  assert.equal((await world.ok(3, 'status')).troubles, []);
  assert.equal([...new Set(kinds)], ['redemptions']);
});

test('the message of a stopped finalise depends on the kind of request', () => {
  const stopped = (kind: string | null, written: string[], sent = 0) => {
    const command = new FinaliseCommand();
    Object.assign(command, { kind, activity: { written: new Set(written), sent } });
    return command.stopped().message;
  };
  for (const kind of ['redemptions', 'corrections'])
    for (const [written, sent] of [
      [[], 0],
      [['ledger/1'], 0],
      [['ledger/1'], 1],
    ] as const)
      assert.not.match(stopped(kind, [...written], sent), /transaction/);
  assert.match(stopped('issuances', []), /transactions/);
  assert.is(stopped(null, []), stopped('issuances', []));
  assert.is(stopped('redemptions', ['map.json']), stopped('issuances', ['map.json']));
});

test('prepare and review warn of a redeemed bar that returns, issued or as a new name', async ({
  world,
  burns,
}) => {
  await proposeRedemption(world, BAR, burns);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes', ...WAIT);
  const isWarned = (warnings: string[]) => warnings.some(one => one.startsWith(`${BAR} was redeemed`));
  world.write(1, 'wrong.csv', `reference,to\n${OTHER},${BAR}\n`);
  const rename = [
    'prepare',
    '--corrections',
    'wrong.csv',
    '--reason',
    'a serial',
    '--out',
    'r.json',
    '--yes',
  ];
  assert.ok(isWarned((await world.ok(1, ...rename)).warnings));
  assert.ok(isWarned((await world.ok(2, 'review', '--out', 'seen.json')).warnings));
  await world.ok(1, 'abandon', '--yes');
  const { holderaddress } = await world.rpc('dev_info');
  world.write(1, 'back.csv', `${HEADER}${BAR.replaceAll('-', ',')},389.142,${holderaddress}\n`);
  const issue = ['prepare', '--issuances', 'back.csv', '--out', 'i.json', '--yes'];
  assert.ok(isWarned((await world.ok(1, ...issue)).warnings));
  await world.ok(1, 'abandon', '--yes');
  assertRefused(await world.command(1, 'abandon', '--yes'), 'NO_PROPOSAL');
});

test.run();

/**
 * Assets that a person types. If no issuance is possible, nothing is asked. Only wrong answers are asked
 * again, and typed answers are kept.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fakeTerminal } from '../../../../fixtures/pcs/fake-terminal.ts';
import { BAR_1, BAR_2, BAR_3, HEADER, type Ran, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { explainRefused } from '../../../proposal/texts/refused-error.ts';
import { FIRST_QUESTION } from '../../terminal/texts.ts';
import { alreadyMappedText, choicesText, typeAnotherText, typeOneOfText } from './texts.ts';

const test = suite<{ world: TestWorld }>('typed assets');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const typedFields = (bar: string) => bar.trim().split(',');
const PREPARE = ['prepare', '--out', 'request.json'];

/** Runs `prepare` on PC 1 with these typed answers. */
async function prepareByTyping(world: TestWorld, answers: string[], ...flags: string[]): Promise<Ran> {
  const t = fakeTerminal(...answers.map(answer => (answer === '<end>' ? answer : `${answer}\r`)));
  world.extra = { stdin: t.world.stdin, stderr: t.world.stderr };
  const ran = await world.command(1, ...PREPARE, ...flags);
  world.extra = {};
  return { ...ran, stderr: t.said() };
}

const filesOfPc = (world: TestWorld) => readdirSync(world.pc(1)).sort();

test('a problem that prevents any issuance is reported before the first question', async ({ world }) => {
  const refused = async (code: string, ...flags: string[]) => {
    const ran = await prepareByTyping(world, [], ...flags);
    assert.equal([ran.status, ran.json.error.code], [1, code], ran.stderr);
    assert.not.match(ran.stderr, /Asset 1/);
  };
  await refused('NODE_UNREACHABLE', '--node', 'http://u:p@127.0.0.1:1');
  await world.rpc('dev_skip', 48);
  await refused('PERIOD_ENDING');
  await world.rpc('dev_skip', 5);
  rmSync(join(world.root, 'store', 'map.json'));
  await refused('OBJECT_MISSING');
});

test('missing policy coins are reported before the first question', async () => {
  const world = await TestWorld.start();
  try {
    await world.ok(1, 'map', 'init');
    const ran = await prepareByTyping(world, []);
    assert.equal([ran.status, ran.json.error.code], [1, 'COINS_SHORT'], ran.stderr);
    assert.not.match(ran.stderr, /Asset 1/);
  } finally {
    await world.stop();
  }
});

test('a bar that was typed twice or is mapped is refused at its name, and a look-alike gives a warning', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  const [serial, year] = typedFields(BAR_1) as [string, string];
  const ran = await prepareByTyping(
    world,
    [
      ...[serial, year, 'PAMP'],
      ...[serial, year, 'PAMP Suisse', ...typedFields(BAR_2).slice(3)],
      'yes',
      ...[serial, year, 'PAMP Suisse', 'drop'],
      'no',
      'yes',
    ],
    '--overwrite',
  );
  assert.is(ran.status, 0, ran.stderr);
  assert.equal(
    ran.json.issuances.map((i: any) => i.reference),
    ['031037-2019-PAMP Suisse'],
  );
  const { stderr } = ran;
  assert.ok(stderr.includes(`  ${typeAnotherText(alreadyMappedText('031037-2019-PAMP'), false)}\n`), stderr);
  assert.match(stderr, / {2}! 031037-2019-PAMP.*031037-2019-PAMP/);
  assert.match(stderr, / {2}031037-2019-PAMP.*\. .* or "drop"/);
  assert.ok(stderr.lastIndexOf('WARNINGS') < stderr.lastIndexOf('? (yes/no)'));
  assert.not.ok(filesOfPc(world).some(name => name.endsWith('.csv') && name !== 'bars.csv'));
});

test('after "no" the program asks only for the wrong answer', async ({ world }) => {
  const wrong = BAR_2.replace('405.92', '405.29');
  const ran = await prepareByTyping(world, [
    'back',
    ...typedFields(BAR_1),
    'yes',
    ...typedFields(wrong),
    'yes',
    'back',
    ...['GVcc7uTLSBtgp1SvY9NDYTh8Tf4fzQ1E8N', 'yes', ...typedFields(BAR_3)],
    'no',
    ...['no', '4', '2', 'weight', 'mass', '500', '405.92'],
    ...['no', '3', 'remove'],
    ...['no', '1', 'serial', 'back', 'year', '2018'],
    'yes',
  ]);
  assert.is(ran.status, 0, ran.stderr);
  assert.equal(
    ran.json.issuances.map((i: any) => `${i.reference} ${i.mass}`),
    ['031037-2018-PAMP 389.142', '030727-2019-PAMP 405.92'],
  );
  assert.match(ran.stderr, / {2}3 {2}035696-2019-PAMP\nWhich.*\? \(1 to 3.*\)/);
  assert.ok(ran.stderr.includes(FIRST_QUESTION), ran.stderr);
  assert.ok(ran.stderr.includes(typeOneOfText(choicesText(3, true))), ran.stderr);
  const words = typeOneOfText('serial, year, manufacturer, mass, address, or remove');
  assert.ok(ran.stderr.includes(words), ran.stderr);
  assert.match(ran.stderr, / {2}Typed before: 405\.29\n/);
});

test('a refusal that another answer can correct leads back to the questions', async ({ world }) => {
  await world.rpc('dev_whitelist', [typedFields(BAR_2)[4]]);
  const ran = await prepareByTyping(world, [
    ...typedFields(BAR_1),
    'no',
    ...['1', 'address', typedFields(BAR_2)[4] as string],
    'yes',
  ]);
  assert.is(ran.status, 0, ran.stderr);
  const refused = {
    reference: '031037-2019-PAMP',
    address: typedFields(BAR_1)[4] as string,
    isScript: false,
  };
  const { message, hint } = explainRefused({ kind: 'addresses', refused: [refused] });
  assert.ok(ran.stderr.includes(`${message}\n${hint}`), ran.stderr);
});

test('after any other refusal the typed answers are saved and can be read again', async ({ world }) => {
  const kept = HEADER + BAR_1 + BAR_2;
  const given = await prepareByTyping(world, [
    ...typedFields(BAR_1),
    'yes',
    ...typedFields(BAR_2),
    'no',
    'no',
    'stop',
  ]);
  assert.equal([given.status, given.json.error.code], [1, 'NOT_CONFIRMED']);
  assert.match(given.json.error.hint, / request-typed\.csv\. .* --issuances request-typed\.csv\.$/);
  assert.is(world.read(1, 'request-typed.csv'), kept);
  const stopped = await prepareByTyping(world, [...typedFields(BAR_1), 'yes', '030727', '2019', '\u0003']);
  assert.equal([stopped.status, stopped.json.error.code], [130, 'INTERRUPTED']);
  assert.match(stopped.json.error.hint, / request-typed-2\.csv\. /);
  assert.is(world.read(1, 'request-typed-2.csv'), `${HEADER}${BAR_1}030727,2019,,,\n`);
  const ended = await prepareByTyping(world, ['031037', '<end>']);
  assert.match(ended.json.error.hint, / request-typed-3\.csv/);
  const none = await prepareByTyping(world, ['\u0003']);
  assert.not.match(none.json.error.hint, /\.csv/, 'nothing was typed');
  assert.not.ok(existsSync(join(world.pc(1), 'request.json')));
  const again = await world.ok(1, ...PREPARE, '--issuances', 'request-typed.csv', '--yes');
  assert.is(again.issuances.length, 2);
});

test.run();

/** Redemptions typed by a person: what cannot be redeemed is told at once, and what was typed is kept. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR, burnFor, issueToHolder, OTHER, redemptionCsv } from '../../../../fixtures/pcs/redeeming.ts';
import { terminal } from '../../../../fixtures/pcs/terminal.ts';
import { TestWorld } from '../../../../fixtures/pcs/testing.ts';

const test = suite<{ world: TestWorld; outputs: string[] }>('typed redemptions');
test.before.each(async context => {
  context.world = await TestWorld.ready();
  const tokens = await issueToHolder(context.world);
  context.outputs = await burnFor(context.world, '389.142', tokens.slice(1));
});
test.after.each(({ world }) => world.stop());

/** Runs `prepare --redeem` on PC 1 with a person who types these answers. */
async function person(world: TestWorld, answers: string[]) {
  const t = terminal(...answers.map(answer => (answer === '<end>' ? answer : `${answer}\r`)));
  world.extra = { stdin: t.world.stdin, stderr: t.world.stderr };
  const ran = await world.command(1, 'prepare', '--redeem', '--out', 'typed.json');
  world.extra = {};
  return { ...ran, said: t.said() };
}

test('each mistake is told where it was typed, and the request follows', async ({ world, outputs }) => {
  const [one = '', two = ''] = outputs;
  const bars = ['x'.repeat(65), '999999-2019-PAMP', BAR];
  const burns = ['nonsense', 'ab'.repeat(32), one, one, two, 'done'];
  const ran = await person(world, [...bars, ...burns, 'no', 'yes']);
  assert.is(ran.status, 0, ran.said);
  assert.match(ran.said, /Expected 1 to 64 characters/);
  assert.match(ran.said, /The mapping has no bar "999999-2019-PAMP"/);
  assert.match(ran.said, /the node knows no such transaction/);
  assert.match(ran.said, /is typed already/);
  const [redemption] = ran.json.redemptions;
  assert.equal([redemption.reference, redemption.burns.length], [BAR, 2]);
});

test('a person who stops keeps what was typed', async ({ world, outputs }) => {
  const before = new Set(readdirSync(world.pc(1)));
  await person(world, [BAR, outputs[0] as string, 'done', 'yes', OTHER, '<end>']);
  const kept = readdirSync(world.pc(1)).filter(name => !before.has(name) && name.endsWith('.csv'));
  assert.is(kept.length, 1);
  const text = readFileSync(join(world.pc(1), kept[0] as string), 'utf8');
  assert.is(text, `${redemptionCsv(BAR, outputs.slice(0, 1) as never)}${OTHER},\n`);
});

test.run();

/** Coins of requests that were only prepared here are used last, and used; those of given-up proposals stay with their bars. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR_1,
  BAR_2,
  GIVEN_UP,
  HEADER,
  PREPARE,
  type Ran,
  TestWorld,
} from '../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { readRequest } from '../../../shared/request.ts';

const test = suite<{ world: TestWorld }>('drafts');
test.before.each(async context => {
  context.world = await TestWorld.ready({ coins: 2 });
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', 'theirs.json', '--yes'];
const bar = (n: number) => BAR_1.replace('031037', `03103${n}`);
const name = (n: number) => `03103${n}-2019-PAMP`;
const coinsOf = (ran: Ran) => ran.json.issuances.map((i: any) => i.coin.txid + i.coin.vout);

async function prepare(world: TestWorld, ...bars: string[]): Promise<Ran> {
  world.write(1, 'bars.csv', HEADER + bars.join(''));
  const flags = ['--issuances', 'bars.csv', '--out', 'request.json', '--yes', '--overwrite'];
  return world.command(1, 'prepare', ...flags);
}

test('drafts lock no coin, and the one whose coin is used is named', async ({ world }) => {
  const first = await prepare(world, bar(1));
  world.clockSkew += 1000;
  const second = await prepare(world, bar(2));
  assert.is.not(coinsOf(first)[0], coinsOf(second)[0]);
  assert.not.match(first.stderr + second.stderr, /The coin of/);
  world.clockSkew += 1000;
  const third = await prepare(world, bar(3));
  assert.is(third.status, 0, third.stderr);
  assert.equal(coinsOf(third), coinsOf(first), 'the coin of the oldest draft');
  assert.match(
    third.stderr,
    /^The coin of 031031-2019-PAMP, prepared here and never submitted, is used: if that request was signed, do not/m,
  );
  // Both bars of one coin in one request: each has a coin of its own.
  const both = await prepare(world, bar(1), bar(3));
  assert.is(new Set(coinsOf(both)).size, 2, both.stderr);

  world.clockSkew += 1000;
  await world.propose(1, HEADER + bar(4));
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  const again = await prepare(world, bar(1), bar(3));
  assert.equal([again.status, new Set(coinsOf(again)).size], [0, 2], again.stderr);
});

test('coins of given-up proposals stay with their bars, and that is said', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  const kept = JSON.parse(world.read(1, 'request.json')).issuances[0].coin;
  await world.ok(1, 'abandon', '--yes');
  assert.is((await prepare(world, bar(1))).status, 0);
  const draft = await prepare(world, bar(2));
  assert.match(draft.stderr, new RegExp(`The coin of ${name(1)}, prepared here`));
  assert.is.not(draft.json.issuances[0].coin.txid + draft.json.issuances[0].coin.vout, kept.txid + kept.vout);
  const short = await prepare(world, bar(1), bar(2));
  assert.equal([short.status, short.json.error.code], [1, 'COINS_SHORT']);
  assert.is(
    short.json.error.message,
    '2 assets need as many policy coins, ptxo.dat lists 2, of which 1 is kept for assets of proposals that were given up or came too late',
  );
  const back = await prepare(world, BAR_1, BAR_2);
  assert.equal([back.status, back.json.issuances[0].coin], [0, kept]);
});

test('a draft does not take the coin of what was given up since', async ({ world }) => {
  const draft = await prepare(world, bar(1));
  world.sign(1, 'request.json', 'mine.json');
  world.clockSkew += 1000;
  const { digest, reviewCode, issuances } = await world.propose(2, HEADER + bar(2));
  const { coin } = issuances[0];
  assert.equal(coinsOf(draft), [coin.txid + coin.vout], 'one coin, as two coordinators at once choose it');
  await world.ok(2, 'abandon', '--yes');
  for (const step of [['submit', 'mine.json'], FINALISE]) {
    if (step === FINALISE) world.sign(1, 'request.json', 'theirs.json', 2);
    const ran = await world.command(1, ...step);
    assert.equal([ran.status, ran.json.error?.code], [1, 'COIN_INVALID'], ran.stderr);
    assert.is(
      ran.json.error.message,
      `${name(1)}: its coin ${coin.txid}:${coin.vout} is kept for ${name(2)} of the proposal ${reviewCode}, which was given up`,
    );
    assert.match(ran.json.error.hint, /^Prepare these assets again: they are put on other coins/);
  }
  assert.not.match(world.snapshot(), new RegExp(draft.json.digest), 'nothing of it was uploaded');
  world.clockSkew += 1000;
  const again = await prepare(world, bar(1));
  assert.is.not(coinsOf(again)[0], coinsOf(draft)[0]);
  assert.match(again.stderr, new RegExp(`^An earlier request had ${name(1)} on another coin`, 'm'));
  world.sign(1, 'request.json', 'mine.json');
  // Another one, on this coin too, that lost the turn in the very moment and was given up: no matter to the one that won.
  world.write(2, 'bars.csv', HEADER + bar(3));
  const late = await world.ok(2, 'prepare', '--issuances', 'bars.csv', '--out', 'late.json', '--yes');
  assert.equal(late.issuances[0].coin, again.json.issuances[0].coin);
  await world.ok(1, 'submit', 'mine.json');
  const { base, ...rest } = JSON.parse(world.read(2, 'late.json'));
  mkdirSync(join(world.root, 'store', 'proposals', late.digest));
  const lost = { ...rest, base: { mapping: base.mapping } };
  world.putObject(`proposals/${late.digest}/request.json`, JSON.stringify(lost));
  world.putObject(`proposals/${late.digest}/given-up.json`, GIVEN_UP);
  await world.ok(1, 'submit', 'mine.json');
  // Given up itself, each goes on with its own.
  await world.ok(1, 'abandon', '--yes');
  const second = await world.propose(2, HEADER + bar(2));
  assert.equal([second.issuances[0].coin, second.digest === digest], [coin, false]);
});

test('two bars that were given up on one coin: one comes after the other', async ({ world }) => {
  await world.propose(1, HEADER + bar(1));
  await world.ok(1, 'abandon', '--yes');
  // Another bar on the same coin, by a PC that did not know the first one's: as two coordinators at once do.
  const { digest } = await world.propose(1, HEADER + bar(2));
  await world.ok(1, 'abandon', '--yes');
  const [first] = coinsOf(await prepare(world, bar(1)));
  const text = world.read(1, 'request.json');
  const { coin } = JSON.parse(text).issuances[0];
  const path = `proposals/${digest}/request.json`;
  const second = JSON.parse(world.object(path));
  second.issuances[0].coin = coin;
  const moved = readRequest(utf8(JSON.stringify(second)), 'moved');
  const folder = join(world.root, 'store', 'proposals');
  mkdirSync(join(folder, moved.digest));
  world.putObject(`proposals/${moved.digest}/request.json`, JSON.stringify(second));
  world.putObject(
    `proposals/${moved.digest}/given-up.json`,
    world.object(`proposals/${digest}/given-up.json`),
  );
  rmSync(join(folder, digest), { recursive: true });
  const claims = join(world.root, 'store', 'successors');
  for (const name of readdirSync(claims, { recursive: true, encoding: 'utf8' })) {
    const key = `successors/${name}`;
    if (key.endsWith('.json') && world.object(key).includes(`"${digest}"`))
      world.putObject(key, world.object(key).replace(digest, moved.digest));
  }
  rmSync(join(world.pc(1), '.countersign'), { recursive: true });

  const both = await prepare(world, bar(2), bar(1));
  assert.equal([both.status, both.json.error?.code], [1, 'COINS_SHORT'], both.stderr);
  assert.is(
    both.json.error.message,
    `${name(2)} and ${name(1)}: earlier proposals put both on the coin ${coin.txid}:${coin.vout}, and either may be signed`,
  );
  assert.match(both.json.error.hint, /^Prepare one of them without the other\. Once it is published/);
  const same = await prepare(world, bar(1));
  assert.equal(coinsOf(same), [first]);
  assert.not.match(same.stderr, /on another coin/);
  await world.propose(1, HEADER + bar(2));
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  const later = await prepare(world, bar(1));
  assert.is(later.status, 0, later.stderr);
  assert.is.not(coinsOf(later)[0], first);
  assert.match(
    later.stderr,
    new RegExp(
      `^An earlier request had ${name(1)} on another coin: a signer that signed that one refuses this`,
      'm',
    ),
  );
});

test('a bar that two coordinators put on two coins: where one was given up, the other is not submitted', async ({
  world,
}) => {
  // PC 2 has a draft of another bar on the first coin, so that this bar goes on the second there.
  const prepare2 = async (...bars: string[]) => {
    world.clockSkew += 1000;
    world.write(2, 'bars.csv', HEADER + bars.join(''));
    return world.ok(2, ...PREPARE, '--overwrite');
  };
  await prepare2(bar(2));
  const second = await prepare2(bar(1));
  world.sign(2, 'request.json', 'mine.json');
  world.sign(2, 'request.json', 'theirs.json', 3);
  world.clockSkew -= 5000;
  const first = await world.propose(1, HEADER + bar(1));
  const [kept, moved] = [first, second].map(({ issuances: [one] }) => `${one.coin.txid}:${one.coin.vout}`);
  assert.is.not(kept, moved);
  await world.ok(1, 'abandon', '--yes');
  const expected = `${name(1)}: its coin is ${moved}; an earlier proposal, which others may hold with signatures, put it on ${kept}`;
  for (const step of [['submit', 'mine.json'], FINALISE]) {
    const ran = await world.command(2, ...step);
    assert.equal(
      [ran.status, ran.json.error],
      [1, { ...ran.json.error, code: 'COIN_INVALID', message: expected }],
    );
  }
  // Nor where it lies in the store already, by a submit that was killed before it took the turn; and it does not become
  // the bar's coin by being given up, though it is the later request.
  mkdirSync(join(world.root, 'store', 'proposals', second.digest));
  const { base, ...rest } = JSON.parse(world.read(2, 'request.json'));
  const stored = JSON.stringify({ ...rest, base: { mapping: base.mapping } });
  world.putObject(`proposals/${second.digest}/request.json`, stored);
  const again = await world.command(2, 'submit', 'mine.json');
  assert.equal([again.status, again.json.error.message], [1, expected]);
  await world.ok(2, 'abandon', '--yes');
  world.clockSkew += 10_000;
  const last = await prepare2(bar(1));
  assert.equal(last.issuances[0].coin, first.issuances[0].coin);
  world.sign(2, 'request.json', 'mine.json');
  await world.ok(2, 'submit', 'mine.json');
});

test.run();

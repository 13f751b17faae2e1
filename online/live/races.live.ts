/** `make race-test`: RACE_SECONDS says for how long. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { races } from './races.ts';

const seconds = Number(process.env['RACE_SECONDS'] ?? 120);
const test = suite('races on a folder');
test(`for ${seconds} s: exactly one wins, the other is told, and chain and mapping agree`, async () => {
  const { rounds, wins } = await races({}, seconds);
  console.log(`\nnote: ${rounds} races on a folder: ${JSON.stringify(wins)}`);
  assert.ok(rounds > 0);
});
test.run();

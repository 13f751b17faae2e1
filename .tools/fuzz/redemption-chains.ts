/**
 * `make fuzz`: random chains of redemptions, with an independent check of each re-mapping.
 *
 *   tsx .tools/fuzz/redemption-chains.ts [--chains 1000000] [--seconds 60] [--seed N]
 * Chain number i has the seed N + i. To repeat a failure, give this seed and `--chains 1`. The exit code is 1
 * after a failure.
 */
import { parseArgs } from 'node:util';
import { checkRandomRedemptions } from '../../shared/redemption/random-redemptions.ts';

const { values } = parseArgs({
  options: {
    chains: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '86400' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const [CHAINS, SECONDS, SEED] = [values.chains, values.seconds, values.seed].map(Number) as [
  number,
  number,
  number,
];
const MOST_TOLD = 10;

const started = Date.now();
const elapsedSeconds = () => (Date.now() - started) / 1000;
let [chains, redemptions, tokens, finds] = [0, 0, 0, 0];
/** How many redemptions were done at each position of a chain. */
const countsByPosition: number[] = [];

while (chains < CHAINS && elapsedSeconds() < SECONDS) {
  const seed = SEED + chains;
  let place = 0;
  try {
    redemptions += checkRandomRedemptions(seed, ({ burns }) => {
      tokens += burns.length;
      countsByPosition[place] = (countsByPosition[place] ?? 0) + 1;
      place++;
    });
  } catch (error) {
    if (++finds <= MOST_TOLD)
      console.log(`FOUND: seed ${seed}, redemption ${place + 1}: ${(error as Error).message}`);
  }
  chains++;
}
console.log(
  `seed ${SEED}: ${chains} chains of redemptions in ${elapsedSeconds().toFixed(0)} s, ${redemptions} redemptions (${countsByPosition.join(', ')} by place), ${tokens} burnt tokens, ${finds} finds`,
);
if (chains < CHAINS) console.log(`stopped by the time limit of ${SECONDS} s, ${CHAINS} were wanted`);
process.exitCode = finds > 0 ? 1 : 0;

/** Sentences about the node's best block. */
import { Refusal, valueText } from '../../../shared/errors.ts';
import { RUN_AGAIN } from '../../platform/texts.ts';
import type { Tip } from '../answer-types.ts';

/** Number of other nodes to which the node is connected, as `the node has 2 peers`. */
function peersText(peers: number | null): string {
  if (peers === null) return 'the node does not report its number of peers';
  return peers === 0 ? 'the node has no peers' : `the node has ${peers} ${peers === 1 ? 'peer' : 'peers'}`;
}

const UNITS: readonly [seconds: number, name: string][] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
];

function durationText(seconds: number): string {
  const [length, name] = UNITS.find(([unit]) => seconds >= 2 * unit) ?? [1, 's'];
  return `${Math.floor(seconds / length)} ${name}`;
}

/** @param age age of the best block in seconds; negative for a block time in the future */
export function blockAndPeersText({ height, peers }: Pick<Tip, 'height' | 'peers'>, age: number): string {
  const when = age >= 0 ? `${durationText(age)} old` : `${durationText(-age)} in the future`;
  return `block ${height}, ${when}; ${peersText(peers)}`;
}

/** @param found chain of the node, without the password */
export const wrongChainRefusal = (node: string, network: string, found: string) =>
  new Refusal(
    'CHAIN_WRONG',
    `node ${node}: chain: expected ${valueText(network)} as in the trust profile, got ${valueText(found)}`,
    'Give a node of the expected chain with --node or COUNTERSIGN_NODE. Or use the trust profile of the chain of this node.',
  );

const NO_PEERS =
  'Connect the node to other nodes, and wait for their blocks. `ocean-cli getpeerinfo` lists the connected nodes.';

export function stillSyncingRefusal(node: string, { height, headers, peers }: Tip): Refusal {
  const first = peers === 0 ? NO_PEERS : 'Wait until the node has caught up.';
  return new Refusal(
    'NODE_SYNCING',
    `node ${node}: the node is still catching up, at block ${height} of ${Math.max(headers, height)}; ${peersText(peers)}`,
    `${first} ${RUN_AGAIN} If \`ocean-cli getchaintips\` lists an invalid block, run \`ocean-cli reconsiderblock HASH\` with its hash, or restart the node.`,
  );
}

const isoTimeText = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** @param now this computer's time, seconds since 1970 */
export function staleTipRefusal(
  node: string,
  { height, time, peers }: Tip,
  now: number,
  maxAge: number,
): Refusal {
  const age = now - time;
  const found = age > 0 ? `${age} s old` : `${-age} s in the future`;
  const first =
    peers === 0
      ? NO_PEERS
      : 'Check that the node still receives blocks, and check the clocks of this computer and of the node.';
  return new Refusal(
    'TIP_STALE',
    `node ${node}: best block ${height} is ${found}, expected at most ${maxAge} s (time of the block ${isoTimeText(time)}, time of this computer ${isoTimeText(now)}); ${peersText(peers)}`,
    age > 0
      ? `${first} Then run the command again. Or allow an older block with --max-tip-age.`
      : 'Set the clock of this computer, and check the clock of the node. Then run the command again. Or allow a larger difference with --max-tip-age.',
  );
}

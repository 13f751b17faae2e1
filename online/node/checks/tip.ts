/** Checks that the node's best block is usable: right chain, synchronised, recent. */
import { Refusal, shown } from '../../../shared/errors.ts';
import { RUN_AGAIN } from '../../platform/texts.ts';
import type { Source } from '../shape.ts';
import type { Tip } from '../types.ts';

/** `2 peers`: the number of other nodes to which the node is connected. */
function peersText(peers: number | null): string {
  if (peers === null) return 'the node does not report its number of peers';
  return peers === 0 ? 'the node has no peers' : `the node has ${peers} ${peers === 1 ? 'peer' : 'peers'}`;
}

/** Age of the best block in seconds; negative for a block time in the future. */
export const tipAge = (tip: Pick<Tip, 'time'>, now: number): number => Math.floor(now) - tip.time;

/** The same facts for `--json`, with the age in seconds. */
export const tipFacts = (tip: Pick<Tip, 'height' | 'time' | 'peers'>, now: number) => ({
  height: tip.height,
  time: tip.time,
  age: tipAge(tip, now),
  peers: tip.peers,
});

const UNITS: readonly [seconds: number, name: string][] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
];

function duration(seconds: number): string {
  const [length, name] = UNITS.find(([unit]) => seconds >= 2 * unit) ?? [1, 's'];
  return `${Math.floor(seconds / length)} ${name}`;
}

/**
 * The basis of every statement about the chain: `block 3310, 12 s old; the node has 2 peers`.
 * @param now this computer's time, seconds since 1970
 */
export function tipText(tip: Pick<Tip, 'height' | 'time' | 'peers'>, now: number): string {
  const age = tipAge(tip, now);
  const when = age >= 0 ? `${duration(age)} old` : `${duration(-age)} in the future`;
  return `block ${tip.height}, ${when}; ${peersText(tip.peers)}`;
}

/** @throws Refusal CHAIN_WRONG */
export function checkChain(node: Source, tip: Pick<Tip, 'chain'>, network: string): void {
  if (tip.chain === network) return;
  throw new Refusal(
    'CHAIN_WRONG',
    `node ${node.name}: chain: expected ${shown(network)} as in the trust profile, got ${shown(node.redact(tip.chain))}`,
    'Give a node of the expected chain with --node or COUNTERSIGN_NODE. Or use the trust profile of the chain of this node.',
  );
}

/** @throws Refusal NODE_SYNCING */
function checkSynced(node: Source, tip: Tip): void {
  if (tip.headers <= tip.height && !tip.initialDownload) return;
  throw new Refusal(
    'NODE_SYNCING',
    `node ${node.name}: the node is still catching up, at block ${tip.height} of ${Math.max(tip.headers, tip.height)}; ${peersText(tip.peers)}`,
    `${tip.peers === 0 ? NO_PEERS : 'Wait until the node has caught up.'} ${RUN_AGAIN} If \`ocean-cli getchaintips\` lists an invalid block, run \`ocean-cli reconsiderblock HASH\` with its hash, or restart the node.`,
  );
}

const NO_PEERS =
  'Connect the node to other nodes, and wait for their blocks. `ocean-cli getpeerinfo` lists the connected nodes.';

const day = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/**
 * @param now this computer's time, seconds since 1970
 * @param maxAge largest permitted difference between `now` and the block's time, in seconds
 * @throws Refusal TIP_STALE, naming both times
 */
function checkFresh(node: Source, tip: Tip, now: number, maxAge: number): void {
  const age = tipAge(tip, now);
  if (Math.abs(age) <= maxAge) return;
  const which = age > 0 ? `${age} s old` : `${-age} s in the future`;
  throw new Refusal(
    'TIP_STALE',
    `node ${node.name}: best block ${tip.height} is ${which}, expected at most ${maxAge} s (time of the block ${day(tip.time)}, time of this computer ${day(Math.floor(now))}); ${peersText(tip.peers)}`,
    age > 0
      ? `${tip.peers === 0 ? NO_PEERS : 'Check that the node still receives blocks, and check the clocks of this computer and of the node.'} Then run the command again. Or allow an older block with --max-tip-age.`
      : `Set the clock of this computer, and check the clock of the node. Then run the command again. Or allow a larger difference with --max-tip-age.`,
  );
}

export interface TipRules {
  /** Network of the trust profile. */
  network: string;
  /** This computer's time, seconds since 1970. */
  now: number;
  /** Seconds. */
  maxAge: number;
}

/** All three checks, ordered so that the first failure explains the others. */
export function checkTip(node: Source, tip: Tip, { network, now, maxAge }: TipRules): void {
  checkChain(node, tip, network);
  checkSynced(node, tip);
  checkFresh(node, tip, now, maxAge);
}

/** Checks that the node's best block is usable: right chain, synchronised, recent. */

import type { Tip } from '../answer-types.ts';
import type { Source } from '../shape-reader.ts';
import { blockAndPeersText, staleTipRefusal, stillSyncingRefusal, wrongChainRefusal } from './texts.ts';

/** Age of the best block in seconds; negative for a block time in the future. */
export const tipAge = (tip: Pick<Tip, 'time'>, now: number): number => Math.floor(now) - tip.time;

/** The facts of {@link tipText} for `--json`, with the age in seconds. */
export const tipForJson = (tip: Pick<Tip, 'height' | 'time' | 'peers'>, now: number) => ({
  height: tip.height,
  time: tip.time,
  age: tipAge(tip, now),
  peers: tip.peers,
});

/**
 * Names the block on which a statement about the chain is based, such as `block 3310, 12 s old; the node has
 * 2 peers`.
 * @param now this computer's time, seconds since 1970
 */
export const tipText = (tip: Pick<Tip, 'height' | 'time' | 'peers'>, now: number): string =>
  blockAndPeersText(tip, tipAge(tip, now));

/** @throws Refusal CHAIN_WRONG */
export function checkChain(node: Source, tip: Pick<Tip, 'chain'>, network: string): void {
  if (tip.chain !== network) throw wrongChainRefusal(node.name, network, node.redact(tip.chain));
}

/** @throws Refusal NODE_SYNCING */
function checkNodeSynced(node: Source, tip: Tip): void {
  if (tip.headers > tip.height || tip.initialDownload) throw stillSyncingRefusal(node.name, tip);
}

/**
 * @param now this computer's time, seconds since 1970
 * @param maxAge largest permitted difference between `now` and the block's time, in seconds
 * @throws Refusal TIP_STALE; the message has both times
 */
function checkTipFresh(node: Source, tip: Tip, now: number, maxAge: number): void {
  if (Math.abs(tipAge(tip, now)) > maxAge) throw staleTipRefusal(node.name, tip, Math.floor(now), maxAge);
}

export interface TipRules {
  /** Network of the trust profile. */
  network: string;
  /** This computer's time, seconds since 1970. */
  now: number;
  /** Seconds. */
  maxAge: number;
}

/**
 * Checks the chain, then whether the node is synchronised, then the age of the best block. Only the first
 * failure is reported, because it can cause the later ones.
 */
export function checkTip(node: Source, tip: Tip, { network, now, maxAge }: TipRules): void {
  checkChain(node, tip, network);
  checkNodeSynced(node, tip);
  checkTipFresh(node, tip, now, maxAge);
}

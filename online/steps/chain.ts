/** What every step asks of the chain first: the right network, a fresh tip, enough of the period left. */
import { Refusal } from '../../shared/errors.ts';
import { blocksLeft, PERIOD, periodOf } from '../../shared/schedule.ts';
import { checkTip } from '../node/checks/tip.ts';
import type { Tip } from '../node/node.ts';
import { counted, isAre } from '../platform/text/words.ts';
import type { Services } from './services.ts';

/** Blocks that an issuance needs to confirm. */
export const BLOCKS_NEEDED = 3;

/** @param maxTipAge seconds */
export async function checkedTip(services: Services, maxTipAge: number): Promise<Tip> {
  const { node, trust, world } = services;
  const tip = await node.tip();
  checkTip(node.rpc.endpoint, tip, {
    network: trust.network.name,
    now: world.now() / 1000,
    maxAge: maxTipAge,
  });
  return tip;
}

/**
 * @param open the review code of a proposal that is open, and would stand in the way of the next one
 * @throws Refusal PERIOD_ENDING, NODE_SYNCING if the period has not begun for this node
 */
export function checkPeriod(requestHeight: number, tipHeight: number, open?: string): void {
  const left = blocksLeft(tipHeight);
  // A node that is a block behind the coordinator's, or a reorganisation, right where a period begins.
  if (periodOf(requestHeight) > periodOf(tipHeight)) {
    throw new Refusal(
      'NODE_SYNCING',
      `height: the request was computed for block ${requestHeight}, in the period that begins with block ${periodOf(requestHeight) * PERIOD}; the node is at block ${tipHeight}`,
      'Wait until the node has that block, and run the command again.',
    );
  }
  if (periodOf(requestHeight) !== periodOf(tipHeight)) {
    throw new Refusal(
      'PERIOD_ENDING',
      `height: the request was computed for block ${requestHeight}, its period ended before block ${tipHeight}`,
      'Give the proposal up with `countersign abandon` and prepare it again: the amounts of tokens have changed.',
    );
  }
  if (left < BLOCKS_NEEDED) {
    const next = (periodOf(tipHeight) + 1) * PERIOD;
    const change = 'the amounts of tokens change with it';
    throw new Refusal(
      'PERIOD_ENDING',
      `height: ${counted(left, 'block')} of the period ${isAre(left)} left at block ${tipHeight}, at least ${BLOCKS_NEEDED} are needed`,
      open === undefined
        ? `Wait for the next period, which begins with block ${next}, and prepare then: ${change}.`
        : `Give the proposal ${open} up with \`countersign abandon\`; in the next period, which begins with block ${next}, prepare its assets again: ${change}.`,
    );
  }
}

/** Messages about the bars, coins and addresses of a request. */

import { reviewCode } from '../../../shared/review-code.ts';
import { periodEnd } from '../../../shared/schedule.ts';
import { shellWord } from '../../../shared/shell.ts';
import { keys } from '../../ledger/objects.ts';
import { counted, isAre } from '../../platform/text/words.ts';
import type { RefusedData, Way } from '../refusals.ts';
import { BLOCKS_NEEDED } from '../situation/trouble.ts';
import { ASK_ANOTHER_NODE, abandonLaterText, type Explained } from './explained.ts';

type Kind =
  | 'few-blocks'
  | 'coins-short'
  | 'coin-unlisted'
  | 'coin-spent'
  | 'coin-other'
  | 'bars-issued'
  | 'bars-dropped'
  | 'bars-older'
  | 'addresses'
  | 'built-other';
export type CoinsData = Extract<RefusedData, { kind: Kind }>;
type Of<K extends Kind> = Extract<RefusedData, { kind: K }>;

/** Largest number of references in a sentence; further ones are counted. */
const MAX_NAMED = 20;
const names = (references: readonly string[]) =>
  `${references.slice(0, MAX_NAMED).join(', ')}${references.length > MAX_NAMED ? ` and ${references.length - MAX_NAMED} more` : ''}`;

const SCAN = 'Rebuild the list with `countersign coins scan`, then prepare again.';

function hintOf(reference: string | null): string {
  return reference === null
    ? SCAN
    : 'Nothing of this request can be sent with this coin. If `countersign status` says that nothing of it is on chain, abandon it with `countersign abandon`, rebuild the list with `countersign coins scan`, and prepare again.';
}

function fewBlocks({ height, left }: Of<'few-blocks'>): Explained {
  const next = periodEnd(height);
  return {
    code: 'PERIOD_ENDING',
    message: `height: ${counted(left, 'block')} of the period ${isAre(left)} left at block ${height}, at least ${BLOCKS_NEEDED} are needed`,
    hint: `Wait for the next period, which begins with block ${next}, and prepare then: the amounts of tokens change with it.`,
    way: { wait: 'period' },
  };
}

function coinsShort({ bars, listed, kept }: Of<'coins-short'>): Explained {
  const need = bars === 1 ? '1 asset needs a policy coin' : `${bars} assets need as many policy coins`;
  const reserved = kept > 0 ? `, of which ${kept} ${isAre(kept)} reserved for assets of other proposals` : '';
  return {
    code: 'COINS_SHORT',
    message: `${need}, the ledger lists ${listed}${reserved}`,
    hint: `Issue fewer assets, or make more policy coins and run \`countersign coins scan\`.${kept > 0 ? ' A reserved coin is used when its asset is prepared again.' : ''}`,
    way: { correct: 'input' },
  };
}

function coinSpent({ reference, coin, waits, until }: Of<'coin-spent'>): Explained {
  const where = waits
    ? 'is being spent by a transaction that waits for a block'
    : 'is spent, or not on this chain';
  // Until that transaction is confirmed, a scan would not list the coin, and `abandon` would not free it.
  const then = reference === null ? SCAN : 'Then run the command again.';
  const hint = waits
    ? `Wait until a block has that transaction. ${then} ${ASK_ANOTHER_NODE}`
    : hintOf(reference);
  const way: Way = waits ? { wait: 'block' } : { run: reference === null ? 'coins scan' : 'abandon' };
  return {
    code: 'COIN_SPENT',
    message: `${reference ?? keys.coins}: the coin ${coin} ${where}`,
    hint: until === null ? hint : `${abandonLaterText(until)}, and prepare again.`,
    way: until !== null ? { wait: 'period' } : way,
  };
}

function coinOther(data: Of<'coin-other'>): Explained {
  const { reference, coin, member, expected, got } = data;
  const name = `${reference ?? keys.coins}: the coin ${coin}`;
  const how = reference === null ? 'listed' : 'named';
  const what = {
    script: `pays to the script ${got}, not to ${expected}`,
    asset: `holds the asset ${got}, not ${expected}`,
    amount: `is ${how} with ${expected}, the chain says ${got}`,
    confirmations: 'is not confirmed yet',
  }[member];
  const isEarly = member === 'confirmations';
  return {
    code: 'COIN_INVALID',
    message: `${name} ${what}`,
    hint: isEarly ? 'Wait for the next block.' : hintOf(reference),
    way: isEarly ? { wait: 'block' } : { run: reference === null ? 'coins scan' : 'abandon' },
  };
}

function addresses({ refused }: Of<'addresses'>): Explained {
  const each = refused.map(({ reference, address, isScript }) =>
    isScript
      ? `${reference}: the address ${address} is a script's, which an issuance may not pay to on this chain`
      : `${reference}: the address ${address} is not on the whitelist of the chain`,
  );
  return {
    code: 'ADDRESS_NOT_WHITELISTED',
    message: each.join('; '),
    hint: 'Have the address whitelisted, or prepare the asset with another address, of a single key.',
    way: { correct: 'input' },
  };
}

function bars(data: Of<'bars-issued' | 'bars-dropped' | 'bars-older'>): Explained {
  const { kind, references } = data;
  const one = references.length === 1;
  const which = names(references);
  if (kind === 'bars-issued')
    return {
      code: 'DUPLICATE_ASSET',
      message: `${which} ${one ? 'stands' : 'stand'} in the mapping already`,
      hint: 'Each bar is issued once: remove it from the request, or correct its serial number.',
      way: { correct: 'input' },
    };
  if (kind === 'bars-dropped')
    return {
      code: 'DUPLICATE_ASSET',
      message: `${which} ${one ? 'has its token' : 'have their tokens'} on chain already, by a mapping in history/; the published one lacks ${one ? 'it' : 'them'}`,
      hint: 'Never issue a bar twice: leave it out here. Call the other controllers, sign a mapping with all bars with the older scripts, and adopt that mapping.',
      way: { call: 'controllers' },
    };
  return {
    code: 'PROPOSAL_OPEN',
    message: `${which} ${isAre(references.length)} in the proposal of another tool in ${keys.olderMapping}`,
    hint: 'Leave these assets out, finish that proposal with the older confirmer, or agree with the other controllers to drop it: then `countersign repair --over-older` replaces it.',
    way: { call: 'controllers' },
  };
}

export function explainCoins(data: CoinsData): Explained {
  switch (data.kind) {
    case 'few-blocks':
      return fewBlocks(data);
    case 'coins-short':
      return coinsShort(data);
    case 'coin-unlisted':
      return {
        code: 'COIN_SPENT',
        message: `${data.reference}: the proposal ${reviewCode(data.request)} reserved the coin ${data.coin} for it, which the ledger does not list`,
        hint: `If the coin is unspent, list it with \`countersign coins scan\`, which also ends the reservation once a block has another transaction that spent the coin; a mapping that has the coin's token ends it too. Where a signer has signed it on that coin, \`signer release ${shellWord(data.reference)}\` is needed then. Look with \`countersign report\` whether its token exists already.`,
        way: { run: 'coins scan' },
      };
    case 'coin-spent':
      return coinSpent(data);
    case 'coin-other':
      return coinOther(data);
    case 'bars-issued':
    case 'bars-dropped':
    case 'bars-older':
      return bars(data);
    case 'addresses':
      return addresses(data);
    case 'built-other':
      return {
        code: 'NODE_GARBLED',
        message: `${data.reference}: the node builds another transaction (${data.theirs?.hex.length} hex digits, asset ${data.theirs?.asset}) than this tool (${data.ours.hex.length} hex digits, asset ${data.ours.asset})`,
        hint: 'Check that the node is an Ocean node of this chain and of the expected version; nothing was written.',
        way: { correct: 'node' },
      };
  }
}

/** Messages about the bars, coins and addresses of a request. */

import { reviewCode } from '../../../shared/review-code.ts';
import { shellWord } from '../../../shared/shell-words.ts';
import { firstBlockOfNextPeriod } from '../../../shared/token-schedule.ts';
import { keys } from '../../ledger/object-keys.ts';
import { isOrAre } from '../../platform/text/words.ts';
import type { RefusedData, Way } from '../refusals.ts';
import {
  AMOUNTS_CHANGE,
  ASK_ANOTHER_NODE,
  abandonLaterText,
  DROP_OLDER,
  type Explained,
  tooFewBlocksText,
} from './explanation.ts';

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

/**
 * Largest number of references in a sentence. If there are more references, the sentence gives the number of
 * the rest.
 */
const MAX_NAMED = 20;
const barNamesText = (references: readonly string[]) =>
  `${references.slice(0, MAX_NAMED).join(', ')}${references.length > MAX_NAMED ? ` and ${references.length - MAX_NAMED} more` : ''}`;

const SCAN = 'Rebuild the list with `countersign coins scan`, then prepare again.';

function coinHint(reference: string | null): string {
  return reference === null
    ? SCAN
    : 'Look at `countersign status`: with this coin, the request cannot be sent. If none of its transactions is on chain, abandon the proposal with `countersign abandon`, rebuild the list with `countersign coins scan`, and prepare again.';
}

function explainFewBlocks({ height, left }: Of<'few-blocks'>): Explained {
  const next = firstBlockOfNextPeriod(height);
  return {
    code: 'PERIOD_ENDING',
    message: tooFewBlocksText(left, height),
    hint: `Wait for the next period, which begins with block ${next}, and then prepare. ${AMOUNTS_CHANGE}`,
    way: { wait: 'period' },
  };
}

function explainCoinsShort({ bars, listed, kept }: Of<'coins-short'>): Explained {
  const need = bars === 1 ? '1 asset needs 1 policy coin' : `${bars} assets need ${bars} policy coins`;
  const reserved = kept > 0 ? ` (${kept} reserved for assets of other proposals)` : '';
  return {
    code: 'COINS_SHORT',
    message: `${need}; the ledger lists ${listed}${reserved}`,
    hint: `Issue fewer assets, or create more policy coins and run \`countersign coins scan\`.${kept > 0 ? ' A reserved coin is used when its asset is prepared again.' : ''}`,
    way: { correct: 'input' },
  };
}

function explainCoinSpent({ reference, coin, waits, until }: Of<'coin-spent'>): Explained {
  const where = waits ? 'is spent by a transaction that waits for a block' : 'is spent, or not on this chain';
  // The hint is to wait, because the transaction may still be dropped. The coin is then unspent again.
  const then = reference === null ? SCAN : 'Then run the command again.';
  const hint = waits
    ? `Wait until a block has that transaction. ${then} ${ASK_ANOTHER_NODE}`
    : coinHint(reference);
  const way: Way = waits ? { wait: 'block' } : { run: reference === null ? 'coins scan' : 'abandon' };
  return {
    code: 'COIN_SPENT',
    message: `${reference ?? keys.coins}: the coin ${coin} ${where}`,
    hint: until === null ? hint : abandonLaterText(until),
    way: until !== null ? { wait: 'period' } : way,
  };
}

function explainCoinOther(data: Of<'coin-other'>): Explained {
  const { reference, coin, member, expected, got } = data;
  const name = `${reference ?? keys.coins}: the coin ${coin}`;
  const how = reference === null ? 'listed' : 'named';
  const what = {
    script: `pays to the script ${got}, not to ${expected}`,
    asset: `holds the asset ${got}, not ${expected}`,
    amount: `is ${how} with ${expected}, and has ${got} on chain`,
    confirmations: 'is not confirmed yet',
  }[member];
  const isEarly = member === 'confirmations';
  return {
    code: 'COIN_INVALID',
    message: `${name} ${what}`,
    hint: isEarly ? 'Wait for the next block.' : coinHint(reference),
    way: isEarly ? { wait: 'block' } : { run: reference === null ? 'coins scan' : 'abandon' },
  };
}

function explainAddresses({ refused }: Of<'addresses'>): Explained {
  const each = refused.map(({ reference, address, isScript }) =>
    isScript
      ? `${reference}: the address ${address} belongs to a script; on this chain, an issuance cannot pay to a script`
      : `${reference}: the address ${address} is not on the whitelist of the chain`,
  );
  return {
    code: 'ADDRESS_NOT_WHITELISTED',
    message: each.join('; '),
    hint: 'Ask the operator of the chain to whitelist the address, or prepare the asset with another address of a single key.',
    way: { correct: 'input' },
  };
}

function explainUnissuableBars(data: Of<'bars-issued' | 'bars-dropped' | 'bars-older'>): Explained {
  const { kind, references } = data;
  const one = references.length === 1;
  const which = barNamesText(references);
  if (kind === 'bars-issued')
    return {
      code: 'DUPLICATE_ASSET',
      message: `${which} ${isOrAre(references.length)} already in the mapping`,
      hint: 'Remove the bar from the request, or correct its serial number. Each bar is issued only once.',
      way: { correct: 'input' },
    };
  if (kind === 'bars-dropped')
    return {
      code: 'DUPLICATE_ASSET',
      message: `${which} already ${one ? 'has its token' : 'have their tokens'} on chain, from a mapping in history/; the published mapping lacks ${one ? 'it' : 'them'}`,
      hint: 'Leave the bar out: never issue a bar twice. Call the other controllers. Use the older scripts to sign a mapping with all bars, then adopt that mapping.',
      way: { call: 'controllers' },
    };
  return {
    code: 'PROPOSAL_OPEN',
    message: `${which} ${isOrAre(references.length)} in the proposal of another tool in ${keys.olderMapping}`,
    hint: `Leave these assets out, or finish that proposal with the older confirmer. ${DROP_OLDER}`,
    way: { call: 'controllers' },
  };
}

export function explainCoins(data: CoinsData): Explained {
  switch (data.kind) {
    case 'few-blocks':
      return explainFewBlocks(data);
    case 'coins-short':
      return explainCoinsShort(data);
    case 'coin-unlisted':
      return {
        code: 'COIN_SPENT',
        message: `${data.reference}: the proposal ${reviewCode(data.request)} reserved the coin ${data.coin} for this bar, and the ledger does not list the coin`,
        hint: `Check with \`countersign report\` whether the bar's token already exists. If the coin is unspent, list it with \`countersign coins scan\`. If a block has another transaction that spent the coin, the scan ends the reservation. A mapping with the coin's token also ends it. Then each signer that signed the bar on this coin needs \`signer release ${shellWord(data.reference)}\`.`,
        way: { run: 'coins scan' },
      };
    case 'coin-spent':
      return explainCoinSpent(data);
    case 'coin-other':
      return explainCoinOther(data);
    case 'bars-issued':
    case 'bars-dropped':
    case 'bars-older':
      return explainUnissuableBars(data);
    case 'addresses':
      return explainAddresses(data);
    case 'built-other':
      return {
        code: 'NODE_GARBLED',
        message: `${data.reference}: the node builds another transaction (${data.theirs?.hex.length} hex digits, asset ${data.theirs?.asset}) than this tool (${data.ours.hex.length} hex digits, asset ${data.ours.asset})`,
        hint: 'Check that the node is an Ocean node of this chain and has the expected version. Nothing was written.',
        way: { correct: 'node' },
      };
  }
}

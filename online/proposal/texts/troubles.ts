/** Messages about troubles. `status` prints the same message as a command that refuses. */
import type { Refusal } from '../../../shared/errors.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import { blocksLeft, firstBlockOfNextPeriod, PERIOD, periodOf } from '../../../shared/token-schedule.ts';
import { keys } from '../../ledger/object-keys.ts';
import { outpointText } from '../../ledger/policy-coin.ts';
import { LedgerForked, notChangedHint } from '../../ledger/texts.ts';
import { controllersText, isOrAre, joinFirstTexts } from '../../platform/text/words.ts';
import type { TransactionFact } from '../facts/facts.ts';
import type { Way } from '../refusals.ts';
import type { Trouble } from '../situation/trouble.ts';
import { explainEvidence } from './burns.ts';
import {
  AMOUNTS_CHANGE,
  ASK_ANOTHER_NODE,
  abandonLaterText,
  barReferences,
  CALL,
  DROP_OLDER,
  type Explained,
  tooFewBlocksText,
} from './explanation.ts';
import {
  explainClosedOnChain,
  explainMissingAdoptedTokens,
  explainMissingPublications,
  explainUnmappedTokens,
} from './tokens.ts';

export function addWayToRefusal({ code, message, hint }: Refusal, way: Way): Explained {
  return { code, message, hint, way };
}

/**
 * The next step for a refusal that does not come from the plan, such as a refusal of the store, the node or a
 * file. The code of the refusal determines the step.
 */
export function wayAfterRefusal(refusal: Refusal): Way {
  const { code } = refusal;
  if (['NODE_UNREACHABLE', 'NODE_SYNCING', 'TIP_STALE'].includes(code)) return { wait: 'node' };
  if (/^(NODE|CHAIN)_/.test(code)) return { correct: 'node' };
  if (/^STORE_/.test(code)) return { correct: 'store' };
  // If only entries are missing, `repair` is the next step, because it restores entries and never replaces
  // one.
  if (refusal instanceof LedgerForked && !refusal.isShorter) return { call: 'controllers' };
  if (code.startsWith('OBJECT_') || code === 'LEDGER_FORKED' || code === 'BASE_INVALID')
    return { run: 'repair' };
  return { correct: 'input' };
}

const coinOfBarText = ({ issuance, coin }: TransactionFact) =>
  `${outpointText(coin)} (${issuance.reference})`;

function explainMapTrouble(trouble: Extract<Trouble, { kind: `map-${string}` }>): Explained {
  const back = 'Call the other controllers, then restore the mapping with `countersign repair`.';
  switch (trouble.kind) {
    case 'map-absent':
      return {
        code: 'OBJECT_MISSING',
        message: `${keys.mapping}: missing in the store; expected the mapping of the ledger`,
        hint: `Check that this is the right store, and that its disk is mounted. If so, someone removed the mapping. ${back}`,
        way: { run: 'repair' },
      };
    case 'map-damaged':
      return {
        ...{ code: trouble.refusal.code, message: trouble.refusal.message, way: { run: 'repair' } },
        hint: `${back} ${notChangedHint(keys.mapping)}`,
      };
    case 'map-stale':
      return {
        code: 'ROLLBACK',
        message: `${keys.mapping}: expected the current mapping of the ledger, got the older mapping ${trouble.digest} (height ${trouble.height})`,
        hint: 'Run `countersign repair` to restore the mapping of the ledger. A command ended before it published the mapping, or someone restored the older mapping.',
        way: { run: 'repair' },
      };
    case 'map-late':
      return {
        code: 'PROPOSAL_OPEN',
        message: `the proposal ${reviewCode(trouble.request)} is being published, and ${keys.mapping} is not updated yet`,
        hint: 'Run the command again in a minute. If another PC ended early, `countersign repair` writes the new mapping.',
        way: { wait: 'block' },
      };
    case 'map-replaced':
      return {
        code: 'MAPPING_INVALID',
        message: `${keys.mapping} is the mapping ${trouble.digest} (height ${trouble.height}), which is in no entry of the ledger: another tool published it`,
        hint: `Call the other controllers. \`countersign map adopt\` adds that mapping to the ledger. \`countersign repair\` keeps it in history/, and restores the mapping of the ledger. Both show the difference first.${trouble.isSending ? ' A proposal on the mapping of the ledger is sent: restore that mapping, and finish the proposal first.' : ''} Never issue a bar again if its token is on chain.`,
        way: { run: trouble.isSending ? 'repair' : 'map adopt' },
      };
  }
}

const isCoinMissing = ({ spender }: TransactionFact) => spender?.is === 'untraced' && spender.isGone;

/** Coins that do not exist, because the transactions that create them are in no block. */
function explainMissingCoins(coins: readonly TransactionFact[]): Explained {
  const one = coins.length === 1;
  const made = [...new Set(coins.map(({ coin }) => coin.txid))];
  return {
    code: 'COIN_SPENT',
    message: `the ${one ? 'coin' : 'coins'} ${coins.map(coinOfBarText).join(', ')} ${isOrAre(coins.length)} not on chain, and the node does not show ${made.length === 1 ? 'the transaction' : 'the transactions'} ${made.join(', ')}. Most likely, a reorganisation dropped ${made.length === 1 ? 'it' : 'them'}`,
    hint: `Call the other controllers. The person who sent ${made.length === 1 ? 'that transaction must send it' : 'those transactions must send them'} again, unchanged. Do not prepare ${one ? 'this asset' : 'these assets'} again. Then run \`countersign status\`.`,
    way: CALL,
  };
}

/** Coins spent by a transaction that the node does not show. */
function explainUntracedCoins(all: readonly TransactionFact[]): Explained {
  const coins = all.filter(one => !isCoinMissing(one));
  if (coins.length === 0) return explainMissingCoins(all);
  const one = coins.length === 1;
  return {
    code: 'NODE_REFUSED',
    message: `the ${one ? 'coin' : 'coins'} ${coins.map(coinOfBarText).join(', ')} ${one ? 'is' : 'are'} spent, but the node does not show the transaction that spent ${one ? 'it' : 'them'}. Most likely, the ${one ? 'token exists' : 'tokens exist'}`,
    hint: 'Do not prepare these assets again. Start the node with txindex=1 (and -reindex once), or use a node that has an index. Then run `countersign finalise` again. Without the index, a node shows no transactions of blocks.',
    way: { correct: 'node' },
  };
}

const otherSpenderOf = ({ spender }: TransactionFact) => (spender?.is === 'other' ? spender : null);
const isAnySpendUnconfirmed = (gone: readonly TransactionFact[]) =>
  gone.some(one => !otherSpenderOf(one)?.confirmed);

/**
 * Explains the trouble `dead-end`. If a transaction that spent a coin still waits for a block, it may be
 * dropped, and the proposal can then be completed. Otherwise, it can never be completed.
 */
function explainDeadEnd(
  { gone, sent }: Extract<Trouble, { kind: 'dead-end' }>,
  code: string | null,
): Explained {
  const lost = barReferences(gone);
  const coins = gone.length === 1 ? 'that coin' : 'those coins';
  const by = gone
    .map(
      one => `the coin ${coinOfBarText(one)} is spent by another transaction, ${otherSpenderOf(one)?.txid}`,
    )
    .join('; ');
  if (isAnySpendUnconfirmed(gone))
    return {
      code: 'TX_REJECTED',
      message: `the proposal ${code} cannot be completed now: ${by}. ${gone.length === 1 ? 'That transaction' : 'At least one of these transactions'} waits for a block`,
      hint: `Wait for a block, then run \`countersign status\` again. If that transaction is dropped, \`countersign finalise\` completes the proposal. ${ASK_ANOTHER_NODE}`,
      way: { wait: 'block' },
    };
  return {
    code: 'TX_REJECTED',
    message: `the proposal ${code} can never be completed: ${by}; ${joinFirstTexts(sent)} ${sent.length === 1 ? 'has its token' : 'have their tokens'} on chain or in a mempool`,
    hint: `Call the other controllers. Check with \`countersign report\` which tokens were issued from ${coins}. Use the older scripts to sign a mapping with these tokens and with ${joinFirstTexts(sent)}. When the mapping is published, abandon this proposal with \`countersign abandon\`. Add the mapping to the ledger with \`countersign map adopt\`. Then prepare ${joinFirstTexts(lost)} again, on ${lost.length === 1 ? 'another coin' : 'other coins'}.`,
    way: CALL,
  };
}

function explainRespentCoins({ gone, until }: Extract<Trouble, { kind: 'respent' }>): Explained {
  const which = gone.map(one => `${one.issuance.reference} (by ${otherSpenderOf(one)?.txid})`).join(', ');
  const then = isAnySpendUnconfirmed(gone)
    ? '. Its bars keep their coins. When a block has that transaction, rebuild'
    : ', rebuild';
  return {
    code: 'COIN_SPENT',
    message: `other transactions spent the coins of ${which}; no transaction of the proposal is on chain`,
    hint:
      until === null
        ? `Abandon the proposal with \`countersign abandon\`${then} the list with \`countersign coins scan\`, and prepare again.`
        : abandonLaterText(until),
    way: until === null ? { run: 'abandon' } : { wait: 'period' },
  };
}

function explainPeriod(trouble: Extract<Trouble, { kind: 'period' }>, code: string | null): Explained {
  const { is, height, since, until } = trouble;
  const begins = periodOf(since) * PERIOD;
  if (is === 'early')
    return {
      code: 'NODE_SYNCING',
      message: `height: the request was computed for block ${since}, in the period that begins with block ${begins}; the node is at block ${height}`,
      hint: `Wait until the node has block ${begins}, then run the command again.`,
      way: { wait: 'node' },
    };
  if (is === 'over')
    return {
      code: 'PERIOD_ENDING',
      message: `height: the request was computed for block ${since}; its period ended before block ${height}`,
      hint: 'Abandon the proposal with `countersign abandon`, then prepare it again. The amounts of tokens have changed.',
      way: { run: 'abandon' },
    };
  const left = blocksLeft(height);
  return {
    code: 'PERIOD_ENDING',
    message: tooFewBlocksText(left, height),
    hint: `${until === null ? 'Abandon' : `From block ${until} on, abandon`} the proposal ${code ?? ''} with \`countersign abandon\`. Prepare its assets again in the next period, which begins with block ${firstBlockOfNextPeriod(since)}. ${AMOUNTS_CHANGE}`,
    way: until === null ? { run: 'abandon' } : { wait: 'period' },
  };
}

/** @param headers number of blocks whose headers the node has */
export const synchronisingText = (height: number, headers: number): string =>
  `The node is synchronising: it has block ${height} of ${headers}. The chain data here is as of block ${height}.`;

/** @param code review code of the current proposal */
export function explainTrouble(trouble: Trouble, code: string | null): Explained {
  switch (trouble.kind) {
    case 'node':
    case 'tip':
      return addWayToRefusal(trouble.refusal, wayAfterRefusal(trouble.refusal));
    case 'mapping-lost':
      return addWayToRefusal(trouble.refusal, CALL);
    case 'map-absent':
    case 'map-damaged':
    case 'map-stale':
    case 'map-late':
    case 'map-replaced':
      return explainMapTrouble(trouble);
    case 'missing':
      return explainMissingPublications(trouble.publications);
    case 'missing-adopted':
      return explainMissingAdoptedTokens(trouble.tokens);
    case 'unmapped':
      return explainUnmappedTokens(trouble.tokens);
    case 'stray':
      return explainClosedOnChain(trouble);
    case 'untraced':
      return explainUntracedCoins(trouble.coins);
    case 'dead-end':
      return explainDeadEnd(trouble, code);
    case 'respent':
      return explainRespentCoins(trouble);
    case 'evidence':
      return explainEvidence(trouble);
    case 'period':
      return explainPeriod(trouble, code);
    case 'older-proposal':
      return {
        code: 'PROPOSAL_OPEN',
        message: `${keys.olderMapping} and ${keys.olderTransactions} have a proposal of another tool for ${joinFirstTexts([...trouble.bars.keys()])}, signed by ${controllersText(trouble.signers)}`,
        hint: `Finish that proposal with the older confirmer. ${DROP_OLDER} Its coins and bars are reserved until then.`,
        way: CALL,
      };
    case 'behind':
      return {
        code: 'OBJECT_INVALID',
        message: `${trouble.keys.join(', ')}: the content differs from the ledger`,
        hint: 'Run `countersign repair`. It shows each object and corrects it. Older tools read these objects.',
        way: { run: 'repair' },
      };
    case 'damaged-signatures': {
      const [first] = trouble.refusals;
      const messages = trouble.refusals.map(({ message }) => message).join('; ');
      return {
        code: first?.code ?? 'OBJECT_INVALID',
        message: `${messages}. These signatures do not count`,
        hint: first?.hint ?? '',
        way: { run: 'submit' },
      };
    }
  }
}

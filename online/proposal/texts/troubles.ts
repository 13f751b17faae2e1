/** Messages about troubles: the same in `status` and in a command's refusal. */
import type { Refusal } from '../../../shared/errors.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import { blocksLeft, PERIOD, periodEnd, periodOf } from '../../../shared/schedule.ts';
import { outpoint } from '../../ledger/coins.ts';
import { keys } from '../../ledger/objects.ts';
import { counted, isAre, listed, sayControllers } from '../../platform/text/words.ts';
import type { TransactionFact } from '../facts/facts.ts';
import type { Way } from '../refusals.ts';
import { BLOCKS_NEEDED, type Trouble } from '../situation/trouble.ts';
import { explainEvidence } from './burns.ts';
import { ASK_ANOTHER_NODE, abandonLaterText, CALL, type Explained, references } from './explained.ts';
import { missingAdoptedText, missingText, strayText, unmappedText } from './tokens.ts';

export function explainRefusal({ code, message, hint }: Refusal, way: Way): Explained {
  return { code, message, hint, way };
}

/** For a refusal below the protocol: whether waiting helps, or a person has to act, by its code. */
export function wayOf({ code }: Refusal): Way {
  if (['NODE_UNREACHABLE', 'NODE_SYNCING', 'TIP_STALE'].includes(code)) return { wait: 'node' };
  if (/^(NODE|CHAIN)_/.test(code)) return { correct: 'node' };
  if (/^STORE_/.test(code)) return { correct: 'store' };
  if (code.startsWith('OBJECT_') || code === 'LEDGER_FORKED' || code === 'BASE_INVALID')
    return { run: 'repair' };
  return { correct: 'input' };
}

const named = ({ issuance, coin }: TransactionFact) => `${outpoint(coin)} (${issuance.reference})`;

function mapText(trouble: Extract<Trouble, { kind: `map-${string}` }>): Explained {
  const back = 'Call the other controllers, then put it back with `countersign repair`.';
  switch (trouble.kind) {
    case 'map-absent':
      return {
        code: 'OBJECT_MISSING',
        message: `${keys.mapping}: expected the ledger's mapping, the store has none`,
        hint: `Is this the right store, and is its disk mounted? If it is, someone removed it. ${back}`,
        way: { run: 'repair' },
      };
    case 'map-damaged':
      return {
        ...{ code: trouble.refusal.code, message: trouble.refusal.message, way: { run: 'repair' } },
        hint: `The object ${keys.mapping} was left as it is. ${back}`,
      };
    case 'map-stale':
      return {
        code: 'ROLLBACK',
        message: `${keys.mapping} is the older mapping ${trouble.digest} of height ${trouble.height}; the ledger has a newer one`,
        hint: 'A command that publishes ended early, or someone put the older one back. Run `countersign repair`, which puts back the one that the ledger names.',
        way: { run: 'repair' },
      };
    case 'map-late':
      return {
        code: 'PROPOSAL_OPEN',
        message: `the proposal ${reviewCode(trouble.request)} is being published: ${keys.mapping} follows the ledger in a moment`,
        hint: 'Run the command again in a minute. If another PC ended early, `countersign repair` writes the new mapping.',
        way: { wait: 'block' },
      };
    case 'map-replaced':
      return {
        code: 'MAPPING_INVALID',
        message: `${keys.mapping} is now the mapping ${trouble.digest} of height ${trouble.height}, which is in no entry of the ledger: another tool published it`,
        hint: `Call the other controllers. Either \`countersign map adopt\` takes it into the ledger, or \`countersign repair\` keeps it in history/ and puts back the mapping of the ledger; both show the difference first.${trouble.isSending ? ' A proposal on the mapping of the ledger is sent: put that mapping back, and finish the proposal first.' : ''} Never issue a bar again whose token is on chain.`,
        way: { run: trouble.isSending ? 'repair' : 'map adopt' },
      };
  }
}

const isGone = ({ spender }: TransactionFact) => spender?.is === 'untraced' && spender.isGone;

/** Coins that do not exist, because the transactions that create them are in no block. */
function goneText(coins: readonly TransactionFact[]): Explained {
  const one = coins.length === 1;
  const made = [...new Set(coins.map(({ coin }) => coin.txid))];
  return {
    code: 'COIN_SPENT',
    message: `the ${one ? 'coin' : 'coins'} ${coins.map(named).join(', ')} ${isAre(coins.length)} not on chain: the node shows no transaction ${made.join(', ')}, which a reorganisation dropped, most likely`,
    hint: `Call the other controllers: whoever sent ${made.length === 1 ? 'that transaction' : 'those transactions'} sends the same again. Do not prepare ${one ? 'this asset' : 'these assets'} again. Then run \`countersign status\`.`,
    way: CALL,
  };
}

/** Coins spent by a transaction that the node does not show. */
function untracedText(all: readonly TransactionFact[]): Explained {
  const coins = all.filter(one => !isGone(one));
  if (coins.length === 0) return goneText(all);
  const one = coins.length === 1;
  return {
    code: 'NODE_REFUSED',
    message: `the ${one ? 'coin' : 'coins'} ${coins.map(named).join(', ')} ${one ? 'is' : 'are'} spent, and the node shows no transaction that spent ${one ? 'it' : 'them'}: the ${one ? 'token exists' : 'tokens exist'}, most likely`,
    hint: 'Do not prepare these assets again. Start the node with txindex=1 (and -reindex once), without which it shows no transaction of a block, or use one that has it; then run `countersign finalise` again.',
    way: { correct: 'node' },
  };
}

const spenderOf = ({ spender }: TransactionFact) => (spender?.is === 'other' ? spender : null);
const isUndecided = (gone: readonly TransactionFact[]) => gone.some(one => !spenderOf(one)?.confirmed);

/** One part of the request is on chain, and the rest can never follow. */
function deadEndText({ gone, sent }: Extract<Trouble, { kind: 'dead-end' }>, code: string | null): Explained {
  const lost = references(gone);
  const coins = gone.length === 1 ? 'that coin' : 'those coins';
  const by = gone
    .map(one => `the coin ${named(one)} is spent by another transaction, ${spenderOf(one)?.txid}`)
    .join('; ');
  if (isUndecided(gone))
    return {
      code: 'TX_REJECTED',
      message: `the proposal ${code} cannot be completed now: ${by}, which waits for a block`,
      hint: `Wait for a block, then run \`countersign status\` again. If that transaction is dropped, \`countersign finalise\` completes the proposal. ${ASK_ANOTHER_NODE}`,
      way: { wait: 'block' },
    };
  return {
    code: 'TX_REJECTED',
    message: `the proposal ${code} can never be completed: ${by}; ${listed(sent)} ${sent.length === 1 ? 'has its token' : 'have their tokens'} on chain or on the way`,
    hint: `Call the other controllers. Look with \`countersign report\` what was issued from ${coins}, and sign a mapping that holds ${listed(sent)} and that, with the older scripts. Once it is published, abandon this proposal with \`countersign abandon\`, take the mapping into the ledger with \`countersign map adopt\`, and prepare ${listed(lost)} again, which ${lost.length === 1 ? 'goes on another coin' : 'go on other coins'}.`,
    way: CALL,
  };
}

function respentText({ gone, until }: Extract<Trouble, { kind: 'respent' }>): Explained {
  const which = gone.map(one => `${one.issuance.reference} by ${spenderOf(one)?.txid}`).join(', ');
  const then = isUndecided(gone)
    ? ': its bars stay on their coins. Then, once a block has that transaction, rebuild'
    : ', rebuild';
  return {
    code: 'COIN_SPENT',
    message: `other transactions spent the coins of ${which}; nothing of the proposal is on chain`,
    hint:
      until === null
        ? `Abandon it with \`countersign abandon\`${then} the list with \`countersign coins scan\`, and prepare again.`
        : `${abandonLaterText(until)}, and prepare again.`,
    way: until === null ? { run: 'abandon' } : { wait: 'period' },
  };
}

function periodText(trouble: Extract<Trouble, { kind: 'period' }>, code: string | null): Explained {
  const { is, height, since, until } = trouble;
  const begins = periodOf(since) * PERIOD;
  if (is === 'early')
    return {
      code: 'NODE_SYNCING',
      message: `height: the request was computed for block ${since}, in the period that begins with block ${begins}; the node is at block ${height}`,
      hint: 'Wait until the node has that block, and run the command again.',
      way: { wait: 'node' },
    };
  const change = 'the amounts of tokens change with it';
  if (is === 'over')
    return {
      code: 'PERIOD_ENDING',
      message: `height: the request was computed for block ${since}, its period ended before block ${height}`,
      hint: 'Abandon the proposal with `countersign abandon`, and prepare it again: the amounts of tokens have changed.',
      way: { run: 'abandon' },
    };
  const left = blocksLeft(height);
  return {
    code: 'PERIOD_ENDING',
    message: `height: ${counted(left, 'block')} of the period ${isAre(left)} left at block ${height}, at least ${BLOCKS_NEEDED} are needed`,
    hint: `${until === null ? 'Abandon' : `From block ${until} on, abandon`} the proposal ${code ?? ''} with \`countersign abandon\`; in the next period, which begins with block ${periodEnd(since)}, prepare its assets again: ${change}.`,
    way: until === null ? { run: 'abandon' } : { wait: 'period' },
  };
}

/** @param code review code of the current proposal */
export function explainTrouble(trouble: Trouble, code: string | null): Explained {
  switch (trouble.kind) {
    case 'node':
    case 'tip':
      return explainRefusal(trouble.refusal, wayOf(trouble.refusal));
    case 'mapping-lost':
      return explainRefusal(trouble.refusal, CALL);
    case 'map-absent':
    case 'map-damaged':
    case 'map-stale':
    case 'map-late':
    case 'map-replaced':
      return mapText(trouble);
    case 'missing':
      return missingText(trouble.publications);
    case 'missing-adopted':
      return missingAdoptedText(trouble.tokens);
    case 'unmapped':
      return unmappedText(trouble.tokens);
    case 'stray':
      return strayText(trouble);
    case 'untraced':
      return untracedText(trouble.coins);
    case 'dead-end':
      return deadEndText(trouble, code);
    case 'respent':
      return respentText(trouble);
    case 'evidence':
      return explainEvidence(trouble);
    case 'period':
      return periodText(trouble, code);
    case 'older-proposal':
      return {
        code: 'PROPOSAL_OPEN',
        message: `${keys.olderMapping} and ${keys.olderTransactions} hold a proposal of another tool, of ${listed([...trouble.bars.keys()])}, signed by ${sayControllers(trouble.signers)}`,
        hint: 'Finish it with the older confirmer, or agree with the other controllers to drop it: then `countersign repair --over-older` replaces it. Its coins and bars are reserved until then.',
        way: CALL,
      };
    case 'behind':
      return {
        code: 'OBJECT_INVALID',
        message: `${trouble.keys.join(', ')}: not as the ledger says`,
        hint: 'Run `countersign repair`, which shows each and puts it right. Older tools read these objects.',
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

/** Messages about burnt tokens, also for a command that waits for their confirmations. */
import { formatAmount } from '../../../shared/amount.ts';
import { type Code, printableText } from '../../../shared/errors.ts';
import { periodOf } from '../../../shared/token-schedule.ts';
import { countText } from '../../platform/text/words.ts';
import type { BurnProblem, NoBurn } from '../facts/burns.ts';
import type { EvidenceTrouble } from '../plan/evidence.ts';
import type { RefusedData, Way } from '../refusals.ts';
import { type Explained, proposalNameText } from './explanation.ts';

export type BurnData = Extract<RefusedData, { kind: 'burn' | 'burn-sum' | 'burnt-other' | 'outstanding' }>;

type Of<K extends BurnData['kind']> = Extract<BurnData, { kind: K }>;

interface Said {
  code: Code;
  what: string;
  hint: string;
  way?: Way;
}

const NAME_ONE = 'Name the burnt output as TXID:VOUT.';
const HIDDEN: Pick<Said, 'hint' | 'way'> = {
  hint: 'Start the node with txindex=1 (and -reindex once), or use a node that has an index.',
  way: { correct: 'node' },
};

function noBurnExplanation(problem: NoBurn): Said {
  const code = 'BURN_INVALID';
  switch (problem.is) {
    case 'unknown':
      return problem.hasIndex
        ? {
            code,
            what: 'the node does not know this transaction',
            hint: 'Check the transaction id with the holder.',
          }
        : {
            code,
            what: 'the node does not show this transaction, and it has no index of transactions',
            ...HIDDEN,
          };
    case 'unreadable':
      return {
        ...{
          code,
          what: 'expected explicit asset and value and no witness, got a transaction of another form',
        },
        hint: 'Name an output whose asset and value are readable. Other outputs do not count as burnt.',
      };
    case 'no-output':
      return {
        code,
        what: `this output does not exist; the transaction has ${countText(problem.outputs, 'output')}`,
        hint: NAME_ONE,
      };
    case 'not-burnt':
      return {
        ...{
          code,
          what: `expected a value and an output script that begins with 6a, got the script ${problem.script || 'of a fee'}`,
        },
        hint: 'Name the transaction that burns the tokens. The tokens of this output are not burnt: they can be spent, or are only frozen.',
      };
    case 'not-one':
      return {
        ...{ code, hint: NAME_ONE },
        what: `expected one burnt output, got outputs ${problem.vouts.join(', ')}`,
      };
    case 'none-burnt':
      return problem.freezes
        ? {
            ...{ code, what: 'this transaction freezes tokens and burns no tokens' },
            hint: 'Ask the holder for the later transactions that burn the tokens. There is one for each output that this transaction freezes.',
          }
        : {
            ...{ code, what: 'this transaction has no burnt output' },
            hint: 'Check the transaction id with the holder. Name the transaction that burns the tokens.',
          };
    case 'input-unknown':
      return {
        code,
        what: `this burn spends an output of the transaction ${problem.txid}, which the node does not show`,
        ...HIDDEN,
      };
    case 'periods':
      return {
        ...{
          code: 'HEIGHT_MISMATCH',
          what: `the inputs of this burn belong to blocks of several periods: ${problem.heights.join(', ')}`,
        },
        hint: 'Leave this burn out. It cannot be counted, because the amounts of two periods differ.',
      };
  }
}

function burnExplanation(problem: BurnProblem['problem']): Said {
  switch (problem.is) {
    case 'waiting':
      return {
        ...{
          code: 'TX_WAITING',
          what: `expected ${countText(problem.needed, 'confirmation')}, got ${problem.depth}`,
        },
        ...{ hint: 'Wait for the next block, then run the command again.', way: { wait: 'block' } },
      };
    case 'other':
      return {
        ...{
          code: 'BURN_INVALID',
          what: `${problem.member}: expected ${problem.expected}, got ${problem.got}`,
        },
        hint: 'Do not sign the request: it differs from the chain. Call the other controllers.',
      };
    case 'height':
      return {
        code: 'HEIGHT_MISMATCH',
        what: `expected a redemption height in the period of block ${problem.expected} (period ${periodOf(problem.expected)}), got ${problem.got} (period ${periodOf(problem.got)})`,
        hint: 'Leave this burn out: all burns of a bar must be in one period. With burns of one period, the holder can take a lighter bar.',
      };
    case 'counted':
      return {
        ...{
          code: 'BURN_SPENT',
          what: `the request ${proposalNameText(problem.request)} already counted this burn for ${printableText(problem.bar)}`,
        },
        hint: 'Leave this burn out: each burnt output counts once.',
      };
    case 'too-many':
      return {
        code: 'BURN_COUNTED',
        what: `token ${problem.token}: expected at most ${problem.mapped} fine troy ounces (burnt and on chain together), got ${problem.found}`,
        hint: 'Compare every token with `countersign report`. The older scripts may have counted the burn, or more tokens exist than bars.',
      };
    case 'refused':
      return {
        ...{
          code: 'TX_REJECTED',
          what: `a reorganisation dropped this transaction, and the node now refuses it: ${problem.message}`,
        },
        hint: 'Call the other controllers and the holder. The tokens may have been spent instead.',
      };
    default:
      return noBurnExplanation(problem);
  }
}

/** The hint for a sum that is too small. Another burn counts only in the same period. */
function tooFewHint({ end, left, elsewhere }: Of<'burn-sum'>): string {
  if (elsewhere)
    return `Check the burn ${elsewhere.output} of ${formatAmount(elsewhere.amount)} tokens, which is named for ${printableText(elsewhere.reference)}. With this burn, the sum is right.`;
  const all = 'Name all burns of this bar.';
  const other =
    'If no burn can be added, the holder can take a lighter bar for the tokens that are burnt already, or burn the whole amount again.';
  return left > 0
    ? `${all} A further burn counts if its tokens are frozen in the same period, up to block ${end - 1} (${countText(left, 'block')} left). ${other}`
    : `${all} The period of the burns ended at block ${end}, so no further burn can be added. ${other}`;
}

function tooManyHint({ surplus }: Of<'burn-sum'>): string {
  const which = surplus
    ? `Leave out the burn ${surplus.output} of ${formatAmount(surplus.amount)} tokens: the sum is then right.`
    : 'Name only the burns of this bar.';
  return `${which} Burnt tokens cannot be issued again. A burn that you leave out can count for another bar of that mass.`;
}

function explainBurnSum(data: Of<'burn-sum'>): Explained {
  const { reference, mass, height, needed, burnt, off } = data;
  const few = off < 0n;
  const by = `${formatAmount(few ? -off : off)} too ${few ? 'few' : 'many'}`;
  return {
    code: 'AMOUNT_MISMATCH',
    message: `${reference}: burns: expected ${formatAmount(needed)} tokens for ${mass} fine troy ounces at height ${height}, got ${formatAmount(burnt)} (${by})`,
    hint: few ? tooFewHint(data) : tooManyHint(data),
    way: { correct: 'input' },
  };
}

export function explainBurn(data: BurnData): Explained {
  if (data.kind === 'burn-sum') return explainBurnSum(data);
  if (data.kind === 'outstanding')
    return {
      code: 'TOKEN_OUTSTANDING',
      message: `${data.reference}: token ${data.token}: expected no amount on chain, got ${formatAmount(data.amount)}`,
      hint: 'Remove a bar from the mapping only if its issuance was never confirmed. Otherwise, burn its tokens and redeem the bar.',
      way: { correct: 'input' },
    };
  if (data.kind === 'burnt-other')
    return {
      code: 'AMOUNT_MISMATCH',
      message: data.tokens
        .map(
          ({ token, listed, onChain }) =>
            `token ${token}: the list has ${formatAmount(listed)} burnt tokens, the named burns have ${formatAmount(onChain)} on chain`,
        )
        .join('; '),
      hint: 'Name every burn of the bar, and no other burn. If the list of the older wallet is wrong, leave the list out: the chain decides.',
      way: { correct: 'input' },
    };
  const { code, what, hint, way = { correct: 'input' } } = burnExplanation(data.problem);
  return { code, message: `${data.reference}: burn ${data.output}: ${what}`, hint, way };
}

/**
 * Explains why the chain contradicts a proposal. The advice is to send a lost burn again, to correct the
 * node, to call the controllers if the mapping is published, or otherwise to abandon the proposal.
 */
export function explainEvidence({ problem, isKept, isPublished }: EvidenceTrouble): Explained {
  const { code, message, hint, way } = explainBurn(problem);
  if (isKept)
    return {
      code,
      message: `${message}, because a reorganisation dropped the transaction`,
      hint: 'Run `countersign finalise`. The store has the transaction, and the command sends it again. The holder has nothing to do.',
      way: { run: 'finalise' },
    };
  if ('correct' in way && way.correct === 'node') return { code, message, hint, way };
  return isPublished
    ? {
        ...{ code, message, way: { call: 'controllers' } },
        hint: `${hint} The mapping that counts this burn is published, so tokens may exist that represent no bar.`,
      }
    : {
        ...{ code, message, way: { run: 'abandon' } },
        hint: `${hint} Do not sign this proposal. Abandon it with \`countersign abandon\`.`,
      };
}

/** @param depths confirmations of each burn, counting its own block */
export function burnDepthsText(depths: readonly number[], needed: number, height: number): string {
  const deep = depths.filter(depth => depth >= needed).length;
  const least = Math.min(...depths);
  const rest = deep === depths.length ? '' : `; the newest burn has ${least}`;
  return `Block ${height}: ${deep} of ${countText(depths.length, 'burn')} ${deep === 1 ? 'has' : 'have'} ${countText(needed, 'confirmation')}${rest}.`;
}

/** Messages about burnt tokens, also while waiting for them. */
import { formatAmount } from '../../../shared/amount.ts';
import { type Code, printable } from '../../../shared/errors.ts';
import { periodOf } from '../../../shared/schedule.ts';
import { counted } from '../../platform/text/words.ts';
import type { BurnProblem, NoBurn } from '../facts/burns.ts';
import type { EvidenceTrouble } from '../plan/evidence.ts';
import type { RefusedData, Way } from '../refusals.ts';
import { type Explained, nameOf } from './explained.ts';

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
  hint: 'Start the node with txindex=1 (and -reindex once), or use one that has an index.',
  way: { correct: 'node' },
};

function noBurnText(problem: NoBurn): Said {
  const code = 'BURN_INVALID';
  switch (problem.is) {
    case 'unknown':
      return problem.hasIndex
        ? {
            code,
            what: 'the node knows no such transaction',
            hint: 'Check the transaction id with the holder.',
          }
        : {
            code,
            what: 'the node shows no such transaction, and it has no index of transactions',
            ...HIDDEN,
          };
    case 'unreadable':
      return {
        ...{
          code,
          what: 'expected explicit asset and value and no witness, got a transaction of another form',
        },
        hint: 'Only an output whose asset and value everybody can read counts as burnt.',
      };
    case 'no-output':
      return {
        code,
        what: `the transaction has ${counted(problem.outputs, 'output')}, and not this one`,
        hint: NAME_ONE,
      };
    case 'not-burnt':
      return {
        ...{
          code,
          what: `expected an output script that begins with 6a and a value, got the script ${problem.script || 'of a fee'}`,
        },
        hint: 'Tokens there are not burnt: they can be spent, or are only frozen. Count the transaction that burns them.',
      };
    case 'not-one':
      return {
        ...{ code, hint: NAME_ONE },
        what: `expected one burnt output, got outputs ${problem.vouts.join(', ')}`,
      };
    case 'none-burnt':
      return problem.freezes
        ? {
            ...{ code, what: 'this transaction freezes tokens, and burns none' },
            hint: 'Ask the holder for the transactions that burn: they come after this one, one for each output that it freezes.',
          }
        : {
            ...{ code, what: 'none of its outputs is burnt' },
            hint: 'Check the transaction id with the holder: the transaction that burns the tokens counts.',
          };
    case 'input-unknown':
      return {
        code,
        what: `the node does not show the transaction ${problem.txid} that it spends`,
        ...HIDDEN,
      };
    case 'periods':
      return {
        ...{
          code: 'HEIGHT_MISMATCH',
          what: `its inputs count by blocks of several periods: ${problem.heights.join(', ')}`,
        },
        hint: 'Such a burn cannot be counted: the amounts of two periods differ.',
      };
  }
}

function burnText(problem: BurnProblem['problem']): Said {
  switch (problem.is) {
    case 'waiting':
      return {
        ...{
          code: 'TX_WAITING',
          what: `expected ${counted(problem.needed, 'block')} on it, got ${problem.depth}`,
        },
        ...{ hint: 'Wait for the next block, then run the command again.', way: { wait: 'block' } },
      };
    case 'other':
      return {
        ...{
          code: 'BURN_INVALID',
          what: `${problem.member}: expected ${problem.expected}, got ${problem.got}`,
        },
        hint: 'The request differs from the chain: do not sign it. Call the other controllers.',
      };
    case 'height':
      return {
        code: 'HEIGHT_MISMATCH',
        what: `expected a redemption height of the period of block ${problem.expected} (period ${periodOf(problem.expected)}), got ${problem.got} (period ${periodOf(problem.got)})`,
        hint: 'All burns of a bar have one period: leave this one out. With burns of one period a lighter bar can be taken.',
      };
    case 'counted':
      return {
        ...{
          code: 'BURN_SPENT',
          what: `it was counted for ${printable(problem.bar)} by the request ${nameOf(problem.request)}`,
        },
        hint: 'Each burnt output counts once: leave it out.',
      };
    case 'too-many':
      return {
        code: 'BURN_COUNTED',
        what: `token ${problem.token}: expected at most ${problem.mapped} fine troy ounces, burnt and on chain together, got ${problem.found}`,
        hint: 'The burn may have been counted by the older scripts before, or more tokens exist than bars. `countersign report` compares every token.',
      };
    case 'refused':
      return {
        ...{
          code: 'TX_REJECTED',
          what: `a reorganisation dropped it, and the node refuses it now: ${problem.message}`,
        },
        hint: 'Call the other controllers and the holder: the tokens may have been spent instead.',
      };
    default:
      return noBurnText(problem);
  }
}

/** A further burn counts only within its period. */
function tooFewHint({ end, left, elsewhere }: Of<'burn-sum'>): string {
  if (elsewhere)
    return `The burn ${elsewhere.output} of ${formatAmount(elsewhere.amount)} is named for ${printable(elsewhere.reference)}: with it the sum is right.`;
  const all = 'Name all burns of this bar.';
  const other = 'With these burns the holder can take a lighter bar, or burns the whole amount anew.';
  return left > 0
    ? `${all} A further burn counts with them if its tokens are frozen in the same period, up to block ${end - 1}: ${counted(left, 'block')} left. ${other}`
    : `${all} Their period was over at block ${end}: no further burn can be added. ${other}`;
}

function tooManyHint({ surplus }: Of<'burn-sum'>): string {
  const which = surplus
    ? `Without the burn ${surplus.output} of ${formatAmount(surplus.amount)} the sum is right.`
    : 'Name the burns of this bar and no other.';
  return `${which} Burnt tokens cannot be issued again; what is left out can count for another bar of that weight.`;
}

function explainSum(data: Of<'burn-sum'>): Explained {
  const { reference, mass, height, needed, burnt, off } = data;
  const few = off < 0n;
  const by = `${formatAmount(few ? -off : off)} too ${few ? 'few' : 'many'}`;
  return {
    code: 'AMOUNT_MISMATCH',
    message: `${reference}: burns: expected ${formatAmount(needed)} tokens for ${mass} at height ${height}, got ${formatAmount(burnt)}: ${by}`,
    hint: few ? tooFewHint(data) : tooManyHint(data),
    way: { correct: 'input' },
  };
}

export function explainBurn(data: BurnData): Explained {
  if (data.kind === 'burn-sum') return explainSum(data);
  if (data.kind === 'outstanding')
    return {
      code: 'TOKEN_OUTSTANDING',
      message: `${data.reference}: expected none of its token ${data.token} on chain, got ${formatAmount(data.amount)}`,
      hint: 'A bar is taken out of the mapping only if its issuance never confirmed. Otherwise its tokens are burnt, and the bar is redeemed.',
      way: { correct: 'input' },
    };
  if (data.kind === 'burnt-other')
    return {
      code: 'AMOUNT_MISMATCH',
      message: data.tokens
        .map(
          ({ token, listed, onChain }) =>
            `token ${token}: the list has ${formatAmount(listed)} burnt, the burns named have ${formatAmount(onChain)} on chain`,
        )
        .join('; '),
      hint: 'Name every burn of the bar and no other. If the list of the older wallet is wrong, leave it out: the chain counts.',
      way: { correct: 'input' },
    };
  const { code, what, hint, way = { correct: 'input' } } = burnText(data.problem);
  return { code, message: `${data.reference}: burn ${data.output}: ${what}`, hint, way };
}

/** Explains a proposal whose burns can be sent again, or that cannot be completed. */
export function explainEvidence({ problem, isKept, isPublished }: EvidenceTrouble): Explained {
  const { code, message, hint, way } = explainBurn(problem);
  if (isKept)
    return {
      code,
      message: `${message}: a reorganisation dropped it`,
      hint: 'Run `countersign finalise`: the store has the transaction, which is sent again. The holder need not do anything.',
      way: { run: 'finalise' },
    };
  if ('correct' in way && way.correct === 'node') return { code, message, hint, way };
  return isPublished
    ? {
        ...{ code, message, way: { call: 'controllers' } },
        hint: `${hint} The mapping that counts it is published: tokens may be out that no bar stands for.`,
      }
    : {
        ...{ code, message, way: { run: 'abandon' } },
        hint: `${hint} Sign nothing of this proposal, and abandon it with \`countersign abandon\`.`,
      };
}

/** @param depths confirmations of each burn, counting its own block */
export function burnsText(depths: readonly number[], needed: number, height: number): string {
  const deep = depths.filter(depth => depth >= needed).length;
  const least = Math.min(...depths);
  const rest = deep === depths.length ? '' : `; the newest has ${counted(least, 'block')}`;
  return `Block ${height}: ${deep} of ${counted(depths.length, 'burn')} have ${counted(needed, 'block')} on them${rest}.`;
}

/** The next step in a situation, as data: `next` prints it as a command, `status` as a sentence. Pure. */
import type { Trust } from '../../../shared/trust.ts';
import type { Way } from '../refusals.ts';
import type { Situation } from '../situation/situation.ts';
import { explainTrouble, wayAfterRefusal } from '../texts/troubles.ts';
import { firstTroubleWithAdvice } from './advice.ts';

export function nextWayOfSituation({ stage, troubles, state }: Situation, { n }: Pick<Trust, 'n'>): Way {
  if (stage.kind === 'unreadable') return wayAfterRefusal(stage.refusal);
  if (stage.kind === 'not-begun') return stage.earlierLayout ? { correct: 'store' } : { run: 'map init' };
  const first = firstTroubleWithAdvice(troubles, 'next', 'first');
  if (first) return explainTrouble(first, null).way;
  switch (stage.kind) {
    case 'broken':
      return { call: 'controllers' };
    case 'proposed':
      return { run: 'review' };
    case 'signed':
    case 'sending':
    case 'sent':
    case 'confirmed':
      return { run: stage.signed.length >= n ? 'finalise' : 'review' };
    default: {
      const other = firstTroubleWithAdvice(troubles, 'next', 'where-none-is-open');
      if (other) return explainTrouble(other, null).way;
      return { run: state?.coins.length === 0 ? 'coins scan' : 'prepare' };
    }
  }
}

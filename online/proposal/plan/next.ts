/** What a person does next where things stand as they do, as data: what `status` says in words. Pure. */
import type { Trust } from '../../../shared/trust.ts';
import type { Way } from '../refusals.ts';
import type { Situation, Trouble } from '../situation.ts';
import { explainTrouble, wayOf } from '../texts/troubles.ts';

/** Troubles that come before whatever the stage says. */
const FIRST: readonly Trouble['kind'][] = [
  'node',
  'mapping-lost',
  'map-replaced',
  'map-stale',
  'map-absent',
  'map-damaged',
  'tip',
  'untraced',
  'dead-end',
  'respent',
  'missing',
  'period',
];

export function nextWay({ stage, troubles }: Situation, { n }: Pick<Trust, 'n'>): Way {
  if (stage.kind === 'unreadable') return wayOf(stage.refusal);
  if (stage.kind === 'not-begun') return stage.earlierLayout ? { correct: 'store' } : { run: 'map init' };
  const first = troubles.find(({ kind }) => FIRST.includes(kind));
  if (first) return explainTrouble(first, null).way;
  switch (stage.kind) {
    case 'broken':
      return { call: 'controllers' };
    case 'proposed':
      return { run: 'review' };
    case 'signed':
    case 'sending':
      return { run: 'finalise' };
    case 'sent':
    case 'confirmed':
      return { run: stage.signed.length >= n ? 'finalise' : 'review' };
    default: {
      const stray = troubles.find(({ kind }) => kind === 'stray');
      return stray ? explainTrouble(stray, null).way : { run: 'prepare' };
    }
  }
}

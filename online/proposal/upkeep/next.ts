/** The command to run now, as it can be typed; null where a person has to do something else first. Pure. */
import type { Situation, StageKind, Trouble } from '../situation.ts';
import { Refused } from '../texts/refused.ts';

const OF_STAGE: Record<StageKind, string | null> = {
  unreadable: 'repair',
  'not-begun': 'map init',
  none: 'prepare',
  broken: null,
  unknown: null,
  proposed: 'review',
  signed: 'finalise',
  sending: 'finalise',
  sent: 'finalise',
  confirmed: 'finalise',
  published: 'prepare',
  closed: 'prepare',
};

/** Shown, and in nobody's way. */
const HARMLESS: readonly Trouble['kind'][] = ['damaged-signatures', 'older-proposal', 'tip'];

/** @returns for example `countersign finalise` */
export function nextCommand({ stage, troubles, state }: Situation): string | null {
  const reviewCode = 'request' in stage ? stage.request.reviewCode : null;
  for (const trouble of troubles) {
    if (HARMLESS.includes(trouble.kind)) continue;
    const { way } = new Refused({ kind: 'trouble', trouble, reviewCode });
    return 'run' in way ? `countersign ${way.run}` : null;
  }
  if (stage.kind === 'none' && state?.coins.length === 0) return 'countersign coins scan';
  const command = OF_STAGE[stage.kind];
  return command === null ? null : `countersign ${command}`;
}

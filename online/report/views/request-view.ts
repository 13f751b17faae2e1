/** What a request does, as people and programs see it: one view for each kind, chosen here and nowhere else. */
import { type Changes, kindOf } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { sumOfMasses } from '../../../shared/redemption/masses.ts';
import { counted, isAre } from '../../platform/text/words.ts';
import type { BurnFact } from '../../proposal/facts/burns.ts';
import { correctionsJson, correctionText } from './correction-view.ts';
import { issuancesJson, issuanceTable, sumOfIssued } from './issuance-view.ts';
import { redemptionsJson, redemptionText } from './redemption-view.ts';

export interface RequestView {
  /** Members of `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The bars, and what follows for the mapping; as wide as the window. */
  text(width?: number): string;
  /** Asked before anything of it is final. */
  readonly question: string;
  /** What the person then did not confirm. */
  readonly what: string;
  /** A sentence's beginning, once its mapping is published. */
  readonly done: string;
  /** Whether the amounts hold for a period alone. */
  readonly hasPeriod: boolean;
}

type Views = { [K in keyof Changes]: (derivation: Derivation, burns: readonly BurnFact[]) => RequestView };

const VIEWS: Views = {
  issuances: derivation => ({
    json: { issuances: issuancesJson(derivation) },
    text: width => issuanceTable(derivation, width),
    question: 'Send these transactions? This cannot be undone.',
    what: 'the sending',
    done: `${counted(derivation.issuances.length, 'asset')} of ${sumOfIssued(derivation)} ${isAre(derivation.issuances.length)} issued`,
    hasPeriod: true,
  }),
  redemptions: (derivation, burns) => ({
    json: { redemptions: redemptionsJson(derivation, burns) },
    text: width => redemptionText(derivation, burns, width),
    question: `Publish the mapping without ${derivation.redemptions.length === 1 ? 'this bar' : 'these bars'}? This cannot be undone.`,
    what: 'the redemption',
    done: `${counted(derivation.redemptions.length, 'bar')} of ${sumOfMasses(derivation.redemptions.map(one => one.mass))} ${isAre(derivation.redemptions.length)} redeemed`,
    hasPeriod: false,
  }),
  corrections: derivation => ({
    json: { corrections: correctionsJson(derivation), reason: derivation.request.reason },
    text: width => correctionText(derivation, width),
    question: 'Publish the corrected mapping?',
    what: 'the correction',
    done: `${counted(derivation.corrections.length, 'bar')} ${isAre(derivation.corrections.length)} corrected`,
    hasPeriod: false,
  }),
};

/** @param burns what the chain has of its burns, in their order */
export function requestView(derivation: Derivation, burns: readonly BurnFact[] = []): RequestView {
  return VIEWS[kindOf(derivation.request)](derivation, burns);
}

/** Members that `prepare` and `review` share. */
export function requestJson(
  { request: { digest, reviewCode } }: Derivation,
  { json, hasPeriod }: RequestView,
  path: string,
  blocksLeft: number,
  warnings: readonly string[],
) {
  return {
    ...{ request: path, digest, reviewCode },
    blocksLeft: hasPeriod ? blocksLeft : null,
    ...json,
    warnings,
  };
}

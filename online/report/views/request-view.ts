/** What a request does, as people and programs see it: one view for each kind, chosen here and nowhere else. */
import { type Changes, kindOf, newReference } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { printable } from '../../../shared/errors.ts';
import { sumOfMasses } from '../../../shared/redemption/masses.ts';
import { counted, isAre, listed } from '../../platform/text/words.ts';
import { BURN_CONFIRMATIONS, type BurnFact } from '../../proposal/facts/burns.ts';
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
  /** Said once its mapping is published. @param isEarlier it was published before, and nothing of it was done now */
  done(isEarlier?: boolean): string;
  /** Whether the amounts hold for a period alone. */
  readonly hasPeriod: boolean;
}

type Views = {
  [K in keyof Changes]: (derivation: Derivation, burns: readonly BurnFact[], needed: number) => RequestView;
};

const when = ({ request }: Derivation, isEarlier: boolean) =>
  isEarlier
    ? `, and the mapping was published earlier, at height ${request.height}`
    : ', and the mapping is published';
const published = (derivation: Derivation, isEarlier: boolean) =>
  `${when(derivation, isEarlier)}: ${counted(derivation.mapping.size, 'asset')}, total mass ${derivation.mapping.totalMass}.`;
/** Of a re-mapping there are more entries than bars. */
const remapped = (derivation: Derivation, isEarlier: boolean) =>
  `${when(derivation, isEarlier)}, total mass ${derivation.mapping.totalMass}.`;

const VIEWS: Views = {
  issuances: derivation => {
    const { length } = derivation.issuances;
    return {
      json: { issuances: issuancesJson(derivation) },
      text: width => issuanceTable(derivation, width),
      question: 'Send these transactions? This cannot be undone.',
      what: 'the sending',
      done: (isEarlier = false) =>
        `${counted(length, 'asset')} of ${sumOfIssued(derivation)} ${isAre(length)} issued${published(derivation, isEarlier)}`,
      hasPeriod: true,
    };
  },
  redemptions: (derivation, burns, needed) => {
    const { redemptions } = derivation;
    const { length } = redemptions;
    const names = redemptions.map(({ request }) => printable(request.reference)).join(', ');
    const mass = sumOfMasses(redemptions.map(one => one.mass));
    return {
      json: { redemptions: redemptionsJson(derivation, burns) },
      text: width => redemptionText(derivation, burns, needed, width),
      question: `Publish the mapping without ${length === 1 ? 'this bar' : 'these bars'}? This cannot be undone.`,
      what: 'the redemption',
      done: (isEarlier = false) =>
        `${names} of ${mass} ${isAre(length)} redeemed${remapped(derivation, isEarlier)} The holder may have ${names} now${isEarlier ? ', unless handed over since' : ''}.`,
      hasPeriod: false,
    };
  },
  corrections: derivation => {
    const { length } = derivation.corrections;
    const names = listed(
      derivation.request.corrections.map(
        one =>
          `${printable(one.reference)} ${newReference(one) === undefined ? 'removed' : `is ${newReference(one)}`}`,
      ),
    );
    return {
      json: { corrections: correctionsJson(derivation), reason: derivation.request.reason },
      text: width => correctionText(derivation, width),
      question: 'Publish the corrected mapping?',
      what: 'the correction',
      done: (isEarlier = false) =>
        `${counted(length, 'bar')} ${isAre(length)} corrected (${names})${remapped(derivation, isEarlier)}`,
      hasPeriod: false,
    };
  },
};

/** @param burns what the chain has of its burns, in their order @param needed blocks on each of them */
export function requestView(
  derivation: Derivation,
  burns: readonly BurnFact[] = [],
  needed = BURN_CONFIRMATIONS,
): RequestView {
  return VIEWS[kindOf(derivation.request)](derivation, burns, needed);
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

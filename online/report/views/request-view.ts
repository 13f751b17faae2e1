/** A request as text and JSON. Chooses the view for each kind of request. */
import { type Changes, correctedReference, kindOfChange } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { printableText } from '../../../shared/errors.ts';
import { sumOfMasses } from '../../../shared/redemption/mass-sums.ts';
import { countText, isOrAre, joinFirstTexts } from '../../platform/text/words.ts';
import { BURN_CONFIRMATIONS, type BurnFact } from '../../proposal/facts/burns.ts';
import { correctionsJson, correctionText } from './correction-view.ts';
import { issuancesJson, issuanceTableText, issuedMassText } from './issuance-view.ts';
import { redemptionsJson, redemptionText } from './redemption-view.ts';

export interface RequestView {
  /** Members of the output of `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The bars, and the effects on the mapping. @param width columns of the window */
  text(width?: number): string;
  /** The question before a step that cannot be undone. */
  readonly question: string;
  /** The end of the message after the answer no: what the person did not confirm. */
  readonly what: string;
  /** The message after publication. @param isEarlier true if the mapping was published before this run */
  done(isEarlier?: boolean): string;
  /** True if the amounts are valid for one period only. */
  readonly hasPeriod: boolean;
}

type Views = {
  [K in keyof Changes]: (derivation: Derivation, burns: readonly BurnFact[], needed: number) => RequestView;
};

const publishedWhenText = ({ request }: Derivation, isEarlier: boolean) =>
  isEarlier
    ? `. The mapping was published earlier, at height ${request.height}`
    : '. The mapping is published';
const publishedText = (derivation: Derivation, isEarlier: boolean) =>
  `${publishedWhenText(derivation, isEarlier)}: ${countText(derivation.mapping.size, 'asset')}, total mass ${derivation.mapping.totalMass} fine troy ounces.`;
/**
 * The text for redemptions and corrections. It omits the number of assets, because a bar can have several
 * entries after a redemption.
 */
const publishedMassText = (derivation: Derivation, isEarlier: boolean) =>
  `${publishedWhenText(derivation, isEarlier)}: total mass ${derivation.mapping.totalMass} fine troy ounces.`;

const VIEWS: Views = {
  issuances: derivation => {
    const { length } = derivation.issuances;
    return {
      json: { issuances: issuancesJson(derivation) },
      text: width => issuanceTableText(derivation, width),
      question: 'Send these transactions? This cannot be undone.',
      what: 'the sending',
      done: (isEarlier = false) =>
        `${countText(length, 'asset')} (${issuedMassText(derivation)} fine troy ounces) ${isOrAre(length)} issued${publishedText(derivation, isEarlier)}`,
      hasPeriod: true,
    };
  },
  redemptions: (derivation, burns, needed) => {
    const { redemptions } = derivation;
    const { length } = redemptions;
    const names = redemptions.map(({ request }) => printableText(request.reference)).join(', ');
    const mass = sumOfMasses(redemptions.map(one => one.mass));
    return {
      json: { redemptions: redemptionsJson(derivation, burns) },
      text: width => redemptionText(derivation, burns, needed, width),
      question: `Publish the mapping without ${length === 1 ? 'this bar' : 'these bars'}? This cannot be undone.`,
      what: 'the redemption',
      done: (isEarlier = false) =>
        `${names} (${mass} fine troy ounces) ${isOrAre(length)} redeemed${publishedMassText(derivation, isEarlier)} The holder may now receive ${names}${isEarlier ? ', unless the holder has it already' : ''}.`,
      hasPeriod: false,
    };
  },
  corrections: derivation => {
    const { length } = derivation.corrections;
    const names = joinFirstTexts(
      derivation.request.corrections.map(
        one =>
          `${printableText(one.reference)} ${correctedReference(one) === undefined ? 'removed' : `changed to ${correctedReference(one)}`}`,
      ),
    );
    return {
      json: { corrections: correctionsJson(derivation), reason: derivation.request.reason },
      text: width => correctionText(derivation, width),
      question: 'Publish the corrected mapping?',
      what: 'the correction',
      done: (isEarlier = false) =>
        `${countText(length, 'bar')} ${isOrAre(length)} corrected (${names})${publishedMassText(derivation, isEarlier)}`,
      hasPeriod: false,
    };
  },
};

/**
 * @param burns facts of the request's burns, in the order of the request
 * @param needed confirmations of each burn
 */
export function requestView(
  derivation: Derivation,
  burns: readonly BurnFact[] = [],
  needed = BURN_CONFIRMATIONS,
): RequestView {
  return VIEWS[kindOfChange(derivation.request)](derivation, burns, needed);
}

/** Members of the `--json` output that `prepare` and `review` have in common. */
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

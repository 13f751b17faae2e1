/** The review screens: the facts to sign, the checks, the warnings, and the review code at the end. */
import { kindOfChange } from '../../shared/changes.ts';
import type { Request } from '../../shared/request.ts';
import type { Assessment } from '../assessment.ts';
import { endorsersText } from '../endorsement.ts';
import { listText, utcTimeText } from '../text-layout.ts';
import { correctionLines, correctionView } from './correction.ts';
import { issuanceLines, issuanceView } from './issuance.ts';
import { redemptionLines, redemptionView } from './redemption.ts';
import { bulletLines, factLines, RULE, screenWithCode, type View, warningLines } from './screen-parts.ts';

function viewOfChanges({ derivation, trust }: Assessment): View {
  switch (kindOfChange(derivation.request)) {
    case 'issuances':
      return issuanceView(derivation, trust);
    case 'redemptions':
      return redemptionView(derivation);
    case 'corrections':
      return correctionView(derivation);
  }
}

export const NOT_CHECKED = 'Not checked by this device';

export function reviewScreen(assessment: Assessment): string {
  const { trust, controller, endorsedBy, base, derivation, checked, warnings } = assessment;
  const { request, mapping } = derivation;
  const before = base.mapping;
  const view = viewOfChanges(assessment);
  const compare = (name: string, a: unknown, b: unknown) => `  ${name.padEnd(13)} ${String(a).padEnd(24)}${b}`;
  const signers = base.signers.length > 0 ? `signed by controllers ${listText(base.signers)}` : 'unsigned';
  return screenWithCode(`${view.kind} on ${trust.network.name}`, request.reviewCode, [
    ...view.lead,
    ...factLines('Signed by', endorsersText(endorsedBy, controller, trust)),
    ...factLines('Request', request.digest),
    ...factLines('Controllers', `${trust.n} of ${trust.m} must sign; this device is controller ${controller}`),
    ...factLines('Profile', trust.reviewCode),
    ...factLines('Base mapping', before.digest),
    ...factLines('', `${signers}; ${base.origin}`),
    compare('', 'before', 'after'),
    compare(view.entries, before.size, mapping.size),
    compare('Total mass', before.totalMass, `${mapping.totalMass} fine troy ounces`),
    compare('Height', before.height, `${mapping.height}${view.atHeight}`),
    compare('Time', utcTimeText(before.time), utcTimeText(mapping.time)),
    '',
    ...view.summary,
    '',
    ...view.changes,
    RULE,
    'Checked by this device',
    ...bulletLines(checked, '-'),
    ...(view.unknown.length > 0 ? ['', NOT_CHECKED, ...bulletLines(view.unknown, '?')] : []),
    ...warningLines(warnings),
    RULE,
    ...view.summary,
  ]);
}

/** The screen of a refused request. None of its claims was checked. */
export function refusedRequestScreen(request: Request): string {
  const { digest, network, trust, base, height, time, issuances, redemptions, corrections, reason, reviewCode } =
    request;
  return screenWithCode('NOT CHECKED: claims of the request', reviewCode, [
    ...(reason === undefined ? [] : factLines('Reason', reason)),
    ...factLines('Request', digest),
    ...factLines('Network', network),
    ...factLines('Profile', trust),
    ...factLines('Base mapping', base.mapping),
    ...factLines('Height, time', `${height}, ${utcTimeText(time)}`),
    '',
    ...issuances.flatMap((issuance, i) => issuanceLines(issuance, i)),
    ...redemptions.flatMap((redemption, i) => redemptionLines(redemption, i)),
    ...corrections.flatMap((correction, i) => correctionLines(correction, i)),
  ]);
}

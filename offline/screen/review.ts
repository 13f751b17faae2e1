/** The review screens: the facts to sign, the checks, the warnings, and the review code at the end. */
import { kindOf } from '../../shared/changes.ts';
import type { Request } from '../../shared/request.ts';
import type { Assessment } from '../assess.ts';
import { endorsedText } from '../endorsement.ts';
import { listed, utc } from '../text.ts';
import { correctionLines, correctionView } from './correction.ts';
import { issuanceLines, issuanceView } from './issuance.ts';
import { bullets, fact, RULE, screen, type View, warningLines } from './parts.ts';
import { redemptionLines, redemptionView } from './redemption.ts';

function viewOf({ derivation, trust }: Assessment): View {
  switch (kindOf(derivation.request)) {
    case 'issuances':
      return issuanceView(derivation, trust);
    case 'redemptions':
      return redemptionView(derivation);
    case 'corrections':
      return correctionView(derivation);
  }
}

export function reviewScreen(assessment: Assessment): string {
  const { trust, controller, endorsedBy, base, derivation, checked, warnings } = assessment;
  const { request, mapping } = derivation;
  const before = base.mapping;
  const view = viewOf(assessment);
  const compare = (name: string, a: unknown, b: unknown) => `  ${name.padEnd(13)} ${String(a).padEnd(24)}${b}`;
  const signers = base.signers.length > 0 ? `signed by controllers ${listed(base.signers)}` : 'unsigned';
  return screen(`${view.kind} on ${trust.network.name}`, request.reviewCode, [
    ...view.lead,
    ...fact('Signed by', endorsedText(endorsedBy, controller, trust)),
    ...fact('Request', request.digest),
    ...fact('Controllers', `${trust.n} of ${trust.m} must sign; this device is controller ${controller}`),
    ...fact('Profile', trust.reviewCode),
    ...fact('Base mapping', before.digest),
    ...fact('', `${signers}; ${base.origin}`),
    compare('', 'before', 'after'),
    compare(view.entries, before.size, mapping.size),
    compare('Total mass', before.totalMass, `${mapping.totalMass} fine troy ounces`),
    compare('Height', before.height, `${mapping.height}${view.atHeight}`),
    compare('Time', utc(before.time), utc(mapping.time)),
    '',
    ...view.summary,
    '',
    ...view.changes,
    RULE,
    'Checked by this device',
    ...bullets(checked, '-'),
    ...(view.unknown.length > 0 ? ['', 'Not checked by this device', ...bullets(view.unknown, '?')] : []),
    ...warningLines(warnings),
    RULE,
    ...view.summary,
  ]);
}

/** The claims of a refused request, none of them checked. */
export function claimScreen(request: Request): string {
  const { digest, network, trust, base, height, time, issuances, redemptions, corrections, reason, reviewCode } =
    request;
  return screen('NOT CHECKED: claims of the request', reviewCode, [
    ...(reason === undefined ? [] : fact('Reason', reason)),
    ...fact('Request', digest),
    ...fact('Network', network),
    ...fact('Profile', trust),
    ...fact('Base mapping', base.mapping),
    ...fact('Height, time', `${height}, ${utc(time)}`),
    '',
    ...issuances.flatMap((issuance, i) => issuanceLines(issuance, i)),
    ...redemptions.flatMap((redemption, i) => redemptionLines(redemption, i)),
    ...corrections.flatMap((correction, i) => correctionLines(correction, i)),
  ]);
}

/** Messages about bars of redemptions and corrections that the mapping lacks, or already has. */
import { printableText, valueText } from '../../../shared/errors.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import type { GoneBar } from '../../ledger/gone-bars.ts';
import { joinFirstTexts } from '../../platform/text/words.ts';
import type { RefusedData } from '../refusals.ts';
import type { Explained } from './explanation.ts';

export type BarData = Extract<RefusedData, { kind: 'bar-unknown' | 'name-taken' }>;

/** How a request removed or renamed the bar. */
export function barGoneText({ request, by, now }: GoneBar): string {
  const code = reviewCode(request);
  if (by === 'redemption') return `the request ${code} redeemed this bar`;
  return now === null
    ? `the correction ${code} removed this bar from the mapping`
    : `the correction ${code} changed this bar to ${printableText(now)}`;
}

/** Empty if there are no suggestions. */
export const nearBarsText = (near: readonly string[]): string =>
  near.length === 0 ? '' : `The mapping has ${joinFirstTexts(near.map(printableText))}.`;

const LOOK = 'Write the reference exactly as in the mapping. `countersign map show --find SERIAL` shows it.';

function explainUnknownBar({ reference, near, gone }: Extract<BarData, { kind: 'bar-unknown' }>): Explained {
  const code = 'ASSET_UNKNOWN';
  const way = { correct: 'input' } as const;
  if (!gone)
    return {
      ...{ code, way, message: `the mapping has no bar ${valueText(reference)}` },
      hint: near.length === 0 ? LOOK : `${nearBarsText(near)} ${LOOK}`,
    };
  const name = gone.now === null ? '' : printableText(gone.now);
  return {
    ...{ code, way, message: `the mapping has no bar ${valueText(reference)}: ${barGoneText(gone)}` },
    hint:
      name === ''
        ? 'Leave this bar out: it is no longer in the mapping. `countersign map show` shows the bars of the mapping.'
        : `Write ${name}.`,
  };
}

export function explainBar(data: BarData): Explained {
  if (data.kind === 'bar-unknown') return explainUnknownBar(data);
  const { reference, to, isExchanged } = data;
  return {
    ...{ code: 'DUPLICATE_ASSET', way: { correct: 'input' } },
    message: isExchanged
      ? `the mapping already has the new reference ${printableText(to)}, and lacks the old reference ${valueText(reference)}`
      : `${printableText(reference)}: the mapping already has the new reference ${printableText(to)}`,
    hint: isExchanged
      ? 'Check whether the columns are exchanged. `reference` is the reference in the mapping, and `to` is the right reference.'
      : 'Correct the column `to`: two bars cannot have the same reference. If both entries are the same bar, call the other controllers.',
  };
}

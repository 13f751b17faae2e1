/** Messages about bars of redemptions and corrections that the mapping lacks, or already has. */
import { printable, shown } from '../../../shared/errors.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import type { Gone } from '../../ledger/gone.ts';
import { listed } from '../../platform/text/words.ts';
import type { RefusedData } from '../refusals.ts';
import type { Explained } from './explained.ts';

export type BarData = Extract<RefusedData, { kind: 'bar-unknown' | 'name-taken' }>;

/** For a bar whose current name is known. */
export function goneText({ request, by, now }: Gone): string {
  const code = reviewCode(request);
  if (by === 'redemption') return `it was redeemed by the request ${code}`;
  return now === null
    ? `the correction ${code} took it out of the mapping`
    : `since the correction ${code} it is ${printable(now)}`;
}

/** '' if there are no suggestions. */
export const nearText = (near: readonly string[]): string =>
  near.length === 0 ? '' : `It has ${listed(near.map(printable))}.`;

const LOOK = 'Write the reference as the mapping has it; `countersign map show --find SERIAL` shows it.';

function unknown({ reference, near, gone }: Extract<BarData, { kind: 'bar-unknown' }>): Explained {
  const code = 'ASSET_UNKNOWN';
  const way = { correct: 'input' } as const;
  if (!gone)
    return {
      ...{ code, way, message: `the mapping has no bar ${shown(reference)}` },
      hint: near.length === 0 ? LOOK : `${nearText(near)} ${LOOK}`,
    };
  const name = gone.now === null ? '' : printable(gone.now);
  return {
    ...{ code, way, message: `the mapping has no bar ${shown(reference)}: ${goneText(gone)}` },
    hint:
      name === ''
        ? 'Nothing is left to do for it. `countersign map show` shows the bars of the mapping.'
        : `Write ${name}.`,
  };
}

export function explainBar(data: BarData): Explained {
  if (data.kind === 'bar-unknown') return unknown(data);
  const { reference, to, isExchanged } = data;
  return {
    ...{ code: 'DUPLICATE_ASSET', way: { correct: 'input' } },
    message: isExchanged
      ? `the mapping has ${printable(to)}, the new reference, and lacks ${shown(reference)}, the one to be corrected`
      : `${printable(reference)}: the mapping has the new reference already: ${printable(to)}`,
    hint: isExchanged
      ? 'The columns may be exchanged: `reference` is the bar as the mapping has it, `to` the right reference.'
      : 'No two bars have one reference: correct the column `to`. If both are one bar, call the other controllers.',
  };
}

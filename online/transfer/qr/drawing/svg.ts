/** A QR code as SVG, for printed pages. */
import { QUIET_ZONE } from '../../../../shared/qr/code-capacity.ts';
import { drawCode, type Matrix } from './matrix.ts';

/** @param label description for people who cannot see the code; plain text without markup */
export function svgOfCode({ size, data }: Matrix, label: string): string {
  const dark: string[] = [];
  data.forEach((module, i) => {
    if (module === 1) dark.push(`M${QUIET_ZONE + (i % size)} ${QUIET_ZONE + Math.floor(i / size)}h1v1h-1z`);
  });
  const side = size + 2 * QUIET_ZONE;
  return `<svg viewBox="0 0 ${side} ${side}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path fill="#000" d="${dark.join('')}"/></svg>`;
}

/** A review code of 19 characters fits in version 1. */
export const reviewCodeSvg = (code: string): string => svgOfCode(drawCode(code, 1), `QR code: ${code}`);

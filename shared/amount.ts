/**
 * Amounts: decimal text in files and messages, `bigint` atoms (10^-8) in code. An amount with too many decimals is
 * refused, not rounded.
 */
import { checkThat, valueText } from './errors.ts';

export const ATOMS_PER_UNIT = 100_000_000n;
/** Largest amount of a transaction: a signed 64-bit number of atoms. */
const MAX_ATOMS = 2n ** 63n - 1n;

const DECIMAL = /^(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,8}))?$/;

/**
 * @param text the amount as decimal text, such as `"5000.00000000"`
 * @param decimals how many digits may follow the point, at most 8
 * @returns atoms
 * @throws Refusal FIELD_INVALID, naming `path`
 */
export function parseAmount(text: string, path: string, decimals = 8): bigint {
  const match = DECIMAL.exec(text);
  const fraction = match?.[2] ?? '';
  const hint = 'Write digits and at most one point, for example 389.142.';
  const expected = `expected a decimal number with at most ${decimals} decimals, got ${valueText(text)}`;
  checkThat(match && fraction.length <= decimals, 'FIELD_INVALID', `${path}: ${expected}`, hint);
  const atoms = BigInt(match[1] as string) * ATOMS_PER_UNIT + BigInt(fraction.padEnd(8, '0'));
  const most = `expected at most ${formatAmount(MAX_ATOMS)}, got ${valueText(text)}`;
  checkThat(atoms <= MAX_ATOMS, 'FIELD_INVALID', `${path}: ${most}`, hint);
  return atoms;
}

/** Atoms as decimal text with 8 decimals, as the node prints amounts. */
export const formatAmount = (atoms: bigint): string =>
  `${atoms / ATOMS_PER_UNIT}.${(atoms % ATOMS_PER_UNIT).toString().padStart(8, '0')}`;

/** Atoms as decimal text with at least `decimals` digits after the point. Other trailing zeros are removed. */
export function formatDecimal(atoms: bigint, decimals = 0): string {
  const [whole, fraction] = formatAmount(atoms).split('.') as [string, string];
  const kept = fraction.replace(/0+$/, '').padEnd(decimals, '0');
  return kept === '' ? whole : `${whole}.${kept}`;
}

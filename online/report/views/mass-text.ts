/** Formats masses in tables for people. JSON and CSV keep the mapping's text. */

/** Largest float error in fine troy ounces. It is smaller than any mass that older tools re-mapped. */
const TAIL = 1e-6;

/** The mass, rounded to 3 decimals if all further digits are float errors; otherwise unchanged. */
export function massText(mass: string): string {
  const isLong = /\.[0-9]{4,}$|e-/i.test(mass);
  const rounded = Number(mass).toFixed(3);
  if (!isLong || Math.abs(Number(mass) - Number(rounded)) > TAIL) return mass;
  return rounded.replace(/\.?0+$/, '').replace(/^-0$/, '0');
}

/** A remark for a table with rounded masses; '' if no mass is rounded. */
export const roundedMassesRemark = (masses: Iterable<string>): string =>
  [...masses].some(mass => massText(mass) !== mass)
    ? 'Masses with float errors are rounded to 3 decimals here. The mapping, JSON and CSV have the exact numbers.\n'
    : '';

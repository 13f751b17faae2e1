/** Masses in tables for people. JSON and CSV have them as the mapping does. */

/** Fine troy ounces: what doubles leave behind 3 decimals is far below, what older tools re-mapped is far above. */
const TAIL = 1e-6;

/** Rounded to 3 decimals where everything behind them is a float's tail; else as it is. */
export function massText(mass: string): string {
  const isLong = /\.[0-9]{4,}$|e-/i.test(mass);
  const rounded = Number(mass).toFixed(3);
  if (!isLong || Math.abs(Number(mass) - Number(rounded)) > TAIL) return mass;
  return rounded.replace(/\.?0+$/, '').replace(/^-0$/, '0');
}

/** A line where a table has rounded masses; '' where it has none. */
export const roundedText = (masses: Iterable<string>): string =>
  [...masses].some(mass => massText(mass) !== mass)
    ? 'Masses with the tail of a float are rounded to 3 decimals here; the mapping, JSON and CSV have the exact numbers.\n'
    : '';

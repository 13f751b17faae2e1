/** Text tables: a header, a rule, and columns as wide as their content. Nothing is cut. */

export interface Column {
  title: string;
  /** True for a column of numbers, which is aligned to the right. */
  right?: boolean;
}

const GAP = 2;
const INDENT = '    ';

/**
 * @param width columns of the window. Cells that do not fit are printed below the row, with their titles
 * @example tableText([{ title: 'no.', right: true }, { title: 'asset id' }], [['1', 'ab12...']], world.stdout.columns);
 */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const widths = columns.map((column, i) => {
    let most = column.title.length;
    for (const row of rows) most = Math.max(most, (row[i] as string).length);
    return most;
  });
  // The first column is always in the row, because it identifies the row.
  let fitting = columns.length;
  const total = () => widths.slice(0, fitting).reduce((sum, w) => sum + w + GAP, -GAP);
  while (fitting > 1 && total() > width) fitting--;
  const line = (cells: readonly string[]) =>
    cells
      .slice(0, fitting)
      .map((cell, i) =>
        columns[i]?.right ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number),
      )
      .join(' '.repeat(GAP))
      .trimEnd();
  const below = columns.slice(fitting);
  const titles = Math.max(0, ...below.map(({ title }) => title.length));
  const rest = (row: readonly string[]) =>
    below.flatMap(({ title }, i) => {
      const cell = row[fitting + i] as string;
      return cell === '' ? [] : [`${INDENT}${title.padEnd(titles)}  ${cell}`];
    });
  const out = [line(columns.map(c => c.title)), line(widths.map(w => '-'.repeat(w)))];
  for (const row of rows) out.push(line(row), ...rest(row));
  return out.map(text => `${text}\n`).join('');
}

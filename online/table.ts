/** Tables of text: a header, a rule, and columns as wide as they need. */

export interface Column {
  title: string;
  /** Numbers stand to the right. */
  right?: boolean;
}

export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, i) =>
    Math.max(column.title.length, ...rows.map(row => (row[i] as string).length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) =>
        columns[i]?.right ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number),
      )
      .join('  ')
      .trimEnd();
  return [line(columns.map(c => c.title)), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)]
    .map(text => `${text}\n`)
    .join('');
}

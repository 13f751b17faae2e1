/** Makes HTML elements that show text. Text from a file never becomes markup. */
import { massText } from '../../report/views/mass-text.ts';

type Child = Node | string;

/**
 * Replaces invisible characters, and characters that change the direction of text, by their numbers in hex. A
 * name in a mapping may have any character.
 */
export const replaceInvisible = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, c => `\\u{${(c.codePointAt(0) as number).toString(16)}}`);

export function makeElement(tag: string, className = '', ...children: Child[]): HTMLElement {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children.map(child => (typeof child === 'string' ? replaceInvisible(child) : child)));
  return made;
}

export interface Column {
  title: string;
  className?: 'bar' | 'number' | 'id';
}

function makeCell({ title, className }: Column, text: string): HTMLElement {
  const cell = makeElement('td', className, text);
  cell.dataset['title'] = title;
  return cell;
}

/**
 * A table. In a narrow window, the page's style shows each row as a card, and each cell with the title of its
 * column.
 */
export function makeTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): HTMLElement {
  const head = makeElement(
    'tr',
    '',
    ...columns.map(({ title, className }) => makeElement('th', className, title)),
  );
  for (const cell of head.children) cell.setAttribute('scope', 'col');
  const body = rows.map(row =>
    makeElement('tr', '', ...row.map((text, i) => makeCell(columns[i] as Column, text))),
  );
  const table = makeElement('table', '', makeElement('thead', '', head), makeElement('tbody', '', ...body));
  table.setAttribute('aria-label', caption);
  return table;
}

export const ouncesText = (mass: string): string => `${massText(mass)} fine troy ounces`;

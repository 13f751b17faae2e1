/** Building blocks of all pages and papers: frame, tables, title, badges, signature fields. */
import { printableText } from '../../../shared/errors.ts';
import { contentPolicyHash, escapeHtml } from '../../platform/text/html-escaping.ts';
import { PAGE_STYLE } from './page-style.ts';

/** Escaped text for HTML. It contains only printable characters, and cannot begin or end a tag. */
export const safeHtml = (value: string) => escapeHtml(printableText(value));

/** A page that loads no file and runs no script. @param body the content of the page, as HTML */
export function documentHtml(title: string, body: string, isPaper = false): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${contentPolicyHash(PAGE_STYLE)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${safeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body${isPaper ? ' class="paper"' : ''}>
${body}
</body>
</html>
`;
}

export type Tone = 'good' | 'wrong' | 'waits' | 'plain';

/** A state as a word. The tone determines its colour. */
export interface Badge {
  badge: string;
  tone: Tone;
}

const badgeClass = ({ tone }: Badge) => (tone === 'plain' ? 'badge' : `badge ${tone}`);
export const badgeHtml = (badge: Badge) =>
  `<span class="${badgeClass(badge)}">${safeHtml(badge.badge)}</span>`;

export type Cell = string | Badge;
const cellHtml = (cell: Cell) => (typeof cell === 'string' ? safeHtml(cell) : badgeHtml(cell));

export interface Row {
  cells: readonly Cell[];
  bad?: boolean;
}

/**
 * A table that scrolls if it is wider than the screen.
 * @param columns title and CSS class of each column
 */
export function tableHtml(
  columns: readonly (readonly [title: string, style: string])[],
  rows: readonly Row[],
  style = '',
): string {
  const head = columns.map(([title, of]) => `<th scope="col" class="${of}">${safeHtml(title)}</th>`);
  const body = rows.map(({ cells, bad }) => {
    const tds = cells.map((cell, i) => `<td class="${columns[i]?.[1] ?? ''}">${cellHtml(cell)}</td>`);
    return `<tr${bad ? ' class="bad"' : ''}>${tds.join('')}</tr>`;
  });
  const named = style === '' ? '' : ` class="${style}"`;
  return `<div class="wide"><table${named}>\n<thead><tr>${head.join('')}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody></table></div>`;
}

const DIGEST = /^[0-9a-f]{64}$/;

/** Names and values in two columns. */
export function factsHtml(facts: readonly (readonly [name: string, value: Cell])[]): string {
  const shown = (value: Cell) =>
    typeof value === 'string' && DIGEST.test(value) ? `<code>${value}</code>` : cellHtml(value);
  const lines = facts.map(([name, value]) => `<dt>${safeHtml(name)}</dt><dd>${shown(value)}</dd>`);
  return `<dl>\n${lines.join('\n')}\n</dl>`;
}

/** A table to fill in by hand: name, date and signature of each controller. */
export function signingTableHtml(controllers: number): string {
  const rows = Array.from({ length: controllers }, (_, i) => ({ cells: [String(i + 1), '', '', ''] }));
  return tableHtml(
    [
      ['controller', 'name'],
      ['name', 'blank'],
      ['date', 'blank'],
      ['signature', 'blank'],
    ],
    rows,
    'sign',
  );
}

/** A list of important sentences; '' if there are none. */
export const notesHtml = (notes: readonly string[]): string =>
  notes.length === 0
    ? ''
    : `<div class="warning">\n<ul>\n${notes.map(note => `<li>${safeHtml(note)}</li>`).join('\n')}\n</ul></div>`;

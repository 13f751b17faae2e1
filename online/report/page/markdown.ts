/** Converts the Markdown of our checklists to HTML: headings, paragraphs, boxes, tables, code. */
import { escapeHtml } from '../../platform/text/html-escaping.ts';

/** Converts code in backticks, and strong text in double asterisks. */
const inlineHtml = (text: string): string =>
  text
    .split(/(`[^`]*`|\*\*[^*`]+\*\*)/)
    .map(part => {
      if (/^`.*`$/s.test(part)) return `<code>${escapeHtml(part.slice(1, -1))}</code>`;
      if (/^\*\*.*\*\*$/s.test(part)) return `<strong>${escapeHtml(part.slice(2, -2))}</strong>`;
      return escapeHtml(part);
    })
    .join('')
    .replaceAll('[ ]', '<span class="box"></span>');

const cellsHtml = (line: string): string[] =>
  line
    .slice(1, -1)
    .split('|')
    .map(cell => inlineHtml(cell.trim()));

function tableHtml([head = '', , ...rows]: readonly string[]): string {
  const row = (line: string, tag: string) =>
    `<tr>${cellsHtml(line)
      .map(cell => `<${tag} class="words">${cell}</${tag}>`)
      .join('')}</tr>`;
  const body = rows.map(line => row(line, 'td')).join('\n');
  return `<div class="wide"><table>\n<thead>${row(head, 'th')}</thead>\n<tbody>\n${body}\n</tbody></table></div>`;
}

const boxHtml = (line: string) => `<li>${inlineHtml(line.slice(2))}</li>`;

function blockHtml(lines: readonly string[]): string {
  const [first = ''] = lines;
  const heading = /^(#{1,2}) (.*)$/.exec(first);
  if (heading) return `<h${heading[1]?.length}>${inlineHtml(heading[2] as string)}</h${heading[1]?.length}>`;
  if (first.startsWith('```')) return `<pre>${escapeHtml(lines.slice(1, -1).join('\n'))}</pre>`;
  if (first.startsWith('|')) return tableHtml(lines);
  if (first.startsWith('- ')) return `<ul class="boxes">\n${lines.map(boxHtml).join('\n')}\n</ul>`;
  return `<p>${inlineHtml(lines.join(' '))}</p>`;
}

const lineKind = (line: string) =>
  line.startsWith('|') ? 'table' : line.startsWith('- ') ? 'box' : line.startsWith('#') ? 'heading' : 'text';

/** A block ends at an empty line, or at a line of another kind. Each heading is a block. */
export function markdownHtml(markdown: string): string {
  const blocks: string[][] = [];
  let isCode = false;
  let before: string | null = null;
  for (const line of markdown.split('\n')) {
    const isFence = line.startsWith('```');
    const kind = line === '' && !isCode ? null : isCode || isFence ? 'code' : lineKind(line);
    if (kind !== null && (kind !== before || kind === 'heading')) blocks.push([]);
    if (kind !== null) blocks.at(-1)?.push(line);
    before = isCode && isFence ? null : kind;
    if (isFence) isCode = !isCode;
  }
  return blocks.map(blockHtml).join('\n');
}

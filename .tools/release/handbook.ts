/**
 * Builds the handbook as one HTML page that needs no network: all pages of `docs/` with links and pictures.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Marked } from 'marked';
import { headingAnchor } from '../../fixtures/walkthrough/page-markdown.ts';
import { contentPolicyHash, escapeHtml } from '../../online/platform/text/html-escaping.ts';

const FIRST = [
  'start.md',
  'first-issuance.md',
  'laptop.md',
  'practice.md',
  'ceremony.md',
  'issuance-by-usb.md',
  'issuance-by-qr.md',
  'redemption.md',
];
const TYPES: Record<string, string> = { '.svg': 'image/svg+xml', '.png': 'image/png' };

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --page: #fff; --quiet: #57606a; --rule: #d0d7de; --code: #f6f8fa; --accent: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --page: #0d1117; --quiet: #9aa4af; --rule: #30363d; --code: #161b22; --accent: #79c0ff; } }
body { margin: 0 auto; padding: 1rem; max-width: 55rem; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
a { color: var(--accent); } :focus-visible { outline: 3px solid var(--accent); }
h1 { border-top: 2px solid var(--rule); padding-top: 1.5rem; margin-top: 3rem; }
code, pre { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; background: var(--code); }
pre { padding: .75rem; overflow-x: auto; border-radius: .5rem; }
.table { overflow-x: auto; } table { border-collapse: collapse; } th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; }
img { max-width: 100%; background: #fff; }
@media print { h1 { break-before: page; } pre { white-space: pre-wrap; } }
`;

const headingId = (page: string, heading = ''): string =>
  (heading === '' ? page : `${page}-${heading}`).replace(/\.md/, '');

/**
 * The target of a link in the handbook. A link to another page goes to the page's place in this document. An
 * address on the web stays the same. Null for all other links.
 */
function linkTarget(page: string, href: string): string | null {
  if (/^https?:/.test(href)) return href;
  const [path = '', heading = ''] = href.split('#');
  const name = path === '' ? page : path;
  return existsSync(join('docs', name)) && name.endsWith('.md') && !name.includes('/')
    ? `#${headingId(name, heading)}`
    : null;
}

function pictureDataUrl(href: string): string {
  const type = TYPES[extname(href)];
  if (type === undefined) throw new Error(`${href}: no picture that the handbook can hold`);
  return `data:${type};base64,${readFileSync(join('docs', href)).toString('base64')}`;
}

function sectionHtml(page: string): string {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const id = depth === 1 ? headingId(page) : headingId(page, headingAnchor(text));
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const [text, to] = [this.parser.parseInline(tokens), linkTarget(page, href)];
        return to === null ? text : `<a href="${escapeHtml(to)}">${text}</a>`;
      },
      image: ({ href, text }) => `<img src="${pictureDataUrl(href)}" alt="${escapeHtml(text)}">`,
      html: () => '',
      table(token) {
        const cells = (row: typeof token.header, tag: string) =>
          row.map(cell => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('');
        const body = token.rows.map(row => `<tr>${cells(row, 'td')}</tr>`).join('\n');
        return `<div class="table"><table><thead><tr>${cells(token.header, 'th')}</tr></thead><tbody>${body}</tbody></table></div>\n`;
      },
    },
  });
  return marked.parse(readFileSync(join('docs', page), 'utf8'), { async: false });
}

/** @param only the pages to include; all if absent */
export function handbookHtml(version: string, only?: readonly string[]): string {
  const all = readdirSync('docs').filter(name => name.endsWith('.md'));
  const pages = only ?? [...FIRST, ...all.filter(name => !FIRST.includes(name)).sort()];
  const policy = `default-src 'none'; style-src ${contentPolicyHash(STYLE)}; img-src data:`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Countersign ${version}: the handbook</title>
<style>${STYLE}</style>
</head>
<body>
${pages.map(sectionHtml).join('\n')}
</body>
</html>
`;
}

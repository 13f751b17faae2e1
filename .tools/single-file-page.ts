/**
 * Builds a page as one file. Its content security policy has the hashes of the page's script and style, and
 * permits no other script or style.
 */
import { readFileSync } from 'node:fs';
import { contentPolicyHash } from '../online/platform/text/html-escaping.ts';

/**
 * @param folder the folder with `page.html` and `page.css`
 * @param allowed sources that the policy permits besides script and style
 * @param face shared style, inserted before the page's own style
 * @param texts the texts to insert at named places of the page
 * @param shorten function that shortens the style
 */
export function buildOnePage(
  folder: string,
  script: string,
  allowed: readonly string[] = [],
  face = '',
  texts: Readonly<Record<string, string>> = {},
  shorten = (style: string): string => style,
): string {
  const fail = (problem: string): never => {
    throw new Error(`${folder}: ${problem}`);
  };
  if (/<\/script|<!--/i.test(script)) fail('the script would end its own element');
  const style = shorten(face + readFileSync(`${folder}/page.css`, 'utf8'));
  const policy = [
    "default-src 'none'",
    `script-src ${contentPolicyHash(script)}`,
    `style-src ${contentPolicyHash(style)}`,
    ...allowed,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const put = (page: string, place: string, content: string) => {
    if (page.split(place).length !== 2) fail(`expected one ${place} in page.html`);
    return page.replace(place, () => content);
  };
  let page = readFileSync(`${folder}/page.html`, 'utf8');
  for (const [place, text] of Object.entries(texts)) page = put(page, place, text);
  page = put(page, 'content="POLICY"', `content="${policy}"`);
  page = put(page, '<style></style>', `<style>${style}</style>`);
  return put(page, '<script></script>', `<script>${script}</script>`);
}

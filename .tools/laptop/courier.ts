/** Puts the courier page together: one file, whose policy allows its own script and style by hash, and nothing else. */
import { readFileSync } from 'node:fs';
import type { BuildResult } from 'esbuild';
import { policyHash } from '../../online/platform/text/html.ts';
import { refuseWaysOut } from './laptop-build.ts';

export function courierPage(result: BuildResult): string {
  const script = result.outputFiles?.[0]?.text;
  if (script === undefined) throw new Error('courier: esbuild gave no script');
  // The policy forbids it as well; this is for whoever reads the page before opening it.
  refuseWaysOut('dist/courier.html', result, script);
  if (/<\/script|<!--/i.test(script)) throw new Error('courier: the script would end its own element');
  const style = readFileSync('online/transfer/courier/page.css', 'utf8');
  const policy = [
    "default-src 'none'",
    `script-src ${policyHash(script)}`,
    `style-src ${policyHash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const put = (page: string, place: string, content: string) => {
    if (page.split(place).length !== 2) throw new Error(`courier: expected one ${place} in page.html`);
    return page.replace(place, () => content);
  };
  let page = readFileSync('online/transfer/courier/page.html', 'utf8');
  page = put(page, 'content="POLICY"', `content="${policy}"`);
  page = put(page, '<style></style>', `<style>${style}</style>`);
  page = put(page, '<script></script>', `<script>${script}</script>`);
  return page;
}

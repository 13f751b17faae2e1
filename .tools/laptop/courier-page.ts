/** Builds the courier page, and checks that the page cannot reach a network. */
import { readFileSync } from 'node:fs';
import type { BuildResult } from 'esbuild';
import { FACE } from '../../online/transfer/qr/drawing/page-style.ts';
import { buildOnePage } from '../single-file-page.ts';
import { refuseNetworkAccess } from './network-gate.ts';

export function courierPageHtml(result: BuildResult): string {
  const script = result.outputFiles?.[0]?.text;
  if (script === undefined) throw new Error('courier: esbuild gave no script');
  // The content policy of the page forbids network access as well. This check helps people who inspect the
  // page before they open it.
  refuseNetworkAccess('dist/courier.html', result, script);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  return buildOnePage('online/transfer/courier', script, [], FACE, { VERSION: version });
}

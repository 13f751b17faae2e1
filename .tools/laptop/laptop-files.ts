/** The files for the isolated laptop, and their hashes in the repository and in `dist/SHA256SUMS`. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { buildOptions, targets } from '../build-targets.ts';
import { courierPageHtml } from './courier-page.ts';
import { checkedQrText } from './network-gate.ts';
import { buildSigner } from './signer-build.ts';

/** Files of the repository that are copied to the laptop unchanged. */
const SCRIPTS = ['offline/launcher/launch', 'offline/launcher/install'];
/** Files with the hashes of all programs on the laptop, for `sha256sum -c` in the top folder. */
export const COMMITTED = ['offline/signer.sha256', 'offline/laptop.sha256'] as const;

export const hashLine = (content: string | Uint8Array, path: string) =>
  `${createHash('sha256').update(content).digest('hex')}  ${path}\n`;

async function buildInMemory<T>(
  name: string,
  textOf: (result: Awaited<ReturnType<typeof build>>) => T,
): Promise<T> {
  const target = targets.find(target => target.name === name)!;
  return textOf(await build({ ...(await buildOptions(target)), write: false }));
}

/**
 * Builds all programs in memory.
 * @returns the required contents of {@link COMMITTED}, and the problems that the signer's gate found
 */
export async function buildAndHash(): Promise<{ texts: Record<string, string>; problems: string[] }> {
  const { text, problems } = await buildSigner();
  const qr = await buildInMemory('qr', checkedQrText);
  const page = await buildInMemory('courier', courierPageHtml);
  const [signerFile, laptopFile] = COMMITTED;
  const scripts = SCRIPTS.map(script => hashLine(readFileSync(script), join('dist', basename(script))));
  const laptop = [hashLine(qr, 'dist/qr.mjs'), hashLine(page, 'dist/courier.html'), ...scripts];
  return {
    texts: { [signerFile]: hashLine(text, 'dist/signer.mjs'), [laptopFile]: laptop.join('') },
    problems,
  };
}

/**
 * Copies the launcher's scripts to `dist/`. If all programs are built, writes their hashes to
 * `dist/SHA256SUMS`. On the laptop, `install` compares the files with these hashes.
 */
export function writeScriptsAndHashes(): void {
  for (const script of SCRIPTS) copyFileSync(script, join('dist', basename(script)));
  const names = ['signer.mjs', 'qr.mjs', 'courier.html', ...SCRIPTS.map(script => basename(script))];
  const files = names.map(name => join('dist', name));
  if (!files.every(file => existsSync(file))) return; // after a build of one target only
  writeFileSync('dist/SHA256SUMS', files.map(file => hashLine(readFileSync(file), basename(file))).join(''));
}

/** For tests: runs commands of a page with the files of a release, in an empty home and without a network. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** @returns for each block of commands after this mark on a page: its lines, as one text */
export function commandBlocksAfterMark(mark: string, file = 'docs/install.md'): string[] {
  const page = readFileSync(file, 'utf8');
  return page
    .split(`<!-- ${mark} -->\n\`\`\`sh\n`)
    .slice(1)
    .map(text => text.slice(0, text.indexOf('```')));
}

/** Runs lines of the page in a folder, with this home folder. */
export function runPageCommands(commands: string, cwd: string, home: string) {
  const path = [join(home, 'npm/bin'), join(home, '.local/bin'), process.env['PATH']].join(delimiter);
  const npm = { npm_config_prefix: join(home, 'npm'), npm_config_registry: 'http://127.0.0.1:9/' };
  const env = { ...process.env, ...npm, HOME: home, PATH: path, SIGNER_PASSPHRASE: 'correct horse battery' };
  return spawnSync('sh', ['-eu'], { cwd, env, input: commands, encoding: 'utf8' });
}

/** A free TCP port. */
export async function findFreePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return String(port);
}

/**
 * `dist/qr.mjs`: `qr show` and `qr read` for the isolated laptop. It runs with bare node, holds no key, opens no
 * connection, and writes only the file that it is told to.
 */
import { parseArgs } from 'node:util';
import { Refusal, shown } from '../../shared/errors.ts';
import { read, readText } from './read.ts';
import { show, shownText } from './show.ts';

const USAGE = `usage: node qr.mjs show FILE [--frames 3,7-9] [--density 5..40] [--speed 1..15] [--out NAME.png|NAME.html]
       node qr.mjs read IMAGE... --out FILE

show plays a file as QR codes in this terminal: space pauses, n and p step, + and - change the speed, < and > the
density, f takes the numbers of missing frames, q quits. read turns pictures of the codes back into the file.
`;

class Usage extends Error {}

async function main(args: string[]): Promise<string> {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  if (values.help) return USAGE;
  if (command === 'show' && rest.length === 1) {
    const { out, frames, density, speed } = values;
    const options = { file: rest[0]!, out, frames, version: number(density), speed: number(speed) };
    return shownText(await show(options, process.stdin, process.stdout), frames);
  }
  if (command === 'read' && rest.length > 0 && values.out !== undefined) {
    return readText(await read(rest, values.out, sentence => process.stderr.write(`${sentence}\n`)));
  }
  throw new Usage(
    command === 'show' || command === 'read' ? 'arguments are missing' : 'expected show or read',
  );
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const options = { out: text, frames: text, density: text, speed: text, help: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new Usage((error as Error).message);
  }
}

const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

try {
  process.stdout.write(await main(process.argv.slice(2)));
} catch (error) {
  if (error instanceof Refusal) {
    process.stderr.write(`error ${error.code}: ${error.message}\n${error.hint}\n`);
    process.exitCode = 1;
  } else if (error instanceof Usage) {
    process.stderr.write(`${error.message}\n${USAGE}`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`error INTERNAL: ${shown((error as Error).message)}\nplease report this\n`);
    process.exitCode = 1;
  }
}

/**
 * `dist/qr.mjs`: `qr show` and `qr read` for the isolated laptop. The program needs only Node, has no key,
 * opens no connection, and writes only its result.
 */
import { parseArgs } from 'node:util';
import { Refusal, valueText } from '../../../shared/errors.ts';
import { errorText, watchOutputErrors } from '../../platform/output-errors.ts';
import { restoredFileText, restoreFileFromPictures } from './read-frames.ts';
import { showFrames, shownFileText } from './show-frames.ts';

/** The version of package.json, inserted when the program is bundled. */
declare const QR_VERSION: string | undefined;

const USAGE = `usage: qr show FILE [--frames 3,7-9] [--density 5..40] [--speed 1..15]
               [--out NAME.png|NAME.html]
       qr read IMAGE|FOLDER... [--out FILE]
       qr --version
Where qr is not installed, write: node qr.mjs

show plays a file as QR codes in this terminal. Its keys: space pauses, n and p
step, + and - change the speed, < and > change the density, f asks for the
numbers of missing frames, a shows all frames, q quits.
read restores the file from pictures of the codes. Without --out it chooses the
name, such as request-THJN.json.
`;
/** The exit code that a shell gives for a program that Ctrl-C ended. */
const EXIT_STOPPED = 130;

class UsageError extends Error {}

// SIGUSR1 is ignored, because Node would open its inspector at this signal.
process.on('SIGUSR1', () => {});
watchOutputErrors(process, (refusal, other) => other.write(errorText(refusal), () => process.exit(1)));

const printNote = (sentence: string) => process.stderr.write(`${sentence}\n`);

async function runQr(args: string[]): Promise<string> {
  const { values, positionals } = parseArguments(args);
  const [command, ...rest] = positionals;
  if (values.help) return USAGE;
  if (values.version) return `${typeof QR_VERSION === 'string' ? QR_VERSION : 'development'}\n`;
  if (command === 'show' && rest.length === 1) {
    const { out, frames, density, speed } = values;
    const options = { file: rest[0]!, out, frames, density, speed };
    return shownFileText(await showFrames(options, process.stdin, process.stdout), frames);
  }
  if (command === 'read' && rest.length > 0) {
    return restoredFileText(await restoreFileFromPictures(rest, values.out, printNote));
  }
  if (command === 'show') throw new UsageError(`show: expected one file, got ${rest.length || 'none'}`);
  if (command === 'read') throw new UsageError(`read: expected pictures, or a folder of pictures`);
  throw new UsageError(
    `expected show or read, got ${command === undefined ? 'neither' : valueText(command)}`,
  );
}

function parseArguments(args: string[]) {
  const text = { type: 'string' } as const;
  const help = { type: 'boolean', short: 'h' } as const;
  const options = {
    out: text,
    frames: text,
    density: text,
    speed: text,
    help,
    version: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(valueText((error as Error).message).slice(1, -1));
  }
}

try {
  process.stdout.write(await runQr(process.argv.slice(2)));
} catch (error) {
  if (error instanceof Refusal) {
    process.stderr.write(errorText(error));
    process.exitCode = error.code === 'INTERRUPTED' ? EXIT_STOPPED : 1;
  } else if (error instanceof UsageError) {
    process.stderr.write(`error USAGE: ${error.message}\n${USAGE}`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`error INTERNAL: ${valueText((error as Error).message)}\nReport this message.\n`);
    process.exitCode = 1;
  }
}

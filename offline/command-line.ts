/** Runs a command line: finds the command, runs it, prints errors, and returns the exit code. */
import { printableText, Refusal, valueText } from '../shared/errors.ts';
import { type Command, commandHelpText, parseArgs, refuseScriptFlags, UsageError } from './args.ts';
import { inspect, journal } from './commands/inspect-and-journal.ts';
import { changePassphrase, importFile, keygen, publicKey, recover } from './commands/key-commands.ts';
import { rollback } from './commands/overrule-memory.ts';
import { release } from './commands/release.ts';
import { sign } from './commands/sign.ts';
import { trust } from './commands/trust-command.ts';
import { refusalOfFileError } from './disk-files.ts';
import type { Printer } from './printer.ts';
import { identityLine, versionText } from './program-identity.ts';
import { wrapText } from './text-layout.ts';
import { ABOUT } from './texts/command-summaries.ts';
import type { World } from './world.ts';

declare const SIGNER_VERSION: string | undefined;
export const VERSION = typeof SIGNER_VERSION === 'string' ? SIGNER_VERSION : 'of the sources';

const commandsByName: Record<string, Command> = {
  ...{ keygen, recover, import: importFile, 'public-key': publicKey, trust },
  ...{ inspect, sign, release, rollback, journal, 'change-passphrase': changePassphrase },
};
export const commands: ReadonlyMap<string, Command> = new Map(Object.entries(commandsByName));

function helpOverview(): string {
  const list = [...commands].map(([name, { operands = [] }]) => {
    const line = `  signer ${[name, ...operands].join(' ')}`;
    return `${line.padEnd(28)}${ABOUT.get(name)}`;
  });
  const title = `Countersign signer ${VERSION}: shows requests and signs them, on a device without a network.`;
  return `${wrapText(title)}

${list.join('\n')}

  signer COMMAND --help     description, flags and example of a command
All commands accept --home DIR (default ~/.countersign) and --json.`;
}

/** The parts of an error message. No part contains a stack trace or a secret. */
function errorParts(thrown: unknown): { code: string; message: string; hint: string } {
  const { path, resource } = thrown as { path?: unknown; resource?: unknown };
  const error = refusalOfFileError(valueText(path ?? resource ?? 'stdout'), thrown);
  if (error instanceof Refusal) return error;
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message, hint: 'Run: signer --help' };
  const name = error instanceof Error ? error.name : typeof error;
  const hint = 'Report this fault of the signer, together with the command. Nothing has left the device.';
  return { code: 'INTERNAL', message: `unexpected error (${valueText(name)})`, hint };
}

/** The two lines of an error message: code and message, then the hint. */
export function errorText(thrown: unknown): string {
  const { code, message, hint } = errorParts(thrown);
  return [`error ${code}: ${printableText(message)}`, printableText(hint)].join('\n');
}

export interface Streams {
  out: Printer;
  err: Printer;
}

/**
 * @param worldAt function that creates the world for a home folder and for the stream that shows screens
 * @param hash hash of the program's own file
 * @returns the exit code
 */
export async function runSigner(
  words: readonly string[],
  streams: Streams,
  worldAt: (home: string | undefined, shown: Printer) => World,
  hash: string | null,
): Promise<number> {
  const [name = '', ...rest] = words;
  const json = words.includes('--json');
  // Characters that are not printable become JSON escapes. A program that reads the JSON gets the original characters.
  const jsonLine = (value: object) => printableText(JSON.stringify(value));
  const command = commands.get(name);
  const fail = (error: unknown) => {
    const { code, message, hint } = errorParts(error);
    if (json) streams.out.columns(jsonLine({ error: { code, message, hint } }));
    streams.err.prose(errorText(error));
  };
  const done = (text: string) => {
    streams.out.columns(text);
    return 0;
  };
  if (name === '--help') return done(helpOverview());
  if (name === '--version') return done(versionText(VERSION, hash));
  const none = name === '' || name === '--json';
  try {
    if (!command) throw new UsageError(none ? 'no command given' : `unknown command ${valueText(name)}`);
    const args = parseArgs(rest, command);
    if (args.flags.has('help')) return done(commandHelpText(name, command));
    // Version and hash go to stderr, because scripts read the result from stdout.
    if (!command.isSilent) streams.err.columns(identityLine(VERSION, hash));
    const world = worldAt(args.flags.get('home'), json ? streams.err : streams.out);
    if (world.terminal) refuseScriptFlags(args, command);
    const answer = await command.run(world, args);
    if (json) streams.out.columns(jsonLine(answer.json));
    else if (answer.refused) fail(answer.refused);
    else {
      if (answer.columns !== undefined) streams.out.columns(answer.columns);
      streams.out.prose(answer.text);
    }
    return answer.refused ? 1 : 0;
  } catch (error) {
    fail(error);
    if (!(error instanceof UsageError)) return 1;
    if (!json) streams.err.columns(['', command ? commandHelpText(name, command) : helpOverview()].join('\n'));
    return 2;
  }
}

/** The commands of the online tool, and how one of them is run. */
import { Builtins, Cli, type Command } from 'clipanion';
import { Abandon } from './commands/abandon.ts';
import { CoinsList, CoinsScan } from './commands/coins.ts';
import { Finalise } from './commands/finalise.ts';
import { MapCsv, MapDiff, MapInit, MapShow, MapVerify } from './commands/map.ts';
import { Prepare } from './commands/prepare.ts';
import { QrRead } from './commands/qr-read.ts';
import { QrShow } from './commands/qr-show.ts';
import { Review } from './commands/review.ts';
import { Status } from './commands/status.ts';
import { Submit } from './commands/submit.ts';
import { Tokens } from './commands/tokens.ts';
import { TrustCreate } from './commands/trust-create.ts';
import { EXIT_DONE, report, reportUsage } from './guard.ts';
import { usageProblem } from './usage.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

const commands = [
  TrustCreate,
  MapInit,
  CoinsScan,
  Prepare,
  Submit,
  Review,
  Finalise,
  Abandon,
  Status,
  MapShow,
  MapVerify,
  MapDiff,
  MapCsv,
  CoinsList,
  Tokens,
  QrShow,
  QrRead,
  Builtins.HelpCommand,
  Builtins.VersionCommand,
];

/** Runs one command. @returns its exit code; nothing is thrown */
export async function run(args: string[], world: World): Promise<number> {
  const json = args.includes('--json');
  const colorDepth = world.env['NO_COLOR'] === undefined && world.stdout.isTTY ? 8 : 1;
  const cli = Cli.from(commands, {
    binaryLabel: 'Countersign',
    binaryName: 'countersign',
    binaryVersion: version,
    enableColors: colorDepth > 1,
  });
  const context = {
    ...Cli.defaultContext,
    stdout: world.stdout,
    stderr: world.stderr,
    stdin: world.stdin,
    env: world.env,
    colorDepth,
    world,
  };
  let command: Command;
  try {
    command = cli.process(args, context);
  } catch (error) {
    // clipanion prints to stdout and exits 1; wrong usage goes to stderr here, and is 2.
    const paths = commands.flatMap(c => c.paths ?? []);
    const { message, hint } = usageProblem(args, paths, (error as Error).message);
    return reportUsage(world, json, message, hint);
  }
  try {
    return (await cli.run(command, context)) ?? EXIT_DONE;
  } catch (error) {
    return report(world, json, error);
  }
}

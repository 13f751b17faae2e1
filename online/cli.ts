/** The commands of the online tool, and how one of them is run. */
import { Cli, type Command, type CommandClass } from 'clipanion';
import { Abandon } from './commands/abandon.ts';
import { CoinsList, CoinsScan } from './commands/coins.ts';
import { Finalise } from './commands/finalise.ts';
import { MapCsv, MapDiff, MapInit, MapShow, MapVerify } from './commands/map.ts';
import { Prepare } from './commands/prepare.ts';
import { QrRead } from './commands/qr-read.ts';
import { QrShow } from './commands/qr-show.ts';
import { ReportCommand } from './commands/report.ts';
import { Review } from './commands/review.ts';
import { Status } from './commands/status.ts';
import { Submit } from './commands/submit.ts';
import { Tokens } from './commands/tokens.ts';
import { TrustCreate } from './commands/trust-create.ts';
import { EXIT_DONE, report, reportUsage } from './guard.ts';
import { commandHelp, overview } from './help.ts';
import { argumentProblem } from './usage.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

const commands: CommandClass[] = [
  TrustCreate,
  MapInit,
  CoinsScan,
  Prepare,
  Submit,
  Review,
  Finalise,
  Abandon,
  Status,
  ReportCommand,
  MapShow,
  MapVerify,
  MapDiff,
  MapCsv,
  CoinsList,
  Tokens,
  QrShow,
  QrRead,
];

/** The command that the first words name, with the longest path. */
function find(args: readonly string[]): CommandClass | undefined {
  const paths = commands.flatMap(command => (command.paths ?? []).map(path => ({ path, command })));
  return paths
    .filter(({ path }) => path.every((word, i) => args[i] === word))
    .sort((a, b) => b.path.length - a.path.length)[0]?.command;
}

function unknown(args: readonly string[], world: World, json: boolean): number {
  const words = args.filter(arg => !arg.startsWith('-'));
  const group = commands.filter(c => c.paths?.some(path => path.length > 1 && path[0] === words[0]));
  const name = group.length > 0 ? words.slice(0, 2).join(' ') : (words[0] ?? args[0]);
  const hint =
    group.length > 0
      ? `\`countersign ${words[0]}\` is followed by ${group.map(c => c.paths?.[0]?.[1]).join(', ')}.`
      : '`countersign --help` lists the commands.';
  return reportUsage(world, json, `there is no command ${JSON.stringify(name)}`, hint);
}

/** Runs one command. @returns its exit code; nothing is thrown */
export async function run(args: string[], world: World): Promise<number> {
  const json = args.includes('--json');
  const help = args.some(arg => arg === '--help' || arg === '-h');
  const chosen = find(args);
  if (!chosen) {
    if (args[0] === '--version' || args[0] === '-v') world.stdout.write(`${version}\n`);
    else if (args.length === 0 || (help && args[0]?.startsWith('-')))
      world.stdout.write(overview(commands, version));
    else return unknown(args, world, json);
    return EXIT_DONE;
  }
  if (help) {
    world.stdout.write(commandHelp(chosen));
    return EXIT_DONE;
  }
  const { stdin, stdout, stderr, env } = world;
  const context = { ...Cli.defaultContext, stdin, stdout, stderr, env, colorDepth: 1, world };
  // The one command alone: compiling the grammar of all of them would take longer than most commands do.
  let command: Command;
  try {
    command = Cli.from([chosen], { binaryName: 'countersign' }).process(args, context);
  } catch (error) {
    const name = chosen.paths?.[0]?.join(' ');
    const problem = `${name}: ${argumentProblem((error as Error).message)}`;
    return reportUsage(world, json, problem, `\`countersign ${name} --help\` says what it takes.`);
  }
  try {
    // Not `cli.run`: it prints errors with their stack, on stdout.
    return (await command.validateAndExecute()) ?? EXIT_DONE;
  } catch (error) {
    return report(world, json, error);
  }
}

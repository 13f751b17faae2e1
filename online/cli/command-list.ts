/** The list of commands, and the function that runs a command. */
import { Cli, type Command, type CommandClass } from 'clipanion';
import {
  EXIT_STOPPED,
  NOTHING_CHANGED,
  reportStop,
  runUntilStopped,
  StoppedError,
} from '../platform/stop-signals.ts';
import { type World, windowWidth } from '../platform/world.ts';
import { BaseCommand } from './commands/base-command.ts';
import { CompletionCommand } from './commands/completion.ts';
import { AbandonCommand } from './commands/issuance/abandon.ts';
import { FinaliseCommand } from './commands/issuance/finalise.ts';
import { NextCommand } from './commands/issuance/next.ts';
import { PrepareCommand } from './commands/issuance/prepare.ts';
import { RecordCommand } from './commands/issuance/record.ts';
import { RepairCommand } from './commands/issuance/repair.ts';
import { ReviewCommand } from './commands/issuance/review.ts';
import { StatusCommand } from './commands/issuance/status.ts';
import { SubmitCommand } from './commands/issuance/submit.ts';
import { CoinsListCommand, CoinsScanCommand } from './commands/mapping/coins-commands.ts';
import { MapAdoptCommand, MapInitCommand } from './commands/mapping/init-and-adopt-commands.ts';
import {
  MapCsvCommand,
  MapDiffCommand,
  MapShowCommand,
  MapVerifyCommand,
} from './commands/mapping/map-commands.ts';
import { ReportCommand } from './commands/mapping/report.ts';
import { TokensCommand } from './commands/mapping/tokens.ts';
import { VerifyPageCommand } from './commands/mapping/verify-page.ts';
import { QrReadCommand } from './commands/qr/qr-read.ts';
import { QrShowCommand } from './commands/qr/qr-show.ts';
import { RedeemCheckCommand } from './commands/redeem/check.ts';
import { RedeemListCommand } from './commands/redeem/list.ts';
import {
  RedeemAddCommand,
  RedeemLockCommand,
  RedeemRemoveCommand,
  RedeemUnlockCommand,
} from './commands/redeem/list-change-commands.ts';
import { ChecklistCommand } from './commands/setup/checklist.ts';
import { InitCommand } from './commands/setup/init.ts';
import { TrustCreateCommand } from './commands/setup/trust-create.ts';
import { loadConfig } from './config/config.ts';
import { configFolder } from './config/config-paths.ts';
import { EXIT_DONE, errorForLog, reportError, reportWrongUsage } from './errors/error-output.ts';
import { commandHelpText, operandsText, overviewText } from './help/help.ts';
import { nearestWord } from './help/nearest-word.ts';
import { seeHelpText, unknownCommandHint } from './help/texts.ts';
import { argumentProblemText } from './help/usage-errors.ts';
import { EvidenceLog, resultForLog } from './log/evidence-log.ts';
import { showInPages } from './terminal/pager.ts';
import { version } from './version.ts';

export const commands: readonly CommandClass[] = [
  ChecklistCommand,
  TrustCreateCommand,
  InitCommand,
  MapInitCommand,
  CoinsScanCommand,
  PrepareCommand,
  SubmitCommand,
  ReviewCommand,
  FinaliseCommand,
  AbandonCommand,
  RedeemListCommand,
  RedeemAddCommand,
  RedeemRemoveCommand,
  RedeemLockCommand,
  RedeemUnlockCommand,
  RedeemCheckCommand,
  StatusCommand,
  NextCommand,
  RepairCommand,
  MapAdoptCommand,
  ReportCommand,
  RecordCommand,
  MapShowCommand,
  MapVerifyCommand,
  MapDiffCommand,
  MapCsvCommand,
  VerifyPageCommand,
  CoinsListCommand,
  TokensCommand,
  QrShowCommand,
  QrReadCommand,
  CompletionCommand,
];

/** The command whose path equals the first words. If there are several, the command with the longest path. */
function findCommand(args: readonly string[]): CommandClass | undefined {
  const paths = commands.flatMap(command => (command.paths ?? []).map(path => ({ path, command })));
  return paths
    .filter(({ path }) => path.every((word, i) => args[i] === word))
    .sort((a, b) => b.path.length - a.path.length)[0]?.command;
}

function reportUnknownCommand(args: readonly string[], world: World, json: boolean): number {
  const words = args.filter(arg => !arg.startsWith('-'));
  const group = commands.filter(c => c.paths?.some(path => path.length > 1 && path[0] === words[0]));
  const name = group.length > 0 ? words.slice(0, 2).join(' ') : (words[0] ?? args[0]);
  const paths = commands.flatMap(c => (c.paths ?? []).map(path => path.join(' ')));
  const meant = nearestWord(words.slice(0, 2).join(' '), paths) ?? nearestWord(words[0] ?? '', paths);
  const seconds = group.flatMap(c => c.paths?.[0]?.[1] ?? []);
  const hint = unknownCommandHint(meant, [words[0] ?? '', seconds]);
  return reportWrongUsage(world, json, `there is no command ${JSON.stringify(name)}`, hint);
}

/** Shows help, at a terminal in pages. @returns the exit code */
async function showHelp(world: World, json: boolean, text: string): Promise<number> {
  try {
    await showInPages(world, text);
    return EXIT_DONE;
  } catch (error) {
    if (error instanceof StoppedError) return reportStop(world, json, NOTHING_CHANGED);
    throw error;
  }
}

/** Runs one command. @returns its exit code @throws only if a part of the program is missing */
export async function runCommand(given: string[], world: World): Promise<number> {
  const isAlone = given.every(arg => arg === '--json');
  const args =
    isAlone && configFolder(world) !== null
      ? ['next', ...given]
      : given[0] === 'help'
        ? [...given.slice(1), '--help']
        : given;
  const json = args.includes('--json');
  const help = args.some(arg => arg === '--help' || arg === '-h');
  const chosen = findCommand(args);
  if (!chosen) {
    if (args.length === 0 || (help && args[0]?.startsWith('-')))
      return showHelp(
        world,
        json,
        overviewText(commands, version, configFolder(world) !== null, windowWidth(world)),
      );
    if (args[0] !== '--version' && args[0] !== '-v') return reportUnknownCommand(args, world, json);
    world.stdout.write(`${version}\n`);
    return EXIT_DONE;
  }
  if (help) return showHelp(world, json, commandHelpText(chosen, windowWidth(world)));
  const { stdin, stdout, stderr, env } = world;
  const context = { ...Cli.defaultContext, stdin, stdout, stderr, env, colorDepth: 1, world, commands };
  // Only the given command is registered. Clipanion would need more time to compile all commands than most
  // commands need to run.
  let command: Command;
  try {
    command = Cli.from([chosen], { binaryName: 'countersign' }).process(args, context);
  } catch (error) {
    const name = chosen.paths?.[0]?.join(' ');
    const problem = `${name}: ${argumentProblemText((error as Error).message, args, operandsText(chosen))}`;
    return reportWrongUsage(world, json, problem, seeHelpText(name ?? ''));
  }
  let log: EvidenceLog | undefined;
  try {
    log = openLog(command, args, world);
    // `cli.run` is not used, because it prints errors with stack traces on stdout.
    const exit = (await runUntilStopped(world, command.validateAndExecute())) ?? EXIT_DONE;
    const result = command instanceof BaseCommand ? command.result?.json : undefined;
    log?.end(exit, result ? { result: resultForLog(result) } : {});
    return exit;
  } catch (error) {
    if (error instanceof StoppedError) {
      const text = command instanceof BaseCommand ? command.stopped() : NOTHING_CHANGED;
      log?.end(EXIT_STOPPED, { error: { code: 'INTERRUPTED', ...text } });
      return reportStop(world, json, text);
    }
    if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') throw error; // `main.ts` reports the missing part
    const exit = reportError(world, json, error);
    log?.end(exit, { error: errorForLog(error) });
    return exit;
  }
}

/** Opens the log before the command begins, so that each step has a record. */
function openLog(command: Command & { log?: string }, args: string[], world: World): EvidenceLog | undefined {
  if (command.log === undefined) return undefined;
  const urls = [world.env['COUNTERSIGN_NODE'], ...args];
  let configured: string | undefined;
  try {
    configured = loadConfig(world, {}).node;
  } catch {
    // The error is not reported here. A command that needs the configuration reports it.
  }
  const log = new EvidenceLog(world, command.log, args, [...urls, configured]);
  log.begin(command.path.join(' '));
  if (command instanceof BaseCommand) command.activity.listener = (event, members) => log.add(event, members);
  return log;
}

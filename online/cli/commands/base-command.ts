/** The base class of all commands: configuration flags, services made from them, output of results. */
import { Command, type CommandClass, Option } from 'clipanion';
import type { Refusal } from '../../../shared/errors.ts';
import type { Trust } from '../../../shared/trust.ts';
import type { LedgerCopy } from '../../ledger/ledger.ts';
import { openLedgerCopy } from '../../ledger/ledger-copy.ts';
import type { OceanNode } from '../../node/node.ts';
import { LocalState } from '../../platform/local-state.ts';
import { NOTHING_CHANGED, type StopText } from '../../platform/stop-signals.ts';
import { ProgressPrinter } from '../../platform/waiting/progress.ts';
import { StatusLine, WaitDisplay } from '../../platform/waiting/status-line.ts';
import type { World } from '../../platform/world.ts';
import type { Services } from '../../proposal/services.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import {
  type ConfigFlags,
  findNodeCredentials,
  loadConfig,
  loadTrust,
  requireSetting,
} from '../config/config.ts';
import { stateFolder } from '../config/config-paths.ts';
import type { Config } from '../config/settings.ts';
import { EXIT_DONE } from '../errors/error-output.ts';
import { ActivityRecord } from '../log/activity-record.ts';
import { showInPages } from '../terminal/pager.ts';

export interface CommandContext {
  world: World;
  /** All commands of the program, for commands that describe them. */
  commands: readonly CommandClass[];
  /** Standard output of the program. */
  stdout: NodeJS.WritableStream;
}

export const LOG_OPTION = {
  description: 'append a record of this command to this file, as JSON lines without secrets',
};

/** The services of a command's steps, and the world for questions and output. */
export interface CliServices extends Services {
  world: World;
  node: OceanNode;
  state: LocalState;
}

export interface Patience {
  deadlineMs?: number;
  attempts?: number;
}

export abstract class BaseCommand extends Command {
  json = Option.Boolean('--json', false, { description: 'print one JSON object instead of text' });
  log = Option.String('--log', LOG_OPTION);
  /** What the command has done so far. */
  readonly activity = new ActivityRecord();
  /** The printed result, for the log. */
  result: Result | undefined;

  /** True if the result may be longer than the window. It is then shown in pages. */
  readonly isPaged: boolean = false;

  /** Does the command's work. @returns `json` for programs, `text` for people, and an exit code if not 0 */
  abstract main(): Promise<Result>;

  get world(): World {
    return (this.context as unknown as CommandContext).world;
  }

  /** The message for a person who stops the command now. */
  stopped(): StopText {
    const { written } = this.activity;
    if (written.size === 0) return NOTHING_CHANGED;
    return {
      message: `stopped: this run has written ${[...written].join(', ')}`,
      hint: 'Check the state with `countersign status`. Then run the same command again to do the rest.',
    };
  }

  /** Runs the command. The caller reports errors. */
  async execute(): Promise<number> {
    const result = await this.main();
    this.result = result;
    const { text, json, exitCode } = result;
    if (this.json) this.world.stdout.write(`${JSON.stringify(json)}\n`);
    else if (this.isPaged) await showInPages(this.world, text);
    else this.world.stdout.write(text);
    return exitCode ?? EXIT_DONE;
  }
}

/** Base class of the commands that use a store, a node or a profile. */
export abstract class ConfiguredCommand extends BaseCommand {
  storeFlag = Option.String('--store', { description: 's3://bucket[/prefix] or file:FOLDER' });
  nodeFlag = Option.String('--node', { description: 'http://user@host:port of the Ocean node' });
  trustFlag = Option.String('--trust', { description: 'the trust profile' });
  cookieFlag = Option.String('--node-cookie', { description: "the node's cookie file" });

  get flags(): ConfigFlags {
    const { storeFlag: store, nodeFlag: node, trustFlag: trust, cookieFlag: nodeCookie } = this;
    return { store, node, trust, nodeCookie };
  }

  private shownLine: StatusLine | undefined;
  private get line(): StatusLine {
    this.shownLine ??= new StatusLine(this.world);
    return this.shownLine;
  }
  private shownWaits: WaitDisplay | undefined;
  protected get waits(): WaitDisplay {
    this.shownWaits ??= new WaitDisplay(this.world, this.line);
    return this.shownWaits;
  }

  get config(): Config {
    return loadConfig(this.world, this.flags);
  }

  trust(): Trust {
    const trust = loadTrust(this.world, this.config);
    this.activity.tell('uses', { trust: trust.digest, reviewCode: trust.reviewCode });
    return trust;
  }

  /** This PC's copy of the ledger. */
  copy(): LedgerCopy {
    return openLedgerCopy(stateFolder(this.world));
  }

  /** @param begins true if the command may create the folder of a new store */
  async store(begins = false): Promise<Store> {
    const { config } = this;
    const isKnown = this.copy().read().length > 0;
    // If the folder is missing, its disk may not be mounted. A new store must never be created in place of
    // such a folder.
    const first = isKnown ? '' : ' If the store is new, run `countersign map init`.';
    const absent = `Check that its disk is mounted. Otherwise correct the store in countersign.json, COUNTERSIGN_STORE or --store.${first}`;
    const s3 = { ...config.s3, notPublic: (refusal: Refusal) => this.warn(refusal) };
    const options = begins && !isKnown ? s3 : { ...s3, absent };
    return this.activity.store(
      await openStore(requireSetting(config, 'store', this.world), options),
      this.waits,
    );
  }

  /** Prints a warning and lets the command continue. */
  private warn({ code, message, hint }: Refusal): void {
    this.activity.tell('warning', { code, message, hint });
    this.world.stderr.write(`warning ${code}: ${message}\n${hint}\n`);
  }

  /** @param patience timeouts and attempts for the node; the usual values if absent */
  async node(network: string, patience: Patience = {}): Promise<OceanNode> {
    const { OceanNode } = await import('../../node/node.ts');
    const { config, world } = this;
    const node = new OceanNode(requireSetting(config, 'node', world), {
      credentials: findNodeCredentials(world, config, network),
      network,
      waits: limitMs => this.waits.begin(`node ${node.rpc.name}`, limitMs),
      ...patience,
    });
    return this.activity.node(node);
  }

  /** @param begins see {@link store} */
  async services(patience?: Patience, begins = false): Promise<CliServices> {
    const trust = this.trust();
    const [store, node] = [await this.store(begins), await this.node(trust.network.name, patience)];
    const progress = new ProgressPrinter(this.world, this.line);
    return {
      world: { ...this.world, sleep: milliseconds => progress.sleep(milliseconds) },
      store,
      node,
      trust,
      copy: this.copy(),
      state: new LocalState(stateFolder(this.world)),
      progress: text => {
        this.activity.tell('progress', { text });
        progress.tell(text);
      },
    };
  }
}

export interface Result {
  text: string;
  json: object;
  exitCode?: number;
}

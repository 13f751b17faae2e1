/** What all commands share: the flags of the configuration, the services made from it, and how results are written. */
import { Command, Option } from 'clipanion';
import type { Trust } from '../../shared/trust.ts';
import { type Config, loadConfig, loadTrust, needed } from '../config.ts';
import { EXIT_DONE, report } from '../guard.ts';
import { LocalState } from '../local-state.ts';
import type { OceanNode } from '../node/node.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world.ts';

export interface CommandContext {
  world: World;
  /** Ends with the program: a SIGINT makes it abort. */
  stdout: NodeJS.WritableStream;
}

/** What a step of an issuance works with. */
export interface Services {
  world: World;
  store: Store;
  node: OceanNode;
  trust: Trust;
  state: LocalState;
  /** A line for the person who waits; on stderr. */
  progress(text: string): void;
}

export abstract class BaseCommand extends Command {
  json = Option.Boolean('--json', false, { description: 'print one JSON object in place of text' });
  storeFlag = Option.String('--store', { description: 's3://bucket[/prefix] or file:FOLDER' });
  nodeFlag = Option.String('--node', { description: 'http://user@host:port of the Ocean node' });
  trustFlag = Option.String('--trust', { description: 'the trust profile' });

  /** The command's work. @returns its result: `json` for programs, `text` for people, and an exit code if not 0 */
  abstract main(): Promise<Result>;

  get world(): World {
    return (this.context as unknown as CommandContext).world;
  }

  get config(): Config {
    return loadConfig(this.world, { store: this.storeFlag, node: this.nodeFlag, trust: this.trustFlag });
  }

  async execute(): Promise<number> {
    try {
      const { text, json, exitCode } = await this.main();
      this.world.stdout.write(this.json ? `${JSON.stringify(json)}\n` : text);
      return exitCode ?? EXIT_DONE;
    } catch (error) {
      return report(this.world, this.json, error);
    }
  }

  trust(): Trust {
    return loadTrust(this.world, this.config);
  }

  async store(): Promise<Store> {
    const { config } = this;
    return openStore(needed(config, 'store'), config.s3);
  }

  async node(): Promise<OceanNode> {
    const { OceanNode } = await import('../node/node.ts');
    return new OceanNode(needed(this.config, 'node'), {
      password: this.world.env['COUNTERSIGN_NODE_PASSWORD'],
    });
  }

  async services(): Promise<Services> {
    const trust = this.trust();
    const [store, node] = [await this.store(), await this.node()];
    return {
      world: this.world,
      store,
      node,
      trust,
      state: new LocalState(this.world),
      progress: text => void this.world.stderr.write(`${text}\n`),
    };
  }
}

export interface Result {
  text: string;
  json: object;
  exitCode?: number;
}

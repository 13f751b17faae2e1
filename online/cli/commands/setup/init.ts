/** `countersign init`: asks for the configuration of this PC, checks it and writes it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'clipanion';
import { utf8 } from '../../../../shared/bytes.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { writeOutput } from '../../../platform/files.ts';
import type { StopText } from '../../../platform/stop.ts';
import { parseStore } from '../../../store/open.ts';
import { configOf, configText } from '../../config/config.ts';
import { S3_SETTINGS, type S3Config, SETTINGS } from '../../config/settings.ts';
import { ask } from '../../terminal/prompts.ts';
import { ConfiguredCommand, type Result } from '../base.ts';
import {
  checkNode,
  checkStore,
  checkTrust,
  type NodeFound,
  type StoreFound,
  type TrustFound,
  watchAddress,
} from './setup.ts';

const FILE = 'countersign.json';
const BACK = 'back';

/** Typed in place of an answer. */
class Back extends Error {}

interface Answers {
  trust: string;
  found: TrustFound | null;
  store: string;
  s3: S3Config;
  contents: StoreFound;
  node: string;
  chain: NodeFound | null;
}

interface Question<T> {
  flag: string;
  /** What the answer is for, in a line. */
  about: string;
  prompt: string;
  /** @throws Refusal, which asks again */
  check(answer: string): Promise<T> | T;
}

export class Init extends ConfiguredCommand {
  static override paths = [['init']];
  static override usage = Command.Usage({
    category: 'Set up',
    description: 'write countersign.json: profile, store and node, each checked at once',
    details:
      'Asks for what no flag gives. Has the node watch the policy address, if it does not, which every PC needs. The word `later` stands for a profile or a node that is not there yet. Never over an existing file without --overwrite.',
    examples: [
      ['Asked for each', '$0 init'],
      [
        'A bucket',
        '$0 init --trust trust.json --store s3://cb-mapping --s3-endpoint aws --node http://ocean@127.0.0.1:7043',
      ],
      ['A folder, and no chain yet', '$0 init --trust trust.json --store file:/srv/countersign --node later'],
    ],
  });
  s3Endpoint = Option.String('--s3-endpoint', { description: 'URL of an S3 server, or aws' });
  s3PathStyle = Option.Boolean('--s3-path-style', {
    description: 'endpoint/bucket in place of bucket.endpoint',
  });
  s3Region = Option.String('--s3-region', { description: 'of the bucket' });
  publicRead = Option.Boolean('--public-read', false, {
    description: 'give map.json an ACL that lets everyone read it',
  });
  overwrite = Option.Boolean('--overwrite', false, { description: 'replace countersign.json' });

  override stopped(): StopText {
    return { message: `stopped: ${FILE} was not written`, hint: 'Run `countersign init` again.' };
  }

  async main(): Promise<Result> {
    const { world } = this;
    const path = join(world.cwd, FILE);
    if (!this.overwrite && existsSync(path)) {
      throw new Refusal(
        'FILE_EXISTS',
        `${FILE}: there is one already in this folder`,
        'Nothing was changed. Work with it, or say --overwrite.',
      );
    }
    // Before anything is asked or reached, whatever the order of the questions.
    configOf({ ...this.flags, s3: this.s3Flags });
    const { trust, found, store, s3, contents, node, chain } = await this.answers();
    const config = configOf({ store, node, trust, nodeCookie: this.cookieFlag, s3 });
    const text = configText(config);
    const toWatch = found && chain?.watch === 'not watched';
    const unwatched = toWatch ? await watchAddress(world, { ...config, node }, found.trust) : '';
    const watch = toWatch && unwatched === '' ? 'watched' : (chain?.watch ?? null);
    const secret = /:\/\/[^/@]*:[^/@]+@/.test(node);
    writeOutput(path, utf8(text), {
      replace: this.overwrite,
      mode: secret ? 0o600 : 0o644,
    });
    const next = this.next(found, contents, chain, unwatched);
    return {
      json: {
        config: FILE,
        trust: found?.trust.digest ?? null,
        reviewCode: found?.trust.reviewCode ?? null,
        mapping: contents.mapping,
        coins: contents.coins,
        writable: contents.writable,
        height: chain?.height ?? null,
        node: chain && { peers: chain.peers, txindex: chain.txindex, watch },
        next,
      },
      text: [
        `${FILE} is written.\n`,
        secret ? 'It holds the password of the node: only this user can read it.\n' : '',
        ...this.overridden(),
        'What comes next\n',
        ...next.map((line, i) => `  ${i + 1}. ${line}\n`),
      ].join(''),
    };
  }

  /** All three, in their order; `back` leads to the one before that a person answered. */
  private async answers(): Promise<Answers> {
    const given = [this.trustFlag, this.storeFlag, this.nodeFlag];
    const { world } = this;
    const got: Partial<Answers> = {};
    const questions = [
      async () => {
        const [trust, found] = await this.answer<TrustFound | null>(given[0], {
          flag: '--trust FILE',
          about:
            'The trust profile says who the controllers are and of which chain. `later`: there is none yet.',
          prompt: 'Trust profile (file, or later): ',
          check: answer => {
            const { trust } = configOf({ trust: answer });
            return trust === undefined ? null : checkTrust(world, trust);
          },
        });
        Object.assign(got, { trust, found });
      },
      async () => void Object.assign(got, await this.storeAnswers(got.found?.trust)),
      async () => {
        const [node, chain] = await this.answer<NodeFound | null>(given[2], {
          flag: '--node URL',
          about:
            'The Ocean node that this PC asks and sends through; best one of your own. Its password is better kept in COUNTERSIGN_NODE_PASSWORD than in the URL. `later`: there is none yet.',
          prompt: 'Node (http://user@host:port, or later): ',
          check: answer => {
            const config = configOf({ node: answer, nodeCookie: this.cookieFlag });
            const { node } = config;
            return node === undefined ? null : checkNode(world, { ...config, node }, got.found?.trust);
          },
        });
        Object.assign(got, { node, chain });
      },
    ];
    if (world.stdin.isTTY && given.includes(undefined))
      world.stderr.write('`back`: to the question before.\n');
    for (let i = 0; i < questions.length; ) {
      try {
        await (questions[i] as () => Promise<void>)();
        i++;
      } catch (error) {
        if (!(error instanceof Back)) throw error;
        const before = given.slice(0, i).lastIndexOf(undefined);
        if (before < 0) world.stderr.write('  This is the first question.\n');
        else i = before;
      }
    }
    return got as Answers;
  }

  /**
   * What a flag gives is checked and may fail; what a person types is asked for until it is right.
   * @throws Back
   */
  private async answer<T extends { told: string } | null>(
    given: string | undefined,
    { flag, about, prompt, check }: Question<T>,
  ): Promise<[answer: string, found: T]> {
    const { stderr } = this.world;
    const checked = async (answer: string): Promise<[string, T]> => {
      const found = await check(answer);
      if (found) stderr.write(`  ${found.told}\n`);
      return [answer, found];
    };
    if (given !== undefined) return checked(given);
    if (this.world.stdin.isTTY) stderr.write(`${about}\n`);
    for (;;) {
      const answer = await ask(this.world, prompt, flag);
      if (answer === '') continue;
      if (answer === BACK) throw new Back();
      try {
        return await checked(answer);
      } catch (error) {
        if (error instanceof Back) continue;
        if (!(error instanceof Refusal)) throw error;
        stderr.write(`  ${error.message}\n  ${error.hint}\n`);
      }
    }
  }

  /** The server of a bucket is asked for with it: only together they can be checked. */
  private async storeAnswers(trust: TrustFound['trust'] | undefined) {
    let s3: S3Config = {};
    const [store, contents] = await this.answer<StoreFound>(this.storeFlag, {
      flag: '--store STORE',
      about:
        'The store holds the mapping and open proposals, and is the same for all controllers: a bucket, or a folder.',
      prompt: 'Store (s3://bucket[/prefix] or file:FOLDER): ',
      check: async spec => {
        const config = configOf({ store: spec });
        s3 = parseStore(spec).kind === 's3' ? await this.s3Answers() : {};
        return checkStore(this.world, { ...config, store: spec, s3 }, trust);
      },
    });
    return { store, s3, contents };
  }

  private async s3Answers(): Promise<S3Config> {
    let { endpoint } = this.s3Flags;
    while (!endpoint) {
      if (this.world.stdin.isTTY)
        this.world.stderr.write(
          'Which S3 server? Credentials come from AWS_PROFILE or the AWS_ variables.\n',
        );
      endpoint = await ask(this.world, 'S3 server (URL, or aws for Amazon): ', '--s3-endpoint URL|aws');
      if (endpoint === BACK) throw new Back();
    }
    return configOf({ s3: { ...this.s3Flags, endpoint } }).s3;
  }

  private get s3Flags() {
    const { s3Endpoint, s3PathStyle, s3Region, publicRead } = this;
    return {
      endpoint: s3Endpoint,
      pathStyle: s3PathStyle,
      region: s3Region,
      publicRead: publicRead || undefined,
    };
  }

  /** Variables that go before the file, or it would not mean what it says. */
  private overridden(): string[] {
    const names = [SETTINGS, S3_SETTINGS].flatMap(group => Object.values(group)).map(one => one.variable);
    return names
      .filter(name => this.world.env[name])
      .map(name => `${name} is set in this shell, and goes before what ${FILE} says.\n`);
  }

  private beginning({ mapping }: StoreFound): string {
    if (this.copy().read().length > 0)
      return 'This PC has a copy of a ledger, and this store has none: look that it is the right one, and that its disk is mounted. For another store take another working folder.';
    return mapping === null
      ? 'One controller, once: `countersign map init` begins the ledger, and makes the empty mapping.'
      : 'One controller, once: `countersign map init` begins the ledger, on the mapping that is in the store.';
  }

  private next(
    trust: TrustFound | null,
    store: StoreFound,
    node: NodeFound | null,
    unwatched: string,
  ): string[] {
    const again = 'name it with `countersign init --overwrite`';
    const steps = [
      trust
        ? ''
        : `Make the trust profile with all controllers (\`countersign checklist\` has the steps), then ${again}.`,
      store.cannotWrite
        ? 'Have the right to write to the store given to these credentials (s3:PutObject, or the permissions of the folder): until then only commands that read will work.'
        : '',
      node ? '' : `Have the node running, then ${again}.`,
      ...(node?.lacks ?? []),
      unwatched,
      store.ledger ? '' : this.beginning(store),
      store.ledger && store.coins
        ? ''
        : 'One controller, once: `countersign coins scan` lists the policy coins.',
    ].filter(step => step !== '');
    return steps.length > 0 ? steps : ['`countersign status` says where things stand.'];
  }
}

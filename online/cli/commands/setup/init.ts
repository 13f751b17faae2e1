/** `countersign init`: asks for this PC's configuration, checks it and writes it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'clipanion';
import { utf8 } from '../../../../shared/bytes.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { MAX_CONTROLLERS } from '../../../../shared/output-scripts.ts';
import { writeOutput } from '../../../platform/files.ts';
import type { StopText } from '../../../platform/stop-signals.ts';
import { parseStore } from '../../../store/open-store.ts';
import { configFromAnswers, configText, loadConfig } from '../../config/config.ts';
import { AMAZON, type Config, NOBODY, namesOfSetVariables, type S3Config } from '../../config/settings.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { overwriteOption } from '../options.ts';
import {
  checkController,
  checkNode,
  checkStickPath,
  checkStore,
  makeNodeWatchAddress,
  type NodeFound,
  readProfileAnswer,
  type StoreFound,
  type TrustFound,
} from './answer-checks.ts';
import { askForAnswer, askInOrder, getCheckedAnswer } from './ask-answers.ts';
import {
  configExistsRefusal,
  HAS_PASSWORD,
  nextStepTexts,
  nodePasswordRefusal,
  variablePrecedenceText,
} from './texts/check-results.ts';
import { BACK_TEXT, controllerQuestion, NODE, PROFILE, S3_SERVER, STICK, STORE } from './texts/questions.ts';

const FILE = 'countersign.json';
interface Answers {
  trust: string;
  found: TrustFound | null;
  store: string;
  s3: S3Config;
  contents: StoreFound;
  node: string;
  chain: NodeFound | null;
  controller: string | undefined;
  stick: string | undefined;
}

/**
 * Replaces the hint about a wrong password of the node. The usual hint names a variable of the shell, which
 * cannot be set while `init` asks.
 */
function throwWithLaterHint(error: unknown): never {
  const isPassword = error instanceof Refusal && error.code === 'NODE_AUTH';
  throw isPassword ? nodePasswordRefusal(error) : error;
}

export class InitCommand extends ConfiguredCommand {
  static override paths = [['init']];
  static override usage = Command.Usage({
    category: 'Set up',
    description: 'write countersign.json, after checks of profile, store and node',
    details:
      'Asks for the values that no flag gives. If the node does not watch the policy address yet, the command imports the address into the node: every PC needs this. Use the word `later` for a profile or a node that does not exist yet. An existing file is replaced only with --overwrite.',
    examples: [
      ['With a question for each value', '$0 init'],
      [
        'With a bucket',
        '$0 init --trust trust.json --store s3://cb-mapping --s3-endpoint aws --node http://ocean@127.0.0.1:7043',
      ],
      [
        'With a folder, before there is a chain',
        '$0 init --trust trust.json --store file:/srv/countersign --node later',
      ],
    ],
  });
  s3Endpoint = Option.String('--s3-endpoint', { description: 'URL of an S3 server, or aws' });
  s3PathStyle = Option.Boolean('--s3-path-style', {
    description: 'send requests to endpoint/bucket instead of bucket.endpoint',
  });
  s3Region = Option.String('--s3-region', { description: 'region of the bucket' });
  publicRead = Option.Boolean('--public-read', false, {
    description: 'give map.json an ACL that lets everyone read the object',
  });
  controllerFlag = Option.String('--controller', {
    description: 'the number of the controller whose PC this is, or none',
  });
  stick = Option.String('--stick', {
    description: 'folder of the USB stick, for requests and signatures',
  });
  overwrite = overwriteOption('replace countersign.json');

  override stopped(): StopText {
    return {
      message: `stopped: ${FILE} was not written`,
      hint: `Run \`countersign init${this.overwrite ? ' --overwrite' : ''}\` again.`,
    };
  }

  async main(): Promise<Result> {
    const { world } = this;
    const path = join(world.cwd, FILE);
    if (!this.overwrite && existsSync(path)) throw configExistsRefusal();
    // The values of flags are checked before any question is asked.
    const { stick: stickFlag, controllerFlag } = this;
    configFromAnswers({ ...this.flags, controller: controllerFlag, stick: stickFlag, s3: this.s3Flags });
    const answers = await this.answers();
    const { trust, found, store, s3, contents, node, chain, controller, stick } = answers;
    const nodeCookie = this.cookieFlag ?? this.before.nodeCookie;
    const config = configFromAnswers({ store, node, trust, nodeCookie, controller, stick, s3 });
    const text = configText(config);
    const toWatch = found && chain?.watch === 'not watched';
    const unwatched = toWatch
      ? await makeNodeWatchAddress(world, { ...config, node }, found.trust, this.waits)
      : '';
    const watch = toWatch && unwatched === '' ? 'watched' : (chain?.watch ?? null);
    const secret = /:\/\/[^/@]*:[^/@]+@/.test(node);
    writeOutput(path, utf8(text), {
      replace: this.overwrite,
      mode: secret ? 0o600 : 0o644,
    });
    const next = nextStepTexts({
      ...{ profile: found !== null, cannotWrite: contents.cannotWrite !== null, unwatched },
      ...{ ledger: contents.ledger, mapping: contents.mapping !== null, coins: contents.coins },
      ...{ lacks: chain?.lacks ?? null, knowsLedger: this.copy().read().length > 0 },
    });
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
        secret ? HAS_PASSWORD : '',
        ...this.overridden(),
        'Next steps\n',
        ...next.map((line, i) => `  ${i + 1}. ${line}\n`),
      ].join(''),
    };
  }

  /** Settings of the file that is replaced; empty if there is none, or if it cannot be read. */
  private get before(): Partial<Config> {
    if (!this.overwrite) return {};
    try {
      return loadConfig({ ...this.world, env: {} }, {});
    } catch {
      return {};
    }
  }

  /** Asks all questions. The profile comes first, because other answers are checked with the profile. */
  private async answers(): Promise<Answers> {
    const { world } = this;
    const got: Partial<Answers> = {};
    const needed = [this.trustFlag, this.storeFlag, this.nodeFlag];
    // If flags give profile, store and node, nothing is asked, even at a terminal.
    const isAsked = world.stdin.isTTY === true && needed.includes(undefined);
    const none = isAsked ? undefined : '';
    const [controller, stick] = [this.controllerFlag ?? none, this.stick ?? none];
    if (isAsked) world.stderr.write(BACK_TEXT);
    const given = [this.trustFlag, controller, this.storeFlag, this.nodeFlag, stick];
    await askInOrder(
      world,
      given.map(one => one !== undefined),
      [
        async () => void Object.assign(got, await this.trustAnswer()),
        async () => void Object.assign(got, await this.controllerAnswer(controller, got.found?.trust.m)),
        async () => void Object.assign(got, await this.storeAnswers(got.found?.trust)),
        async () => void Object.assign(got, await this.nodeAnswer(got.found?.trust)),
        async () => void Object.assign(got, await this.stickAnswer(stick)),
      ],
    );
    return got as Answers;
  }

  private async trustAnswer() {
    const [trust, found] = await getCheckedAnswer<TrustFound | null>(this.world, this.trustFlag, {
      flag: '--trust FILE',
      ...PROFILE,
      before: this.before.trust,
      takesFile: true,
      check: answer => {
        const { trust } = configFromAnswers({ trust: answer });
        return trust === undefined ? null : readProfileAnswer(this.world, trust);
      },
    });
    return { trust, found };
  }

  private async controllerAnswer(given: string | undefined, m = MAX_CONTROLLERS) {
    const [controller] = await getCheckedAnswer<null>(this.world, given, {
      flag: '--controller N',
      ...controllerQuestion(m),
      before: this.before.controller,
      check: answer => checkController(answer, m),
    });
    return { controller };
  }

  private async nodeAnswer(profile: TrustFound['trust'] | undefined) {
    const [node, chain] = await getCheckedAnswer<NodeFound | null>(this.world, this.nodeFlag, {
      flag: '--node URL',
      ...NODE,
      before: this.before.node,
      check: answer => {
        const { node, ...config } = configFromAnswers({ node: answer, nodeCookie: this.cookieFlag });
        if (node === undefined) return null;
        const found = checkNode(this.world, { ...config, node }, profile, this.waits);
        return this.world.stdin.isTTY && this.nodeFlag === undefined
          ? found.catch(throwWithLaterHint)
          : found;
      },
    });
    return { node, chain };
  }

  private async stickAnswer(given: string | undefined) {
    const [stick] = await getCheckedAnswer(this.world, given, {
      flag: '--stick FOLDER',
      ...STICK,
      before: this.before.stick,
      takesFile: true,
      check: answer => checkStickPath(this.world, answer),
    });
    return { stick: stick === NOBODY ? undefined : stick };
  }

  /** Asks for a bucket together with its server, because only both together can be checked. */
  private async storeAnswers(trust: TrustFound['trust'] | undefined) {
    let s3: S3Config = {};
    const [store, contents] = await getCheckedAnswer<StoreFound>(this.world, this.storeFlag, {
      flag: '--store STORE',
      ...STORE,
      before: this.before.store,
      takesFile: true,
      check: async answer => {
        const { store: spec = '', ...config } = configFromAnswers({ store: answer });
        s3 = parseStore(spec).kind === 's3' ? await this.s3Answers() : {};
        const checked = checkStore(this.world, { ...config, store: spec, s3 }, trust);
        return this.waits.during(`the store ${spec}`, checked);
      },
    });
    return { store, s3, contents };
  }

  private async s3Answers(): Promise<S3Config> {
    const { s3: old } = this.before;
    const before = old === undefined ? undefined : (old.endpoint ?? AMAZON);
    let { endpoint } = this.s3Flags;
    while (!endpoint) {
      if (this.world.stdin.isTTY) this.world.stderr.write(`${S3_SERVER.about}\n`);
      endpoint = await askForAnswer(this.world, {
        prompt: S3_SERVER.prompt,
        flag: '--s3-endpoint URL|aws',
        before,
      });
    }
    return configFromAnswers({ s3: { ...this.s3Flags, endpoint } }).s3;
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

  /** A sentence about each environment variable that is set, because it takes precedence over the file. */
  private overridden(): string[] {
    return namesOfSetVariables(this.world.env).map(variablePrecedenceText);
  }
}

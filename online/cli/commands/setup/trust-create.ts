/** `countersign trust create`: writes a trust profile, also in the older format. */
import { dirname, join, resolve } from 'node:path';
import { Command, Option, UsageError } from 'clipanion';
import { formatDecimal } from '../../../../shared/amount.ts';
import { bytesToHex, utf8 } from '../../../../shared/bytes.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { MAX_CONTROLLERS } from '../../../../shared/script.ts';
import { fileWord } from '../../../../shared/shell.ts';
import { isSplit, readTrust, type Trust } from '../../../../shared/trust.ts';
import { olderControllers, olderP2sh } from '../../../legacy/older-files.ts';
import { checkOutput, writeOutput } from '../../../platform/files.ts';
import { askYes } from '../../terminal/prompts.ts';
import { BaseCommand, type Result } from '../base.ts';
import { need, wholeNumber } from '../options.ts';
import { TrustAnswers } from './trust-answers.ts';

const ORDINALS = ['first', 'second', 'third'];
const ordinal = (number: string) => ORDINALS[Number(number) - 1] ?? `${number}th`;

/** Errors here come from a flag, not from a file. */
function profileOf(text: string): Trust {
  try {
    return readTrust(utf8(text), 'the profile');
  } catch (error) {
    if (!(error instanceof Refusal) || !error.hint.includes(' in the file,')) throw error;
    const [, again, first] =
      /pubkeys\.([0-9]+): expected a key of its own, not that of controller ([0-9]+)/.exec(error.message) ??
      [];
    if (again !== undefined && first !== undefined)
      throw new Refusal(
        error.code,
        `--controller: the ${ordinal(again)} key is the ${ordinal(first)} one again: each controller has a key of their own`,
        'Ask both for their public key once more. Nothing was written.',
      );
    const hint = 'Correct that flag; `pubkeys.1` is the first --controller. Nothing was written.';
    throw new Refusal(error.code, error.message, hint);
  }
}

export class TrustCreate extends BaseCommand {
  static override paths = [['trust', 'create']];
  static override usage = Command.Usage({
    category: 'Set up',
    description: 'write the trust profile that every device pins',
    details:
      'Asks at a terminal for what no flag gives. Writes the profile, and `controllers.json` and `p2sh.json` of the older scripts beside it. All controllers compare its review code before they pin it.',
    examples: [
      ['Asked for each part, with an explanation', '$0 trust create'],
      [
        'A 2-of-3 policy on gold_main',
        '$0 trust create --network gold_main --required 2 --controller 03b3... --controller 0299... --controller 0240... --policy-asset 200f... --reissuance-address g3X4... --out trust.json',
      ],
    ],
  });

  network = Option.String('--network', {
    description: 'gold_main, ocean_main, ocean_test, or JSON of an own one',
  });
  required = Option.String('--required', { description: 'how many controllers must agree' });
  controllers = Option.Array('--controller', {
    description: 'a public key, 66 hex digits; once for each controller, in order',
  });
  policyAsset = Option.String('--policy-asset', {
    description: 'the id of the policy asset',
  });
  reissuanceAddress = Option.String('--reissuance-address', {
    description: 'where reissuance tokens go',
  });
  reissuanceTokens = Option.String('--reissuance-tokens', '10000', {
    description: 'how many of them (10000)',
  });
  massMin = Option.String('--mass-min', '350', { description: 'smallest mass of an asset (350)' });
  massMax = Option.String('--mass-max', '450', { description: 'largest mass of an asset (450)' });
  allowSplitPolicy = Option.Boolean('--allow-split-policy', false, {
    description: 'take half of the controllers or fewer, although two groups of them can sign apart',
  });
  out = Option.String('--out', { description: 'the file to write' });
  overwrite = Option.Boolean('--overwrite', false, { description: 'replace files that are there' });

  /** At a terminal, asks a person for what the flags do not give. @returns whether it asked */
  private async asked(): Promise<boolean> {
    const { network, controllers, required, policyAsset, reissuanceAddress } = this;
    const flags = { network, controllers, required, policyAsset, reissuanceAddress };
    if (!this.world.stdin.isTTY || !Object.values(flags).includes(undefined)) return false;
    const answers = new TrustAnswers(this.world, this.allowSplitPolicy);
    Object.assign(this, await answers.all(flags, { min: this.massMin, max: this.massMax }));
    this.out ??= 'trust.json';
    return true;
  }

  /** Shows the whole profile before it is written. @throws Refusal NOT_CONFIRMED */
  private async confirm(trust: Trust): Promise<void> {
    this.world.stderr.write(`${profileLines(trust).join('\n')}\n`);
    if (await askYes(this.world, 'Is this right?')) return;
    throw new Refusal('NOT_CONFIRMED', 'the profile was not confirmed', 'Nothing was written.');
  }

  async main(): Promise<Result> {
    const isAsked = await this.asked();
    const network = need('--network', this.network);
    const controllers = need('--controller', this.controllers);
    const required = wholeNumber('--required', need('--required', this.required), 1, MAX_CONTROLLERS);
    if (controllers.length > MAX_CONTROLLERS)
      throw new UsageError(`--controller: at most ${MAX_CONTROLLERS} times, got ${controllers.length}`);
    if (required > controllers.length)
      throw new UsageError(
        `--required: ${required} controllers must agree, and --controller names ${controllers.length}: give --controller once for each`,
      );
    if (isSplit({ n: required, m: controllers.length }) && !this.allowSplitPolicy)
      throw new Refusal(
        'POLICY_SPLIT',
        `--required: expected more than half of ${controllers.length} controllers, got ${required}: two groups without a common member could each sign one bar, on two coins`,
        'Require more controllers; or add --allow-split-policy, after all of them read about it in docs/trust-model.md. Nothing was written.',
      );
    const out = need('--out', this.out);
    const content = {
      type: 'countersign/trust',
      version: 1,
      network: networkValue(network),
      controllers: {
        n: required,
        m: controllers.length,
        pubkeys: Object.fromEntries(controllers.map((key, i) => [String(i + 1), key])),
      },
      policyAsset: need('--policy-asset', this.policyAsset),
      reissuanceAddress: need('--reissuance-address', this.reissuanceAddress),
      reissuanceTokens: this.reissuanceTokens,
      schedule: 'amap-1',
      mass: { min: this.massMin, max: this.massMax },
    };
    const text = `${JSON.stringify(content, null, 1)}\n`;
    const trust = profileOf(text);
    if (isAsked) await this.confirm(trust);
    const path = resolve(this.world.cwd, out);
    const beside = (name: string) => join(dirname(path), name);
    const replace = this.overwrite;
    const files: [path: string, text: string][] = [
      [path, text],
      [beside('controllers.json'), olderControllers(trust)],
      [beside('p2sh.json'), olderP2sh(trust)],
    ];
    // All files or none: files of two policies in one folder could be mixed up.
    for (const [name] of files) checkOutput(name, { replace });
    for (const [name, content] of files) writeOutput(name, utf8(content), { replace });
    return {
      json: { trust: out, digest: trust.digest, reviewCode: trust.reviewCode, address: trust.address },
      text: [
        `The trust profile is in ${out}; controllers.json and p2sh.json lie beside it.`,
        `  policy       ${trust.n} of ${trust.m} controllers on ${trust.network.name}`,
        `  address      ${trust.address} (holds the policy coins)`,
        `  review code  ${trust.reviewCode}`,
        `Every controller pins it with \`signer trust ${fileWord(out)}\` and compares the review code with the others.`,
        '',
      ].join('\n'),
    };
  }
}

/** Within 80 columns, so that no key breaks where people compare it. */
function profileLines({ n, m, network, pubkeys, policyAsset, ...rest }: Trust): string[] {
  return [
    `  network             ${network.name}`,
    `  policy              ${n} of ${m} controllers`,
    ...pubkeys.map((key, i) => `${String(i + 1).padStart(6)}  ${bytesToHex(key)}`),
    '  policy asset',
    `        ${policyAsset}`,
    `  reissuance          ${formatDecimal(rest.reissuanceTokens)} tokens of each asset`,
    `        to ${rest.reissuanceAddress}`,
    `  mass of a bar       ${rest.massMin} to ${rest.massMax} fine troy ounces`,
  ];
}

/** A known name, or the version bytes of a custom network. */
function networkValue(text: string): unknown {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(
      '--network: expected a name, or {"name": ..., "p2pkh": ..., "p2sh": ..., "wif": ...}',
    );
  }
}

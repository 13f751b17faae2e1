/**
 * `countersign trust create`: writes a trust profile, and the two files of this policy for the older scripts.
 */
import { dirname, join, resolve } from 'node:path';
import { Command, Option, UsageError } from 'clipanion';
import { formatDecimal } from '../../../../shared/amount.ts';
import { bytesToHex, utf8 } from '../../../../shared/bytes.ts';
import { HINTS, Refusal } from '../../../../shared/errors.ts';
import { MAX_CONTROLLERS } from '../../../../shared/output-scripts.ts';
import { shellFileWord } from '../../../../shared/shell-words.ts';
import { canSplitPolicy, readTrust, type Trust } from '../../../../shared/trust.ts';
import { olderControllersFile, olderP2shFile } from '../../../legacy/older-files.ts';
import { checkOutputPath, writeOutput } from '../../../platform/files.ts';
import { BaseCommand, type Result } from '../base-command.ts';
import { overwriteOption, parseWholeNumber, requireValue } from '../options.ts';
import { CORRECT_FLAG, sameKeyRefusal, splitPolicyRefusal } from './texts/check-results.ts';
import { ProfileAnswers } from './trust-answers.ts';
import { confirmAnswers } from './trust-confirm.ts';

/**
 * Reads the profile. The hint of an error names flags, because the values come from flags and not from a
 * file.
 */
function parseProfile(text: string): Trust {
  try {
    return readTrust(utf8(text), 'the profile');
  } catch (error) {
    if (!(error instanceof Refusal) || error.hint !== HINTS.get('FIELD_INVALID')) throw error;
    throw new Refusal(error.code, error.message, CORRECT_FLAG);
  }
}

/** @throws Refusal FIELD_INVALID */
function checkKeysDistinct(keys: readonly string[]): void {
  const again = keys.findIndex((key, i) => keys.indexOf(key) < i);
  if (again >= 0) throw sameKeyRefusal(keys.indexOf(keys[again] as string), again);
}

export class TrustCreateCommand extends BaseCommand {
  static override paths = [['trust', 'create']];
  static override usage = Command.Usage({
    category: 'Set up',
    description: 'write the trust profile that every device pins',
    details:
      'At a terminal, asks for the values that no flag gives. Writes the profile, and beside it `controllers.json` and `p2sh.json` for the older scripts. All controllers compare the review code of the profile before they pin the profile.',
    examples: [
      ['With a question for each value', '$0 trust create'],
      [
        'A 2-of-3 policy on gold_main',
        '$0 trust create --network gold_main --required 2 --controller 03b3... --controller 0299... --controller 0240... --policy-asset 200f... --reissuance-address g3X4... --out trust.json',
      ],
    ],
  });

  network = Option.String('--network', {
    description: 'gold_main, ocean_main, ocean_test, or the JSON of another network',
  });
  required = Option.String('--required', { description: 'how many controllers must agree' });
  controllers = Option.Array('--controller', {
    description: 'a public key of 66 hex digits; give the option once for each controller, in order',
  });
  policyAsset = Option.String('--policy-asset', {
    description: 'the id of the policy asset',
  });
  reissuanceAddress = Option.String('--reissuance-address', {
    description: 'the address that receives the reissuance tokens',
  });
  reissuanceTokens = Option.String('--reissuance-tokens', '10000', {
    description: 'reissuance tokens of each asset (default 10000)',
  });
  massMin = Option.String('--mass-min', '350', {
    description: 'smallest mass of a bar in fine troy ounces (default 350)',
  });
  massMax = Option.String('--mass-max', '450', {
    description: 'largest mass of a bar in fine troy ounces (default 450)',
  });
  allowSplitPolicy = Option.Boolean('--allow-split-policy', false, {
    description: 'allow half of the controllers or fewer, although two separate groups can then sign',
  });
  out = Option.String('--out', { description: 'the file to write' });
  overwrite = overwriteOption('replace the files if they exist');

  /**
   * At a terminal, asks a person for the values that no flag gives.
   * @throws Refusal NOT_CONFIRMED, FILE_EXISTS
   */
  private async asked(): Promise<void> {
    const { network, controllers, required, policyAsset, reissuanceAddress } = this;
    const flags = { network, controllers, required, policyAsset, reissuanceAddress };
    if (!this.world.stdin.isTTY || !Object.values(flags).includes(undefined)) return;
    this.out ??= 'trust.json';
    this.checkOutputs(this.out); // checks the files before the person answers
    const answers = new ProfileAnswers(this.world, this.allowSplitPolicy);
    const got = await answers.all(flags, { min: this.massMin, max: this.massMax });
    await confirmAnswers(this.world, answers, () => {
      Object.assign(this, got);
      const { trust } = this.profile();
      return { trust, lines: profileLines(trust) };
    });
  }

  /** Paths of the profile and of the two files for the older scripts. */
  private outputs(out: string): [profile: string, controllers: string, p2sh: string] {
    const path = resolve(this.world.cwd, out);
    const beside = (name: string) => join(dirname(path), name);
    return [path, beside('controllers.json'), beside('p2sh.json')];
  }

  private checkOutputs(out: string): void {
    for (const name of this.outputs(out)) checkOutputPath(name, { replace: this.overwrite });
  }

  private profile(): { text: string; trust: Trust } {
    const network = requireValue('--network', this.network);
    const controllers = requireValue('--controller', this.controllers);
    const required = parseWholeNumber(
      '--required',
      requireValue('--required', this.required),
      1,
      MAX_CONTROLLERS,
    );
    if (controllers.length > MAX_CONTROLLERS)
      throw new UsageError(
        `--controller: expected at most ${MAX_CONTROLLERS} keys, got ${controllers.length}`,
      );
    if (required > controllers.length)
      throw new UsageError(
        `--required: expected at most ${controllers.length}, one for each --controller, got ${required}`,
      );
    if (canSplitPolicy({ n: required, m: controllers.length }) && !this.allowSplitPolicy)
      throw splitPolicyRefusal(required, controllers.length);
    const content = {
      type: 'countersign/trust',
      version: 1,
      network: parseNetworkFlag(network),
      controllers: {
        n: required,
        m: controllers.length,
        pubkeys: Object.fromEntries(controllers.map((key, i) => [String(i + 1), key])),
      },
      policyAsset: requireValue('--policy-asset', this.policyAsset),
      reissuanceAddress: requireValue('--reissuance-address', this.reissuanceAddress),
      reissuanceTokens: this.reissuanceTokens,
      schedule: 'amap-1',
      mass: { min: this.massMin, max: this.massMax },
    };
    const text = `${JSON.stringify(content, null, 1)}\n`;
    checkKeysDistinct(controllers);
    return { text, trust: parseProfile(text) };
  }

  async main(): Promise<Result> {
    await this.asked();
    const { text, trust } = this.profile();
    const out = requireValue('--out', this.out);
    const [path, controllers, p2sh] = this.outputs(out);
    const files: [path: string, text: string][] = [
      [path, text],
      [controllers, olderControllersFile(trust)],
      [p2sh, olderP2shFile(trust)],
    ];
    // All three paths are checked before the first file is written, because a person could confuse files of
    // two policies.
    this.checkOutputs(out);
    for (const [name, content] of files) writeOutput(name, utf8(content), { replace: this.overwrite });
    return {
      json: { trust: out, digest: trust.digest, reviewCode: trust.reviewCode, address: trust.address },
      text: [
        `The trust profile is in ${out}; controllers.json and p2sh.json are in the same folder.`,
        `  policy       ${trust.n} of ${trust.m} controllers on ${trust.network.name}`,
        `  address      ${trust.address} (holds the policy coins)`,
        `  review code  ${trust.reviewCode}`,
        `  digest       ${trust.digest}`,
        `Every controller pins the profile with \`signer trust ${shellFileWord(out)}\`, and compares the review code with the other controllers.`,
        '',
      ].join('\n'),
    };
  }
}

/** Lines of at most 80 columns, so that no key is broken into two lines when people compare it. */
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
function parseNetworkFlag(text: string): unknown {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(
      '--network: expected a name, or {"name": ..., "p2pkh": ..., "p2sh": ..., "wif": ...}',
    );
  }
}

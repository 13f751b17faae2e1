import { dirname, join, resolve } from 'node:path';
import { Command, Option, UsageError } from 'clipanion';
import { utf8 } from '../../shared/bytes.ts';
import { readTrust } from '../../shared/trust.ts';
import { writeOutput } from '../files.ts';
import { olderControllers, olderP2sh } from '../older-files.ts';
import { BaseCommand, type Result } from './base.ts';

export class TrustCreate extends BaseCommand {
  static override paths = [['trust', 'create']];
  static override usage = Command.Usage({
    category: 'Set up',
    description: 'write the trust profile that every device pins',
    details:
      'Writes the profile, and `controllers.json` and `p2sh.json` of the older scripts beside it. All controllers compare its review code before they pin it.',
    examples: [
      [
        'A 2-of-3 policy on gold_main',
        '$0 trust create --network gold_main --required 2 --controller 03b3... --controller 0299... --controller 0240... --policy-asset 200f... --reissuance-address g3X4... --out trust.json',
      ],
    ],
  });

  network = Option.String('--network', {
    required: true,
    description: 'gold_main, ocean_main, ocean_test, or JSON of an own one',
  });
  required = Option.String('--required', { required: true, description: 'how many controllers must agree' });
  controllers = Option.Array('--controller', {
    required: true,
    description: 'a public key, 66 hex digits; once for each controller, in order',
  });
  policyAsset = Option.String('--policy-asset', {
    required: true,
    description: 'the id of the policy asset',
  });
  reissuanceAddress = Option.String('--reissuance-address', {
    required: true,
    description: 'where reissuance tokens go',
  });
  reissuanceTokens = Option.String('--reissuance-tokens', '10000', {
    description: 'how many of them (10000)',
  });
  massMin = Option.String('--mass-min', '350', { description: 'smallest mass of an asset (350)' });
  massMax = Option.String('--mass-max', '450', { description: 'largest mass of an asset (450)' });
  out = Option.String('--out', { required: true, description: 'the file to write' });
  overwrite = Option.Boolean('--overwrite', false, { description: 'replace files that are there' });

  async main(): Promise<Result> {
    if (!/^[0-9]{1,2}$/.test(this.required))
      throw new UsageError(`--required: expected a number, got ${this.required}`);
    const content = {
      type: 'countersign/trust',
      version: 1,
      network: this.networkValue(),
      controllers: {
        n: Number(this.required),
        m: this.controllers.length,
        pubkeys: Object.fromEntries(this.controllers.map((key, i) => [String(i + 1), key])),
      },
      policyAsset: this.policyAsset,
      reissuanceAddress: this.reissuanceAddress,
      reissuanceTokens: this.reissuanceTokens,
      schedule: 'amap-1',
      mass: { min: this.massMin, max: this.massMax },
    };
    const text = `${JSON.stringify(content, null, 1)}\n`;
    const trust = readTrust(utf8(text), 'the profile');
    const path = resolve(this.world.cwd, this.out);
    const beside = (name: string) => join(dirname(path), name);
    const replace = this.overwrite;
    writeOutput(path, utf8(text), { replace });
    writeOutput(beside('controllers.json'), utf8(olderControllers(trust)), { replace });
    writeOutput(beside('p2sh.json'), utf8(olderP2sh(trust)), { replace });
    return {
      json: { trust: this.out, digest: trust.digest, reviewCode: trust.reviewCode, address: trust.address },
      text: [
        `The trust profile is in ${this.out}; controllers.json and p2sh.json lie beside it.`,
        `  policy       ${trust.n} of ${trust.m} controllers on ${trust.network.name}`,
        `  address      ${trust.address} (holds the policy coins)`,
        `  review code  ${trust.reviewCode}`,
        `Every controller pins it with \`signer trust ${this.out}\` and compares the review code with the others.`,
        '',
      ].join('\n'),
    };
  }

  private networkValue(): unknown {
    if (!this.network.startsWith('{')) return this.network;
    try {
      return JSON.parse(this.network);
    } catch {
      throw new UsageError(
        '--network: expected a name, or {"name": ..., "p2pkh": ..., "p2sh": ..., "wif": ...}',
      );
    }
  }
}

import { resolve } from 'node:path';
import { Command, Option } from 'clipanion';
import { Refusal } from '../../shared/errors.ts';
import { readAssets } from '../asset-file.ts';
import { checkOutput, readInput, writeOutput } from '../files.ts';
import { blocksText, issuanceTable, requestJson } from '../issuance-view.ts';
import { askYes } from '../prompts.ts';
import { requestFile, signaturesFile } from '../request-file.ts';
import { prepare } from '../steps/prepare.ts';
import type { StopText } from '../stop.ts';
import { widthOf } from '../world.ts';
import { BaseCommand, type Result } from './base.ts';
import { enterAssets } from './enter-assets.ts';
import { need, tipAge } from './options.ts';

const MAX_ASSETS_BYTES = 4 * 1024 * 1024;

/** Half an hour, for two people, two laptops and a telephone. */
const FEW_BLOCKS = 30;

export class Prepare extends BaseCommand {
  static override paths = [['prepare']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'coordinator: make the request for new assets',
    details:
      'Reads the published mapping, the policy coins and the chain, checks everything, and writes one request for the isolated laptop. Without a file it asks for the assets.',
    examples: [
      ['From a spreadsheet', '$0 prepare --issuances bars.csv --out request.json'],
      [
        'For a signer that holds the mapping already, so that the request fits into few QR codes',
        '$0 prepare --issuances bars.csv --without-base --out request.json',
      ],
    ],
  });
  issuances = Option.String('--issuances', {
    description: 'CSV or JSON with serial, year, manufacturer, mass, address',
  });
  out = Option.String('--out', { description: 'the request to write' });
  yes = Option.Boolean('--yes', false, { description: 'do not ask whether the table is right' });
  maxTipAge = Option.String('--max-tip-age', '100', {
    description: 'refuse a best block older than this many seconds (100)',
  });
  withoutBase = Option.Boolean('--without-base', false, {
    description: 'leave the text of the mapping out of the request',
  });
  overwrite = Option.Boolean('--overwrite', false, { description: 'replace the file if it is there' });

  override stopped(): StopText {
    return {
      message: 'stopped: no request was written, and nothing was changed',
      hint: 'Run the same command again; assets in a file (--issuances) need not be typed twice.',
    };
  }

  async main(): Promise<Result> {
    const maxTipAge = tipAge(this.maxTipAge);
    const out = need('--out', this.out);
    checkOutput(resolve(this.world.cwd, out), { replace: this.overwrite });
    const services = await this.services();
    const { world, trust } = services;
    const assets =
      this.issuances === undefined
        ? await enterAssets(world, trust)
        : readAssets(readInput(resolve(world.cwd, this.issuances), MAX_ASSETS_BYTES), this.issuances, trust);
    const prepared = await prepare(services, assets, maxTipAge);
    const { derivation, blocksLeft } = prepared;
    const { request } = derivation;
    const view = issuanceTable(derivation, widthOf(world));
    if (!this.yes) {
      world.stderr.write(view);
      if (!(await askYes(world, 'Is this right?'))) {
        throw new Refusal(
          'NOT_CONFIRMED',
          'the assets were not confirmed',
          'Nothing was written; correct them and prepare again.',
        );
      }
    }
    // Kept first: whoever has the file finds this PC knowing it.
    services.state.keepRequest(request);
    writeOutput(resolve(world.cwd, out), requestFile(derivation, !this.withoutBase), {
      replace: this.overwrite,
    });
    return {
      json: requestJson(derivation, out, blocksLeft),
      text: [
        this.yes ? view : '',
        `The request is in ${out}, computed for block ${request.height}; ${blocksText(blocksLeft)} of the period are left.\n`,
        blocksLeft < FEW_BLOCKS
          ? `That is little time for all signatures; at block ${request.height + blocksLeft} a new period begins, and a request prepared then has all of it.\n`
          : '',
        `Sign it on the isolated laptop: signer sign ${out} --out ${signaturesFile(out, request.reviewCode)}\n`,
        `review code  ${request.reviewCode}\n`,
      ].join(''),
    };
  }
}

/** `countersign prepare`: from assets to a request, for the coordinator. */
import { parse, relative, resolve } from 'node:path';
import { Command, Option } from 'clipanion';
import { utf8 } from '../../../../shared/bytes.ts';
import { type Code, Refusal } from '../../../../shared/errors.ts';
import { LEDGER_PREFIX } from '../../../ledger/ledger.ts';
import { checkOutput, readInput, writeOutput } from '../../../platform/files.ts';
import type { StopText } from '../../../platform/stop.ts';
import { blocksText } from '../../../platform/waiting.ts';
import { widthOf } from '../../../platform/world.ts';
import { checkReady, type Prepared, prepare } from '../../../proposal/commands/prepare.ts';
import { requestFile, signLine } from '../../../proposal/commands/request-file.ts';
import { issuanceTable, requestJson } from '../../../report/views/issuance-view.ts';
import { FLAG, TypedAssets } from '../../assets/enter-assets.ts';
import { warningsOf, warningsText } from '../../assets/warnings.ts';
import { readAssets } from '../../tables/asset-file.ts';
import { askYes, needTerminal } from '../../terminal/prompts.ts';
import { ConfiguredCommand, type Result, type CliServices as Services } from '../base.ts';
import { maxTipAgeOption, need, tipAge } from '../options.ts';

const MAX_ASSETS_BYTES = 4 * 1024 * 1024;

/** Half an hour, for two people, two laptops and a telephone. */
const FEW_BLOCKS = 30;

/** What another answer can mend. */
const OF_AN_ASSET: readonly Code[] = ['ADDRESS_NOT_WHITELISTED', 'DUPLICATE_ASSET', 'COINS_SHORT'];

export class Prepare extends ConfiguredCommand {
  static override paths = [['prepare']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'coordinator: make the request for new assets, and open its proposal',
    details:
      'Reads the ledger and the chain, checks everything, opens a proposal, and writes its request for the isolated laptop. Without a file it asks for the assets; if it is stopped then, what was typed is kept as CSV beside the request.',
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
  maxTipAge = maxTipAgeOption();
  withoutBase = Option.Boolean('--without-base', false, {
    description: 'leave the text of the mapping out of the request',
  });
  overwrite = Option.Boolean('--overwrite', false, { description: 'replace the file if it is there' });
  /** What a person typed, until the request is written. */
  private typed: TypedAssets | undefined;

  override stopped(): StopText {
    const kept = this.keepTyped();
    if ([...this.activity.written].some(key => key.startsWith(LEDGER_PREFIX)))
      return {
        message: 'stopped: the proposal is open, or was about to be',
        hint: 'Look with `countersign status`; `countersign review` writes the request of an open proposal.',
      };
    return {
      message: 'stopped: no request was written, and nothing was changed',
      hint: kept ?? 'Run the same command again; assets in a file (--issuances) need not be typed twice.',
    };
  }

  /** Typing twice is where mistakes come from. @returns what to do with it, null if nothing was typed */
  private keepTyped(): string | null {
    const csv = this.typed?.csv() ?? null;
    this.typed = undefined;
    if (csv === null || this.out === undefined) return null;
    const { cwd } = this.world;
    const { dir, name } = parse(resolve(cwd, this.out));
    for (let i = 1; i <= 99; i++) {
      const file = resolve(dir, `${name}-typed${i > 1 ? `-${i}` : ''}.csv`);
      try {
        writeOutput(file, utf8(csv), {});
      } catch (error) {
        if (error instanceof Refusal && error.code === 'FILE_EXISTS') continue;
        return `What was typed could not be kept: ${(error as Error).message}.`;
      }
      const told = relative(cwd, file);
      return `What was typed is in ${told}: correct it there, and go on with --issuances ${told}.`;
    }
    return null;
  }

  async main(): Promise<Result> {
    try {
      return await this.make();
    } catch (error) {
      const kept = error instanceof Refusal ? this.keepTyped() : null;
      if (kept === null || !(error instanceof Refusal)) throw error;
      throw new Refusal(error.code, error.message, `${error.hint} ${kept}`);
    }
  }

  /** A table to look at, with what to look at twice. */
  private show({ derivation, reserved }: Prepared, { world, trust }: Services): string {
    return issuanceTable(derivation, widthOf(world)) + warningsText(warningsOf(derivation, trust, reserved));
  }

  /** From a file: what is wrong is corrected there. */
  private async fromFile(services: Services, file: string, maxTipAge: number): Promise<Prepared> {
    const { world, trust } = services;
    const assets = readAssets(readInput(resolve(world.cwd, file), MAX_ASSETS_BYTES), file, trust);
    const no = `Nothing was written; correct ${file} and prepare again.`;
    return prepare(services, {
      wanted: { assets },
      maxTipAge,
      agree: this.yes ? undefined : this.agreeing(services, no),
    });
  }

  /** Shows the table and asks, before the proposal is opened. */
  private agreeing(services: Services, no: string) {
    return async (prepared: Prepared) => {
      services.world.stderr.write(this.show(prepared, services));
      if (await askYes(services.world, 'Is this right?')) return;
      throw new Refusal('NOT_CONFIRMED', 'the assets were not confirmed', no);
    };
  }

  /** From a person, who is asked for nothing that could not become a request, and corrects what is wrong. */
  private async fromPerson(services: Services, maxTipAge: number): Promise<Prepared> {
    const { world, trust } = services;
    needTerminal(world, 'Which assets?', FLAG);
    const { published, coins } = await checkReady(services, maxTipAge);
    if (coins.length === 0) {
      throw new Refusal(
        'COINS_SHORT',
        'the ledger lists no policy coin, and each asset needs one',
        'Rebuild the list with `countersign coins scan`; if it stays empty, have policy coins made.',
      );
    }
    const typed = new TypedAssets(world, trust, published.mapping, coins.length);
    this.typed = typed;
    await typed.enterAll();
    for (;;) {
      try {
        const agree = this.yes ? undefined : this.agreeing(services, 'No request was written.');
        return await prepare(services, { wanted: { assets: typed.assets }, maxTipAge, agree });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (error.code !== 'NOT_CONFIRMED') {
          if (!OF_AN_ASSET.includes(error.code)) throw error;
          world.stderr.write(`${error.message}\n${error.hint}\n`);
        }
      }
      if (!(await typed.correct()))
        throw new Refusal('NOT_CONFIRMED', 'the assets were not confirmed', 'No request was written.');
    }
  }

  private async make(): Promise<Result> {
    const maxTipAge = tipAge(this.maxTipAge);
    const out = need('--out', this.out);
    checkOutput(resolve(this.world.cwd, out), { replace: this.overwrite });
    const services = await this.services();
    const { issuances: file } = this;
    const prepared =
      file === undefined
        ? await this.fromPerson(services, maxTipAge)
        : await this.fromFile(services, file, maxTipAge);
    const { derivation, blocksLeft, reserved } = prepared;
    const { request } = derivation;
    writeOutput(resolve(services.world.cwd, out), requestFile(derivation, !this.withoutBase, []), {
      replace: this.overwrite,
    });
    this.typed = undefined;
    return {
      json: requestJson(derivation, out, blocksLeft, warningsOf(derivation, services.trust, reserved)),
      text: [
        this.yes ? this.show(prepared, services) : '',
        `The request is in ${out}, computed for block ${request.height}; ${blocksText(blocksLeft)} of the period are left.\n`,
        blocksLeft < FEW_BLOCKS
          ? `That is little time for all signatures; at block ${request.height + blocksLeft} a new period begins, and a request prepared then has all of it.\n`
          : '',
        signLine(
          out,
          request.reviewCode,
          services.trust.pubkeys.map((_, i) => i + 1),
        ),
        `review code  ${request.reviewCode}\n`,
      ].join(''),
    };
  }
}

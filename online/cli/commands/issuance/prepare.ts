/** `countersign prepare`, for the coordinator: makes a request from assets, burns or corrections. */
import { resolve } from 'node:path';
import { Command, Option } from 'clipanion';
import { utf8 } from '../../../../shared/bytes.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { LEDGER_PREFIX } from '../../../ledger/ledger.ts';
import { writeOutput } from '../../../platform/files.ts';
import type { StopText } from '../../../platform/stop-signals.ts';
import { windowWidth } from '../../../platform/world.ts';
import { type Prepared, prepareRequest } from '../../../proposal/commands/prepare.ts';
import { requestFileBytes, signCommandLine } from '../../../proposal/commands/request-file.ts';
import type { Wanted } from '../../../proposal/facts/question.ts';
import { requestJson, requestView } from '../../../report/views/request-view.ts';
import { RequestOutput } from '../../carried/request-output.ts';
import { startTypedAssets } from '../../input/typed/enter-assets.ts';
import { startTypedRedemptions } from '../../input/typed/enter-redemptions.ts';
import type { TypedInput } from '../../input/typed/typed-input.ts';
import { askYes } from '../../terminal/prompts.ts';
import { redemptionNotes } from '../../warnings/redemption.ts';
import { notesText, requestWarnings, warningsText } from '../../warnings/warnings.ts';
import { ConfiguredCommand, type Result, type CliServices as Services } from '../base-command.ts';
import {
  maxTipAgeOption,
  outOption,
  overwriteOption,
  parseTipAge,
  withoutBaseOption,
  yesOption,
} from '../options.ts';
import {
  answersNotSavedText,
  answersSavedText,
  makePrepareStopText,
  preparedText,
  requestNotConfirmedRefusal,
  STOPPED_OPENING,
} from './texts.ts';
import { checkWantedOptions, readBurntFiles, readWantedChanges, type WantedFile } from './wanted-changes.ts';

export class PrepareCommand extends ConfiguredCommand {
  static override paths = [['prepare']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'coordinator: make a request, and open its proposal',
    details:
      'Reads the ledger and the chain, checks everything, opens a proposal, and writes its request for the isolated laptop. A request issues assets, redeems bars, or corrects the mapping. Amounts, heights and masses of a redemption are read from the chain and the mapping. Without a file, the command asks for assets; with --redeem, it asks for bars and burns. If it is stopped, the typed answers are kept as CSV beside the request.',
    examples: [
      ['New assets, from a spreadsheet', '$0 prepare --issuances bars.csv'],
      ['A redemption, with a line for each burn', '$0 prepare --redemptions burns.csv'],
      ['A correction of a mistyped serial', '$0 prepare --corrections wrong.csv --reason "serial mistyped"'],
      [
        'A small request, in fewer QR codes, for a laptop that already has the mapping',
        '$0 prepare --issuances bars.csv --without-base',
      ],
    ],
  });
  issuances = Option.String('--issuances', {
    description: 'CSV or JSON with serial, year, manufacturer, mass (in fine troy ounces), address',
  });
  redemptions = Option.String('--redemptions', {
    description: 'CSV or JSON with "reference" and "burn" (TXID or TXID:VOUT)',
  });
  redeem = Option.Boolean('--redeem', false, {
    description: 'ask for bars and burns at the terminal',
  });
  corrections = Option.String('--corrections', {
    description: 'CSV or JSON with "reference" and "to" (the correct reference, or the word "remove")',
  });
  reason = Option.String('--reason', {
    description: 'with --corrections: the reason, 1 to 80 characters; the signer shows it first',
  });
  burnt = Option.Array('--burnt', {
    description:
      'burntassets.dat of the older wallet, to compare with the chain; give the option once for each file',
  });
  out = outOption();
  yes = yesOption('do not ask whether the table is right');
  maxTipAge = maxTipAgeOption();
  withoutBase = withoutBaseOption();
  overwrite = overwriteOption();
  /** The typed answers, kept until the request is written. */
  private typed: TypedInput | undefined;

  private get output(): RequestOutput {
    const { stick } = this.config;
    return new RequestOutput(this.world, { ...this, stick });
  }

  override stopped(): StopText {
    const kept = this.keepTyped();
    if ([...this.activity.written].some(key => key.startsWith(LEDGER_PREFIX))) return STOPPED_OPENING;
    return makePrepareStopText(kept);
  }

  /**
   * Saves the typed answers, because typing them again causes mistakes.
   * @returns a sentence about the saved file, or the reason why it was not saved; null if there are no
   * answers to save
   */
  private keepTyped(): string | null {
    const { typed } = this;
    const csv = typed?.csv() ?? null;
    this.typed = undefined;
    if (!typed || csv === null) return null;
    for (let i = 1; i <= 99; i++) {
      const name = this.output.beside(`typed${i > 1 ? `-${i}` : ''}.csv`);
      try {
        writeOutput(resolve(this.world.cwd, name), utf8(csv), {});
      } catch (error) {
        if (error instanceof Refusal && error.code === 'FILE_EXISTS') continue;
        return answersNotSavedText((error as Error).message);
      }
      return answersSavedText(name, typed.option);
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

  /** Prepares the request. Without `--yes`, shows it and asks the person before the proposal is opened. */
  private async once(services: Services, wanted: Wanted, file: string | null): Promise<Shown> {
    let shown: Shown | undefined;
    const look = async (prepared: Prepared) => (shown = await describePrepared(services, prepared));
    const agree = async (prepared: Prepared) => {
      services.world.stderr.write((await look(prepared)).text);
      if (await askYes(services.world, 'Is this right?')) return;
      throw requestNotConfirmedRefusal(file);
    };
    const maxTipAge = parseTipAge(this.maxTipAge);
    const prepared = await prepareRequest(services, {
      wanted,
      maxTipAge,
      agree: this.yes ? undefined : agree,
    });
    return shown ?? look(prepared);
  }

  /** Prepares the request from a file. An error ends the command, and the person corrects the file. */
  private fromFile(services: Services, { wanted, file }: WantedFile): Promise<Shown> {
    return this.once(services, wanted, file);
  }

  /**
   * Prepares the request from answers at the terminal. If other answers can correct an error, the person is
   * asked for them, and the command continues.
   */
  private async fromPerson(services: Services): Promise<Shown> {
    const { stderr } = services.world;
    const start = this.redeem ? startTypedRedemptions : startTypedAssets;
    const typed = await start(services, parseTipAge(this.maxTipAge));
    this.typed = typed;
    const burnt = readBurntFiles(services.world, this);
    await typed.enterAll();
    for (;;) {
      try {
        return await this.once(services, { ...typed.wanted, burnt }, null);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (error.code !== 'NOT_CONFIRMED') {
          if (!typed.correctable.includes(error.code)) throw error;
          stderr.write(`${error.message}\n${error.hint}\n`);
        }
      }
      if (!(await typed.correct())) throw requestNotConfirmedRefusal(null);
    }
  }

  private async make(): Promise<Result> {
    checkWantedOptions(this);
    parseTipAge(this.maxTipAge);
    this.output.check();
    const services = await this.services();
    const from = readWantedChanges(services.world, services.trust, this);
    const shown = from ? await this.fromFile(services, from) : await this.fromPerson(services);
    const { derivation, blocksLeft, chain } = shown.prepared;
    const { request } = derivation;
    const out = this.output.write(request, requestFileBytes(derivation, !this.withoutBase, []));
    this.typed = undefined;
    const view = requestView(derivation, chain.evidence.burns);
    return {
      json: {
        ...requestJson(derivation, view, out, blocksLeft, shown.warnings),
        ...(view.hasPeriod ? {} : { notes: shown.notes }),
      },
      text: [
        this.yes ? shown.text : '',
        preparedText(out, request.height, view.hasPeriod ? blocksLeft : null),
        signCommandLine(out),
        `review code  ${request.reviewCode}\n`,
      ].join(''),
    };
  }
}

interface Shown {
  prepared: Prepared;
  /** The table of the request, then notes and warnings. */
  text: string;
  warnings: readonly string[];
  notes: readonly string[];
}

async function describePrepared(services: Services, prepared: Prepared): Promise<Shown> {
  const { derivation, chain, reserved, gone } = prepared;
  const [warnings, notes] = await Promise.all([
    requestWarnings(services, derivation, chain, gone, reserved),
    redemptionNotes(services, derivation),
  ]);
  const view = requestView(derivation, chain.evidence.burns);
  const text = view.text(windowWidth(services.world)) + notesText(notes) + warningsText(warnings);
  return { prepared, text, warnings, notes };
}

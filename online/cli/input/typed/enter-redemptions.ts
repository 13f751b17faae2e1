/**
 * Asks a person for redemptions. Each typed bar is at once searched in the mapping, and each typed burn on
 * the chain.
 */
import { formatAmount } from '../../../../shared/amount.ts';
import { MAX_BURNS, MAX_REDEMPTIONS } from '../../../../shared/changes.ts';
import { type Code, printableText, Refusal, valueText } from '../../../../shared/errors.ts';
import { assetAtIndex } from '../../../../shared/mapping/asset-listing.ts';
import type { Mapping } from '../../../../shared/mapping/mapping.ts';
import { sumOfMasses } from '../../../../shared/redemption/mass-sums.ts';
import { periodOf, tokenAmount } from '../../../../shared/token-schedule.ts';
import type { LedgerState } from '../../../ledger/ledger-state.ts';
import { REFERENCE, REFERENCE_EXPECTED } from '../../../legacy/redeemable-bars.ts';
import { countText } from '../../../platform/text/words.ts';
import { checkReadyToPrepare, type Ready } from '../../../proposal/commands/prepare.ts';
import { sumDifference } from '../../../proposal/draft/burn-sums.ts';
import { isBarMapped, unknownBarRefusal } from '../../../proposal/draft/unknown-bars.ts';
import {
  type BurnFact,
  burnProblem,
  earlierCountProblem,
  ONE_CONFIRMATION,
  outputName,
  readBurns,
} from '../../../proposal/facts/burns.ts';
import type { Wanted } from '../../../proposal/facts/question.ts';
import { explainBurn } from '../../../proposal/texts/burns.ts';
import { RefusedError } from '../../../proposal/texts/refused-error.ts';
import { csvCell } from '../../../report/views/mapping-view.ts';
import type { CliServices } from '../../commands/base-command.ts';
import { askLine, askYes, requireTerminal } from '../../terminal/prompts.ts';
import { parseBurnName } from '../tables/redemption-file.ts';
import {
  ASK_BAR,
  burnQuestion,
  burnSumText,
  choicesText,
  OTHER_AMOUNT,
  typedBeforeText,
  typeOneOfText,
  whatIsWrongQuestion,
  whichIsWrongQuestion,
} from './texts.ts';
import type { TypedInput } from './typed-input.ts';

const OPTION = '--redemptions';
const FLAG = `${OPTION} FILE`;

interface TypedBar {
  reference: string;
  burns: BurnFact[];
}

export class TypedRedemptions implements TypedInput {
  readonly option = OPTION;
  readonly correctable: readonly Code[] = [
    ...(['ASSET_UNKNOWN', 'AMOUNT_MISMATCH', 'HEIGHT_MISMATCH', 'TOKEN_UNKNOWN'] as const),
    ...(['BURN_INVALID', 'BURN_SPENT', 'BURN_COUNTED', 'BURN_EXCEEDS'] as const),
  ];
  readonly bars: TypedBar[] = [];
  private readonly services: CliServices;
  private readonly base: Mapping;
  private readonly state: LedgerState;

  constructor(services: CliServices, { published, state }: Ready) {
    this.services = services;
    this.base = published.mapping;
    this.state = state;
  }

  get wanted(): Wanted {
    const whole = this.bars.filter(({ burns }) => burns.length > 0);
    return {
      redemptions: whole.map(({ reference, burns }) => ({
        reference,
        burns: burns.map(({ txid, vout }) => ({ txid, vout })),
      })),
    };
  }

  private say(text: string): void {
    this.services.world.stderr.write(`  ${text}\n`);
  }

  private ask(question: string, fresh = false): Promise<string> {
    return askLine(this.services.world, question, FLAG, { fresh });
  }

  /** The problem with a bar; null if it can be redeemed. */
  private barProblem(reference: string): string | null {
    if (this.bars.some(bar => bar.reference === reference))
      return `${typedBeforeText(valueText(reference))}.`;
    // A reference in an older mapping may be any text. A request permits at most 64 characters of printable
    // ASCII.
    if (!REFERENCE.test(reference)) return `Expected ${REFERENCE_EXPECTED}, got ${valueText(reference)}.`;
    if (isBarMapped(this.base, reference)) return null;
    const { message, hint } = new RefusedError(unknownBarRefusal(this.base, this.state.gone, reference));
    return `${message}. ${hint}`;
  }

  private async enterReference(): Promise<string> {
    for (;;) {
      const answer = await this.ask(ASK_BAR);
      const problem = this.barProblem(answer);
      if (problem === null) return answer;
      this.say(problem);
    }
  }

  private massOf(reference: string): string {
    const places = [...this.base.placesOf(new Set([reference]))];
    return sumOfMasses(places.map(place => assetAtIndex(this.base, place).mass));
  }

  /**
   * Prints the sum of the bar's burns so far.
   * @returns the difference from the needed amount in atoms: negative if burns are missing, positive if too
   * much is burnt, 0 before the first burn
   */
  private printSum({ reference, burns }: TypedBar): bigint {
    const mass = this.massOf(reference);
    const height = burns[0]?.height ?? null;
    if (height === null) {
      this.say(`${mass} fine troy ounces.`);
      return 0n;
    }
    const needed = tokenAmount(mass, height);
    const burnt = burns.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
    const off = sumDifference(mass, height, burnt);
    this.say(burnSumText(burns.length, burnt, needed, off, height));
    return off;
  }

  /** @returns the reason why the burn does not count for the bar; null if it counts */
  private burnProblem(bar: TypedBar, fact: BurnFact): string | null {
    const output = outputName(fact);
    if (this.bars.some(({ burns }) => burns.some(one => outputName(one) === output)))
      return `${typedBeforeText(output)}.`;
    const [first] = bar.burns;
    const { reference } = bar;
    const [expected, got] = [first?.height ?? fact.height ?? 0, fact.height ?? 0];
    const problem =
      earlierCountProblem(this.state, output) ??
      burnProblem(fact, ONE_CONFIRMATION) ??
      (periodOf(expected) === periodOf(got) ? null : ({ is: 'height', expected, got } as const));
    if (problem === null) return null;
    const { message, hint } = explainBurn({ kind: 'burn', reference, output, problem });
    return `${message}. ${hint}`;
  }

  /**
   * @param off difference from the needed amount in atoms: negative if burns are missing, positive if too
   * much is burnt
   * @returns false if the person typed `done`
   */
  private async enterBurn(bar: TypedBar, off: bigint): Promise<boolean> {
    const mayEnd = bar.burns.length > 0;
    let isTold = off === 0n;
    for (;;) {
      const answer = await this.ask(burnQuestion(mayEnd));
      if (answer === 'done' && mayEnd) {
        if (isTold) return false;
        isTold = true;
        this.say(OTHER_AMOUNT);
        continue;
      }
      try {
        const [fact] = (await readBurns(this.services.node, [parseBurnName(answer)])) as [BurnFact];
        const problem = this.burnProblem(bar, fact);
        if (problem === null) {
          bar.burns.push(fact);
          this.say(`${formatAmount(fact.amount ?? 0n)} of token ${fact.token}`);
          return true;
        }
        this.say(problem);
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'FIELD_INVALID') throw error;
        this.say(error.message);
      }
    }
  }

  private async enterBurns(bar: TypedBar): Promise<void> {
    let off = this.printSum(bar);
    while (bar.burns.length < MAX_BURNS && (await this.enterBurn(bar, off))) off = this.printSum(bar);
  }

  private async enterOne(): Promise<void> {
    this.services.world.stderr.write(`Redemption ${this.bars.length + 1}\n`);
    const bar = { reference: await this.enterReference(), burns: [] };
    this.bars.push(bar);
    await this.enterBurns(bar);
  }

  async enterAll(): Promise<void> {
    const { world } = this.services;
    do await this.enterOne();
    while (this.bars.length < MAX_REDEMPTIONS && (await askYes(world, 'Another bar?', { flag: FLAG })));
  }

  async correct(): Promise<boolean> {
    const { bars } = this;
    bars.forEach(({ reference, burns }, i) => {
      this.say(`${i + 1}  ${printableText(reference)}, ${countText(burns.length, 'burn')}`);
    });
    const mayAdd = bars.length < MAX_REDEMPTIONS;
    const words = choicesText(bars.length, mayAdd);
    for (;;) {
      const answer = await this.ask(whichIsWrongQuestion('bar', words), true);
      if (answer === 'stop') return false;
      if (answer === 'add' && mayAdd) {
        await this.enterOne();
        return true;
      }
      const bar = /^[0-9]{1,3}$/.test(answer) ? bars[Number(answer) - 1] : undefined;
      if (bar) {
        await this.correctOne(bar);
        return true;
      }
      this.services.world.stderr.write(typeOneOfText(words));
    }
  }

  private async correctOne(bar: TypedBar): Promise<void> {
    const { bars } = this;
    const remove = bars.length > 1 ? ', or remove' : '';
    const words = `reference, burns${remove}`;
    for (;;) {
      const answer = await this.ask(whatIsWrongQuestion(printableText(bar.reference), words), true);
      if (answer === 'remove' && remove !== '') return void bars.splice(bars.indexOf(bar), 1);
      if (answer === 'burns') {
        bar.burns.length = 0;
        return this.enterBurns(bar);
      }
      if (answer === 'reference') {
        bar.reference = await this.enterReference();
        return;
      }
      this.services.world.stderr.write(typeOneOfText(words));
    }
  }

  csv(): string | null {
    if (this.bars.length === 0) return null;
    const lines = this.bars.flatMap(({ reference, burns }) => {
      const cells = burns.length === 0 ? [''] : burns.map(outputName);
      return cells.map(burn => `${csvCell(reference)},${burn}`);
    });
    return `${['reference,burn', ...lines].join('\n')}\n`;
  }
}

/** Checks that a request is possible, before a person types anything. @throws Refusal */
export async function startTypedRedemptions(
  services: CliServices,
  maxTipAge: number,
): Promise<TypedRedemptions> {
  requireTerminal(services.world, 'Which bars?', FLAG);
  return new TypedRedemptions(services, await checkReadyToPrepare(services, 'redemptions', maxTipAge));
}

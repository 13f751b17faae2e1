/** Redemptions typed by a person: each bar is looked for in the mapping, and each burn on the chain, as it is typed. */
import { formatAmount } from '../../../../shared/amount.ts';
import { MAX_BURNS, MAX_REDEMPTIONS } from '../../../../shared/changes.ts';
import { type Code, printable, Refusal, shown } from '../../../../shared/errors.ts';
import { assetAt, assetsOf } from '../../../../shared/mapping/listing.ts';
import type { Mapping } from '../../../../shared/mapping/mapping.ts';
import { sumOfMasses } from '../../../../shared/redemption/masses.ts';
import { periodOf, tokenAmount } from '../../../../shared/schedule.ts';
import { REFERENCE, REFERENCE_EXPECTED } from '../../../legacy/redeemable-bars.ts';
import { counted, listed } from '../../../platform/text/words.ts';
import { checkReady } from '../../../proposal/commands/prepare.ts';
import { type BurnFact, IN_A_BLOCK, noBurn, outputName, readBurns } from '../../../proposal/facts/burns.ts';
import type { Wanted } from '../../../proposal/facts/question.ts';
import { explainBurn } from '../../../proposal/texts/burns.ts';
import { csvCell } from '../../../report/views/mapping-view.ts';
import type { CliServices } from '../../commands/base.ts';
import { ask, askYes, needTerminal } from '../../terminal/prompts.ts';
import { readBurn } from '../tables/redemption-file.ts';
import type { Typed } from './typed.ts';

const OPTION = '--redemptions';
const FLAG = `${OPTION} FILE`;
/** Bars suggested where the mapping lacks the bar that was typed. */
const MAX_SUGGESTED = 3;

interface TypedBar {
  reference: string;
  burns: BurnFact[];
}

export class TypedRedemptions implements Typed {
  readonly option = OPTION;
  readonly mendable: readonly Code[] = [
    ...(['ASSET_UNKNOWN', 'AMOUNT_MISMATCH', 'HEIGHT_MISMATCH', 'TOKEN_UNKNOWN'] as const),
    ...(['BURN_INVALID', 'BURN_SPENT', 'BURN_COUNTED', 'BURN_EXCEEDS'] as const),
  ];
  readonly bars: TypedBar[] = [];
  private readonly services: CliServices;
  private readonly base: Mapping;

  /** @param base the published mapping */
  constructor(services: CliServices, base: Mapping) {
    this.services = services;
    this.base = base;
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
    return ask(this.services.world, question, FLAG, fresh);
  }

  /** What is wrong with a bar; null where it can be redeemed. */
  private barProblem(reference: string): string | null {
    if (this.bars.some(bar => bar.reference === reference)) return `${shown(reference)} is typed already.`;
    // An older mapping may have any text, of which a request takes 64 characters.
    if (!REFERENCE.test(reference)) return `Expected ${REFERENCE_EXPECTED}, got ${shown(reference)}.`;
    if (this.base.contained(new Set([reference])).size > 0) return null;
    const near = new Set(this.base.alike([reference]));
    const part = reference.toLowerCase();
    if (part.length > 3)
      for (const { reference: other } of assetsOf(this.base))
        if (near.size < MAX_SUGGESTED && other.toLowerCase().includes(part)) near.add(other);
    const like = near.size === 0 ? '' : ` It has ${listed([...near].map(printable))}.`;
    return `The mapping has no bar ${shown(reference)}.${like}`;
  }

  private async enterReference(): Promise<string> {
    for (;;) {
      const answer = await this.ask('  Bar (its reference, as the mapping has it): ');
      const problem = this.barProblem(answer);
      if (problem === null) return answer;
      this.say(problem);
    }
  }

  private massOf(reference: string): string {
    const places = [...this.base.placesOf(new Set([reference]))];
    return sumOfMasses(places.map(place => assetAt(this.base, place).mass));
  }

  /** What of the bar's tokens is burnt so far. */
  private printSum({ reference, burns }: TypedBar): void {
    const mass = this.massOf(reference);
    const height = burns[0]?.height ?? null;
    if (height === null) {
      this.say(`${mass} fine troy ounces.`);
      return;
    }
    const needed = tokenAmount(mass, height);
    const burnt = burns.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
    const all = `${formatAmount(needed)} are needed at redemption height ${height}`;
    this.say(`${counted(burns.length, 'burn')} of ${formatAmount(burnt)} together; ${all}.`);
  }

  /** @returns null where it counts for the bar */
  private burnProblem(bar: TypedBar, fact: BurnFact): string | null {
    const output = outputName(fact);
    if (this.bars.some(({ burns }) => burns.some(one => outputName(one) === output)))
      return `${output} is typed already.`;
    const [first] = bar.burns;
    const { reference } = bar;
    const [expected, got] = [first?.height ?? fact.height ?? 0, fact.height ?? 0];
    const problem =
      noBurn(fact, IN_A_BLOCK) ??
      (periodOf(expected) === periodOf(got) ? null : ({ is: 'height', expected, got } as const));
    if (problem === null) return null;
    const { message, hint } = explainBurn({ kind: 'burn', reference, output, problem });
    return `${message}. ${hint}`;
  }

  /** @returns false at the word `done` */
  private async enterBurn(bar: TypedBar): Promise<boolean> {
    const done = bar.burns.length > 0 ? ', or done' : '';
    for (;;) {
      const answer = await this.ask(`  Burnt output (TXID or TXID:VOUT${done}): `);
      if (answer === 'done' && done !== '') return false;
      try {
        const [fact] = (await readBurns(this.services.node, [readBurn(answer)])) as [BurnFact];
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
    do this.printSum(bar);
    while (bar.burns.length < MAX_BURNS && (await this.enterBurn(bar)));
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
    while (this.bars.length < MAX_REDEMPTIONS && (await askYes(world, 'Another bar?', FLAG)));
  }

  async correct(): Promise<boolean> {
    const { bars } = this;
    bars.forEach(({ reference, burns }, i) => {
      this.say(`${i + 1}  ${printable(reference)}, ${counted(burns.length, 'burn')}`);
    });
    const add = bars.length < MAX_REDEMPTIONS ? ', add' : '';
    const words = `${bars.length === 1 ? '1' : `1 to ${bars.length}`}${add}, or stop`;
    for (;;) {
      const answer = await this.ask(`Which one is wrong? (${words}) `, true);
      if (answer === 'stop') return false;
      if (answer === 'add' && add !== '') {
        await this.enterOne();
        return true;
      }
      const bar = /^[0-9]{1,3}$/.test(answer) ? bars[Number(answer) - 1] : undefined;
      if (bar) {
        await this.correctOne(bar);
        return true;
      }
      this.services.world.stderr.write(`Type ${words}.\n`);
    }
  }

  private async correctOne(bar: TypedBar): Promise<void> {
    const { bars } = this;
    const remove = bars.length > 1 ? ', or remove' : '';
    const words = `reference, burns${remove}`;
    for (;;) {
      const answer = await this.ask(`What of ${printable(bar.reference)}? (${words}) `, true);
      if (answer === 'remove' && remove !== '') return void bars.splice(bars.indexOf(bar), 1);
      if (answer === 'burns') {
        bar.burns.length = 0;
        return this.enterBurns(bar);
      }
      if (answer === 'reference') {
        bar.reference = await this.enterReference();
        return;
      }
      this.services.world.stderr.write(`Type ${words}.\n`);
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

/** Nothing is asked that could not become a request. @throws Refusal */
export async function startRedemptions(services: CliServices, maxTipAge: number): Promise<TypedRedemptions> {
  needTerminal(services.world, 'Which bars?', FLAG);
  const { published } = await checkReady(services, 'redemptions', maxTipAge);
  return new TypedRedemptions(services, published.mapping);
}

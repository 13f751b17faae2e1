/**
 * Asks a person for assets. Each field is checked at once, `back` returns to the previous field, and no field
 * has a default.
 */

import { type AssetEntry, barReference, MAX_ISSUANCES } from '../../../../shared/changes.ts';
import { type Code, Refusal } from '../../../../shared/errors.ts';
import type { Mapping } from '../../../../shared/mapping/mapping.ts';
import type { Trust } from '../../../../shared/trust.ts';
import type { World } from '../../../platform/world.ts';
import { checkReadyToPrepare } from '../../../proposal/commands/prepare.ts';
import type { Wanted } from '../../../proposal/facts/question.ts';
import { csvCell } from '../../../report/views/mapping-view.ts';
import type { CliServices } from '../../commands/base-command.ts';
import { askLine, askYes, requireTerminal } from '../../terminal/prompts.ts';
import { FIRST_QUESTION } from '../../terminal/texts.ts';
import { lookAlikeWarnings } from '../../warnings/issuance.ts';
import { ASSET_FIELDS, checkAssetCell } from '../tables/asset-file.ts';
import {
  alreadyMappedText,
  assetTitle,
  choicesText,
  noCoinsRefusal,
  notChangedText,
  QUESTIONS,
  typeAnotherText,
  typedBeforeText,
  typeOneOfText,
  whatIsWrongQuestion,
  whichIsWrongQuestion,
} from './texts.ts';
import type { TypedInput } from './typed-input.ts';

const OPTION = '--issuances';
export const FLAG = `${OPTION} FILE`;
type Field = keyof AssetEntry;

/** The last field of a reference. When this field is typed, the reference is complete and can be checked. */
const NAMED_BY: Field = 'manufacturer';

export class TypedAssets implements TypedInput {
  readonly option = OPTION;
  readonly correctable: readonly Code[] = ['ADDRESS_NOT_WHITELISTED', 'DUPLICATE_ASSET', 'COINS_SHORT'];
  /** The entries typed so far. In the last entry, fields may be missing. */
  readonly entries: Partial<AssetEntry>[] = [];
  private readonly world: World;
  private readonly trust: Trust;
  private readonly base: Mapping | undefined;
  private readonly most: number;

  /**
   * @param base the published mapping. If the mapping has a bar, the person learns this as soon as the bar's
   * reference is typed
   * @param most largest number of assets
   */
  constructor(world: World, trust: Trust, base?: Mapping, most = MAX_ISSUANCES) {
    this.world = world;
    this.trust = trust;
    this.base = base;
    this.most = Math.min(most, MAX_ISSUANCES);
  }

  /** The complete entries. */
  get assets(): AssetEntry[] {
    return this.entries.filter((entry): entry is AssetEntry =>
      ASSET_FIELDS.every(f => entry[f] !== undefined),
    );
  }

  get wanted(): Wanted {
    return { assets: this.assets };
  }

  private say(text: string): void {
    this.world.stderr.write(`  ${text}\n`);
  }

  /**
   * The reason why this bar cannot be issued; null if it can be. Also prints warnings about look-alike bars.
   */
  private takenBy(entry: Partial<AssetEntry>): string | null {
    const reference = barReference(entry as AssetEntry);
    const others = this.assets.filter(other => other !== entry).map(barReference);
    if (others.includes(reference)) return typedBeforeText(reference);
    if (!this.base) return null;
    if (this.base.contained(new Set([reference])).size > 0) return alreadyMappedText(reference);
    const known = new Set(lookAlikeWarnings(others, this.base));
    for (const warning of lookAlikeWarnings([...others, reference], this.base))
      if (!known.has(warning)) this.say(`! ${warning}`);
    return null;
  }

  /** @returns true, or the word (`back`, `drop`) that was typed instead of an answer */
  private async answer(entry: Partial<AssetEntry>, field: Field, words = ['back']): Promise<true | string> {
    for (;;) {
      const answer = await askLine(this.world, `  ${QUESTIONS[field]}`, FLAG);
      if (words.includes(answer)) return answer;
      try {
        checkAssetCell(field, answer, this.trust);
      } catch (error) {
        this.say((error as Error).message);
        if (field === 'address' && error instanceof Refusal) this.say(error.hint);
        continue;
      }
      entry[field] = answer;
      return true;
    }
  }

  private async enterOne(): Promise<void> {
    let number = this.entries.length + 1;
    let entry: Partial<AssetEntry> = {};
    this.entries.push(entry);
    this.world.stderr.write(assetTitle(number));
    for (let i = 0; i < ASSET_FIELDS.length; ) {
      const field = ASSET_FIELDS[i] as Field;
      const word = await this.answer(entry, field, number > 1 && i === 0 ? ['back', 'drop'] : ['back']);
      if (word === 'drop') return void this.entries.pop();
      if (word !== true) {
        if (i > 0) i--;
        else if (number > 1) {
          this.entries.pop();
          number--;
          entry = this.entries[number - 1] as Partial<AssetEntry>;
          i = ASSET_FIELDS.length - 1;
          this.world.stderr.write(`Asset ${number}, ${barReference(entry as AssetEntry)}\n`);
        } else this.world.stderr.write(FIRST_QUESTION);
        continue;
      }
      const taken = field === NAMED_BY ? this.takenBy(entry) : null;
      if (taken === null) i++;
      else {
        this.say(typeAnotherText(taken, number > 1));
        i = 0;
      }
    }
  }

  async enterAll(): Promise<void> {
    do await this.enterOne();
    while (this.entries.length < this.most && (await askYes(this.world, 'Another asset?', { flag: FLAG })));
  }

  async correct(): Promise<boolean> {
    const { entries, world } = this;
    const count = entries.length;
    entries.forEach((entry, i) => {
      this.say(`${i + 1}  ${barReference(entry as AssetEntry)}`);
    });
    const mayAdd = count < this.most;
    const words = choicesText(count, mayAdd);
    for (;;) {
      const answer = await askLine(world, whichIsWrongQuestion('asset', words), FLAG, { fresh: true });
      if (answer === 'stop') return false;
      if (answer === 'add' && mayAdd) {
        await this.enterOne();
        return true;
      }
      const entry = /^[0-9]{1,4}$/.test(answer) ? entries[Number(answer) - 1] : undefined;
      if (entry) return this.correctOne(entry as AssetEntry);
      world.stderr.write(typeOneOfText(words));
    }
  }

  private async correctOne(entry: AssetEntry): Promise<boolean> {
    const { entries, world } = this;
    const remove = entries.length > 1 ? ', or remove' : '';
    for (;;) {
      const words = `${ASSET_FIELDS.join(', ')}${remove}`;
      const answer = await askLine(world, whatIsWrongQuestion(barReference(entry), words), FLAG, {
        fresh: true,
      });
      if (answer === 'remove' && remove !== '') {
        entries.splice(entries.indexOf(entry), 1);
        return true;
      }
      const field = ASSET_FIELDS.find(name => name === answer);
      if (!field) {
        world.stderr.write(typeOneOfText(words));
        continue;
      }
      const before = { ...entry };
      this.say(`Typed before: ${before[field]}`);
      if ((await this.answer(entry, field)) !== true) continue;
      const taken = this.takenBy(entry);
      if (taken === null) return true;
      this.say(notChangedText(taken));
      Object.assign(entry, before);
    }
  }

  csv(): string | null {
    const rows = this.entries.filter(entry => Object.keys(entry).length > 0);
    if (rows.length === 0) return null;
    const lines = rows.map(entry => ASSET_FIELDS.map(field => csvCell(entry[field] ?? '')).join(','));
    return `${[ASSET_FIELDS.join(','), ...lines].join('\n')}\n`;
  }
}

/** Checks that a request is possible, before a person types anything. @throws Refusal */
export async function startTypedAssets(services: CliServices, maxTipAge: number): Promise<TypedAssets> {
  const { world, trust } = services;
  requireTerminal(world, 'Which assets?', FLAG);
  const { published, state } = await checkReadyToPrepare(services, 'issuances', maxTipAge);
  const { length } = state.coins;
  if (length === 0) throw noCoinsRefusal();
  return new TypedAssets(world, trust, published.mapping, length);
}

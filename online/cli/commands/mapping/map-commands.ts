/** `countersign map …`: creates, prints, verifies, compares and exports mappings. */
import { resolve } from 'node:path';
import { Command, Option } from 'clipanion';
import { hexToBytes } from '../../../../shared/bytes.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { readAsExpectedKind } from '../../../../shared/file-kind.ts';
import { type JsonValue, readJson } from '../../../../shared/json.ts';
import { Fields } from '../../../../shared/json-fields.ts';
import { listAssets } from '../../../../shared/mapping/asset-listing.ts';
import { MAX_MAPPING_BYTES, type Mapping, parseMapping } from '../../../../shared/mapping/mapping.ts';
import { type Policy, verifyUnderPolicy } from '../../../../shared/mapping/verify.ts';
import { readLedger } from '../../../ledger/ledger.ts';
import { keys } from '../../../ledger/object-keys.ts';
import { nativeSha256, readMappingObject } from '../../../ledger/stored-mappings.ts';
import { readInput } from '../../../platform/files.ts';
import { type World, windowWidth } from '../../../platform/world.ts';
import { explainTrouble } from '../../../proposal/texts/troubles.ts';
import { compareEntries, massChanges } from '../../../report/mapping-difference.ts';
import {
  assetTableText,
  differenceText,
  mappingCsvText,
  ORDERS,
  sortAssets,
  summaryText,
} from '../../../report/views/mapping-view.ts';
import { hasAmbiguousTime, UNSURE_TIME, verdictText } from '../../../report/views/verification-view.ts';
import { EXIT_DONE, EXIT_REFUSED } from '../../errors/error-output.ts';
import { BaseCommand, ConfiguredCommand, type Result } from '../base-command.ts';
import { parseWord } from '../options.ts';
import { otherFileKind } from './other-file-kinds.ts';
import {
  foundEntriesText,
  hintToUseFind,
  noMappingRefusal,
  notAMappingRefusal,
  OLDER_CONTROLLERS,
  olderMappingRefusal,
} from './texts.ts';

const CATEGORY = 'The mapping';

/** If the file is of another known kind, the error names that kind instead of a missing member. */
function readMappingFile(world: World, file: string): Mapping {
  const bytes = readInput(resolve(world.cwd, file), MAX_MAPPING_BYTES);
  try {
    return parseMapping(bytes, file, nativeSha256);
  } catch (error) {
    const kind = otherFileKind(bytes);
    if (kind === null) throw error;
    throw notAMappingRefusal(file, kind);
  }
}

/** Gives the error of an invalid mapping the message and the next step that `status` prints. */
function readOrThrowTrouble(read: () => Mapping): Mapping {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, hint } = explainTrouble({ kind: 'map-damaged', refusal: error }, null);
    throw new Refusal(code, message, hint);
  }
}

/** Base class of commands that read a mapping: a named file, or the published mapping. */
abstract class MapCommand extends ConfiguredCommand {
  async readMapping(file: string | undefined): Promise<Mapping> {
    if (file !== undefined) return readMappingFile(this.world, file);
    const store = await this.store();
    const bytes = await store.get(keys.mapping, MAX_MAPPING_BYTES);
    if (bytes) return readOrThrowTrouble(() => readMappingObject(bytes, keys.mapping));
    throw noMappingRefusal(store.name, this.copy().read().length > 0);
  }
}

export class MapShowCommand extends MapCommand {
  static override paths = [['map', 'show']];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: 'print the mapping',
    examples: [
      ['The published mapping', '$0 map show'],
      ['A file', '$0 map show map.json'],
      ['One bar or token', '$0 map show --find 031037-2019-PAMP'],
      ['The lightest bars first', '$0 map show --sort mass'],
    ],
  });
  file = Option.String({ required: false, name: 'FILE' });
  find = Option.String('--find', {
    description: 'show only entries whose reference or asset id contains this text',
  });
  sort = Option.String('--sort', 'number', {
    description: 'sort by number, reference or mass (default number)',
  });

  override readonly isPaged = true;

  /** Adds a hint about --find, because the person may have typed a reference in place of a file name. */
  private throwWithFindHint(error: unknown): never {
    const { file } = this;
    if (!(error instanceof Refusal) || error.code !== 'FILE_MISSING' || !file || /[./]/.test(file))
      throw error;
    throw new Refusal(error.code, error.message, hintToUseFind(file));
  }

  async main(): Promise<Result> {
    const order = parseWord('--sort', this.sort, ORDERS);
    const mapping = await this.readMapping(this.file).catch(error => this.throwWithFindHint(error));
    const wanted = this.find;
    const part = wanted?.toLowerCase() ?? '';
    const found = [...listAssets(mapping)].filter(
      a => a.reference.toLowerCase().includes(part) || a.assetId.includes(part),
    );
    const assets = sortAssets(found, order);
    const head =
      wanted === undefined ? summaryText(mapping) : foundEntriesText(found.length, mapping.size, wanted);
    return {
      json: {
        digest: mapping.digest,
        height: mapping.height,
        time: mapping.time,
        totalMass: mapping.totalMass,
        assets: assets.map(({ key, reference, mass, assetId }) => ({
          number: key,
          reference,
          mass,
          assetId,
        })),
      },
      text:
        wanted !== undefined && assets.length === 0
          ? head
          : head + assetTableText(assets, windowWidth(this.world)),
    };
  }
}

export class MapVerifyCommand extends MapCommand {
  static override paths = [['map', 'verify']];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: 'check who signed the mapping; exit 1 if it is not valid',
    examples: [
      ['The published mapping, with the trust profile', '$0 map verify'],
      ['A file, with the older file of keys', '$0 map verify map.json --controllers controllers.json'],
    ],
  });
  file = Option.String({ required: false, name: 'FILE' });
  controllers = Option.String('--controllers', {
    description: 'the older controllers.json, instead of the trust profile',
  });

  async main(): Promise<Result> {
    const policy = this.controllers === undefined ? this.trust() : this.readControllers(this.controllers);
    const mapping = await this.readMapping(this.file);
    const json = verifyUnderPolicy(mapping, policy);
    if (this.file === undefined && (json.valid || json.begins)) await this.checkCurrent(mapping);
    const unsure = hasAmbiguousTime(mapping) ? `${UNSURE_TIME}\n` : '';
    return {
      json,
      text: `${verdictText(mapping, policy, json)}.\n${summaryText(mapping)}${unsure}`,
      exitCode: json.valid ? EXIT_DONE : EXIT_REFUSED,
    };
  }

  /**
   * Checks that the mapping is not an older mapping of the ledger, which has valid signatures too.
   * @throws Refusal ROLLBACK
   */
  private async checkCurrent({ digest }: Mapping): Promise<void> {
    const { state } = await readLedger(await this.store(), this.copy());
    if (state === null || state.mapping === digest || !state.mappings.includes(digest)) return;
    throw olderMappingRefusal(state.mapping, digest);
  }

  private readControllers(file: string): Policy {
    const bytes = readInput(resolve(this.world.cwd, file), 64 * 1024);
    return readAsExpectedKind(bytes, file, OLDER_CONTROLLERS, () =>
      this.policyFrom(readJson(bytes, file, 64 * 1024)),
    );
  }

  private policyFrom(value: JsonValue): Policy {
    const fields = new Fields(value, '', ['n', 'm', 'pubkeys']);
    const m = fields.integer('m', 1, 15);
    const names = Array.from({ length: m }, (_, i) => String(i + 1));
    const pubkeys = fields.object('pubkeys', names);
    return {
      n: fields.integer('n', 1, m),
      m,
      pubkeys: names.map(name => hexToBytes(pubkeys.hex(name, 33), pubkeys.at(name), 33)),
    };
  }
}

export class MapDiffCommand extends BaseCommand {
  static override paths = [['map', 'diff']];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: 'show the changes from one mapping to another',
    examples: [['Two files', '$0 map diff old.json new.json']],
  });
  old = Option.String({ required: true, name: 'OLD' });
  new = Option.String({ required: true, name: 'NEW' });

  async main(): Promise<Result> {
    const [before, after] = [readMappingFile(this.world, this.old), readMappingFile(this.world, this.new)];
    const diff = compareEntries(before, after);
    const masses = massChanges(before, after);
    return {
      json: { ...diff, ...masses },
      text: differenceText(before, after, diff, windowWidth(this.world), masses),
    };
  }
}

export class MapCsvCommand extends MapCommand {
  static override paths = [['map', 'csv']];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: 'export the mapping as CSV, with masses in fine troy ounces',
    examples: [['The published mapping', '$0 map csv > map.csv']],
  });
  file = Option.String({ required: false, name: 'FILE' });

  async main(): Promise<Result> {
    const csv = mappingCsvText(await this.readMapping(this.file));
    return { json: { csv }, text: csv };
  }
}

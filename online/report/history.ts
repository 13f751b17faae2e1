/**
 * The history of the published mapping: the ledger's mappings in order, read from `history/`, and the gaps of
 * this history.
 */

import { listAssets } from '../../shared/mapping/asset-listing.ts';
import type { Asset } from '../../shared/mapping/assets.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { groupMassesBy, sumOfMasses } from '../../shared/redemption/mass-sums.ts';
import { pythonRound } from '../../shared/redemption/python-rounding.ts';
import { isRefusalOfObject, keys } from '../ledger/object-keys.ts';
import { fetchPastMapping } from '../ledger/stored-mappings.ts';
import type { Services } from '../proposal/services.ts';
import type { Store } from '../store/store.ts';
import { compareEntries } from './mapping-difference.ts';
import { heightsOfIssue, type PublishedRequest } from './published-requests.ts';
import type { Report } from './report.ts';
import {
  alteredEntriesText,
  missingObjectText,
  NOT_KEPT,
  notInLedgerText,
  readingHistoryText,
  unexplainedAssetsText,
  unusableObjectText,
} from './texts/report-gaps.ts';
import { amountAt, isReadableMass } from './token-verdicts.ts';

/** A mapping of the history, compared with the mapping before it. */
export interface HistoryStep {
  digest: string;
  time: string;
  height: number;
  /** Number of entries. */
  assets: number;
  totalMass: string;
  /** Number of tokens that are in no earlier step. */
  added: number;
  /**
   * Atoms that the schedule gives for the added tokens, each at its height of issue. For a token whose height
   * of issue is not recorded, it is the amount at this step's height.
   */
  issued: bigint;
  /** Mass that redemptions and removals took from the mapping, with 3 decimals. */
  removedMass: string;
  /** Atoms of `removedMass`, computed with the schedule at `height`. */
  removed: bigint;
  /** References of the bars that this step redeemed, from the ledger. */
  redeemed: readonly string[];
}

export interface History {
  /** The steps, in order of publication. */
  steps: HistoryStep[];
  /** A text about each gap of the history. */
  gaps: string[];
  /**
   * Number of tokens with a readable mass whose height of issue is not recorded. The amount of such a token
   * is computed at the height of the first step that has the token.
   */
  assumed: number;
}

/** The parts of a report that the history needs. */
export type Reported = Pick<Report, 'published' | 'line' | 'issuances'>;

const HISTORY_KEY = /^history\/([0-9a-f]{64})\.json$/;

/** Digests of all mappings that have an object in `history/`. The objects may be invalid. */
async function listHistory(store: Store): Promise<string[]> {
  return (await store.list(keys.histories)).flatMap(key => HISTORY_KEY.exec(key)?.[1] ?? []);
}

/** Largest number of mappings that are read at once, because mappings may be large. */
const AT_ONCE = 4;
/** From this number of mappings on, progress is printed. */
const MANY = 50;

type Reader = Pick<Services, 'store' | 'trust' | 'progress'>;

/** @returns the mapping, or the reason why it cannot be used */
async function readPastMappingOrReason(reader: Reader, digest: string): Promise<Mapping | string> {
  try {
    const past = await fetchPastMapping(reader, digest);
    return past?.mapping ?? 'the object is missing';
  } catch (error) {
    if (!isRefusalOfObject(error)) throw error;
    const key = `${keys.history(digest)}: `;
    return error.message.startsWith(key) ? error.message.slice(key.length) : error.message;
  }
}

/**
 * Reads the mappings, a few at a time, and gives each usable mapping to `take`, in order.
 * @returns a sentence about each mapping that cannot be used
 */
async function forEachPastMapping(
  reader: Reader,
  digests: readonly string[],
  take: (past: Mapping) => void,
): Promise<string[]> {
  const gaps: string[] = [];
  for (let i = 0; i < digests.length; i += AT_ONCE) {
    const part = digests.slice(i, i + AT_ONCE);
    const read = await Promise.all(part.map(digest => readPastMappingOrReason(reader, digest)));
    for (const [j, past] of read.entries()) {
      if (typeof past === 'string') gaps.push(unusableObjectText(keys.history(part[j] as string), past));
      else take(past);
    }
  }
  return gaps;
}

/** Compares each mapping with the previous mapping, and collects the steps and the gaps. */
class HistoryComparison {
  readonly steps: HistoryStep[] = [];
  readonly gaps: string[] = [];
  assumed = 0;
  private before: Mapping | undefined;
  private readonly seen = new Set<string>();
  private readonly issuances: Reported['issuances'];
  private readonly issuedAt: ReadonlyMap<string, number>;

  constructor({ issuances }: Reported) {
    this.issuances = issuances;
    this.issuedAt = heightsOfIssue(issuances);
  }

  /** The masses of each token that no earlier call had, by asset id. Entries of other tokens are ignored. */
  private fresh(entries: Iterable<Asset>): Map<string, string[]> {
    const found = groupMassesBy(
      [...entries].filter(({ assetId }) => !this.seen.has(assetId)),
      'assetId',
    );
    for (const assetId of found.keys()) this.seen.add(assetId);
    return found;
  }

  private issuedFor(fresh: ReadonlyMap<string, readonly string[]>, height: number): bigint {
    let issued = 0n;
    for (const [token, masses] of fresh) {
      const mass = sumOfMasses(masses);
      if (!isReadableMass(mass)) continue;
      const issuedAt = this.issuedAt.get(token);
      if (issuedAt === undefined) this.assumed++;
      issued += amountAt(mass, issuedAt ?? height);
    }
    return issued;
  }

  add(mapping: Mapping): void {
    const { before } = this;
    const { digest, time, height, size: assets, totalMass } = mapping;
    const changes = before && compareEntries(before, mapping);
    const fresh = this.fresh(
      changes ? [...changes.added, ...changes.changed.map(({ after }) => after)] : listAssets(mapping),
    );
    const had = [before?.totalMass ?? '0', ...[...fresh.values()].flat()];
    const lost = Number(sumOfMasses(had)) - Number(totalMass);
    const removedMass = Math.max(0, pythonRound(lost, 3)).toFixed(3);
    const step = {
      ...{ digest, time, height, assets, totalMass, removedMass, added: fresh.size },
      redeemed: this.issuances.get(digest)?.redeemed ?? [],
      issued: this.issuedFor(fresh, height),
      removed: amountAt(removedMass, height),
    };
    const record = this.issuances.get(digest);
    const foreign = [...fresh.keys()].filter(token => !record?.transactions.has(token)).length;
    // A recorded request without transactions is a redemption or a correction. It may change entries.
    const isRecorded = record !== undefined && record.transactions.size === 0;
    const altered = changes && !isRecorded ? changes.removed.length + changes.changed.length : 0;
    this.gaps.push(
      ...unexplainedTokenTexts(step, record, foreign, this.steps.at(-1)),
      ...alteredEntryTexts(step, altered, before),
    );
    this.steps.push(step);
    this.before = mapping;
  }
}

/**
 * A sentence about new tokens of a step, if the request of this step did not issue all of them.
 * @param foreign number of new tokens that this request did not issue
 */
function unexplainedTokenTexts(
  step: HistoryStep,
  record: PublishedRequest | undefined,
  foreign: number,
  before: HistoryStep | undefined,
): string[] {
  if (foreign === 0) return [];
  const { added } = step;
  const issued = record ? added - foreign : null;
  return [unexplainedAssetsText({ mapping: step, before: before ?? null, added, issued })];
}

/**
 * A sentence about entries that the step changed or removed, and that no recorded redemption or correction
 * explains.
 * @param altered number of these entries; 0 gives no sentence
 */
function alteredEntryTexts(step: HistoryStep, altered: number, before: Mapping | undefined): string[] {
  if (altered === 0 || !before) return [];
  return [alteredEntriesText(step, before, altered, step.removedMass)];
}

/** A sentence about each earlier mapping of the ledger that has no object in `history/`. */
function missingMappingTexts({ published, line, issuances }: Reported, kept: ReadonlySet<string>): string[] {
  return line
    .filter(digest => digest !== published.mapping.digest && !kept.has(digest))
    .map(digest => {
      const record = issuances.get(digest);
      return missingObjectText(
        digest,
        record ? { height: record.height, issued: record.transactions.size } : null,
      );
    });
}

/**
 * Reads every mapping of the history, a few at a time.
 * @throws Refusal if the store cannot be read. A damaged object of the history is no error: it becomes a gap
 */
export async function fetchHistory(reader: Reader, reported: Reported): Promise<History> {
  const { mapping } = reported.published;
  const kept = new Set(await listHistory(reader.store));
  const isKept = kept.delete(mapping.digest);
  if (kept.size >= MANY) reader.progress(readingHistoryText(kept.size));
  const line = new HistoryComparison(reported);
  const known = new Set(reported.line);
  const earlier = [...known].filter(digest => kept.has(digest));
  const others = [...kept].filter(digest => !known.has(digest));
  const gaps = isKept ? [] : [NOT_KEPT];
  gaps.push(...(await forEachPastMapping(reader, earlier, past => line.add(past))));
  line.add(mapping);
  const foreign = (past: Mapping) => gaps.push(notInLedgerText(past));
  gaps.push(...(await forEachPastMapping(reader, others, foreign)));
  const { steps, assumed } = line;
  return { steps, gaps: [...gaps, ...missingMappingTexts(reported, kept), ...line.gaps], assumed };
}

/** How the published mapping came to be: the ledger's mappings in their order, as history/ has them, and what is missing there. */

import type { Asset } from '../../shared/mapping/assets.ts';
import { assetsOf } from '../../shared/mapping/listing.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { massesBy, sumOfMasses } from '../../shared/redemption/masses.ts';
import { pythonRound } from '../../shared/redemption/rounding.ts';
import { fetchPast } from '../ledger/mappings.ts';
import { isOfObject, keys } from '../ledger/objects.ts';
import { counted, isAre } from '../platform/text/words.ts';
import type { Services } from '../proposal/services.ts';
import type { Store } from '../store/store.ts';
import { difference } from './difference.ts';
import { type IssuanceRecord, issueHeights } from './issuances.ts';
import type { Report } from './report.ts';
import { amountAt, isReadable } from './tokens.ts';

/** A mapping on the way to the published one, that one included. */
export interface HistoryStep {
  digest: string;
  time: string;
  height: number;
  /** Entries. */
  assets: number;
  totalMass: string;
  /** Tokens that no step before has. */
  added: number;
  /** Their amount at their issue, in atoms: by the schedule at its height. */
  issued: bigint;
  /** Mass that the mapping lost otherwise, with 3 decimals: bars redeemed or taken out. */
  removedMass: string;
  /** The amount for that mass, in atoms: by the schedule at the height of the step. */
  removed: bigint;
  /** References of the bars that the ledger says were redeemed in it. */
  redeemed: readonly string[];
}

export interface History {
  /** In the order in which they were published. */
  steps: HistoryStep[];
  /** What the history does not tell, each as a sentence. */
  gaps: string[];
  /** Tokens whose height of issue no record tells: their amount is that of the step that has them first. */
  assumed: number;
}

/** What the history needs of a report: the mapping, the ledger's line of mappings, and what made each. */
export type Reported = Pick<Report, 'published' | 'line' | 'issuances'>;

const HISTORY_KEY = /^history\/([0-9a-f]{64})\.json$/;

/** Digests of all mappings that have an object in the history, whatever is in it. */
async function listHistory(store: Store): Promise<string[]> {
  return (await store.list(keys.histories)).flatMap(key => HISTORY_KEY.exec(key)?.[1] ?? []);
}

/** Mappings may be large: so many are held at once. */
const AT_ONCE = 4;
/** Of so many the person who waits is told. */
const MANY = 50;

type Reader = Pick<Services, 'store' | 'trust' | 'progress'>;

/** @returns the mapping, or why it cannot be counted on */
async function readPast(reader: Reader, digest: string): Promise<Mapping | string> {
  try {
    const past = await fetchPast(reader, digest);
    return past?.mapping ?? 'it is gone';
  } catch (error) {
    if (!isOfObject(error)) throw error;
    const key = `${keys.history(digest)}: `;
    return error.message.startsWith(key) ? error.message.slice(key.length) : error.message;
  }
}

/** Reads a few at a time, in this order. */
async function eachPast(
  reader: Reader,
  digests: readonly string[],
  take: (past: Mapping) => void,
): Promise<string[]> {
  const gaps: string[] = [];
  for (let i = 0; i < digests.length; i += AT_ONCE) {
    const part = digests.slice(i, i + AT_ONCE);
    const read = await Promise.all(part.map(digest => readPast(reader, digest)));
    for (const [j, past] of read.entries()) {
      if (typeof past === 'string') gaps.push(`${keys.history(part[j] as string)} cannot be used: ${past}.`);
      else take(past);
    }
  }
  return gaps;
}

/** Follows the line from mapping to mapping. */
class Line {
  readonly steps: HistoryStep[] = [];
  readonly gaps: string[] = [];
  assumed = 0;
  private before: Mapping | undefined;
  private readonly seen = new Set<string>();
  private readonly issuances: Reported['issuances'];
  private readonly issuedAt: ReadonlyMap<string, number>;

  constructor({ issuances }: Reported) {
    this.issuances = issuances;
    this.issuedAt = issueHeights(issuances);
  }

  /** Masses of the tokens among these entries that no mapping before has. */
  private fresh(entries: Iterable<Asset>): Map<string, string[]> {
    const found = massesBy(
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
      if (!isReadable(mass)) continue;
      const issuedAt = this.issuedAt.get(token);
      if (issuedAt === undefined) this.assumed++;
      issued += amountAt(mass, issuedAt ?? height);
    }
    return issued;
  }

  add(mapping: Mapping): void {
    const { before } = this;
    const { digest, time, height, size: assets, totalMass } = mapping;
    const changes = before && difference(before, mapping);
    const fresh = this.fresh(
      changes ? [...changes.added, ...changes.changed.map(({ after }) => after)] : assetsOf(mapping),
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
    // A redemption or a correction of the ledger changes entries, and has no transaction of ours.
    const isRecorded = record !== undefined && record.transactions.size === 0;
    const altered = changes && !isRecorded ? changes.removed.length + changes.changed.length : 0;
    this.gaps.push(
      ...gapBefore(step, record, foreign, this.steps.at(-1)),
      ...alteredGap(step, altered, before),
    );
    this.steps.push(step);
    this.before = mapping;
  }
}

/** What a step brought that no issuance of its own explains. */
function gapBefore(
  step: HistoryStep,
  record: IssuanceRecord | undefined,
  foreign: number,
  before: HistoryStep | undefined,
): string[] {
  if (foreign === 0) return [];
  const than = before
    ? ` more than the one of height ${before.height} before it`
    : ' and is the oldest one kept';
  const name = `The mapping ${step.digest} of height ${step.height} has ${counted(step.added, 'asset')}${than}`;
  const drawn = 'drawn at its height, which may be later than they were issued';
  return record
    ? [
        `${name}, of which its own issuance brought ${step.added - foreign}: at least one mapping before it is missing in history/. The other ${foreign} ${isAre(foreign)} ${drawn}.`,
      ]
    : [
        `${name}. There is no record of its issuance: mappings may be missing before it, and they are ${drawn}.`,
      ];
}

/** Issuances only add entries. */
function alteredGap(step: HistoryStep, altered: number, before: Mapping | undefined): string[] {
  if (altered === 0 || !before) return [];
  const less = Number(step.removedMass) > 0 ? ` It has a mass of ${step.removedMass} less.` : '';
  return [
    `The mapping ${step.digest} of height ${step.height} lacks or changes ${altered === 1 ? '1 entry' : `${altered} entries`} of the one of height ${before.height} before it.${less} There is no record of that: another tool redeemed or removed bars.`,
  ];
}

/** Mappings of the ledger that have no object. */
function missing({ published, line, issuances }: Reported, kept: ReadonlySet<string>): string[] {
  return line
    .filter(digest => digest !== published.mapping.digest && !kept.has(digest))
    .map(digest => {
      const record = issuances.get(digest);
      const what = record
        ? ` of height ${record.height} is missing, which brought ${counted(record.transactions.size, 'asset')}`
        : ' is missing';
      return `${keys.history(digest)}${what}. Whoever has a copy can put it back.`;
    });
}

/**
 * Reads every mapping of the history, a few at a time.
 * @throws Refusal those of the store; what is wrong with an object of the history is told as a gap
 */
export async function fetchHistory(reader: Reader, reported: Reported): Promise<History> {
  const { mapping } = reported.published;
  const kept = new Set(await listHistory(reader.store));
  const isKept = kept.delete(mapping.digest);
  if (kept.size >= MANY) reader.progress(`Reading the ${kept.size} mappings of history/.`);
  const line = new Line(reported);
  const known = new Set(reported.line);
  const earlier = [...known].filter(digest => kept.has(digest));
  const others = [...kept].filter(digest => !known.has(digest));
  const gaps = isKept ? [] : ['The published mapping is not in history/: another tool put it in place.'];
  gaps.push(...(await eachPast(reader, earlier, past => line.add(past))));
  line.add(mapping);
  const foreign = ({ digest, height }: Mapping) =>
    gaps.push(
      `The mapping ${digest} of height ${height} is in no entry of the ledger: it is left out of the picture.`,
    );
  gaps.push(...(await eachPast(reader, others, foreign)));
  const { steps, assumed } = line;
  return { steps, gaps: [...gaps, ...missing(reported, kept), ...line.gaps], assumed };
}

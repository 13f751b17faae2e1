/** How the published mapping came to be: the mappings of the store's history that led to it, and what is missing there. */
import { parseAmount } from '../../shared/amount.ts';
import type { Asset } from '../../shared/mapping/assets.ts';
import { assetsOf } from '../../shared/mapping/listing.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { tokenAmount } from '../../shared/schedule.ts';
import { fetchPast } from '../ledger/mappings.ts';
import { isOfObject, keys } from '../ledger/objects.ts';
import { counted, isAre } from '../platform/text/words.ts';
import type { Services } from '../proposal/services.ts';
import type { Store } from '../store/store.ts';
import type { IssuanceRecord } from './issuances.ts';
import { MASS, type Report } from './report.ts';

/** A mapping on the way to the published one, that one included. */
export interface HistoryStep {
  digest: string;
  time: string;
  height: number;
  assets: number;
  totalMass: string;
  /** Assets that the step before does not have. */
  added: number;
  /** Tokens issued for them, in atoms: by the schedule at the height of their issue. */
  issued: bigint;
}

export interface History {
  /** In the order in which they were published. */
  steps: HistoryStep[];
  /** What the history does not tell, each as a sentence. */
  gaps: string[];
  /** Assets whose height of issue no record tells: their tokens are counted as of the step that has them first. */
  assumed: number;
}

/** What a page needs besides: the mapping, what is known of each of its tokens, and what made each mapping. */
export type Reported = Pick<Report, 'published' | 'mapped' | 'issuances'>;

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

/** What a step brought that no issuance of its own explains. */
function gapBefore({ step, record }: Found, foreign: number, before: HistoryStep | undefined): string[] {
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

interface Found {
  step: HistoryStep;
  /** This mapping's own issuance; undefined if there is no record of it. */
  record: IssuanceRecord | undefined;
}

/** By height, then by time; two of one height and time by what they hold. */
const order = (a: HistoryStep, b: HistoryStep) =>
  a.height - b.height || Number(a.time) - Number(b.time) || a.assets - b.assets;

/** Finds for each asset of the published mapping the step that brought it, whatever the order they are given in. */
class Ancestry {
  private readonly places = new Map<string, number>();
  private readonly assets: Asset[] = [];
  private readonly broughtBy: Found[] = [];
  private readonly found: Found[] = [];
  private readonly reported: Reported;

  constructor(reported: Reported) {
    this.reported = reported;
    for (const asset of assetsOf(reported.published.mapping))
      this.places.set(asset.assetId, this.assets.push(asset) - 1);
  }

  /** @returns false if it has an entry that the published mapping does not have */
  add(past: Mapping): boolean {
    const { digest, time, height, size: assets, totalMass } = past;
    const step = { digest, time, height, assets, totalMass, added: 0, issued: 0n };
    const found = { step, record: this.reported.issuances.get(digest) };
    const places: number[] = [];
    for (const { assetId, reference, mass } of assetsOf(past)) {
      const place = this.places.get(assetId);
      const asset = place === undefined ? undefined : this.assets[place];
      if (asset?.reference !== reference || asset.mass !== mass) return false;
      places.push(place as number);
    }
    for (const place of places) {
      const other = this.broughtBy[place];
      if (!other || order(found.step, other.step) < 0) this.broughtBy[place] = found;
    }
    this.found.push(found);
    return true;
  }

  /** Mappings of this line that were published, as their records show, and that have no object. */
  private missing(kept: ReadonlySet<string>): string[] {
    return [...this.reported.issuances]
      .filter(([digest, { transactions }]) => {
        return !kept.has(digest) && [...transactions.keys()].every(token => this.places.has(token));
      })
      .sort(([, a], [, b]) => a.height - b.height)
      .map(([digest, { height, transactions }]) => {
        const assets = counted(transactions.size, 'asset');
        return `${keys.history(digest)} of height ${height} is missing, which brought ${assets}. Whoever has a copy can put it back.`;
      });
  }

  /** @param kept digests that have an object in the history, whatever is in it */
  history(gaps: readonly string[], kept: ReadonlySet<string>): History {
    const foreign = new Map<Found, number>();
    let assumed = 0;
    for (const [place, found] of this.broughtBy.entries()) {
      const { mass, assetId } = this.assets[place] as Asset;
      const { step, record } = found;
      step.added++;
      const atIssue = this.reported.mapped[place]?.expectedAtIssue ?? null;
      if (atIssue !== null) step.issued += parseAmount(atIssue, assetId);
      else if (MASS.test(mass)) {
        step.issued += tokenAmount(mass, step.height);
        assumed++;
      }
      if (!record?.transactions.has(assetId)) foreign.set(found, (foreign.get(found) ?? 0) + 1);
    }
    const found = this.found.sort((a, b) => order(a.step, b.step));
    const more = found.flatMap((f, i) => gapBefore(f, foreign.get(f) ?? 0, found[i - 1]?.step));
    const steps = found.map(({ step }) => step);
    return { steps, gaps: [...gaps, ...this.missing(kept), ...more], assumed };
  }
}

/**
 * Reads every mapping of the history, a few at a time.
 * @throws Refusal those of the store; what is wrong with an object of the history is told as a gap
 */
export async function fetchHistory(reader: Reader, reported: Reported): Promise<History> {
  const { mapping } = reported.published;
  const ancestry = new Ancestry(reported);
  const digests = await listHistory(reader.store);
  const gaps = digests.includes(mapping.digest)
    ? []
    : ['The published mapping is not in history/: another tool put it in place.'];
  const others = digests.filter(digest => digest !== mapping.digest);
  if (others.length >= MANY) reader.progress(`Reading the ${others.length} mappings of history/.`);
  for (let i = 0; i < others.length; i += AT_ONCE) {
    const part = others.slice(i, i + AT_ONCE);
    const read = await Promise.all(part.map(digest => readPast(reader, digest)));
    for (const [j, past] of read.entries()) {
      if (typeof past === 'string') gaps.push(`${keys.history(part[j] as string)} cannot be used: ${past}.`);
      else if (!ancestry.add(past)) {
        gaps.push(
          `The mapping ${past.digest} of height ${past.height} has entries that the published one lacks: it is left out of the picture.`,
        );
      }
    }
  }
  ancestry.add(mapping);
  return ancestry.history(gaps, new Set([...digests, mapping.digest]));
}

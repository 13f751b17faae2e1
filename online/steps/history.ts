/** How the published mapping came to be: the mappings of the store's history that led to it, and what is missing there. */
import { verifyBase } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import type { Asset } from '../../shared/mapping/assets.ts';
import { MAX_MAPPING_BYTES, type Mapping } from '../../shared/mapping/mapping.ts';
import { tokenAmount } from '../../shared/schedule.ts';
import type { Trust } from '../../shared/trust.ts';
import { keys } from '../objects.ts';
import { type Published, readMappingObject } from '../published.ts';
import type { Store } from '../store/store.ts';
import { counted, isAre } from '../words.ts';
import { fetchIssuance } from './issuance-record.ts';
import { MASS } from './report.ts';

/** A mapping on the way to the published one, that one included. */
export interface HistoryStep {
  digest: string;
  time: string;
  height: number;
  assets: number;
  totalMass: string;
  /** Assets that the step before does not have. */
  added: number;
  /** Tokens issued for them, in atoms: by the schedule at this step's height. */
  issued: bigint;
}

export interface History {
  /** In the order in which they were published. */
  steps: HistoryStep[];
  /** What the history does not tell, each as a sentence. */
  gaps: string[];
}

const HISTORY = 'history/';
const KEY = /^history\/([0-9a-f]{64})\.json$/;
/** Mappings may be large: so many are held at once. */
const AT_ONCE = 4;

/** @returns the mapping, or why it cannot be counted on */
async function readPast(store: Store, trust: Trust, digest: string): Promise<Mapping | string> {
  const key = keys.history(digest);
  const bytes = await store.get(key, MAX_MAPPING_BYTES);
  if (!bytes) return 'it is gone';
  try {
    const mapping = readMappingObject(bytes, key);
    verifyBase(mapping, trust);
    return mapping.digest === digest ? mapping : `it is the mapping ${mapping.digest}`;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.message;
  }
}

async function recordedTokens(store: Store, digest: string): Promise<ReadonlySet<string> | null> {
  try {
    const record = await fetchIssuance(store, digest);
    return record && new Set(record.transactions.keys());
  } catch (error) {
    if (error instanceof Refusal && error.code === 'OBJECT_INVALID') return null;
    throw error;
  }
}

/** What a step brought that no issuance of its own explains. */
function gapBefore({ step, recorded }: Found, foreign: number, before: HistoryStep | undefined): string[] {
  if (foreign === 0) return [];
  const than = before ? `than the one of height ${before.height} before it` : 'and is the oldest one kept';
  const name = `The mapping ${step.digest} of height ${step.height} has ${counted(step.added, 'asset')} more ${than}`;
  const drawn = 'drawn as issued at its height, which may be later than they were';
  return recorded
    ? [
        `${name}, of which its own issuance brought ${step.added - foreign}: at least one mapping before it is missing in history/. The other ${foreign} ${isAre(foreign)} ${drawn}.`,
      ]
    : [
        `${name}. There is no record of its issuance: mappings may be missing before it, and they are ${drawn}.`,
      ];
}

interface Found {
  step: HistoryStep;
  /** Tokens that this mapping's own issuance issued; null if there is no record of it. */
  recorded: ReadonlySet<string> | null;
}

/** By height, then by time. */
const isBefore = (a: HistoryStep, b: HistoryStep) =>
  a.height < b.height || (a.height === b.height && Number(a.time) < Number(b.time));

/** Finds for each asset of the published mapping the step that brought it, whatever the order they are given in. */
class Ancestry {
  private readonly places = new Map<string, number>();
  private readonly assets: Asset[] = [];
  private readonly broughtBy: Found[] = [];
  private readonly found: Found[] = [];

  constructor(published: Mapping) {
    for (const asset of published.assets()) this.places.set(asset.tokenId, this.assets.push(asset) - 1);
  }

  /** @returns false if it has an entry that the published mapping does not have */
  add(past: Mapping, recorded: Found['recorded']): boolean {
    const { digest, time, height, size: assets, totalMass } = past;
    const found = { step: { digest, time, height, assets, totalMass, added: 0, issued: 0n }, recorded };
    const places: number[] = [];
    for (const { tokenId, reference, mass } of past.assets()) {
      const place = this.places.get(tokenId);
      const asset = place === undefined ? undefined : this.assets[place];
      if (asset?.reference !== reference || asset.mass !== mass) return false;
      places.push(place as number);
    }
    for (const place of places) {
      const other = this.broughtBy[place];
      if (!other || isBefore(found.step, other.step)) this.broughtBy[place] = found;
    }
    this.found.push(found);
    return true;
  }

  history(gaps: readonly string[]): History {
    const foreign = new Map<Found, number>();
    for (const [place, found] of this.broughtBy.entries()) {
      const { mass, tokenId } = this.assets[place] as Asset;
      found.step.added++;
      if (MASS.test(mass)) found.step.issued += tokenAmount(mass, found.step.height);
      if (!found.recorded?.has(tokenId)) foreign.set(found, (foreign.get(found) ?? 0) + 1);
    }
    const found = this.found.sort((a, b) => (isBefore(a.step, b.step) ? -1 : 1));
    const more = found.flatMap((f, i) => gapBefore(f, foreign.get(f) ?? 0, found[i - 1]?.step));
    return { steps: found.map(({ step }) => step), gaps: [...gaps, ...more] };
  }
}

/**
 * Reads every mapping of the history, a few at a time.
 * @throws Refusal those of the store; what is wrong with an object of the history is told as a gap
 */
export async function fetchHistory(store: Store, trust: Trust, { mapping }: Published): Promise<History> {
  const ancestry = new Ancestry(mapping);
  const digests = (await store.list(HISTORY)).flatMap(key => KEY.exec(key)?.[1] ?? []);
  const gaps = digests.includes(mapping.digest)
    ? []
    : ['The published mapping is not in history/: another tool put it in place.'];
  const others = digests.filter(digest => digest !== mapping.digest);
  for (let i = 0; i < others.length; i += AT_ONCE) {
    const part = others.slice(i, i + AT_ONCE);
    const read = await Promise.all(
      part.map(digest => Promise.all([readPast(store, trust, digest), recordedTokens(store, digest)])),
    );
    for (const [j, [past, recorded]] of read.entries()) {
      if (typeof past === 'string') gaps.push(`${keys.history(part[j] as string)} cannot be used: ${past}.`);
      else if (!ancestry.add(past, recorded)) {
        gaps.push(
          `The mapping ${past.digest} of height ${past.height} has entries that the published one lacks: it is left out of the picture.`,
        );
      }
    }
  }
  ancestry.add(mapping, await recordedTokens(store, mapping.digest));
  return ancestry.history(gaps);
}

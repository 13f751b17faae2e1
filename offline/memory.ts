/**
 * The signer's memory, computed from the journal: key, pinned profile, mappings, signed requests, and each bar's signed
 * coin. A mapping is "built on" when the controller signs a request with it as the base, goes back to it, or releases
 * burns because of it.
 */

import { barReference, type CoinRef, correctedReference, MAX_REDEMPTIONS, outpointText } from '../shared/changes.ts';
import { compareTimes, type Derivation, isInitialMapping } from '../shared/derive.ts';
import { checkThat, HINTS, Refusal } from '../shared/errors.ts';
import type { JsonObject, PlainValue } from '../shared/json.ts';
import { Fields, OTHER_VERSION } from '../shared/json-fields.ts';
import { assetAtIndex } from '../shared/mapping/asset-listing.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import { digestedContent, parseRequest, type Request } from '../shared/request.ts';
import { reviewCode } from '../shared/review-code.ts';
import type { Trust } from '../shared/trust.ts';
import { shownToken } from './screen/screen-parts.ts';
import { dayText } from './text-layout.ts';

/** A mapping on which this signer has built. */
export interface Seen {
  mapping: string;
  time: string;
  height: number;
  assets: number;
}

export interface Signed {
  request: Request;
  /** Digest of the new mapping. */
  mapping: string;
  /** Time of signing, by the device's clock. */
  at: string;
  /** Asset ids of the tokens that the redemptions moved to other bars. Each move rounds the mass of a token. */
  moved: string[];
  /** For each redemption, the first entry of its bar in the base, as {@link mappingEntryText} gives it. */
  entries: string[];
  /** Bars whose burnt outputs were released, each with the digest of the mapping that justifies the release. */
  released: Map<string, string>;
}

export interface SignedCoin {
  coin: CoinRef;
  at: string;
  reviewCode: string;
}

export interface Memory {
  /** Public key, hex. */
  key: string;
  /** Digest of the pinned profile; null if none is pinned. */
  trust: string | null;
  /** Policy asset of the pinned profile, which identifies the chain; null if no profile is pinned. */
  policyAsset: string | null;
  /**
   * The newest mapping built on; null if there is none. This member and all members below are for the pinned profile's
   * chain, because another chain has other mappings and coins.
   */
  newest: Seen | null;
  /** All mappings built on. A rollback to an older mapping removes the newer mappings. */
  built: Seen[];
  /**
   * Height and time of the first mapping with bars on which this signer built, or of the first signed request,
   * whichever came first.
   */
  oldest: Pick<Seen, 'height' | 'time'> | null;
  signed: Signed[];
  /**
   * Rule 8: for each bar that was signed and not released, the coin with which it was signed. A renamed bar has an
   * entry for each of its names.
   */
  coins: Map<string, SignedCoin>;
  /** A line for each rollback and each release. */
  overruled: string[];
}

/** Largest number of moved tokens that the journal has for a request. They are needed for a warning only. */
const MAX_MOVED = 1000;

type Chain = Omit<Memory, 'key' | 'trust' | 'policyAsset'>;
const emptyChainMemory = (): Chain => ({
  newest: null,
  built: [],
  oldest: null,
  signed: [],
  coins: new Map(),
  overruled: [],
});
type Entry = { [key: string]: PlainValue };

export const beginEntry = (key: string): Entry => ({ type: 'begin', key });

/**
 * The policy asset identifies the chain, because a network's name can be changed. If a signer pins a profile of the
 * same chain with other controllers, it keeps its memory.
 */
export const pinnedEntry = ({ digest, network, policyAsset }: Trust): Entry => {
  return { type: 'trust', trust: digest, chain: `${network.name} ${policyAsset}` };
};

/** @param type `rollback` if the controller goes back to this older mapping */
export const seenEntry = ({ digest, time, height, size }: Mapping, type: 'seen' | 'rollback' = 'seen'): Entry => {
  return { type, mapping: digest, time, height, assets: size };
};

/** @param transaction id of the transaction that spent the coin for the bar `other` */
export const coinReleaseEntry = (
  reference: string,
  coin: CoinRef,
  other: string,
  mapping: string,
  transaction: string,
): Entry => {
  return { type: 'release', reference, coin: outpointText(coin), other, mapping, transaction };
};

/** @param requests digests of the redemptions that counted the released outputs for the bar */
export const burnReleaseEntry = (reference: string, requests: string[], mapping: string): Entry => {
  return { type: 'release-burns', reference, requests, mapping };
};

/**
 * A text that identifies an entry: its number and its asset id. If an entry is deleted, its text does not occur again,
 * with one exception. What is left of the entry's token gets entries with other numbers, and a bar that is issued again
 * gets another asset id. The exception is a bar that is issued again on the same coin.
 */
export function mappingEntryText(mapping: Mapping, place: number): string {
  const { key, assetId } = assetAtIndex(mapping, place);
  return `${key} ${shownToken(assetId)}`;
}

function firstEntriesOfBars({ request, base }: Derivation): string[] {
  const bars = request.redemptions.map(({ reference }) => reference);
  const first = new Map<string, string>();
  for (const place of base.placesOf(new Set(bars))) {
    const { reference } = assetAtIndex(base, place);
    if (!first.has(reference)) first.set(reference, mappingEntryText(base, place));
  }
  return bars.map(bar => first.get(bar) as string);
}

export const signedEntry = (derivation: Derivation): Entry => {
  const { request, mapping, redemptions } = derivation;
  const entries = redemptions.length > 0 ? { entries: firstEntriesOfBars(derivation) } : {};
  const moved = [...new Set(redemptions.flatMap(({ moves }) => moves.map(({ token }) => token)))].slice(0, MAX_MOVED);
  const more = moved.length > 0 ? { moved } : {};
  return {
    type: 'signed',
    digest: request.digest,
    request: digestedContent(request),
    mapping: mapping.digest,
    ...entries,
    ...more,
  };
};

const isMappingNewer = (a: { time: string; height: number }, b: { time: string; height: number }): boolean =>
  (compareTimes(a.time, b.time) || a.height - b.height) > 0;

/**
 * Makes a mapping the newest one. If it is older than some of the mappings in `built`, as after a rollback, removes
 * these mappings.
 */
function setNewestMapping(chain: Chain, now: Seen): void {
  chain.newest = now;
  chain.built = [...chain.built.filter(before => !isMappingNewer(before, now)), now];
  if (now.assets > 0) chain.oldest ??= now;
}

function addSignedRequest(chain: Chain, fields: Fields): void {
  fields.constant('type', 'signed');
  const request = parseRequest(fields.value('request') as never, fields.path);
  fields.constant('digest', request.digest);
  const at = fields.text('at');
  const { reviewCode } = request;
  chain.oldest ??= request;
  const moved = fields.value('moved') === undefined ? [] : fields.list('moved', 1, MAX_MOVED).map(String);
  const entries = fields.value('entries') === undefined ? [] : fields.list('entries', 1, MAX_REDEMPTIONS).map(String);
  chain.signed.push({ request, mapping: fields.hex('mapping', 32), at, moved, entries, released: new Map() });
  for (const issuance of request.issuances)
    chain.coins.set(barReference(issuance), { coin: issuance.coin, at, reviewCode });
  // The new name is bound to the coin, too. Otherwise a renamed bar could be removed from the mapping and issued again
  // on another coin.
  for (const correction of request.corrections) {
    const [name, before] = [correctedReference(correction), chain.coins.get(correction.reference)];
    if (name !== undefined && before) chain.coins.set(name, { ...before, at, reviewCode });
  }
}

/**
 * Computes the memory from the journal's entries, whose hashes are already checked.
 * @throws Refusal JOURNAL_INVALID, naming the line
 */
export function memoryFromEntries(entries: readonly JsonObject[]): Memory {
  const memory: Omit<Memory, keyof Chain> = { key: '', trust: null, policyAsset: null };
  const chains = new Map<string, Chain>();
  let chain = emptyChainMemory();
  const take = (entry: JsonObject, i: number) => {
    const fieldsOf = (...names: string[]) => new Fields(entry, `journal line ${i + 1}`, ['type', 'at', ...names]);
    const type = entry.get('type');
    if (type === 'begin') {
      memory.key = fieldsOf('key').hex('key', 33);
    } else if (type === 'trust') {
      const fields = fieldsOf('trust', 'chain');
      memory.trust = fields.hex('trust', 32);
      memory.policyAsset = fields.text('chain').slice(-64);
      chain = chains.get(memory.policyAsset) ?? emptyChainMemory();
      chains.set(memory.policyAsset, chain);
    } else if (type === 'seen' || type === 'rollback') {
      const fields = fieldsOf('mapping', 'time', 'height', 'assets');
      const [height, assets] = [fields.integer('height', 0, 1e9), fields.integer('assets', 0, 1e9)];
      const before = chain.newest?.mapping;
      setNewestMapping(chain, { mapping: fields.hex('mapping', 32), time: fields.text('time'), height, assets });
      if (type === 'rollback')
        chain.overruled.push(`${dayText(fields.text('at'))}  rollback to ${chain.newest?.mapping} from ${before}`);
    } else if (type === 'release') {
      const fields = fieldsOf('reference', 'coin', 'other', 'mapping', 'transaction');
      const [bar, coin, other] = [fields.text('reference'), fields.text('coin'), fields.text('other')];
      chain.coins.delete(bar);
      const spent = `which ${fields.hex('transaction', 32)} spent for ${other}`;
      chain.overruled.push(`${dayText(fields.text('at'))}  released ${bar} from policy coin ${coin}, ${spent}`);
    } else if (type === 'release-burns') {
      const fields = fieldsOf('reference', 'requests', 'mapping');
      const [bar, mapping] = [fields.text('reference'), fields.hex('mapping', 32)];
      const requests = fields.list('requests', 1, 1e6).map(String);
      for (const { request, released } of chain.signed)
        if (requests.includes(request.digest)) released.set(bar, mapping);
      const codes = requests.map(reviewCode).join(', ');
      chain.overruled.push(
        `${dayText(fields.text('at'))}  released the burns of ${bar} in ${codes}, based on mapping ${mapping}`,
      );
    } else addSignedRequest(chain, fieldsOf('digest', 'request', 'mapping', 'moved?', 'entries?'));
  };
  try {
    entries.forEach(take);
  } catch (error) {
    // The hash of the line is correct, so a signer wrote the line, most likely a newer version. The hint does not
    // advise a new home, because a new home has no memory of signed requests.
    const hint = `${OTHER_VERSION} If that version also refuses the journal, do not sign, do not change this home, and inform the other controllers.`;
    const message = `this version cannot read the journal: ${(error as Error).message}`;
    throw new Refusal('JOURNAL_INVALID', message, hint);
  }
  return { ...memory, ...chain };
}

/**
 * Digest, time and height of the mapping that a signed request makes. The mapping's number of assets is not known, and
 * is 0 here.
 */
export const factsOfMadeMapping = ({ request: { time, height }, mapping }: Signed): Seen => ({
  mapping,
  time,
  height,
  assets: 0,
});

/**
 * 0 if the two are the same mapping. 1 if `mapping` is newer, or if `newest` is null. Otherwise -1, also for another
 * mapping with the same time and height.
 */
export function compareWithNewest(mapping: Mapping, newest: Seen | null): -1 | 0 | 1 {
  if (!newest) return 1;
  if (mapping.digest === newest.mapping) return 0;
  return isMappingNewer(mapping, newest) ? 1 : -1;
}

/**
 * Rule 2: the empty first mapping is accepted only if this signer has built on no other mapping.
 * @throws Refusal BASE_INVALID
 */
export function checkFirstBase(base: Mapping, { newest }: Memory): void {
  const again = !isInitialMapping(base) || !newest || compareWithNewest(base, newest) === 0;
  const first = `base: the empty mapping ${base.digest} is accepted only as the very first base mapping`;
  checkThat(again, 'BASE_INVALID', `${first}, and this signer has built on ${newest?.mapping}`, HINTS.get('ROLLBACK'));
}

/** Rule 3: the base is the newest mapping built on, or a newer mapping. @throws Refusal ROLLBACK */
export function checkBaseAge(base: Mapping, { newest }: Memory): void {
  const expected = `at least time ${newest?.time} and height ${newest?.height} as in the newest mapping that this signer has built on`;
  const message = `base: expected ${expected}, got time ${base.time} and height ${base.height}`;
  checkThat(compareWithNewest(base, newest) >= 0, 'ROLLBACK', message);
}

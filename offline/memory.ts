/** What the journal tells: whose it is, what is pinned, the newest mapping seen, and what was signed on which coin. */
import { compareTimes, isFirst } from '../shared/derive.ts';
import { check, HINTS, Refusal } from '../shared/errors.ts';
import { Fields } from '../shared/fields.ts';
import type { JsonObject, PlainValue } from '../shared/json.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import { type CoinRef, outpointOf, type Request, referenceOf, requestContent, requestFrom } from '../shared/request.ts';
import type { Trust } from '../shared/trust.ts';

/** A fully signed mapping that this signer has accepted. */
export interface Seen {
  mapping: string;
  time: string;
  height: number;
  assets: number;
}

export interface Signed {
  request: Request;
  /** Digest of the mapping that it makes. */
  mapping: string;
  /** When, by the device's clock. */
  at: string;
}

export interface Memory {
  /** Public key. */
  key: string;
  /** Digest of the pinned profile. */
  trust: string | null;
  /** Of the pinned profile's chain only: another chain has mappings and coins of its own. */
  newest: Seen | null;
  /** The one that the last request signed here builds on; null for none, or for the empty one that begins. */
  builtOn: Seen | null;
  signed: Signed[];
}

type Chain = Pick<Memory, 'newest' | 'builtOn' | 'signed'>;
type Entry = { [key: string]: PlainValue };

export const begun = (key: string): Entry => ({ type: 'begin', key });

/** The chain is that of the policy asset, whatever the network is called: new controllers take over its memory. */
export const pinned = ({ digest, network, policyAsset }: Trust): Entry => {
  return { type: 'trust', trust: digest, chain: `${network.name} ${policyAsset}` };
};

export const seen = ({ digest, time, height, size }: Mapping): Entry => {
  return { type: 'seen', mapping: digest, time, height, assets: size };
};

export const signed = (request: Request, mapping: string): Entry => {
  return { type: 'signed', digest: request.digest, request: requestContent(request), mapping };
};

/**
 * The entries hold together by their hashes; here each is read as what it says.
 * @throws Refusal JOURNAL_INVALID naming the line
 */
export function recall(entries: readonly JsonObject[]): Memory {
  const memory: Pick<Memory, 'key' | 'trust'> = { key: '', trust: null };
  const chains = new Map<string, Chain>();
  let chain: Chain = { newest: null, builtOn: null, signed: [] };
  const take = (entry: JsonObject, i: number) => {
    const fieldsOf = (...names: string[]) => new Fields(entry, `journal line ${i + 1}`, ['type', 'at', ...names]);
    const type = entry.get('type');
    if (type === 'begin') {
      memory.key = fieldsOf('key').hex('key', 33);
    } else if (type === 'trust') {
      const fields = fieldsOf('trust', 'chain');
      memory.trust = fields.hex('trust', 32);
      const name = fields.text('chain').slice(-64);
      chain = chains.get(name) ?? { newest: null, builtOn: null, signed: [] };
      chains.set(name, chain);
    } else if (type === 'seen') {
      const fields = fieldsOf('mapping', 'time', 'height', 'assets');
      const [height, assets] = [fields.integer('height', 0, 1e9), fields.integer('assets', 0, 1e9)];
      chain.newest = { mapping: fields.hex('mapping', 32), time: fields.text('time'), height, assets };
    } else {
      const fields = fieldsOf('digest', 'request', 'mapping');
      fields.constant('type', 'signed');
      const request = requestFrom(fields.value('request') as never, fields.path);
      fields.constant('digest', request.digest);
      // Nothing older than the newest is signed, so it is that one, or the empty one before there was any.
      chain.builtOn = chain.newest;
      chain.signed.push({ request, mapping: fields.hex('mapping', 32), at: fields.text('at') });
    }
  };
  try {
    entries.forEach(take);
  } catch (error) {
    throw new Refusal('JOURNAL_INVALID', `the journal is damaged: ${(error as Error).message}`);
  }
  return { ...memory, ...chain };
}

/** Whether the mapping is the newest seen (0), newer (1), or neither: older, or another one of the same moment (-1). */
export function ageOf(mapping: Mapping, newest: Seen | null): -1 | 0 | 1 {
  if (!newest) return 1;
  if (mapping.digest === newest.mapping) return 0;
  return (compareTimes(mapping.time, newest.time) || mapping.height - newest.height) > 0 ? 1 : -1;
}

/** Rules 2 (its last part) and 3. @throws Refusal ROLLBACK, BASE_INVALID */
export function checkAge(base: Mapping, { newest, signed }: Memory): void {
  const other = newest?.mapping ?? signed.map(s => s.request.base.mapping).find(before => before !== base.digest);
  const first = `an empty mapping without signatures is accepted only as the very first; this signer has seen ${other}`;
  check(!(isFirst(base) && other), 'BASE_INVALID', `base: ${first}, the request has ${base.digest}`, HINTS.ROLLBACK);
  const younger = `this signer has seen a newer one of height ${newest?.height} and time ${newest?.time}`;
  check(ageOf(base, newest) >= 0, 'ROLLBACK', `base: of height ${base.height} and time ${base.time}, ${younger}`);
}

/**
 * Rule 8: two transactions for one bar can never both confirm if they spend one coin. No mapping frees a bar from its
 * coin, not even one that gives the coin's token to another bar: it is signed before anything is sent, so it does not
 * tell which of the transactions on that coin the chain has.
 * @throws Refusal DOUBLE_ISSUE
 */
export function checkCoins(request: Request, { signed }: Memory): void {
  const before = new Map<string, { coin: CoinRef; at: string }>();
  for (const { request, at } of signed)
    for (const issuance of request.issuances) before.set(referenceOf(issuance), { coin: issuance.coin, at });
  request.issuances.forEach((issuance, i) => {
    const reference = referenceOf(issuance);
    const [then, now] = [before.get(reference), outpointOf(issuance.coin)];
    if (!then || outpointOf(then.coin) === now) return;
    const signedOn = `${reference} was signed on ${then.at.slice(0, 10)} with the coin ${outpointOf(then.coin)}`;
    throw new Refusal('DOUBLE_ISSUE', `issuances[${i}].coin: ${signedOn}, the request has ${now}`);
  });
}

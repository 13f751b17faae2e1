/** What the journal tells: whose it is, what is pinned, the newest mapping seen, and what was signed on which coin. */
import { compareTimes } from '../shared/derive.ts';
import { Refusal } from '../shared/errors.ts';
import { Fields } from '../shared/fields.ts';
import type { JsonObject, PlainValue } from '../shared/json.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import { type CoinRef, type Request, referenceOf, requestContent, requestFrom } from '../shared/request.ts';
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
  signed: Signed[];
}

type Entry = { [key: string]: PlainValue };

export const begun = (key: string): Entry => ({ type: 'begin', key });

/** The chain is named by network and policy asset: new controllers take over its mapping, and so its memory. */
export const pinned = (trust: Trust): Entry => ({
  type: 'trust',
  trust: trust.digest,
  chain: `${trust.network.name} ${trust.policyAsset}`,
});

export const seen = ({ digest, time, height, size }: Mapping): Entry => ({
  type: 'seen',
  mapping: digest,
  time,
  height,
  assets: size,
});

export const signed = (request: Request, mapping: string): Entry => ({
  type: 'signed',
  digest: request.digest,
  request: requestContent(request),
  mapping,
});

type Chain = Pick<Memory, 'newest' | 'signed'>;

/** The entries hold together by their hashes; here each is read as what it says. */
export function recall(entries: readonly JsonObject[]): Memory {
  const memory = { key: '', trust: null as string | null };
  const chains = new Map<string, Chain>();
  let chain: Chain = { newest: null, signed: [] };
  entries.forEach((entry, i) => {
    const path = `journal line ${i + 1}`;
    const type = entry.get('type');
    if (type === 'begin') {
      memory.key = new Fields(entry, path, ['type', 'key', 'at']).hex('key', 33);
    } else if (type === 'trust') {
      const fields = new Fields(entry, path, ['type', 'trust', 'chain', 'at']);
      memory.trust = fields.hex('trust', 32);
      const name = fields.text('chain');
      chain = chains.get(name) ?? { newest: null, signed: [] };
      chains.set(name, chain);
    } else if (type === 'seen') {
      const fields = new Fields(entry, path, ['type', 'mapping', 'time', 'height', 'assets', 'at']);
      chain.newest = {
        mapping: fields.hex('mapping', 32),
        time: fields.text('time'),
        height: fields.integer('height', 0, 1e9),
        assets: fields.integer('assets', 0, 1e9),
      };
    } else {
      const fields = new Fields(entry, path, ['type', 'digest', 'request', 'mapping', 'at']);
      fields.constant('type', 'signed');
      const request = requestFrom(fields.value('request') as never, path);
      fields.constant('digest', request.digest);
      chain.signed.push({ request, mapping: fields.hex('mapping', 32), at: fields.text('at') });
    }
  });
  return { ...memory, ...chain };
}

/** Whether the mapping is the newest seen (0), newer (1), or neither: older, or another one of the same moment (-1). */
export function ageOf(mapping: Mapping, newest: Seen | null): -1 | 0 | 1 {
  if (!newest) return 1;
  if (mapping.digest === newest.mapping) return 0;
  const order = compareTimes(mapping.time, newest.time) || mapping.height - newest.height;
  return order > 0 ? 1 : -1;
}

/** Rules 2 (its last part) and 3. @throws Refusal ROLLBACK, BASE_INVALID */
export function checkAge(base: Mapping, { newest, signed }: Memory): void {
  const hint =
    'Prepare the request again on the newest mapping; ask the other controllers which one that is.';
  const other =
    newest?.mapping ?? signed.map(s => s.request.base.mapping).find(before => before !== base.digest);
  if (base.size === 0 && base.signatures.size === 0 && other) {
    const message = `base: an empty mapping without signatures is accepted only as the very first; this signer has seen ${other}, the request has ${base.digest}`;
    throw new Refusal('BASE_INVALID', message, hint);
  }
  if (!newest || ageOf(base, newest) >= 0) return;
  throw new Refusal(
    'ROLLBACK',
    `base: of height ${base.height} and time ${base.time}, this signer has seen a newer one of height ${newest.height} and time ${newest.time}`,
    hint,
  );
}

export const outpointOf = ({ txid, vout }: CoinRef) => `${txid}:${vout}`;

/** Rule 8: two transactions for one bar can never both confirm if they spend one coin. @throws Refusal DOUBLE_ISSUE */
export function checkCoins(request: Request, { signed }: Memory): void {
  const coins = new Map<string, { coin: string; at: string }>();
  for (const { request, at } of signed)
    for (const issuance of request.issuances)
      coins.set(referenceOf(issuance), { coin: outpointOf(issuance.coin), at });
  request.issuances.forEach((issuance, i) => {
    const before = coins.get(referenceOf(issuance));
    const coin = outpointOf(issuance.coin);
    if (!before || before.coin === coin) return;
    throw new Refusal(
      'DOUBLE_ISSUE',
      `issuances[${i}].coin: ${referenceOf(issuance)} was signed on ${before.at.slice(0, 10)} with the coin ${before.coin}, the request has ${coin}`,
      'Prepare the request again with that coin: two transactions for one bar must never both confirm.',
    );
  });
}

/**
 * The successor claim: made once, only if absent, before anything is broadcast. It says which request may follow a
 * mapping and whose signatures go into its transactions, since another choice would give them other ids.
 */
import { utf8 } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { Fields } from '../../shared/fields.ts';
import { JsonNumber, readJson } from '../../shared/json.ts';
import { JSON_TYPE, keys, MAX_CLAIM_BYTES } from '../objects.ts';
import { readObject } from '../published.ts';
import type { Store } from '../store/store.ts';

export interface Claim {
  /** Digest of the request that may follow. */
  request: string;
  /** Indices of the controllers whose signatures are used, ascending. */
  controllers: number[];
}

function readClaim(bytes: Uint8Array, key: string): Claim {
  return readObject(key, () => {
    const fields = new Fields(readJson(bytes, key, MAX_CLAIM_BYTES), '', [
      'type',
      'version',
      'request',
      'controllers',
    ]);
    fields.constant('type', 'countersign/successor');
    fields.constant('version', 1);
    const controllers = fields.list('controllers', 1, 15).map(value => {
      return value instanceof JsonNumber && /^[1-9][0-9]?$/.test(value.text) ? Number(value.text) : 0;
    });
    if (controllers.some((c, i) => c === 0 || c <= (controllers[i - 1] ?? 0))) {
      throw new Refusal(
        'OBJECT_INVALID',
        `${key}: controllers: expected ascending indices`,
        'Call the other controllers.',
      );
    }
    return { request: fields.hex('request', 32), controllers };
  });
}

export async function fetchClaim(store: Store, base: string): Promise<Claim | null> {
  const key = keys.successor(base);
  const bytes = await store.get(key, MAX_CLAIM_BYTES);
  return bytes ? readClaim(bytes, key) : null;
}

/**
 * Takes the claim, or finds it taken for the same request already.
 * @returns the claim that stands
 * @throws Refusal CLAIM_TAKEN if another request holds it
 */
export async function takeClaim(store: Store, base: string, claim: Claim): Promise<Claim> {
  const text = `${JSON.stringify({ type: 'countersign/successor', version: 1, ...claim })}\n`;
  if (await store.create(keys.successor(base), utf8(text), { contentType: JSON_TYPE })) return claim;
  const standing = await fetchClaim(store, base);
  if (standing?.request === claim.request) return standing;
  throw new Refusal(
    'CLAIM_TAKEN',
    `another request, ${standing?.request ?? 'unreadable'}, may follow the mapping ${base}; this one is ${claim.request}`,
    'Nothing of this request was sent. Let the other one be finalised, then prepare these assets again.',
  );
}

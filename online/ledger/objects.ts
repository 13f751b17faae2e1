/** Keys of the store, and the bounds of what is read from them. */
import { type Code, Refusal } from '../../shared/errors.ts';

export const keys = {
  mapping: 'map.json',
  olderMapping: 'ps1_map.json',
  olderTransactions: 'ps1_tx.json',
  coins: 'ptxo.dat',
  redeemable: 'rassets.json',
  holdersPage: 'verify.html',
  proposals: 'proposals/',
  request: (digest: string) => `proposals/${digest}/request.json`,
  burns: (digest: string) => `proposals/${digest}/burns.json`,
  signatures: (digest: string, controller: number) => `proposals/${digest}/signatures-${controller}.json`,
  histories: 'history/',
  history: (mapping: string) => `history/${mapping}.json`,
} as const;

/**
 * The partially signed mapping of the older scripts' air-gapped pair. Its other path, `/Volumes/DGLD-SIGN/map_ps.json`, is on a
 * stick, and no key that a store of ours takes.
 */
export const AIR_GAPPED = 'ps_map.json';

/** Prefixes of an earlier layout of ours: a store that has them is not one of this version. */
export const EARLIER_LAYOUT = ['successors/', 'issuances/'] as const;

export const JSON_TYPE = 'application/json';
export const MAX_COINS_BYTES = 16 * 1024 * 1024;
export const MAX_SIGNATURES_BYTES = 256 * 1024;
export const MAX_BURNS_BYTES = 16 * 1024 * 1024;

/** Whether a refusal speaks of the object alone, and not of a store or node that could not be asked. */
export function isOfObject(error: unknown): error is Refusal {
  return error instanceof Refusal && !/^(STORE|NODE|CHAIN)_/.test(error.code);
}

/** Reads an object of the store. What is wrong with it is refused with its key, and it is left as it is. */
export function readObject<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'OBJECT_INVALID') throw error;
    const message = error.message.startsWith(key) ? error.message : `${key}: ${error.message}`;
    const ofForm: readonly Code[] = ['FORMAT_INVALID', 'FIELD_INVALID'];
    const code = ofForm.includes(error.code) ? 'OBJECT_INVALID' : error.code;
    throw new Refusal(code, message, `The object ${key} was left as it is. ${error.hint}`);
  }
}

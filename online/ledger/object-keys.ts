/** Keys of the store's objects, and size limits for reading them. */
import { type Code, Refusal } from '../../shared/errors.ts';
import { notChangedHint } from './texts.ts';

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
 * The partially signed mapping of the older scripts' air-gapped pair. The scripts also use the path
 * `/Volumes/DGLD-SIGN/map_ps.json`, which is on a USB stick and is not a valid key.
 */
export const AIR_GAPPED = 'ps_map.json';

/**
 * Key prefixes of an earlier layout of Countersign's stores. This version cannot use a store that has them.
 */
export const EARLIER_LAYOUT = ['successors/', 'issuances/'] as const;

export const JSON_TYPE = 'application/json';
export const MAX_COINS_BYTES = 16 * 1024 * 1024;
export const MAX_SIGNATURES_BYTES = 256 * 1024;
export const MAX_BURNS_BYTES = 16 * 1024 * 1024;

/** True if the refusal is about the object itself. False if store or node could not be reached. */
export function isRefusalOfObject(error: unknown): error is Refusal {
  return error instanceof Refusal && !/^(STORE|NODE|CHAIN)_/.test(error.code);
}

/**
 * Reads an object of the store. Refusals name its key; the object is not changed.
 * @throws Refusal OBJECT_INVALID
 */
export function readObject<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'OBJECT_INVALID') throw error;
    const message = error.message.startsWith(key) ? error.message : `${key}: ${error.message}`;
    const ofForm: readonly Code[] = ['FORMAT_INVALID', 'FIELD_INVALID'];
    const code = ofForm.includes(error.code) ? 'OBJECT_INVALID' : error.code;
    throw new Refusal(code, message, `${error.hint} ${notChangedHint(key)}`);
  }
}

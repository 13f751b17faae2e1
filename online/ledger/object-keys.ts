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
 * The partially signed mapping that the older scripts for air-gapped laptops write. These scripts also use
 * the path `/Volumes/DGLD-SIGN/map_ps.json` of a USB stick. This path is not a valid key, so no store has it.
 */
export const AIR_GAPPED = 'ps_map.json';

/**
 * Key prefixes of an earlier layout of Countersign's stores. This version cannot use a store with such keys.
 */
export const EARLIER_LAYOUT = ['successors/', 'issuances/'] as const;

export const JSON_TYPE = 'application/json';
export const MAX_COINS_BYTES = 16 * 1024 * 1024;
export const MAX_SIGNATURES_BYTES = 256 * 1024;
export const MAX_BURNS_BYTES = 16 * 1024 * 1024;

/** True for a refusal about the object itself. False for a refusal about the store, the node or the chain. */
export function isRefusalOfObject(error: unknown): error is Refusal {
  return error instanceof Refusal && !/^(STORE|NODE|CHAIN)_/.test(error.code);
}

/**
 * Reads an object of the store. A refusal names the object's key, and says that the object was not changed.
 * @throws Refusal OBJECT_INVALID for a wrong format or field, and refusals of `read` with their own codes
 */
export function parseStoredObject<T>(key: string, read: () => T): T {
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

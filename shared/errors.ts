/**
 * The one error class of the domain: every refusal has a code of a closed set, a sentence, and a next step.
 * Wrong usage of a command is not one of these (exit 2); everything here exits 1, or 3 for NEED_SIGNATURES.
 */

export type Code =
  // formats and fields
  | 'FORMAT_INVALID' // a file or object that is not what it should be: cut, changed, not strict JSON
  | 'TOO_LARGE'
  | 'FIELD_INVALID'
  | 'NETWORK_UNKNOWN'
  // rules that signer and online tool share
  | 'TRUST_MISMATCH'
  | 'TRUST_INVALID'
  | 'BASE_INVALID'
  | 'ROLLBACK'
  | 'NOT_MONOTONIC'
  | 'DUPLICATE_ASSET'
  | 'AMOUNT_MISMATCH'
  | 'DOUBLE_ISSUE'
  | 'NOT_CONFIRMED'
  // signatures
  | 'SIGNATURE_INVALID'
  | 'REQUEST_MISMATCH' // signatures that belong to another request
  | 'NEED_SIGNATURES'
  // the signer's own things
  | 'KEY_MISSING'
  | 'KEY_EXISTS'
  | 'KEY_INVALID'
  | 'KEY_FOREIGN' // this device's key is not in the profile
  | 'PASSPHRASE_WRONG'
  | 'PASSPHRASE_WEAK'
  | 'PHRASE_INVALID'
  | 'PERMISSIONS' // a secret that others could read
  | 'JOURNAL_INVALID'
  | 'BASE_NEEDED' // the request has no base text and this signer holds no such mapping
  | 'NOT_A_TERMINAL'
  // files
  | 'FILE_MISSING'
  | 'FILE_EXISTS'
  | 'FILE_UNUSABLE'
  | 'CONFIG_INVALID'
  // node
  | 'NODE_UNREACHABLE'
  | 'NODE_AUTH'
  | 'NODE_REFUSED' // the node answered with an error of its own
  | 'NODE_GARBLED' // the answer is not what the node would say
  | 'NODE_SYNCING'
  | 'CHAIN_WRONG'
  | 'TIP_STALE'
  | 'ADDRESS_NOT_WHITELISTED'
  // coins and chain
  | 'COINS_SHORT'
  | 'COIN_SPENT'
  | 'COIN_INVALID'
  | 'PERIOD_ENDING'
  | 'TOKEN_MISMATCH'
  | 'TX_REJECTED'
  // store
  | 'STORE_UNREACHABLE'
  | 'STORE_DENIED'
  | 'STORE_FAILED'
  | 'OBJECT_MISSING'
  | 'OBJECT_INVALID'
  // the issuance
  | 'NO_PROPOSAL'
  | 'PROPOSAL_OPEN'
  | 'CLAIM_TAKEN'
  | 'ALREADY_SENT'
  | 'MAPPING_INVALID'
  | 'MAPPING_EXISTS'
  | 'INTERRUPTED'
  // QR
  | 'QR_INVALID'
  | 'QR_INCOMPLETE'
  | 'INTERNAL';

/**
 * A refusal that a person will read.
 * @param code one of {@link Code}
 * @param message what is wrong: names the field, what was expected and what was found; never a secret
 * @param hint what to do next, one sentence
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: Code;
  readonly hint: string;

  constructor(code: Code, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** What must hold, or the refusal that says so. */
export function check(holds: unknown, code: Code, message: string, hint: string): asserts holds {
  if (!holds) throw new Refusal(code, message, hint);
}

/** The same refusal, with the place it happened at in front of its sentence (`line 3: mass: …`). */
export function at(place: string, error: unknown): unknown {
  return error instanceof Refusal ? new Refusal(error.code, `${place}: ${error.message}`, error.hint) : error;
}

/** A value as it may be shown in a message: printable ASCII, cut to a readable length, anything else escaped. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  const ascii = text.replace(/[^\x20-\x7e]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return ascii.length > 90 ? `${ascii.slice(0, 60)}...(${ascii.length} characters)` : ascii;
}

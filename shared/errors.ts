/**
 * The error class of all refusals. Each refusal has a code from a closed list, a message and a next step. After a
 * refusal, a program exits with 1, or with 3 for NEED_SIGNATURES. Wrong usage of a command (exit 2) has another error
 * class.
 */

export type Code =
  // formats and fields
  | 'FORMAT_INVALID' // a file or object that was cut or changed, or is not strict JSON
  | 'TOO_LARGE'
  | 'FIELD_INVALID'
  | 'NETWORK_UNKNOWN'
  // rules shared by signer and online tool
  | 'TRUST_MISMATCH'
  | 'TRUST_INVALID'
  | 'POLICY_SPLIT' // two groups without a common member could each sign
  | 'BASE_INVALID'
  | 'ROLLBACK'
  | 'NOT_MONOTONIC'
  | 'DUPLICATE_ASSET'
  | 'ASSET_UNKNOWN' // a bar that the mapping, or the list of redeemable bars, lacks
  | 'ASSET_LOCKED'
  | 'MASS_MISMATCH'
  | 'TOKEN_UNKNOWN' // a burnt token that is not in the mapping
  | 'BURN_EXCEEDS' // more of a token is burnt than the mapping has
  | 'BURN_SPENT' // a burnt output that was counted before
  | 'AMOUNT_MISMATCH'
  | 'REMAP_INVALID' // a fault of the program: the re-mapping breaks an invariant
  | 'DOUBLE_ISSUE'
  | 'NOT_CONFIRMED'
  // signatures
  | 'SIGNATURE_INVALID'
  | 'REQUEST_MISMATCH' // signatures that belong to another request
  | 'NEED_SIGNATURES'
  // the signer's key, home and memory
  | 'KEY_MISSING'
  | 'KEY_EXISTS'
  | 'KEY_INVALID'
  | 'KEY_FOREIGN' // this device's key is not in the profile
  | 'PASSPHRASE_WRONG'
  | 'PASSPHRASE_WEAK'
  | 'PHRASE_INVALID'
  | 'PERMISSIONS' // other users could read a secret
  | 'JOURNAL_INVALID'
  | 'BASE_NEEDED' // the base mapping is not in the request, and this signer has no copy
  | 'NOT_A_TERMINAL'
  | 'WINDOW_SMALL' // the window could hide a part of the text
  // files
  | 'FILE_MISSING'
  | 'FILE_EXISTS'
  | 'FILE_UNUSABLE'
  | 'CONFIG_INVALID'
  // node
  | 'NODE_UNREACHABLE'
  | 'NODE_AUTH'
  | 'NODE_REFUSED' // the node answered with an error
  | 'NODE_GARBLED' // the node's answer does not have the expected form
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
  | 'TX_WAITING'
  // redemptions
  | 'BURN_INVALID' // an output that is no burn, or differs from the request
  | 'BURN_COUNTED' // burnt tokens and tokens on chain are together more than the mapping has
  | 'HEIGHT_MISMATCH' // burns of several periods
  | 'TOKEN_OUTSTANDING' // a bar to be removed from the mapping has tokens on chain
  // store
  | 'STORE_UNREACHABLE'
  | 'STORE_DENIED'
  | 'STORE_FAILED'
  | 'LEDGER_FORKED' // the store's ledger is shorter than this PC's copy, or different
  | 'OBJECT_MISSING'
  | 'OBJECT_INVALID'
  // the issuance
  | 'NO_PROPOSAL'
  | 'PROPOSAL_OPEN'
  | 'ALREADY_SENT'
  | 'MAPPING_INVALID'
  | 'MAPPING_EXISTS'
  | 'INTERRUPTED'
  // QR
  | 'QR_INVALID'
  | 'QR_INCOMPLETE'
  | 'INTERNAL';

const PREPARE_AGAIN = 'Prepare the request again. If the error remains, do not trust the networked PC.';

/** For a code: the next step, if the refusal itself gives none. */
const BY_CODE: Partial<Record<Code, string>> = {
  FORMAT_INVALID:
    'Copy the file again from its source, or create it again. It was truncated or changed, or it is another file.',
  TOO_LARGE: 'Check the name of the file. This file is too large to be the right one.',
  FIELD_INVALID: 'Correct this field in the file, or create the file again with the program that wrote it.',
  TRUST_MISMATCH:
    'Compare the trust profile of this device with the other controllers. All must show the same review code.',
  BASE_INVALID: 'Fetch the published mapping again. If the error remains, do not sign, and call the other controllers.',
  ROLLBACK:
    'Ask the other controllers which mapping is the newest, then prepare the request again on that mapping. If this signer has built on a mapping that was never published, run: signer rollback MAPPING',
  NOT_MONOTONIC: 'Check the clock and the node of the PC. Then prepare the request again on the newest mapping.',
  DUPLICATE_ASSET: 'Remove the bar from the request, or correct its serial number. Each bar is issued once.',
  AMOUNT_MISMATCH: PREPARE_AGAIN,
  MASS_MISMATCH: PREPARE_AGAIN,
  REMAP_INVALID: 'Do not sign. The program has a fault. Send the request to the maintainers of the program.',
  DOUBLE_ISSUE:
    'Prepare the request again with the policy coin that was signed before. Two transactions for one bar must never both confirm. If that coin was spent for another bar, run: signer release REFERENCE',
  NOT_CONFIRMED: 'Compare both screens. Different codes mean that the screens do not show the same content.',
  SIGNATURE_INVALID:
    'Sign the request again on the device of that controller. The file was changed, or was made for another trust profile.',
  REQUEST_MISMATCH: 'Give the signatures file of the open request, or sign the open request.',
  KEY_MISSING: 'Create a key with keygen, recover or import, or give the right folder with --home.',
  JOURNAL_INVALID:
    'If a newer signer was used with this home, install that version again. Otherwise do not sign with this home, and do not change it. Inform the other controllers. Rebuild the key from its recovery phrase in a new home.',
};
export const HINTS = new Map(Object.entries(BY_CODE));

/**
 * A refusal to show to a person.
 * @param code the code of the refusal, one of {@link Code}
 * @param message names the field, the expected and the found value; never contains a secret
 * @param hint the next step
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: Code;
  readonly hint: string;

  constructor(code: Code, message: string, hint = HINTS.get(code) ?? 'Correct the error, then try again.') {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Throws a {@link Refusal} with this code and message unless the condition holds. */
export function checkThat(holds: unknown, code: Code, message: string, hint?: string): asserts holds {
  if (!holds) throw new Refusal(code, message, hint);
}

/** @throws Refusal TOO_LARGE, naming `path`, above `most` bytes */
export const checkSize = (bytes: number, most: number, path: string): void =>
  checkThat(bytes <= most, 'TOO_LARGE', `${path}: expected at most ${most} bytes, got ${bytes}`);

/**
 * Puts a place in front of a refusal's message (`line 3: mass: …`). The code stays the same. Any other error is
 * returned unchanged.
 */
export const addPlaceToMessage = (place: string, error: unknown): unknown =>
  error instanceof Refusal ? new Refusal(error.code, `${place}: ${error.message}`, error.hint) : error;

/** Escapes everything but printable ASCII, so that the text is one line and cannot control a terminal. */
export const printableText = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A value for an error message: cut to a readable length first, then escaped. */
export function valueText(value: unknown): string {
  const whole = String(value);
  const cut = whole.slice(0, 90);
  const text = printableText(typeof value === 'string' ? JSON.stringify(cut) : cut);
  const fits = whole.length === cut.length && text.length <= 90;
  return fits ? text : `${text.slice(0, 60)}...(${whole.length} characters)`;
}

/** A text for an error message. For a text of hex digits, also its length, because a wrong length is hard to see. */
export const hexValueText = (text: string): string =>
  /^[0-9a-f]+$/i.test(text)
    ? `${valueText(text)}, ${text.length} digit${text.length === 1 ? '' : 's'}`
    : valueText(text);

/** Sentences about the ledger, its copy on this PC, and stored objects. */
import { Refusal } from '../../shared/errors.ts';

/** The end of a hint about an object that cannot be used. */
export const notChangedHint = (key: string) => `This command did not change ${key}.`;

/** The refusal of an invalid entry. It is unknown what the entry would change, so every command stops. */
export const entryInvalidRefusal = (message: string) =>
  new Refusal(
    'OBJECT_INVALID',
    message,
    'If another controller uses a newer version of Countersign, install that version here. Otherwise compare this entry with the copies on the PCs of the other controllers (.countersign/ledger.jsonl). To restore a missing entry, run `countersign repair` on a PC that has it. This tool never replaces an existing entry. Nothing was written.',
  );

export const memberDiffersRefusal = (
  key: string,
  member: string,
  expected: string | number,
  got: string | number,
) => entryInvalidRefusal(`${key}: ${member}: expected ${expected}, got ${got}`);

export const eventNotLegalRefusal = (key: string, event: string, reason: string) =>
  entryInvalidRefusal(`${key}: the event ${event} is not legal here: ${reason}`);

/**
 * @param later key of a later entry that exists; undefined if the missing entry was in the list of keys, but
 * could not be read
 */
export const entryMissingRefusal = (key: string, later?: string) =>
  entryInvalidRefusal(
    `${key}: expected an entry${later === undefined ? '' : `, because ${later} exists`}, got nothing`,
  );

const LEDGER_LOST =
  'Check that this is the correct store, and that its disk is mounted. If both are correct, the ledger of the store was lost. Compare your copy of the ledger with the other controllers, then run `countersign repair`. For a different store, use a different working folder.';
const ENTRIES_LOST =
  'Entries of the ledger were lost. Compare your copy of the ledger with the other controllers, then run `countersign repair`.';
export const OTHER_LEDGER =
  'If this working folder used another store before, use a new working folder for this store: the copy belongs to the other store. Otherwise: ';
const LEDGER_CHANGED =
  'Call the other controllers, and compare both hashes: someone changed the ledger. Prepare and sign nothing until you know which hash is correct.';

/** The refusal if the store's ledger differs from this PC's copy, or lacks entries of the copy. */
export class LedgerForked extends Refusal {
  /** True if the store lacks entries of the copy. `repair` can restore these entries. */
  readonly isShorter: boolean;

  constructor(isShorter: boolean, message: string, hint: string) {
    super('LEDGER_FORKED', message, hint);
    this.isShorter = isShorter;
  }
}

/**
 * @param number number of the first entry that differs
 * @param expected hash of the copy's entry
 * @param got hash of the store's entry; null if the store does not have this entry
 */
export const ledgerForkedRefusal = (
  key: string,
  number: number,
  store: string,
  expected: string,
  got: string | null,
) =>
  new LedgerForked(
    got === null,
    `${key}: expected SHA-256 ${expected} as in the copy on this PC, got ${got ?? 'nothing'} in ${store}`,
    got === null
      ? number === 0
        ? LEDGER_LOST
        : ENTRIES_LOST
      : `${number === 0 ? OTHER_LEDGER : ''}${LEDGER_CHANGED}`,
  );

export const copyUnreadableRefusal = (name: string, reason: string) =>
  new Refusal(
    'FILE_UNUSABLE',
    `${name}: this version cannot read the copy of the ledger on this PC: ${reason}`,
    'If a newer version of Countersign was used on this PC, install that version again: the copy detects a ledger that was replaced. Otherwise the file is damaged. Move the file to another folder; the next command copies the ledger again. Then compare the digest in `countersign map show` with another controller.',
  );

export const entryTooLargeRefusal = (key: string, event: string, bytes: number, maxBytes: number) =>
  new Refusal(
    'TOO_LARGE',
    `${key}: expected at most ${maxBytes} bytes, got ${bytes} for the entry ${event}`,
    'Divide the change into smaller parts. Before you adopt a mapping, check that it does not belong to another store. Nothing was written.',
  );

/** The refusal of an entry that this program made and cannot read. */
export const ownEntryInvalidRefusal = (message: string) =>
  new Refusal(
    'INTERNAL',
    message,
    'Report this message: this program has an error, and the store is correct. Nothing was written.',
  );

export const staleStoreRefusal = (key: string, store: string) =>
  new Refusal(
    'STORE_FAILED',
    `${key}: ${store} reports that this entry exists, but returns nothing when the entry is read`,
    'Wait a minute, then run the command again: the store returns old data. If the error remains, check the consistency settings of the store. Nothing was written.',
  );

/** @param expected digest in the name of the object @param got digest of the object's content */
export const otherMappingRefusal = (key: string, expected: string, got: string) =>
  new Refusal(
    'OBJECT_INVALID',
    `${key}: expected the mapping ${expected}, got the mapping ${got}`,
    `Call the other controllers: someone changed the store. ${notChangedHint(key)}`,
  );

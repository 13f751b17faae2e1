/** Opens a signer's home: reads key file, journal and profile, and checks that they match. */
import { bytesToHex } from '../shared/bytes.ts';
import { publicKeyOf } from '../shared/ecdsa.ts';
import { checkThat } from '../shared/errors.ts';
import { MAX_PROFILE, readTrust, type Trust } from '../shared/trust.ts';
import { checkFileAbsent, checkHome, fileExists, readValidFileOrNull, replaceFile } from './disk-files.ts';
import { appendEntry, type Journal, readJournal } from './journal.ts';
import { encryptKey, type KeyFile, keyFilePath, readKeyFile } from './key-file.ts';
import { beginEntry, type Memory, memoryFromEntries, pinnedEntry } from './memory.ts';
import { textLineBytes } from './text-layout.ts';
import { JOURNAL_MISSING, NO_MEMORY, OTHER_KEY, OTHER_KEY_HINT } from './texts/journal.ts';
import type { World } from './world.ts';

export interface Home {
  key: KeyFile;
  journal: Journal;
  memory: Memory;
  /** The pinned profile; null if none is pinned, or if its file is missing, damaged or another profile. */
  trust: Trust | null;
}

const trustPath = (world: World) => `${world.home}/trust.json`;

export const NOT_PINNED = 'no trust profile is pinned on this device';
export const OTHER_PROFILE = 'trust.json in this home is not the pinned trust profile';
/** The start of the hint for {@link OTHER_PROFILE}. */
export const OTHER_PROFILE_HINT = 'If a newer signer pinned the profile, install that version again. Otherwise';

/** @throws Refusal KEY_MISSING, KEY_INVALID, JOURNAL_INVALID, PERMISSIONS */
export function openHome(world: World): Home {
  checkHome(world.disk, world.home);
  const key = readKeyFile(world);
  const journal = readJournal(world);
  checkThat(journal, 'JOURNAL_INVALID', JOURNAL_MISSING);
  const memory = memoryFromEntries(journal.entries);
  checkThat(memory.key === key.publicKey, 'JOURNAL_INVALID', OTHER_KEY, OTHER_KEY_HINT);
  if (journal.unfinished) world.note(journal.unfinished);
  // Null if the file is missing, damaged or not the pinned profile. One possible cause is a loss of power during
  // pinning. The person then pins the profile again.
  const trust = memory.trust ? readValidFileOrNull(world.disk, trustPath(world), MAX_PROFILE, readTrust) : null;
  return { key, journal, memory, trust: trust?.digest === memory.trust ? trust : null };
}

/** @throws Refusal TRUST_INVALID */
export function pinnedTrust({ trust, memory }: Home): Trust {
  const changed = memory.trust && OTHER_PROFILE;
  const pin = (verb: string) => `${verb} the trust profile that all controllers agreed on. Run: signer trust FILE`;
  const hint = changed ? `${OTHER_PROFILE_HINT} ${pin('pin')}` : pin('Pin');
  checkThat(trust, 'TRUST_INVALID', changed || NOT_PINNED, hint);
  return trust;
}

/** This device's controller index in the profile. @throws Refusal KEY_FOREIGN */
export function controllerOfKey(key: string, trust: Trust): number {
  const index = trust.pubkeys.findIndex(pubkey => bytesToHex(pubkey) === key);
  const message = `the trust profile of ${trust.m} controllers does not contain the key of this device, ${key}`;
  const hint =
    'Ask for a trust profile that contains this key. Or give --home, with the home of a key that is in the profile.';
  checkThat(index >= 0, 'KEY_FOREIGN', message, hint);
  return index + 1;
}

/** Writes the profile before its journal entry. A profile is pinned only if file and journal agree. */
export function pinTrust(world: World, journal: Journal, trust: Trust): void {
  replaceFile(world.disk, trustPath(world), textLineBytes(trust.text));
  appendEntry(world, journal, pinnedEntry(trust));
}

/**
 * A home with a journal and no key file has lost the key file. If a profile was pinned, only the same key may be stored
 * in this home again.
 * @returns the memory; null if the home has no journal
 * @throws Refusal JOURNAL_INVALID
 */
function memoryOfOwnKey(journal: Journal | null, key: string): Memory | null {
  const before = journal && memoryFromEntries(journal.entries);
  const other = before && before.key !== key && before.trust !== null;
  checkThat(!other, 'JOURNAL_INVALID', OTHER_KEY, OTHER_KEY_HINT);
  return before;
}

/**
 * Checks that a key may be stored. Commands call this function before they ask the person anything.
 * @param isOther true for a new key, which cannot be the key that this home has lost
 * @throws Refusal KEY_EXISTS, JOURNAL_INVALID
 */
export function checkKeyAbsent(world: World, isOther: boolean): void {
  const hint = 'Give another folder with --home, or keep this key. A key is never overwritten.';
  checkThat(
    !fileExists(world.disk, keyFilePath(world)),
    'KEY_EXISTS',
    `${keyFilePath(world)}: a key already exists`,
    hint,
  );
  if (isOther) memoryOfOwnKey(readJournal(world), '');
}

/**
 * Stores a key. The caller holds the lock. The journal is written first, so a key without a journal is always damage.
 * @param isNew true if nobody has signed with the key
 * @returns the public key, hex
 */
export function storeKey(world: World, privateKey: Uint8Array, passphrase: string, isNew: boolean): string {
  const key = bytesToHex(publicKeyOf(privateKey));
  const journal = readJournal(world);
  if (memoryOfOwnKey(journal, key)?.key !== key) {
    appendEntry(world, journal, beginEntry(key));
    if (!isNew) world.note(NO_MEMORY);
  }
  checkFileAbsent(world.disk, keyFilePath(world));
  replaceFile(world.disk, keyFilePath(world), encryptKey(world, privateKey, passphrase));
  privateKey.fill(0);
  return key;
}

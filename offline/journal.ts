/**
 * The signer's permanent memory: an append-only file of lines chained by SHA-256, and a head file with the number of
 * lines and the last hash. A line is `HASH JSON`. HASH is the SHA-256 of a text: the previous line's HASH, then this
 * line's JSON. The first line uses 64 zeros in place of a previous HASH. To check it by hand: `printf %s%s "$before"
 * "$json" | sha256sum`. Writing order: line, sync, head, sync. Signatures leave the device only afterwards. After a
 * loss of power, the file may have a last line that the head does not count. If this line is incomplete, no signature
 * for it has left the device, and it is dropped. If it is complete, it is accepted, and the head is updated. All other
 * differences are damage and are refused: fewer lines than the head counts, a wrong hash, a missing file.
 */
import { asciiText, bytesToHex, utf8 } from '../shared/bytes.ts';
import { checkThat } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { canonicalJson, type JsonObject, type PlainValue, readJson } from '../shared/json.ts';
import { appendToFile, fileExists, readFile, replaceFile } from './disk-files.ts';
import { isoTimeText, textLineBytes } from './text-layout.ts';
import {
  brokenChainText,
  COUNTED_NOW,
  ENTRY_DROPPED,
  HEAD_BEHIND,
  HEAD_MISSING,
  HEAD_UNREADABLE,
  headMismatchText,
  linesMissingText,
} from './texts/journal.ts';
import type { World } from './world.ts';

const MAX_BYTES = 128 * 1024 * 1024;
/** Largest length of a line. A request of a thousand assets takes less than half of this. */
const MAX_LINE = 1024 * 1024;
const FIRST = '0'.repeat(64);
const HEAD = /^([0-9]{1,9}) ([0-9a-f]{64})\n$/;
const LINE = /^[0-9a-f]{64} \{[\x20-\x7e]*\}$/;

export interface Journal {
  entries: JsonObject[];
  /** Hash of the last line; 64 zeros if there is no line. */
  hash: string;
  /**
   * `length`: bytes of all complete lines. `size`: bytes of the file, which is larger if the last line is incomplete.
   */
  length: number;
  size: number;
  /** Message about a last line that is incomplete, or that the head does not count. The next write repairs this. */
  unfinished?: string;
}

const journalLinesPath = (world: World) => `${world.home}/journal`;
const journalHeadPath = (world: World) => `${world.home}/journal.head`;

function checkUndamaged(sound: unknown, damage: string): asserts sound {
  checkThat(sound, 'JOURNAL_INVALID', `the journal is damaged: ${damage}`);
}

const hashOfLine = (before: string, json: string): string => bytesToHex(sha256(utf8(before + json)));

/** The entry of a line; null if the line is not valid, or its hash does not fit the previous hash. */
function parseChainedLine(line: string, before: string): JsonObject | null {
  const json = line.slice(65);
  if (line.length > MAX_LINE || !LINE.test(line) || hashOfLine(before, json) !== line.slice(0, 64)) return null;
  const entry = readJson(utf8(json), 'journal', MAX_LINE);
  return entry instanceof Map ? entry : null;
}

function readJournalHead(world: World): { count: number; hash: string } | null {
  if (!fileExists(world.disk, journalHeadPath(world))) return null;
  const match = HEAD.exec(asciiText(readFile(world.disk, journalHeadPath(world), 256, true)));
  checkUndamaged(match, HEAD_UNREADABLE);
  return { count: Number(match[1]), hash: match[2] as string };
}

/**
 * Reads the journal and checks every line.
 * @returns the journal; null if the home has none
 * @throws Refusal JOURNAL_INVALID
 */
export function readJournal(world: World): Journal | null {
  const head = readJournalHead(world);
  const there = fileExists(world.disk, journalLinesPath(world));
  if (!head && !there) return null;
  checkUndamaged(head, HEAD_MISSING);
  checkUndamaged(there || head.count === 0, linesMissingText(head.count));
  const bytes = there ? readFile(world.disk, journalLinesPath(world), MAX_BYTES, true) : new Uint8Array(0);
  const journal: Journal = { entries: [], hash: FIRST, length: 0, size: bytes.length };
  for (;;) {
    const end = bytes.indexOf(0x0a, journal.length);
    const line = end < 0 ? '' : asciiText(bytes, journal.length, end);
    const entry = line && parseChainedLine(line, journal.hash);
    if (!entry) break;
    journal.entries.push(entry);
    journal.hash = line.slice(0, 64);
    journal.length = end + 1;
    const other = journal.entries.length === head.count && journal.hash !== head.hash;
    checkUndamaged(!other, headMismatchText(head.count));
  }
  const beyond = journal.entries.length - head.count;
  const rest = bytes.length - journal.length;
  const where = rest > 0 ? brokenChainText(journal.entries.length + 1) : 'the end is missing';
  checkUndamaged(beyond >= 0, `expected ${head.count} lines, got ${journal.entries.length} complete lines (${where})`);
  checkUndamaged(beyond === 0 || (beyond === 1 && rest === 0), HEAD_BEHIND);
  if (beyond === 1) journal.unfinished = COUNTED_NOW;
  else if (rest > 0) journal.unfinished = ENTRY_DROPPED;
  return journal;
}

function writeJournalHead(world: World, count: number, hash: string): void {
  replaceFile(world.disk, journalHeadPath(world), textLineBytes(`${count} ${hash}`));
}

/**
 * Appends an entry and syncs it to the disk. The caller holds the lock.
 * @param journal the result of {@link readJournal} or of the previous call
 */
export function appendEntry(world: World, journal: Journal | null, entry: { [key: string]: PlainValue }): Journal {
  const { entries, hash, length, size } = journal ?? { entries: [], hash: FIRST, length: 0, size: 0 };
  // If the head does not count the last complete line, the head is updated first. In a new journal the head is written
  // before the first line, so lines without a head are always damage.
  if (!journal || journal.unfinished) writeJournalHead(world, entries.length, hash);
  const json = canonicalJson({ ...entry, at: isoTimeText(world.now()) });
  const next = hashOfLine(hash, json);
  const line = textLineBytes(`${next} ${json}`);
  const added = parseChainedLine(asciiText(line, 0, line.length - 1), hash);
  if (!added) throw new RangeError('an entry that could not be read again');
  appendToFile(world.disk, journalLinesPath(world), length, size, line);
  writeJournalHead(world, entries.length + 1, next);
  const end = length + line.length;
  return { entries: [...entries, added], hash: next, length: end, size: end };
}

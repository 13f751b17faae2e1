/**
 * What must never be forgotten: lines that are only ever added, each chained to the one before by SHA-256, and beside
 * them the head, which names the number of lines and the last hash.
 *
 * A line is `HASH JSON`, and HASH = SHA-256 of the hash before it (64 zeros at first) and JSON: by hand,
 * `printf %s%s "$before" "$json" | sha256sum`.
 *
 * Order of writing: line, sync, head, sync; only then may a signature leave. So after a loss of power there may be
 *   - half a line beyond the head: nothing of it has left, it is dropped;
 *   - one whole line beyond the head: it is taken in, and the head follows;
 * and everything else (fewer lines than the head says, a line that does not fit, a missing file) is damage, and refused.
 */
import { ascii, bytesToHex, utf8 } from '../shared/bytes.ts';
import { check } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { canonicalJson, type JsonObject, type PlainValue, readJson } from '../shared/json.ts';
import { appendAt, exists, readFile, replaceFile } from './disk.ts';
import { iso, lineBytes } from './text.ts';
import type { World } from './world.ts';

const MAX_BYTES = 128 * 1024 * 1024;
/** A request of a thousand assets takes less than half of it. */
const MAX_LINE = 1024 * 1024;
const FIRST = '0'.repeat(64);
const HEAD = /^([0-9]{1,9}) ([0-9a-f]{64})\n$/;
const LINE = /^[0-9a-f]{64} \{[\x20-\x7e]*\}$/;

export interface Journal {
  entries: JsonObject[];
  /** Hash of the last line. */
  hash: string;
  /** Bytes of the whole lines, and of the file: more where the last line was torn. */
  length: number;
  size: number;
  /** What a loss of power left behind, for the person to know; mended with the next write. */
  unfinished?: string;
}

const linesPath = (world: World) => `${world.home}/journal`;
const headPath = (world: World) => `${world.home}/journal.head`;

function checkSound(sound: unknown, damage: string): asserts sound {
  check(sound, 'JOURNAL_INVALID', `the journal is damaged: ${damage}`);
}

const chained = (before: string, json: string): string => bytesToHex(sha256(utf8(before + json)));

/** The entry, if `line` follows the hash before it. */
function entryOf(line: string, before: string): JsonObject | null {
  const json = line.slice(65);
  if (line.length > MAX_LINE || !LINE.test(line) || chained(before, json) !== line.slice(0, 64)) return null;
  const entry = readJson(utf8(json), 'journal', MAX_LINE);
  return entry instanceof Map ? entry : null;
}

function readHead(world: World): { count: number; hash: string } | null {
  if (!exists(world.disk, headPath(world))) return null;
  const match = HEAD.exec(ascii(readFile(world.disk, headPath(world), 256, true)));
  checkSound(match, 'journal.head cannot be read');
  return { count: Number(match[1]), hash: match[2] as string };
}

/**
 * Checks every line.
 * @returns null if there is none, in a home without a key
 * @throws Refusal JOURNAL_INVALID
 */
export function readJournal(world: World): Journal | null {
  const head = readHead(world);
  const there = exists(world.disk, linesPath(world));
  if (!head && !there) return null;
  checkSound(head, 'journal.head is missing');
  checkSound(there || head.count === 0, `it should have ${head.count} lines, and is missing`);
  const bytes = there ? readFile(world.disk, linesPath(world), MAX_BYTES, true) : new Uint8Array(0);
  const journal: Journal = { entries: [], hash: FIRST, length: 0, size: bytes.length };
  for (;;) {
    const end = bytes.indexOf(0x0a, journal.length);
    const line = end < 0 ? '' : ascii(bytes, journal.length, end);
    const entry = line && entryOf(line, journal.hash);
    if (!entry) break;
    journal.entries.push(entry);
    journal.hash = line.slice(0, 64);
    journal.length = end + 1;
    const other = journal.entries.length === head.count && journal.hash !== head.hash;
    checkSound(!other, `line ${head.count} is not the one that journal.head names`);
  }
  const beyond = journal.entries.length - head.count;
  const rest = bytes.length - journal.length;
  const where = rest > 0 ? `line ${journal.entries.length + 1} does not follow the one before` : 'cut off';
  checkSound(beyond >= 0, `${head.count} lines expected, ${journal.entries.length} whole ones found, ${where}`);
  checkSound(beyond === 0 || (beyond === 1 && rest === 0), 'journal.head is older than the last lines');
  if (beyond === 1) journal.unfinished = 'The last entry was whole but not yet counted: it was taken in.';
  else if (rest > 0) journal.unfinished = 'Half an entry was dropped: the power went before anything of it left.';
  return journal;
}

function writeHead(world: World, count: number, hash: string): void {
  replaceFile(world.disk, headPath(world), lineBytes(`${count} ${hash}`));
}

/** Adds an entry; when this returns it is on the disk. @param journal as {@link readJournal} gave it, under the lock */
export function append(world: World, journal: Journal | null, entry: { [key: string]: PlainValue }): Journal {
  const { entries, hash, length, size } = journal ?? { entries: [], hash: FIRST, length: 0, size: 0 };
  // Also takes in a line that was whole but not counted. Before the first line, so that lines without a head are damage.
  if (!journal || journal.unfinished) writeHead(world, entries.length, hash);
  const json = canonicalJson({ ...entry, at: iso(world.now()) });
  const next = chained(hash, json);
  const line = lineBytes(`${next} ${json}`);
  const added = entryOf(ascii(line, 0, line.length - 1), hash);
  if (!added) throw new RangeError('an entry that could not be read again');
  appendAt(world.disk, linesPath(world), length, size, line);
  writeHead(world, entries.length + 1, next);
  const end = length + line.length;
  return { entries: [...entries, added], hash: next, length: end, size: end };
}

/** This PC's copy of the ledger: a file with one entry on each line. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { concatBytes } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { readIfExisting, writeOutput } from '../platform/files.ts';
import type { LedgerCopy } from './ledger.ts';

const MAX_COPY_BYTES = 1024 * 1024 * 1024;
const LINE_FEED = 10;

/** @param folder local state of this PC (`.countersign` in the working folder); created if missing */
export function openLedgerCopy(folder: string): LedgerCopy {
  const name = join(folder, 'ledger.jsonl');
  return {
    name,
    read() {
      const bytes = Uint8Array.from(readIfExisting(name, MAX_COPY_BYTES) ?? []); // Copied to an array, because slices of a Buffer are Buffers.
      const entries: Uint8Array[] = [];
      for (let start = 0; start < bytes.length; ) {
        const end = bytes.indexOf(LINE_FEED, start);
        if (end < 0) break; // An incomplete line is ignored. This program replaces the whole file, so another program wrote the line.
        entries.push(bytes.slice(start, end + 1));
        start = end + 1;
      }
      return entries;
    },
    write(entries) {
      // The copy is not essential, because the ledger is in the store. So a full disk of this PC must not
      // stop a command.
      try {
        mkdirSync(folder, { recursive: true });
        writeOutput(name, concatBytes(...entries), { replace: true });
      } catch (error) {
        if (!(error instanceof Refusal) && (error as NodeJS.ErrnoException).code === undefined) throw error;
      }
    },
  };
}

/** This PC's copy of the ledger: one file, an entry a line. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { concat } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { readIfThere, writeOutput } from '../platform/files.ts';
import type { LedgerCopy } from './ledger.ts';

const MAX_COPY_BYTES = 1024 * 1024 * 1024;
const LINE_FEED = 10;

/** @param folder local state of this PC (`.countersign` in the working folder); made if it is missing */
export function fileCopy(folder: string): LedgerCopy {
  const name = join(folder, 'ledger.jsonl');
  return {
    name,
    read() {
      const bytes = Uint8Array.from(readIfThere(name, MAX_COPY_BYTES) ?? []); // a Buffer's slices would be Buffers
      const entries: Uint8Array[] = [];
      for (let start = 0; start < bytes.length; ) {
        const end = bytes.indexOf(LINE_FEED, start);
        if (end < 0) break; // the file is written whole; the rest of a line is another program's
        entries.push(bytes.slice(start, end + 1));
        start = end + 1;
      }
      return entries;
    },
    write(entries) {
      // The ledger is in the store: a full disk here must not stop what is decided there.
      try {
        mkdirSync(folder, { recursive: true });
        writeOutput(name, concat(...entries), { replace: true });
      } catch (error) {
        if (!(error instanceof Refusal) && (error as NodeJS.ErrnoException).code === undefined) throw error;
      }
    },
  };
}

/**
 * State of this PC in `.countersign/`, beside its configuration: the requests prepared or reviewed here, and
 * a journal for people. A loss of this state never endangers an issuance. The copy of the ledger is in
 * `ledger/ledger-copy.ts`.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { utf8 } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { MAX_REQUEST_BYTES, type Request, readRequest, requestText } from '../../shared/request.ts';
import { systemErrorText } from './file-errors.ts';
import { readIfExisting, writeOutput } from './files.ts';
import { folderNotCreatedRefusal } from './texts.ts';

/**
 * Text of the part of a request that its digest covers. It has the same bytes on every PC and in the store.
 */
export function digestedRequestText({ endorsements: _, ...request }: Request): string {
  return requestText({ ...request, base: { mapping: request.base.mapping } });
}

export class LocalState {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  private write(name: string, text: string): void {
    const path = join(this.folder, name);
    try {
      mkdirSync(join(path, '..'), { recursive: true });
    } catch (error) {
      throw folderNotCreatedRefusal(this.folder, systemErrorText(error));
    }
    writeOutput(path, utf8(text), { replace: true });
  }

  keepRequest(request: Request): void {
    this.write(join('requests', `${request.digest}.json`), digestedRequestText(request));
  }

  /** A kept request; null if it is missing or damaged. The store and the signed file have other copies. */
  request(digest: string): Request | null {
    const path = join(this.folder, 'requests', `${digest}.json`);
    try {
      const bytes = readIfExisting(path, MAX_REQUEST_BYTES);
      const request = bytes && readRequest(bytes, path);
      return request?.digest === digest ? request : null;
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  /**
   * Appends a journal line: what was done, and when; never a secret. No command reads the journal, so a full
   * disk does not stop a command.
   * @returns whether the line was written
   */
  note(now: number, event: string, details: Record<string, string | number | readonly string[]>): boolean {
    const line = JSON.stringify({ at: new Date(now).toISOString(), event, ...details });
    try {
      mkdirSync(this.folder, { recursive: true });
      appendFileSync(join(this.folder, 'journal.jsonl'), `${line}\n`);
      return true;
    } catch {
      return false;
    }
  }
}

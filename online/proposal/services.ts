/**
 * The services that a command uses. The CLI makes these services from the configuration. Tests and the
 * simulation make them in memory.
 */
import type { Request } from '../../shared/request.ts';
import type { Trust } from '../../shared/trust.ts';
import type { LedgerCopy } from '../ledger/ledger.ts';
import type { ChainNode } from '../node/chain-node.ts';
import type { Store } from '../store/store.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** What a PC stores beside its copy of the ledger: copies of requests, and a journal. */
export interface LocalNotes {
  /** Keeps a copy of a request, in case the store loses it. */
  keepRequest(request: Request): void;
  request(digest: string): Request | null;
  /** Writes a journal line for people. */
  note(now: number, event: string, details: Record<string, string | number | readonly string[]>): unknown;
}

export interface Services {
  world: Clock;
  store: Store;
  node: ChainNode;
  trust: Trust;
  copy: LedgerCopy;
  state: LocalNotes;
  /** Prints a progress line on stderr. */
  progress(text: string): void;
}

/** A file that a person gave: its name for messages, and its bytes. */
export interface GivenFile {
  name: string;
  bytes: Uint8Array;
}

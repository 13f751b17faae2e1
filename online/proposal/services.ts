/** What a command works with: made from the configuration by the CLI, from memory by tests and the simulation. */
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

/** What a PC keeps beside its copy of the ledger: nothing is decided by it. */
export interface LocalNotes {
  /** A copy of a request, should the store lose it. */
  keepRequest(request: Request): void;
  request(digest: string): Request | null;
  /** A line of evidence for people. */
  note(now: number, event: string, details: Record<string, string | number | readonly string[]>): unknown;
}

export interface Services {
  world: Clock;
  store: Store;
  node: ChainNode;
  trust: Trust;
  copy: LedgerCopy;
  state: LocalNotes;
  /** A line for the person who waits; on stderr. */
  progress(text: string): void;
}

/** A file that a person gave: its name for messages, and its bytes. */
export interface GivenFile {
  name: string;
  bytes: Uint8Array;
}

/** For tests: calls a command of PC i as a function, and controls its store, clock and question. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestWorld } from '../../../fixtures/pcs/testing.ts';
import { openLedgerCopy } from '../../ledger/ledger-copy.ts';
import { OceanNode } from '../../node/node.ts';
import { LocalState } from '../../platform/local-state.ts';
import type { World } from '../../platform/world.ts';
import { FileStore } from '../../store/file/file-store.ts';
import type { GivenFile, Services } from '../services.ts';

export interface Hand {
  /** Called before each access to the store. */
  before?: (action: 'get' | 'put' | 'create', key: string) => unknown;
  /** Returns the bytes that the command gets in place of the stored bytes. */
  read?: (key: string, bytes: Uint8Array | null) => Uint8Array | null;
  /** Called after an object was replaced. */
  written?: (key: string) => unknown;
  /** Called after an object was created. */
  created?: (key: string) => unknown;
}

class InterceptedStore extends FileStore {
  private readonly hand: Hand;
  constructor(folder: string, hand: Hand) {
    super(folder);
    this.hand = hand;
  }

  override async get(key: string, maxBytes?: number): Promise<Uint8Array | null> {
    await this.hand.before?.('get', key);
    const bytes = await super.get(key, maxBytes);
    return this.hand.read ? this.hand.read(key, bytes) : bytes;
  }

  override async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.hand.before?.('put', key);
    await super.put(key, bytes);
    await this.hand.written?.(key);
  }

  override async create(key: string, bytes: Uint8Array): Promise<boolean> {
    await this.hand.before?.('create', key);
    const isDone = await super.create(key, bytes);
    if (isDone) await this.hand.created?.(key);
    return isDone;
  }
}

/** The services of a command of PC i. */
export function interceptedServices(
  world: TestWorld,
  i: number,
  hand: Hand = {},
): Services & { told: string[] } {
  const of: Partial<World> = {
    cwd: world.pc(i),
    now: () => Date.now() + world.clockSkew,
    sleep: async () => void (await world.onSleep()),
  };
  const told: string[] = [];
  return {
    world: of as World,
    store: new InterceptedStore(join(world.root, 'store'), hand),
    node: new OceanNode(world.node.url),
    trust: world.trust,
    copy: openLedgerCopy(join(world.pc(i), '.countersign')),
    state: new LocalState(join(world.pc(i), '.countersign')),
    progress: text => void told.push(text),
    told,
  };
}

/** A function that acts only at its first call. */
export function makeRunOnce(does: () => unknown): () => Promise<void> {
  let isDone = false;
  return async () => {
    if (isDone) return;
    isDone = true;
    await does();
  };
}

/** Files of PC i, read as the command line reads them. */
export const readFilesOf = (world: TestWorld, i: number, names: readonly string[]): GivenFile[] =>
  names.map(name => ({ name, bytes: readFileSync(join(world.pc(i), name)) }));

export const finaliseInput = (files: GivenFile[], agree: () => unknown = () => undefined) => ({
  ...{ files, maxTipAge: 100, poll: 1, confirmations: 1 },
  agree: async () => void (await agree()),
});

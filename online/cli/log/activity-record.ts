/**
 * Records store writes and broadcasts of a command, for the log and for the message when a person stops the
 * command. The class wraps store and node, so the code of the steps need not record anything.
 */

import type { OceanNode } from '../../node/node.ts';
import type { WaitDisplay } from '../../platform/waiting/status-line.ts';
import type { PutOptions, Store } from '../../store/store.ts';
import { sha256Hex } from './evidence-log.ts';

export class ActivityRecord {
  /** Keys of objects that the command wrote or was about to write. */
  readonly written = new Set<string>();
  /** Number of transactions that the command sent or was about to send. */
  sent = 0;
  /** Receives the events for the log. */
  listener: (event: string, members: object) => void = () => undefined;

  tell(event: string, members: object): void {
    this.listener(event, members);
  }

  /** @param waits function that shows a person what the command waits for */
  store(store: Store, waits: WaitDisplay): Store {
    this.tell('uses', { store: store.name });
    return new RecordedStore(store, this, waits);
  }

  node(node: OceanNode): OceanNode {
    this.tell('uses', { node: node.rpc.endpoint.url });
    const send = node.send.bind(node);
    node.send = async transactions => {
      this.sent += transactions.length;
      const outcomes = await send(transactions);
      this.tell('send', { outcomes });
      return outcomes;
    };
    return node;
  }
}

class RecordedStore implements Store {
  readonly name: string;
  private readonly inner: Store;
  private readonly activity: ActivityRecord;
  private readonly waits: WaitDisplay;

  constructor(inner: Store, activity: ActivityRecord, waits: WaitDisplay) {
    this.name = inner.name;
    this.inner = inner;
    this.activity = activity;
    this.waits = waits;
  }

  private during<T>(work: Promise<T>): Promise<T> {
    return this.waits.during(`the store ${this.name}`, work);
  }

  get(key: string, maxBytes?: number): Promise<Uint8Array | null> {
    return this.during(this.inner.get(key, maxBytes));
  }

  list(prefix: string): Promise<string[]> {
    return this.during(this.inner.list(prefix));
  }

  async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void> {
    this.activity.written.add(key);
    await this.during(this.inner.put(key, bytes, options));
    this.activity.tell('write', { key, sha256: sha256Hex(bytes) });
  }

  async create(key: string, bytes: Uint8Array, options?: PutOptions): Promise<boolean> {
    this.activity.written.add(key);
    const created = await this.during(this.inner.create(key, bytes, options));
    if (!created) this.activity.written.delete(key);
    this.activity.tell('write', { key, sha256: sha256Hex(bytes), created });
    return created;
  }
}

/**
 * For tests and the simulation: a store in memory. It has the same guarantees as the other stores, but no
 * limit of size.
 */
import { checkKey, checkPrefix } from './object-keys.ts';
import type { Store } from './store.ts';

export class MemoryStore implements Store {
  readonly name = 'memory:';
  readonly objects = new Map<string, Uint8Array>();

  async get(key: string): Promise<Uint8Array | null> {
    checkKey(key);
    return this.objects.get(key) ?? null;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key);
    this.objects.set(key, bytes);
  }

  async create(key: string, bytes: Uint8Array): Promise<boolean> {
    checkKey(key);
    if (this.objects.has(key)) return false;
    this.objects.set(key, bytes);
    return true;
  }

  async list(prefix: string): Promise<string[]> {
    checkPrefix(prefix);
    return [...this.objects.keys()].filter(key => key.startsWith(prefix)).sort();
  }
}

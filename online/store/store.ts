/**
 * What the online tool needs of a store: whole objects, replaced as a whole, and creation that fails when the key
 * is taken: the one concurrency primitive, since AWS, MinIO and Ceph agree on `If-None-Match: *` alone.
 */
export interface Store {
  /** As people write it: `s3://bucket/prefix` or `file:folder`. Never a credential. */
  readonly name: string;

  /**
   * The object's bytes, or null if there is none.
   * @throws Refusal TOO_LARGE over `maxBytes`, STORE_UNREACHABLE, STORE_DENIED, STORE_FAILED
   */
  get(key: string, maxBytes?: number): Promise<Uint8Array | null>;

  /** Replaces (or makes) the object; a reader sees the old bytes or the new ones, never a part. */
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void>;

  /** Makes the object only if the key is free. @returns false if it was taken, whoever took it. */
  create(key: string, bytes: Uint8Array, options?: PutOptions): Promise<boolean>;

  /** All keys that begin with `prefix`, sorted by code point. */
  list(prefix: string): Promise<string[]>;
}

export interface PutOptions {
  contentType?: string;
  /** Readable by everyone (`map.json`, when the store is configured so). */
  publicRead?: boolean;
}

/** Larger than a mapping of a million assets; anything above is refused before it is read. */
export const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

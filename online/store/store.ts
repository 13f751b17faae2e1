/**
 * The interface of a store: objects are read and replaced as a whole, and creation fails if the key exists.
 * Creation is the only concurrency primitive, because `If-None-Match: *` is the only condition on which AWS,
 * MinIO and Ceph agree.
 */
export interface Store {
  /** The store's address as configured: `s3://bucket/prefix` or `file:folder`. It contains no credential. */
  readonly name: string;

  /**
   * The object's bytes; null if it does not exist.
   * @throws Refusal TOO_LARGE above `maxBytes`, STORE_UNREACHABLE, STORE_DENIED, STORE_FAILED
   */
  get(key: string, maxBytes?: number): Promise<Uint8Array | null>;

  /** Creates or replaces the object. A reader sees either the old or the new bytes, never a mixture. */
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void>;

  /** Creates the object only if the key does not exist. @returns false if it exists, whoever created it */
  create(key: string, bytes: Uint8Array, options?: PutOptions): Promise<boolean>;

  /** All keys that begin with `prefix`, sorted by code point. */
  list(prefix: string): Promise<string[]>;
}

export interface PutOptions {
  contentType?: string;
  /**
   * True for an object that everyone may read, such as `map.json`. A store in a bucket makes it public only
   * if this is configured.
   */
  publicRead?: boolean;
}

/**
 * Largest size of an object in bytes, more than a mapping of a million assets has. A larger object is
 * refused, and is never in memory as a whole.
 */
export const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

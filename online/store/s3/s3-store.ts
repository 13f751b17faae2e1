/** A store in a bucket of AWS, Ceph, MinIO or another server that implements `If-None-Match: *`. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type * as Sdk from '@aws-sdk/client-s3'; // types only: `open-store.ts` loads the SDK when a bucket is opened
import { addPlaceToMessage, type Refusal } from '../../../shared/errors.ts';
import { checkKey, checkPrefix, isValidKey, PROBE_KEY } from '../object-keys.ts';
import { DEFAULT_MAX_BYTES, type PutOptions, type Store } from '../store.ts';
import { endlessListRefusal, mayBeWrittenRefusal, objectTooLargeRefusal, PROBE_TEXT } from '../texts.ts';
import { explainS3Error, isNetworkError, notS3Refusal, type SdkError } from './errors/explain-error.ts';
import { conditionIgnoredRefusal } from './errors/texts/ignored-condition.ts';
import { ObjectWriter } from './object-writer.ts';
import type { S3StoreOptions } from './s3-options.ts';

const PROBE = new TextEncoder().encode(PROBE_TEXT);
/**
 * Name of the metadata that identifies the call of `create` that wrote an object. With this metadata, a call
 * recognises its own object after a lost answer.
 */
const MARK = 'countersign-create';
const CONFLICT_ATTEMPTS = 8;
/**
 * Number of attempts to read. The SDK repeats only requests that fail before the body, so a read that is cut
 * in the middle is repeated here.
 */
const READ_ATTEMPTS = 3;
/**
 * Largest number of keys in a list. A faulty server may never end a list. The number suffices for 2 years
 * with a mapping published every minute.
 */
const MAX_KEYS = 1_000_000;

export class S3Store implements Store {
  readonly name: string;
  private readonly o: S3StoreOptions;
  private readonly prefix: string;
  /**
   * True after this server has honoured `If-None-Match`. On a server that ignores this condition, two writers
   * could both succeed.
   */
  private conditionSeen = false;
  private readonly writer: ObjectWriter;

  constructor(options: S3StoreOptions) {
    this.o = options;
    this.name = `s3://${options.bucket}${options.prefix === '' ? '' : `/${options.prefix}`}`;
    this.prefix = options.prefix === '' ? '' : `${options.prefix}/`;
    this.writer = new ObjectWriter(options, this.name, this.prefix);
  }

  async get(key: string, maxBytes: number = DEFAULT_MAX_BYTES): Promise<Uint8Array | null> {
    checkKey(key);
    return (await this.explained(`read ${key}`, () => this.read(key, maxBytes)))?.bytes ?? null;
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions = {}): Promise<void> {
    checkKey(key);
    await this.explained(`write ${key}`, () => this.writer.put(key, bytes, options, {}));
  }

  async create(key: string, bytes: Uint8Array, options: PutOptions = {}): Promise<boolean> {
    checkKey(key);
    return this.explained(`create ${key}`, async () => {
      if (!this.conditionSeen) await this.checkCondition(key);
      return this.createMarked(key, bytes, options, randomUUID());
    });
  }

  async list(prefix: string): Promise<string[]> {
    checkPrefix(prefix);
    return this.explained(`list ${prefix === '' ? 'its keys' : prefix}`, () => this.listAll(prefix));
  }

  private async createMarked(
    key: string,
    bytes: Uint8Array,
    options: PutOptions,
    mark: string,
  ): Promise<boolean> {
    const condition = { IfNoneMatch: '*', Metadata: { [MARK]: mark } };
    let mayBeOurs = false; // True if an earlier attempt of this call may have created the object.
    for (let attempt = 1; ; attempt++) {
      try {
        await this.writer.put(key, bytes, options, condition);
        break;
      } catch (caught) {
        const error = caught as SdkError;
        // The SDK repeats a request whose answer was lost. The second request then finds the object that the
        // first wrote.
        if ((error.$metadata?.attempts ?? 1) > 1) mayBeOurs = true;
        if (isKeyTaken(error)) return mayBeOurs && (await this.isOurs(key, bytes, mark));
        // 409 means that another writer was active at the same time. Either writer may have succeeded.
        if (!isWriteConflict(error) || attempt === CONFLICT_ATTEMPTS) {
          if (isNetworkError(error)) throw this.unknownOutcome(key, error);
          throw error;
        }
        mayBeOurs = true;
        await delay(Math.random() * 25 * 2 ** attempt);
      }
    }
    return true;
  }

  /**
   * Before the first creation of each run, tests the condition on an object that is used for nothing else. A
   * server that ignores the condition would otherwise replace an important object before the error is
   * noticed. If the test object exists, the test takes one request. If it does not exist, this function
   * creates it.
   * @param key the key that is to be created, for the message
   */
  private async checkCondition(key: string): Promise<void> {
    let version: string | undefined;
    for (let round = 0; round < 2; round++) {
      try {
        version = await this.writer.put(
          PROBE_KEY,
          PROBE,
          { contentType: 'text/plain' },
          { IfNoneMatch: '*' },
        );
      } catch (caught) {
        const error = caught as SdkError;
        // This answer shows that the server honours the condition. The test object existed, or another PC
        // created it at this moment.
        if (!isKeyTaken(error) && !isWriteConflict(error)) throw error;
        this.conditionSeen = true;
        return;
      }
    }
    throw conditionIgnoredRefusal(this.name, key, version);
  }

  private async isOurs(key: string, bytes: Uint8Array, mark: string): Promise<boolean> {
    const standing = await this.read(key, DEFAULT_MAX_BYTES);
    if (standing === null) return false;
    if (standing.mark !== undefined) return standing.mark === mark;
    // For a server that drops metadata, the bytes are compared.
    return Buffer.from(standing.bytes).equals(bytes);
  }

  private async read(key: string, maxBytes: number): Promise<{ bytes: Uint8Array; mark?: string } | null> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.readOnce(key, maxBytes);
      } catch (caught) {
        const error = caught as SdkError;
        const cut = error.$metadata === undefined && isNetworkError(error);
        if (!cut || attempt === READ_ATTEMPTS) throw caught;
        await delay(100 * attempt);
      }
    }
  }

  private async readOnce(
    key: string,
    maxBytes: number,
  ): Promise<{ bytes: Uint8Array; mark?: string } | null> {
    let answer: Sdk.GetObjectCommandOutput;
    try {
      answer = await this.o.client.send(
        new this.o.sdk.GetObjectCommand({ Bucket: this.o.bucket, Key: this.prefix + key }),
      );
    } catch (error) {
      // The error code decides, because any web server may send the status 404.
      if ((error as SdkError).name === 'NoSuchKey') return null;
      throw error;
    }
    const body = answer.Body as unknown as AsyncIterable<Uint8Array> & { destroy(): void };
    const chunks: Uint8Array[] = [];
    let size = answer.ContentLength ?? 0;
    try {
      if (answer.ETag === undefined)
        throw notS3Refusal(this.name, `read ${key}`, answer.$metadata.httpStatusCode);
      if (size > maxBytes) throw objectTooLargeRefusal(this.name, key, String(size), maxBytes);
      size = 0;
      for await (const chunk of body) {
        size += chunk.length;
        if (size > maxBytes) throw objectTooLargeRefusal(this.name, key, 'more', maxBytes);
        chunks.push(chunk);
      }
    } finally {
      body.destroy();
    }
    if (answer.ContentLength !== undefined && answer.ContentLength !== size)
      throw Object.assign(new Error('body ended early'), { code: 'ECONNRESET' });
    const mark = answer.Metadata?.[MARK];
    return { bytes: new Uint8Array(Buffer.concat(chunks, size)), ...(mark === undefined ? {} : { mark }) };
  }

  private async listAll(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    let seen = 0;
    do {
      const page = await this.o.client.send(
        new this.o.sdk.ListObjectsV2Command({
          Bucket: this.o.bucket,
          Prefix: this.prefix + prefix,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      );
      if (page.IsTruncated === undefined && page.Name === undefined)
        throw notS3Refusal(this.name, `list ${prefix}`, page.$metadata.httpStatusCode);
      for (const object of page.Contents ?? []) {
        const key = object.Key?.startsWith(this.prefix) ? object.Key.slice(this.prefix.length) : '';
        // Skips objects with names that this program never uses, such as `folder/`.
        if (key.startsWith(prefix) && isValidKey(key)) keys.push(key);
      }
      seen += page.Contents?.length ?? 0;
      const next = page.IsTruncated ? page.NextContinuationToken : undefined;
      if (seen > MAX_KEYS || (next !== undefined && (next === token || page.Contents === undefined)))
        throw endlessListRefusal(this.name);
      token = next;
    } while (token !== undefined);
    return keys.sort();
  }

  private async explained<T>(what: string, run: () => Promise<T>): Promise<T> {
    const { credentials } = this.o;
    try {
      await credentials.check();
    } catch (error) {
      throw addPlaceToMessage(`${this.name}: cannot ${what}`, error);
    }
    try {
      return await run();
    } catch (error) {
      throw explainS3Error(error, what, this.name, credentials.secrets);
    }
  }

  private unknownOutcome(key: string, error: SdkError): Refusal {
    const refusal = explainS3Error(error, `create ${key}`, this.name, this.o.credentials.secrets);
    return mayBeWrittenRefusal(refusal);
  }
}

function isKeyTaken(error: SdkError): boolean {
  return error.name === 'PreconditionFailed' || error.$metadata?.httpStatusCode === 412;
}

function isWriteConflict(error: SdkError): boolean {
  return error.name === 'ConditionalRequestConflict' || error.$metadata?.httpStatusCode === 409;
}

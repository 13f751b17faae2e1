/** Writes an object, and meets what a server asks for: a checksum (object lock), or no ACL. */
import { createHash } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-s3';
import { Refusal } from '../../../shared/errors.ts';
import type { PutOptions } from '../store.ts';
import { asksForChecksum } from './errors/causes.ts';
import { answerOf, explainS3Error, notS3, type SdkError } from './errors/explain.ts';
import type { S3StoreOptions } from './options.ts';

/** Answers to a write with an ACL that can be about the ACL; codes differ from service to service, so they do not decide. */
const OF_AN_ACL = /^(400|403|405|501)$/;

export class ObjectWriter {
  private readonly o: S3StoreOptions;
  private readonly store: string;
  private readonly prefix: string;
  /** Whether this server asked for a checksum. Others know none of the newer ones. */
  private wantsChecksum = false;
  /** What this server said of an ACL, once a write without it was taken. */
  private refusesAcl: SdkError | undefined;

  constructor(options: S3StoreOptions, store: string, prefix: string) {
    this.o = options;
    this.store = store;
    this.prefix = prefix;
  }

  /** @returns the version's id, where the bucket keeps versions */
  async put(
    key: string,
    bytes: Uint8Array,
    options: PutOptions,
    more: Partial<Sdk.PutObjectCommandInput>,
  ): Promise<string | undefined> {
    const wantsAcl = options.publicRead === true && this.o.publicRead;
    let acl = wantsAcl && this.refusesAcl === undefined;
    let refusal = this.refusesAcl;
    for (;;) {
      try {
        const version = await this.send(key, bytes, options, {
          ...(acl ? { ACL: 'public-read' } : {}),
          ...more,
        });
        if (wantsAcl && refusal !== undefined) this.tellNotPublic(key, refusal);
        return version;
      } catch (caught) {
        const error = caught as SdkError;
        if (!this.wantsChecksum && asksForChecksum(answerOf(error, ''))) this.wantsChecksum = true;
        else if (acl && OF_AN_ACL.test(String(error.$metadata?.httpStatusCode))) {
          refusal = error;
          acl = false;
        } else throw error;
      }
    }
  }

  /** The object is there; what is missing is told once for each run. */
  private tellNotPublic(key: string, error: SdkError): void {
    const { refusesAcl } = this;
    this.refusesAcl = error;
    if (refusesAcl !== undefined) return;
    const { message } = explainS3Error(error, `make ${key} public`, this.store, this.o.credentials.secrets);
    this.o.notPublic(
      new Refusal(
        'STORE_FAILED',
        `${message}; it is written without that`,
        'Let everyone read map.json by a policy of the bucket, and switch publicRead off.',
      ),
    );
  }

  private async send(
    key: string,
    bytes: Uint8Array,
    options: PutOptions,
    more: Partial<Sdk.PutObjectCommandInput>,
  ): Promise<string | undefined> {
    const answer = await this.o.client.send(
      new this.o.sdk.PutObjectCommand({
        Bucket: this.o.bucket,
        Key: this.prefix + key,
        Body: bytes,
        ContentLength: bytes.length,
        ContentType:
          options.contentType ?? (key.endsWith('.json') ? 'application/json' : 'application/octet-stream'),
        // The oldest of them, which every server with object lock takes.
        ...(this.wantsChecksum ? { ContentMD5: createHash('md5').update(bytes).digest('base64') } : {}),
        ...more,
      }),
    );
    // A proxy's page with status 200 would else pass for success.
    if (answer.ETag === undefined) throw notS3(this.store, `write ${key}`, answer.$metadata.httpStatusCode);
    return answer.VersionId;
  }
}

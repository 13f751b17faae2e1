/** Writes an object, and adapts to the server's requirements: a checksum (object lock), or no ACL. */
import { createHash } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-s3';
import type { PutOptions } from '../store.ts';
import { notPublicRefusal } from '../texts.ts';
import { explainS3Error, notS3Refusal, readAnswer, type SdkError } from './errors/explain-error.ts';
import { asksForChecksum, PUBLIC_BY_POLICY } from './errors/texts/answer-causes.ts';
import type { S3StoreOptions } from './s3-options.ts';

/**
 * Status codes of answers that may be about the ACL. Error codes are not compared, because they differ
 * between services.
 */
const OF_AN_ACL = /^(400|403|405|501)$/;

export class ObjectWriter {
  private readonly o: S3StoreOptions;
  private readonly store: string;
  private readonly prefix: string;
  /** True after this server has required a checksum. */
  private wantsChecksum = false;
  /** The server's answer to a write with an ACL, if the same write without the ACL succeeded. */
  private refusesAcl: SdkError | undefined;

  constructor(options: S3StoreOptions, store: string, prefix: string) {
    this.o = options;
    this.store = store;
    this.prefix = prefix;
  }

  /** @returns the version id, if the bucket keeps versions */
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
        if (!this.wantsChecksum && asksForChecksum(readAnswer(error, ''))) this.wantsChecksum = true;
        else if (acl && OF_AN_ACL.test(String(error.$metadata?.httpStatusCode))) {
          refusal = error;
          acl = false;
        } else throw error;
      }
    }
  }

  /** Reports that an object is stored but not public. Only the first such object of a run is reported. */
  private tellNotPublic(key: string, error: SdkError): void {
    const { refusesAcl } = this;
    this.refusesAcl = error;
    if (refusesAcl !== undefined) return;
    const { message } = explainS3Error(error, `make ${key} public`, this.store, this.o.credentials.secrets);
    this.o.notPublic(notPublicRefusal(message, PUBLIC_BY_POLICY));
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
        // The checksum is MD5, because some servers with object lock support no other.
        ...(this.wantsChecksum ? { ContentMD5: createHash('md5').update(bytes).digest('base64') } : {}),
        ...more,
      }),
    );
    // Without this check, a proxy's page with status 200 would look like success.
    if (answer.ETag === undefined)
      throw notS3Refusal(this.store, `write ${key}`, answer.$metadata.httpStatusCode);
    return answer.VersionId;
  }
}

/** Settings of a store in a bucket. */
import type * as Sdk from '@aws-sdk/client-s3';
import type { Refusal } from '../../../shared/errors.ts';
import type { S3Credentials } from './errors/credentials.ts';

export interface S3StoreOptions {
  sdk: typeof Sdk;
  client: Sdk.S3Client;
  credentials: S3Credentials;
  bucket: string;
  /** The prefix, without slashes at its ends. It may be empty. */
  prefix: string;
  /**
   * True if an object that is put with `publicRead` gets an ACL. A bucket without ACLs refuses a write with
   * an ACL.
   */
  publicRead: boolean;
  /**
   * Called once if the server refuses the ACL. The object is then stored, but not public. The function may
   * throw.
   */
  notPublic(refusal: Refusal): void;
}

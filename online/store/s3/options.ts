/** Settings of a store in a bucket. */
import type * as Sdk from '@aws-sdk/client-s3';
import type { Refusal } from '../../../shared/errors.ts';
import type { Credentials } from './errors/credentials.ts';

export interface S3StoreOptions {
  sdk: typeof Sdk;
  client: Sdk.S3Client;
  credentials: Credentials;
  bucket: string;
  /** Without slashes at its ends; may be empty. */
  prefix: string;
  /** Whether an object put with `publicRead` gets an ACL. A bucket without ACLs refuses it. */
  publicRead: boolean;
  /** Called once if the server refuses that ACL. The object is written but not public. May throw. */
  notPublic(refusal: Refusal): void;
}

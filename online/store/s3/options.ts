/** What a store in a bucket is made of. */
import type * as Sdk from '@aws-sdk/client-s3';
import type { Refusal } from '../../../shared/errors.ts';
import type { Credentials } from './errors/credentials.ts';

export interface S3StoreOptions {
  sdk: typeof Sdk;
  client: Sdk.S3Client;
  credentials: Credentials;
  bucket: string;
  /** Without slashes around it; empty for none. */
  prefix: string;
  /** Whether `publicRead` of a put becomes an ACL; a bucket without ACLs refuses those. */
  publicRead: boolean;
  /** Told once where the server refuses that ACL: the object is written, and not public. What it throws is thrown. */
  notPublic(refusal: Refusal): void;
}

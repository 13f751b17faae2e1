/** Answers of S3 services and proxies, quoted from public reports, and patterns that the messages must match. */
import type { Code } from '../../../../shared/errors.ts';
import { errorDocument, htmlPage, type Recorded } from './replay.ts';

export interface Sample {
  service: string;
  answer: Recorded;
  code: Code;
  /** Pattern of the message. */
  cause: RegExp;
  /** Pattern of the next step. */
  step: RegExp;
}

const sample = (service: string, answer: Recorded, code: Code, cause: RegExp, step: RegExp): Sample => ({
  service,
  answer,
  code,
  cause,
  step,
});

const KEY = 'arn:aws:kms:eu-west-2:111122223333:key/1234abcd';

export const SAMPLES: readonly Sample[] = [
  sample(
    'Backblaze B2, storage cap',
    errorDocument(
      403,
      'AccessDenied',
      'Cannot upload files, storage cap exceeded. See the Caps &amp; Alerts page.',
    ),
    'STORE_FAILED',
    /the storage is full, or a quota is used up.*storage cap exceeded/,
    /free space/,
  ),
  sample(
    'Backblaze B2, transaction cap',
    errorDocument(403, 'AccessDenied', 'Transaction cap exceeded, see the Caps &amp; Alerts page.'),
    'STORE_DENIED',
    /the account has reached a limit/,
    /Raise the limit/,
  ),
  sample(
    'Backblaze B2, overloaded',
    errorDocument(503, 'ServiceUnavailable', 'no tomes available'),
    'STORE_UNREACHABLE',
    /busy or not ready.*no tomes available/,
    /Wait a minute/,
  ),
  sample(
    'MinIO, disk full',
    errorDocument(507, 'XMinioStorageFull', 'Storage backend has reached its minimum free drive threshold.'),
    'STORE_FAILED',
    /the storage is full.*minimum free drive threshold/,
    /free space/,
  ),
  sample(
    'MinIO, no inode or block left while writing',
    errorDocument(
      500,
      'InternalError',
      'We encountered an internal error, please try again.: cause(no space left on device)',
    ),
    'STORE_FAILED',
    /the storage is full/,
    /free space/,
  ),
  sample(
    'MinIO, quota of the bucket',
    errorDocument(400, 'XMinioAdminBucketQuotaExceeded', 'Bucket quota exceeded'),
    'STORE_FAILED',
    /quota is used up/,
    /raise the limit/,
  ),
  sample(
    'MinIO, starting',
    errorDocument(503, 'XMinioServerNotInitialized', 'Server not initialized yet, please try again.'),
    'STORE_UNREACHABLE',
    /busy or not ready/,
    /Wait a minute/,
  ),
  sample(
    'MinIO, too few disks',
    errorDocument(503, 'SlowDownWrite', 'Resource requested is unwritable, please reduce your request rate'),
    'STORE_UNREACHABLE',
    /slow down/,
    /Wait a minute/,
  ),
  sample(
    'MinIO, encryption without key management',
    errorDocument(501, 'NotImplemented', 'Server side encryption specified but KMS is not configured'),
    'STORE_FAILED',
    /key management of the server does not work.*KMS is not configured/,
    /switch off the encryption/,
  ),
  sample(
    'Amazon, key management denied',
    errorDocument(
      403,
      'AccessDenied',
      `User: arn:aws:iam::111122223333:user/ops is not authorized to perform: kms:GenerateDataKey on resource: ${KEY} because no identity-based policy allows the kms:GenerateDataKey action`,
    ),
    'STORE_DENIED',
    /may not use the key that encrypts the bucket.*kms:GenerateDataKey/,
    /kms:Decrypt/,
  ),
  sample(
    'Amazon, key disabled',
    errorDocument(400, 'KMS.DisabledException', `${KEY} is disabled.`),
    'STORE_FAILED',
    /the key that encrypts the bucket cannot be used/,
    /enable the key/,
  ),
  sample(
    'Amazon, no policy allows it',
    errorDocument(
      403,
      'AccessDenied',
      'User: arn:aws:iam::111122223333:user/ops is not authorized to perform: s3:PutObject because no identity-based policy allows the s3:PutObject action',
    ),
    'STORE_DENIED',
    /access is denied.*no identity-based policy allows the s3:PutObject/,
    /Ask the owner of the bucket/,
  ),
  sample(
    'Amazon, an internal error',
    errorDocument(500, 'InternalError', 'We encountered an internal error. Please try again.'),
    'STORE_UNREACHABLE',
    /internal error/,
    /Wait a minute/,
  ),
  sample(
    'Amazon, a connection that stood still',
    errorDocument(
      400,
      'RequestTimeout',
      'Your socket connection to the server was not read from or written to within the timeout period.',
    ),
    'STORE_UNREACHABLE',
    /busy/,
    /Wait a minute/,
  ),
  sample(
    'Amazon, archived by a rule',
    errorDocument(403, 'InvalidObjectState', "The operation is not valid for the object's storage class", {
      members: '<StorageClass>GLACIER</StorageClass>',
    }),
    'STORE_FAILED',
    /the object is archived/,
    /restore-object/,
  ),
  sample(
    'Cloudflare R2, a region of Amazon',
    errorDocument(
      400,
      'InvalidRegionName',
      "The region name 'eu-west-2' is not valid. Must be one of: wnam, enam, weur, eeur, apac, oc, auto",
    ),
    'STORE_FAILED',
    /does not accept the configured region/,
    /COUNTERSIGN_S3_REGION=auto/,
  ),
  sample(
    'Cloudflare R2, a token in place of an access key',
    errorDocument(400, 'InvalidArgument', 'Credential access key has length 40, should be 32'),
    'STORE_DENIED',
    /access key does not belong to this service/,
    /AWS_ACCESS_KEY_ID/,
  ),
  sample(
    'Garage, its own region',
    errorDocument(
      400,
      'AuthorizationHeaderMalformed',
      'Authorization header malformed, unexpected scope: 20261127/us-east-1/s3/aws4_request',
      {
        members: '<Region>garage</Region>',
      },
    ),
    'STORE_FAILED',
    /in the region garage/,
    /COUNTERSIGN_S3_REGION=garage/,
  ),
  sample(
    'Ceph, a suspended user',
    errorDocument(403, 'UserSuspended', ''),
    'STORE_DENIED',
    /the account is not active/,
    /owner of the account/,
  ),
  sample(
    'nginx, its size limit',
    htmlPage(413, '413 Request Entity Too Large'),
    'STORE_FAILED',
    /accepts no object of this size/,
    /client_max_body_size/,
  ),
  sample(
    'nginx, the server behind it is down',
    htmlPage(502, '502 Bad Gateway'),
    'STORE_UNREACHABLE',
    /overloaded or down/,
    /Wait a minute/,
  ),
  sample(
    'a server without a body',
    { status: 500, headers: {}, body: '' },
    'STORE_UNREACHABLE',
    /overloaded or down/,
    /Wait a minute/,
  ),
  sample(
    'a code that no table has',
    errorDocument(
      409,
      'InvalidBucketState',
      'The request is not valid with the current state of the bucket.',
    ),
    'STORE_FAILED',
    /refused the operation \(InvalidBucketState, status 409: "The request is not valid with the current state of the bucket\.", request 4442587FB7D0A2F9\)/,
    /documentation of the server/,
  ),
  sample(
    'a code that no table has, with a message for a terminal',
    errorDocument(400, 'InvalidArgument', `Unsupported\u{1b}[31m value\n${'x'.repeat(400)}`),
    'STORE_FAILED',
    /refused the operation \(InvalidArgument, status 400: "Unsupported(\\u001b)?\[31m value x+\.\.\.", request/,
    /documentation of the server/,
  ),
  sample(
    'an answer in JSON',
    { status: 400, headers: { 'content-type': 'application/json' }, body: '{"message":"no such route"}' },
    'STORE_FAILED',
    /an answer of an S3 server, .*\(status 400\)/,
    /Check the endpoint/,
  ),
];

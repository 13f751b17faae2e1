/** Answers of S3 services and proxies, quoted from public reports, and what they mean. */
import { MEANINGS, type Meaning } from '../errors/texts/answer-causes.ts';
import {
  explainNotAnS3Answer,
  explainOtherRegion,
  explainOverloaded,
  explainUnknownCause,
} from '../errors/texts/connection.ts';
import { errorAnswer, htmlAnswer, type Recorded } from './answering-server.ts';

export interface Sample {
  service: string;
  answer: Recorded;
  /** Code, cause and next step. */
  means: Meaning;
  /** A part of the server's answer that the message quotes. */
  quoted: RegExp;
}

const makeSample = (service: string, answer: Recorded, means: Meaning, quoted = /./): Sample => ({
  service,
  answer,
  means,
  quoted,
});

const KEY = 'arn:aws:kms:eu-west-2:111122223333:key/1234abcd';

export const SAMPLES: readonly Sample[] = [
  makeSample(
    'Backblaze B2, storage cap',
    errorAnswer(
      403,
      'AccessDenied',
      'Cannot upload files, storage cap exceeded. See the Caps &amp; Alerts page.',
    ),
    MEANINGS.fullOrQuota,
    /storage cap/,
  ),
  makeSample(
    'Backblaze B2, transaction cap',
    errorAnswer(403, 'AccessDenied', 'Transaction cap exceeded, see the Caps &amp; Alerts page.'),
    MEANINGS.limit,
  ),
  makeSample(
    'Backblaze B2, overloaded',
    errorAnswer(503, 'ServiceUnavailable', 'no tomes available'),
    MEANINGS.busy,
    /no tomes/,
  ),
  makeSample(
    'MinIO, disk full',
    errorAnswer(507, 'XMinioStorageFull', 'Storage backend has reached its minimum free drive threshold.'),
    MEANINGS.fullOrQuota,
    /drive threshold/,
  ),
  makeSample(
    'MinIO, no inode or block left while writing',
    errorAnswer(
      500,
      'InternalError',
      'We encountered an internal error, please try again.: cause(no space left on device)',
    ),
    MEANINGS.fullOrQuota,
  ),
  makeSample(
    'MinIO, quota of the bucket',
    errorAnswer(400, 'XMinioAdminBucketQuotaExceeded', 'Bucket quota exceeded'),
    MEANINGS.fullOrQuota,
  ),
  makeSample(
    'MinIO, starting',
    errorAnswer(503, 'XMinioServerNotInitialized', 'Server not initialized yet, please try again.'),
    MEANINGS.busy,
  ),
  makeSample(
    'MinIO, too few disks',
    errorAnswer(503, 'SlowDownWrite', 'Resource requested is unwritable, please reduce your request rate'),
    MEANINGS.slowDown,
  ),
  makeSample(
    'MinIO, encryption without key management',
    errorAnswer(501, 'NotImplemented', 'Server side encryption specified but KMS is not configured'),
    MEANINGS.keysDown,
    /"[^"]* KMS /,
  ),
  makeSample(
    'Amazon, key management denied',
    errorAnswer(
      403,
      'AccessDenied',
      `User: arn:aws:iam::111122223333:user/ops is not authorized to perform: kms:GenerateDataKey on resource: ${KEY} because no identity-based policy allows the kms:GenerateDataKey action`,
    ),
    MEANINGS.keyDenied,
    /kms:GenerateDataKey/,
  ),
  makeSample(
    'Amazon, key disabled',
    errorAnswer(400, 'KMS.DisabledException', `${KEY} is disabled.`),
    MEANINGS.keyUnusable,
  ),
  makeSample(
    'Amazon, no policy allows it',
    errorAnswer(
      403,
      'AccessDenied',
      'User: arn:aws:iam::111122223333:user/ops is not authorized to perform: s3:PutObject because no identity-based policy allows the s3:PutObject action',
    ),
    MEANINGS.accessDenied,
    /identity-based policy .* s3:PutObject/,
  ),
  makeSample(
    'Amazon, an internal error',
    errorAnswer(500, 'InternalError', 'We encountered an internal error. Please try again.'),
    MEANINGS.internal,
  ),
  makeSample(
    'Amazon, a connection that stood still',
    errorAnswer(
      400,
      'RequestTimeout',
      'Your socket connection to the server was not read from or written to within the timeout period.',
    ),
    MEANINGS.busy,
  ),
  makeSample(
    'Amazon, archived by a rule',
    errorAnswer(403, 'InvalidObjectState', "The operation is not valid for the object's storage class", {
      members: '<StorageClass>GLACIER</StorageClass>',
    }),
    MEANINGS.archived,
  ),
  makeSample(
    'Cloudflare R2, a region of Amazon',
    errorAnswer(
      400,
      'InvalidRegionName',
      "The region name 'eu-west-2' is not valid. Must be one of: wnam, enam, weur, eeur, apac, oc, auto",
    ),
    MEANINGS.regionUnknown,
  ),
  makeSample(
    'Cloudflare R2, a token in place of an access key',
    errorAnswer(400, 'InvalidArgument', 'Credential access key has length 40, should be 32'),
    MEANINGS.keyForeign,
  ),
  makeSample(
    'Garage, its own region',
    errorAnswer(
      400,
      'AuthorizationHeaderMalformed',
      'Authorization header malformed, unexpected scope: 20261127/us-east-1/s3/aws4_request',
      {
        members: '<Region>garage</Region>',
      },
    ),
    explainOtherRegion('garage', 400),
  ),
  makeSample('Ceph, a suspended user', errorAnswer(403, 'UserSuspended', ''), MEANINGS.accountInactive),
  makeSample(
    'nginx, its size limit',
    htmlAnswer(413, '413 Request Entity Too Large'),
    MEANINGS.tooLargeForProxy,
  ),
  makeSample(
    'nginx, the server behind it is down',
    htmlAnswer(502, '502 Bad Gateway'),
    explainOverloaded(' (status 502)'),
  ),
  makeSample(
    'a server without a body',
    { status: 500, headers: {}, body: '' },
    explainOverloaded(' (status 500)'),
  ),
  makeSample(
    'an unknown code',
    errorAnswer(409, 'InvalidBucketState', 'The request is not valid with the current state of the bucket.'),
    explainUnknownCause(''),
    /\(InvalidBucketState, status 409: ".*\.", request 4442587FB7D0A2F9\)/,
  ),
  makeSample(
    'an unknown code, with a message for a terminal',
    errorAnswer(400, 'InvalidArgument', `Unsupported\u{1b}[31m value\n${'x'.repeat(400)}`),
    explainUnknownCause(''),
    /\(InvalidArgument, status 400: "Unsupported(\\u001b)?\[31m value x+\.\.\.", request/,
  ),
  makeSample(
    'an answer in JSON',
    { status: 400, headers: { 'content-type': 'application/json' }, body: '{"message":"no such route"}' },
    explainNotAnS3Answer(400),
  ),
];

/**
 * Answers of S3 servers, and messages that explain them. Services use one code for several causes (AccessDenied for a
 * full quota, InvalidRequest for a missing checksum), so an entry can also require words of the message.
 */
import type { Code } from '../../../../shared/errors.ts';

export type Meaning = [code: Code, what: string, hint: string];

/** The parts of an answer that identify its cause. */
export interface Answer {
  /** The server's error code. */
  name: string;
  status: number | undefined;
  message: string;
  /** The operation, such as `create map.json`. */
  what: string;
}

interface Cause {
  name?: RegExp;
  status?: number | readonly number[];
  text?: RegExp;
  what?: RegExp;
  /** True if code, message and request id are shown too, because they say more than the explanation. */
  quoted?: true;
  means: Meaning;
}

export const RIGHTS_HINT =
  'Ask the owner of the bucket for s3:GetObject, s3:PutObject and s3:ListBucket on it (without ListBucket, a missing object looks denied too).';
export const CREDENTIALS_HINT =
  'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, then repeat.';
export const LATER_HINT = 'Wait a minute, then repeat: every step is safe to repeat.';
const SESSION_HINT = 'Log in again (for example `aws sso login`), or renew the session token, then repeat.';
const CLOCK_HINT = "Set this computer's clock (date, time and time zone), then repeat.";
const ROOM_HINT = 'Have the operator of the store make room or raise the limit, then repeat.';

/** Message of Amazon, MinIO and versitygw for a write without checksum to a bucket with object lock. */
const WANTS_CHECKSUM = /content-md5|x-amz-checksum|checksum/i;

export function asksForChecksum({ name, message, status }: Answer): boolean {
  return status === 400 && (name === 'MissingContentMD5' || WANTS_CHECKSUM.test(message));
}

const denied = (what: string, hint = RIGHTS_HINT): Meaning => ['STORE_DENIED', what, hint];
const failed = (what: string, hint: string): Meaning => ['STORE_FAILED', what, hint];
const later = (what: string): Meaning => ['STORE_UNREACHABLE', what, LATER_HINT];

/** The first matching entry counts. */
const CAUSES: readonly Cause[] = [
  {
    name: /^(MissingContentMD5|InvalidRequest|InvalidDigest|BadDigest)$/,
    text: WANTS_CHECKSUM,
    quoted: true,
    means: failed(
      'the server wants a checksum with each object, as object lock does, and refuses the one that was sent',
      'Ask the operator of the server which checksum it takes, or use a bucket without object lock.',
    ),
  },
  {
    status: [401, 403],
    text: /\bkms:/i,
    quoted: true,
    means: denied(
      'these credentials may not use the key that encrypts the bucket',
      'Ask the owner of the key for kms:GenerateDataKey and kms:Decrypt on it.',
    ),
  },
  {
    name: /KMS/,
    quoted: true,
    means: failed(
      'the key that encrypts the bucket cannot be used',
      'Have the key enabled again, or the key management of the server started, then repeat.',
    ),
  },
  {
    text: /\bKMS\b/,
    quoted: true,
    means: failed(
      'the key management of the server does not work',
      'Have it set up, or switch off the encryption of the bucket, then repeat.',
    ),
  },
  {
    name: /^(XMinioStorageFull|InsufficientStorage|InsufficientCapacity|StorageFull|[A-Za-z]*Quota(Has)?Exceeded)$/,
    quoted: true,
    means: failed('the storage is full, or a quota is used up', ROOM_HINT),
  },
  { status: 507, means: failed('the storage is full', ROOM_HINT) },
  {
    text: /storage cap|no space left|quota (has been )?exceeded|out of (disk )?space/i,
    quoted: true,
    means: failed('the storage is full, or a quota is used up', ROOM_HINT),
  },
  {
    text: /\bcap exceeded/i,
    quoted: true,
    means: denied(
      'a limit of the account is used up',
      "Have the limit raised, or wait until it begins anew: the service's console shows it.",
    ),
  },
  {
    name: /^InvalidObjectState$/,
    means: failed(
      'the object is archived',
      'Restore it (`aws s3api restore-object`), and keep this bucket out of rules that archive its objects.',
    ),
  },
  {
    name: /^(EntityTooLarge|RequestEntityTooLarge|MaxMessageLengthExceeded)$/,
    quoted: true,
    means: failed('the server takes no object of this size', 'Have its limit raised, then repeat.'),
  },
  {
    status: 413,
    means: failed(
      'a server in between takes no object of this size (status 413)',
      'Have the limit of the proxy raised (nginx: client_max_body_size), then repeat.',
    ),
  },
  {
    name: /^(InvalidRegionName|InvalidRegion|InvalidLocationConstraint)$/,
    text: /\bauto\b/,
    quoted: true,
    means: failed(
      'the server does not take the region given',
      'Give the region auto: COUNTERSIGN_S3_REGION=auto, or --s3-region auto at `countersign init`.',
    ),
  },
  {
    name: /^NoSuchBucket$/,
    means: failed('there is no such bucket', 'Create the bucket, or correct its name in the store.'),
  },
  {
    name: /^InvalidBucketName$/,
    means: failed('the server does not take this bucket name', 'Correct the name in the store.'),
  },
  { name: /^(AccessDenied|AllAccessDisabled)$/, quoted: true, means: denied('access is denied') },
  { name: /^AccountProblem$/, means: denied('the account has a problem', 'Ask the owner of the bucket.') },
  {
    name: /^(UserSuspended|AccountInactive|NotSignedUp|NotEntitled)$/,
    quoted: true,
    means: denied('the account is not active at this service', 'Ask the owner of the account.'),
  },
  {
    name: /^InvalidAccessKeyId$/,
    means: denied('the server does not know this access key', CREDENTIALS_HINT),
  },
  {
    name: /^InvalidArgument$/,
    text: /access key/i,
    quoted: true,
    means: denied('the access key is none of this service', CREDENTIALS_HINT),
  },
  {
    name: /^SignatureDoesNotMatch$/,
    means: denied(
      'the secret key is wrong for this access key',
      `${CREDENTIALS_HINT} If both are right, a proxy in between changes the request: it must keep the Host header.`,
    ),
  },
  {
    name: /^(ExpiredToken|TokenRefreshRequired|ExpiredTokenException)$/,
    means: denied('the session has expired', SESSION_HINT),
  },
  { name: /^(InvalidToken|InvalidTokenId)$/, means: denied('the session token is not valid', SESSION_HINT) },
  {
    name: /^(RequestTimeTooSkewed|RequestExpired)$/,
    means: denied("this computer's clock differs too much from the server's", CLOCK_HINT),
  },
  {
    name: /^AccessControlListNotSupported$/,
    means: failed(
      'this bucket takes no public-read objects',
      'Make map.json public by a bucket policy, and switch publicRead off.',
    ),
  },
  { name: /^ConditionalRequestConflict$/, means: failed('other writers kept it busy', LATER_HINT) },
  {
    name: /^NotImplemented$/,
    what: /^create /,
    quoted: true,
    means: failed(
      'the server does not implement a needed feature (If-None-Match)',
      'Use AWS, a recent Ceph or MinIO, or a file: store.',
    ),
  },
  {
    name: /^NotImplemented$/,
    quoted: true,
    means: failed(
      'the server does not implement what was asked for',
      'Use AWS, a recent Ceph or MinIO, or a file: store.',
    ),
  },
  {
    name: /^(SlowDown(Read|Write)?|TooManyRequests(Exception)?|Throttl[a-zA-Z]+|RequestLimitExceeded|BandwidthLimitExceeded)$/,
    means: later('the server asks to slow down'),
  },
  { status: 429, means: later('the server asks to slow down') },
  {
    name: /^(ServiceUnavailable|OperationAborted|RequestTimeout|XMinioServerNotInitialized|XMinio(Read|Write)Quorum|XMinioBackendDown)$/,
    quoted: true,
    means: later('the server is busy or not ready'),
  },
  {
    name: /^(InternalError|InternalFailure|InternalServerError)$/,
    quoted: true,
    means: later('the server has an error of its own'),
  },
];

/** Undefined for an unknown answer. */
export function causeOf(answer: Answer): { means: Meaning; quoted?: true } | undefined {
  const fits = ({ name, status, text, what }: Cause) =>
    (name === undefined || name.test(answer.name)) &&
    (status === undefined || [status].flat().some(one => one === answer.status)) &&
    (text === undefined || text.test(answer.message)) &&
    (what === undefined || what.test(answer.what));
  return CAUSES.find(fits);
}

/**
 * Answers of S3 servers, and messages that explain them. Services use one code for several causes
 * (AccessDenied for a full quota, InvalidRequest for a missing checksum), so an entry can also require words
 * of the message.
 */
import type { Code } from '../../../../../shared/errors.ts';
import { RUN_AGAIN } from '../../../../platform/texts.ts';

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
  /**
   * True if code, message and request id of the answer are shown too, because they say more than the
   * explanation.
   */
  quoted?: true;
  means: Meaning;
}

export const ACCESS_DENIED = 'access is denied';
export const RIGHTS_HINT =
  'Ask the owner of the bucket for the permissions s3:GetObject, s3:PutObject and s3:ListBucket. Without s3:ListBucket, access to a missing object is also denied.';
export const CREDENTIALS_HINT =
  'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE. Then run the command again.';
export const LATER_HINT = `Wait a minute. ${RUN_AGAIN}`;
const SESSION_HINT =
  'Log in again (for example with `aws sso login`), or renew the session token. Then run the command again.';
const CLOCK_HINT = 'Set the date, the time and the time zone of this computer. Then run the command again.';
const ROOM_HINT =
  'Ask the operator of the store to free space or to raise the limit. Then run the command again.';

export const PUBLIC_BY_POLICY =
  'Let everyone read map.json with a policy of the bucket, and switch publicRead off.';
const OTHER_SERVER = 'Use AWS, a recent Ceph or MinIO, or a file: store.';

/** Message of Amazon, MinIO and versitygw for a write without checksum to a bucket with object lock. */
const WANTS_CHECKSUM = /content-md5|x-amz-checksum|checksum/i;

export function asksForChecksum({ name, message, status }: Answer): boolean {
  return status === 400 && (name === 'MissingContentMD5' || WANTS_CHECKSUM.test(message));
}

const explainAccessDenied = (what: string, hint = RIGHTS_HINT): Meaning => ['STORE_DENIED', what, hint];
const explainRequestFailed = (what: string, hint: string): Meaning => ['STORE_FAILED', what, hint];
const explainTryLater = (what: string): Meaning => ['STORE_UNREACHABLE', what, LATER_HINT];

/** The meanings of answers, by name. */
export const MEANINGS = {
  checksum: explainRequestFailed(
    'the server requires a checksum with each object (object lock), and refuses the checksum that was sent',
    'Ask the operator of the server which checksum it accepts, or use a bucket without object lock.',
  ),
  keyDenied: explainAccessDenied(
    'these credentials may not use the key that encrypts the bucket',
    'Ask the owner of this key for the permissions kms:GenerateDataKey and kms:Decrypt.',
  ),
  keyUnusable: explainRequestFailed(
    'the key that encrypts the bucket cannot be used',
    'Ask the operator of the server to enable the key, or to start the key management. Then run the command again.',
  ),
  keysDown: explainRequestFailed(
    'the key management of the server does not work',
    'Ask the operator of the server to set up the key management, or switch off the encryption of the bucket. Then run the command again.',
  ),
  fullOrQuota: explainRequestFailed('the storage is full, or a quota is used up', ROOM_HINT),
  full: explainRequestFailed('the storage is full', ROOM_HINT),
  limit: explainAccessDenied(
    'the account has reached a limit',
    'Raise the limit of the account, or wait until it is reset. The console of the service shows the limit.',
  ),
  archived: explainRequestFailed(
    'the object is archived',
    'Restore the object with `aws s3api restore-object`. Exclude this bucket from rules that archive objects.',
  ),
  tooLarge: explainRequestFailed(
    'the server accepts no object of this size',
    'Ask the operator of the server to raise the limit. Then run the command again.',
  ),
  tooLargeForProxy: explainRequestFailed(
    'a proxy accepts no object of this size (status 413)',
    'Raise the limit of the proxy (nginx: client_max_body_size). Then run the command again.',
  ),
  regionUnknown: explainRequestFailed(
    'the server does not accept the configured region',
    'Set the region to auto: COUNTERSIGN_S3_REGION=auto, or --s3-region auto with `countersign init`.',
  ),
  noBucket: explainRequestFailed(
    'the bucket does not exist',
    'Create the bucket, or correct its name in the store.',
  ),
  bucketName: explainRequestFailed(
    'the server does not accept this bucket name',
    'Correct the name in the store.',
  ),
  accessDenied: explainAccessDenied(ACCESS_DENIED),
  account: explainAccessDenied('the account has a problem', 'Ask the owner of the bucket about the account.'),
  accountInactive: explainAccessDenied(
    'the account is not active at this service',
    'Ask the owner of the account to activate it.',
  ),
  keyUnknown: explainAccessDenied('the server does not know this access key', CREDENTIALS_HINT),
  keyForeign: explainAccessDenied('the access key does not belong to this service', CREDENTIALS_HINT),
  secretWrong: explainAccessDenied(
    'the secret key is wrong for this access key',
    `${CREDENTIALS_HINT} If both are correct, a proxy changes what this tool sends. The proxy must keep the Host header.`,
  ),
  sessionExpired: explainAccessDenied('the session has expired', SESSION_HINT),
  sessionInvalid: explainAccessDenied('the session token is not valid', SESSION_HINT),
  clock: explainAccessDenied(
    'the clock of this computer differs too much from the clock of the server',
    CLOCK_HINT,
  ),
  noAcl: explainRequestFailed('this bucket accepts no public-read objects', PUBLIC_BY_POLICY),
  otherWriters: explainRequestFailed('other writers wrote the object at the same time', LATER_HINT),
  noCondition: explainRequestFailed(
    'the server does not implement a required feature (If-None-Match)',
    OTHER_SERVER,
  ),
  noOperation: explainRequestFailed('the server does not implement this operation', OTHER_SERVER),
  slowDown: explainTryLater('the server asks this tool to slow down'),
  busy: explainTryLater('the server is busy or not ready'),
  internal: explainTryLater('the server reports an internal error'),
} satisfies Record<string, Meaning>;

/** The first entry that matches gives the meaning. */
const CAUSES: readonly Cause[] = [
  {
    name: /^(MissingContentMD5|InvalidRequest|InvalidDigest|BadDigest)$/,
    text: WANTS_CHECKSUM,
    quoted: true,
    means: MEANINGS.checksum,
  },
  {
    status: [401, 403],
    text: /\bkms:/i,
    quoted: true,
    means: MEANINGS.keyDenied,
  },
  {
    name: /KMS/,
    quoted: true,
    means: MEANINGS.keyUnusable,
  },
  {
    text: /\bKMS\b/,
    quoted: true,
    means: MEANINGS.keysDown,
  },
  {
    name: /^(XMinioStorageFull|InsufficientStorage|InsufficientCapacity|StorageFull|[A-Za-z]*Quota(Has)?Exceeded)$/,
    quoted: true,
    means: MEANINGS.fullOrQuota,
  },
  { status: 507, means: MEANINGS.full },
  {
    text: /storage cap|no space left|quota (has been )?exceeded|out of (disk )?space/i,
    quoted: true,
    means: MEANINGS.fullOrQuota,
  },
  {
    text: /\bcap exceeded/i,
    quoted: true,
    means: MEANINGS.limit,
  },
  {
    name: /^InvalidObjectState$/,
    means: MEANINGS.archived,
  },
  {
    name: /^(EntityTooLarge|RequestEntityTooLarge|MaxMessageLengthExceeded)$/,
    quoted: true,
    means: MEANINGS.tooLarge,
  },
  {
    status: 413,
    means: MEANINGS.tooLargeForProxy,
  },
  {
    name: /^(InvalidRegionName|InvalidRegion|InvalidLocationConstraint)$/,
    text: /\bauto\b/,
    quoted: true,
    means: MEANINGS.regionUnknown,
  },
  {
    name: /^NoSuchBucket$/,
    means: MEANINGS.noBucket,
  },
  {
    name: /^InvalidBucketName$/,
    means: MEANINGS.bucketName,
  },
  { name: /^(AccessDenied|AllAccessDisabled)$/, quoted: true, means: MEANINGS.accessDenied },
  {
    name: /^AccountProblem$/,
    means: MEANINGS.account,
  },
  {
    name: /^(UserSuspended|AccountInactive|NotSignedUp|NotEntitled)$/,
    quoted: true,
    means: MEANINGS.accountInactive,
  },
  {
    name: /^InvalidAccessKeyId$/,
    means: MEANINGS.keyUnknown,
  },
  {
    name: /^InvalidArgument$/,
    text: /access key/i,
    quoted: true,
    means: MEANINGS.keyForeign,
  },
  {
    name: /^SignatureDoesNotMatch$/,
    means: MEANINGS.secretWrong,
  },
  {
    name: /^(ExpiredToken|TokenRefreshRequired|ExpiredTokenException)$/,
    means: MEANINGS.sessionExpired,
  },
  { name: /^(InvalidToken|InvalidTokenId)$/, means: MEANINGS.sessionInvalid },
  {
    name: /^(RequestTimeTooSkewed|RequestExpired)$/,
    means: MEANINGS.clock,
  },
  {
    name: /^AccessControlListNotSupported$/,
    means: MEANINGS.noAcl,
  },
  {
    name: /^ConditionalRequestConflict$/,
    means: MEANINGS.otherWriters,
  },
  {
    name: /^NotImplemented$/,
    what: /^create /,
    quoted: true,
    means: MEANINGS.noCondition,
  },
  {
    name: /^NotImplemented$/,
    quoted: true,
    means: MEANINGS.noOperation,
  },
  {
    name: /^(SlowDown(Read|Write)?|TooManyRequests(Exception)?|Throttl[a-zA-Z]+|RequestLimitExceeded|BandwidthLimitExceeded)$/,
    means: MEANINGS.slowDown,
  },
  { status: 429, means: MEANINGS.slowDown },
  {
    name: /^(ServiceUnavailable|OperationAborted|RequestTimeout|XMinioServerNotInitialized|XMinio(Read|Write)Quorum|XMinioBackendDown)$/,
    quoted: true,
    means: MEANINGS.busy,
  },
  {
    name: /^(InternalError|InternalFailure|InternalServerError)$/,
    quoted: true,
    means: MEANINGS.internal,
  },
];

/** The meaning of an answer; undefined if it is not known. */
export function causeOfAnswer(answer: Answer): { means: Meaning; quoted?: true } | undefined {
  const fits = ({ name, status, text, what }: Cause) =>
    (name === undefined || name.test(answer.name)) &&
    (status === undefined || [status].flat().some(one => one === answer.status)) &&
    (text === undefined || text.test(answer.message)) &&
    (what === undefined || what.test(answer.what));
  return CAUSES.find(fits);
}

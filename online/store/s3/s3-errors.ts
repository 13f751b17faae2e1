/**
 * What an error of the SDK means to the person who reads it. Servers and the SDK put key ids and signed text into
 * their messages, so no free text of theirs is passed on: only codes, statuses and regions of a known form.
 */
import { type Code, Refusal } from '../../../shared/errors.ts';

/** The SDK's errors, as far as they are looked at; every member may be missing, whatever the server sent. */
export interface SdkError {
  name?: unknown;
  code?: unknown;
  cause?: unknown;
  message?: unknown;
  Region?: unknown;
  $metadata?: { httpStatusCode?: number; attempts?: number };
  $response?: { headers?: Record<string, string> };
}

type Meaning = [code: Code, what: string, hint: string];

const CREDENTIALS_HINT = 'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, then repeat.';
const SESSION_HINT = 'Log in again (for example `aws sso login`), or renew the session token, then repeat.';
const RIGHTS_HINT =
  'Ask the owner of the bucket for s3:GetObject, s3:PutObject and s3:ListBucket on it (without ListBucket, a missing object looks denied too).';
const NETWORK_HINT =
  'Check the network, any proxy, and the endpoint; then repeat: every step is safe to repeat.';
const ENDPOINT_HINT = 'Check the endpoint (COUNTERSIGN_S3_ENDPOINT): scheme, host and port of an S3 server.';
const LATER_HINT = 'Wait a minute, then repeat: every step is safe to repeat.';
const CLOCK_HINT = "Set this computer's clock (date, time and time zone), then repeat.";

const BY_NAME: Record<string, Meaning> = {
  NoSuchBucket: [
    'STORE_FAILED',
    'there is no such bucket',
    'Create the bucket, or correct its name in the store.',
  ],
  InvalidBucketName: [
    'STORE_FAILED',
    'the server does not take this bucket name',
    'Correct the name in the store.',
  ],
  AccessDenied: ['STORE_DENIED', 'access is denied', RIGHTS_HINT],
  AllAccessDisabled: ['STORE_DENIED', 'access is denied', RIGHTS_HINT],
  AccountProblem: ['STORE_DENIED', 'the account has a problem', 'Ask the owner of the bucket.'],
  InvalidAccessKeyId: ['STORE_DENIED', 'the server does not know this access key', CREDENTIALS_HINT],
  SignatureDoesNotMatch: ['STORE_DENIED', 'the secret key is wrong for this access key', CREDENTIALS_HINT],
  ExpiredToken: ['STORE_DENIED', 'the session has expired', SESSION_HINT],
  TokenRefreshRequired: ['STORE_DENIED', 'the session has expired', SESSION_HINT],
  InvalidToken: ['STORE_DENIED', 'the session token is not valid', SESSION_HINT],
  CredentialsProviderError: [
    'STORE_DENIED',
    'no S3 credentials were found, or they have expired',
    CREDENTIALS_HINT,
  ],
  TokenProviderError: ['STORE_DENIED', 'the session has expired', SESSION_HINT],
  RequestTimeTooSkewed: [
    'STORE_DENIED',
    "this computer's clock differs too much from the server's",
    CLOCK_HINT,
  ],
  RequestExpired: ['STORE_DENIED', "this computer's clock differs too much from the server's", CLOCK_HINT],
  AccessControlListNotSupported: [
    'STORE_FAILED',
    'this bucket takes no public-read objects',
    'Make map.json public by a bucket policy, and switch publicRead off.',
  ],
  QuotaExceeded: [
    'STORE_FAILED',
    'the quota of the bucket or of its owner is used up',
    'Ask for more, then repeat.',
  ],
  SlowDown: ['STORE_UNREACHABLE', 'the server asks to slow down', LATER_HINT],
  ConditionalRequestConflict: ['STORE_FAILED', 'other writers kept it busy', LATER_HINT],
  PreconditionFailed: ['STORE_FAILED', 'the server refuses the condition', ENDPOINT_HINT],
  NotImplemented: [
    'STORE_FAILED',
    'the server does not implement a needed feature (If-None-Match)',
    'Use AWS, a recent Ceph or MinIO, or a file: store.',
  ],
};

const REGION_ERRORS =
  /^(PermanentRedirect|TemporaryRedirect|Redirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|MovedPermanently)$/;
const NETWORK_CODES =
  /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EPIPE|EADDRNOTAVAIL|EACCES)$/;
const TLS_CODES =
  /^(EPROTO|CERT_[A-Z_]+|ERR_TLS_[A-Z_]+|ERR_SSL_[A-Z_]+|[A-Z_]*SELF_SIGNED[A-Z_]*|UNABLE_TO_[A-Z_]+|HOSTNAME_MISMATCH|INVALID_CA)$/;

/** An error that says nothing of whether the request was carried out: the connection failed or was cut. */
export function isNetworkError(error: SdkError): boolean {
  return innermost(error, NETWORK_CODES) !== undefined || word(error.name) === 'TimeoutError';
}

/** The same error as a {@link Refusal}. @param what `read map.json`, say */
export function explainS3Error(error: unknown, what: string, store: string): Refusal {
  if (error instanceof Refusal) return error;
  const e = (error ?? {}) as SdkError;
  const [code, why, hint] = meaning(e);
  return new Refusal(code, `${store}: cannot ${what}: ${why}`, hint);
}

function meaning(error: SdkError): Meaning {
  const name = word(error.name);
  const status = error.$metadata?.httpStatusCode;
  const headers = error.$response?.headers ?? {};

  const region = word(headers['x-amz-bucket-region']) ?? word(error.Region);
  if (REGION_ERRORS.test(name ?? '') || status === 301 || status === 307 || status === 308) {
    if (region === undefined)
      return [
        'STORE_FAILED',
        `the bucket is in another region, or behind another endpoint (status ${status})`,
        ENDPOINT_HINT,
      ];
    return [
      'STORE_FAILED',
      `the bucket is in the region ${region}`,
      `Set AWS_REGION=${region}, then repeat.`,
    ];
  }

  const tls = innermost(error, TLS_CODES);
  if (tls !== undefined)
    return [
      'STORE_UNREACHABLE',
      `no trusted TLS connection to the endpoint (${tls})`,
      'Check http:// or https:// in the endpoint; for a certificate of your own, set NODE_EXTRA_CA_CERTS.',
    ];
  const network = innermost(error, NETWORK_CODES);
  if (network !== undefined)
    return ['STORE_UNREACHABLE', `no connection to the endpoint (${network})`, NETWORK_HINT];
  if (name === 'TimeoutError')
    return ['STORE_UNREACHABLE', 'the endpoint does not answer in time', NETWORK_HINT];
  if (innermost(error, /^HPE_[A-Z_]+$/) !== undefined)
    return ['STORE_FAILED', 'the endpoint does not answer in HTTP', ENDPOINT_HINT];

  const known = name === undefined ? undefined : Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (known !== undefined) return known;
  if (/html/i.test(headers['content-type'] ?? '')) return webPage(status);
  if (status === 401 || status === 403)
    return ['STORE_DENIED', `access is denied (${name}, status ${status})`, RIGHTS_HINT];
  if (status === 503 || status === 429 || status === 502 || status === 504)
    return ['STORE_UNREACHABLE', `the server is overloaded or down (status ${status})`, LATER_HINT];
  if (status !== undefined)
    return [
      'STORE_FAILED',
      `the server answered ${name ?? 'an unknown error'} (status ${status})`,
      ENDPOINT_HINT,
    ];
  return ['STORE_FAILED', `the request failed (${name ?? 'unknown error'})`, ENDPOINT_HINT];
}

/** A sign-in page of a network, an error page of a proxy: never to be taken for an object or for success. */
export function webPage(status: number | undefined): Meaning {
  const shownStatus = status === undefined ? '' : ` (status ${status})`;
  return [
    'STORE_FAILED',
    `what answers there is not an S3 server${shownStatus}`,
    `${ENDPOINT_HINT} A proxy, or a network that wants a sign-in, may stand between.`,
  ];
}

/** The first code of this form on the error or its causes; the SDK wraps the socket's error at times. */
function innermost(error: SdkError, pattern: RegExp): string | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    const code = word((at as SdkError).code);
    if (code !== undefined && pattern.test(code)) return code;
    at = (at as SdkError).cause;
  }
  return undefined;
}

/** A code as servers and Node write them; anything else is not shown. */
function word(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z][A-Za-z0-9._-]{0,60}$/.test(value) ? value : undefined;
}

/** Converts SDK errors to messages: the server's answer, its meaning and the next step. */
import { printableText, Refusal } from '../../../../shared/errors.ts';
import {
  ACCESS_DENIED,
  type Answer,
  causeOfAnswer,
  type Meaning,
  RIGHTS_HINT,
} from './texts/answer-causes.ts';
import {
  explainNoConnection,
  explainNoTls,
  explainNotAnS3Answer,
  explainOtherRegion,
  explainOverloaded,
  explainUnknownCause,
  explainWebPage,
  NOT_HTTP,
  TOO_LATE,
} from './texts/connection.ts';

/** The members of SDK errors that are used here. Depending on the server, any of them may be missing. */
export interface SdkError {
  name?: unknown;
  code?: unknown;
  cause?: unknown;
  message?: unknown;
  Region?: unknown;
  RequestId?: unknown;
  $metadata?: { httpStatusCode?: number; attempts?: number; requestId?: unknown };
  $response?: { headers?: Record<string, string> };
}

const REGION_ERRORS =
  /^(PermanentRedirect|TemporaryRedirect|Redirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|MovedPermanently)$/;
const NETWORK_CODES =
  /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EPIPE|EADDRNOTAVAIL|EACCES)$/;
const TLS_CODES =
  /^(EPROTO|CERT_[A-Z_]+|ERR_TLS_[A-Z_]+|ERR_SSL_[A-Z_]+|[A-Z_]*SELF_SIGNED[A-Z_]*|UNABLE_TO_[A-Z_]+|HOSTNAME_MISMATCH|INVALID_CA)$/;
/** Status codes of overloaded servers and proxies. Cloudflare uses codes from 520 to 529. */
const BUSY = /^(500|502|503|504|52\d)$/;
/** Names that the SDK gives to an error if the server sent no code. */
const NO_CODE = /^(Unknown|UnknownError|Error|SyntaxError)$/;

/** True if the connection failed or was cut. The server may have carried out the request. */
export function isNetworkError(error: SdkError): boolean {
  return firstMatchingCode(error, NETWORK_CODES) !== undefined || safeCodeOrId(error.name) === 'TimeoutError';
}

/** The parts of the server's answer that the error has. @param what the operation, such as `read map.json` */
export function readAnswer(error: SdkError, what: string): Answer {
  const name = safeCodeOrId(error.name) ?? '';
  const message = typeof error.message === 'string' && !NO_CODE.test(name) ? error.message : '';
  return { name: NO_CODE.test(name) ? '' : name, status: error.$metadata?.httpStatusCode, message, what };
}

/**
 * Converts the error to a {@link Refusal}.
 * @param what the operation, such as `read map.json`
 * @param secrets texts that the message must not contain; some servers quote key ids
 */
export function explainS3Error(
  error: unknown,
  what: string,
  store: string,
  secrets: readonly string[] = [],
): Refusal {
  if (error instanceof Refusal) return error;
  const e = (error ?? {}) as SdkError;
  const [code, why, hint] = explainConnection(e) ?? explainAnswer(e, what, secrets);
  return new Refusal(code, `${store}: cannot ${what}: ${why}`, hint);
}

/** Explains a failed connection; undefined for any other error. */
export function explainConnection(error: SdkError): Meaning | undefined {
  const tls = firstMatchingCode(error, TLS_CODES);
  if (tls !== undefined) return explainNoTls(tls);
  const network = firstMatchingCode(error, NETWORK_CODES);
  if (network !== undefined) return explainNoConnection(network);
  if (safeCodeOrId(error.name) === 'TimeoutError') return TOO_LATE;
  if (firstMatchingCode(error, /^HPE_[A-Z_]+$/) !== undefined) return NOT_HTTP;
  return undefined;
}

function explainAnswer(error: SdkError, what: string, secrets: readonly string[]): Meaning {
  const answer = readAnswer(error, what);
  const { name, status } = answer;
  const headers = error.$response?.headers ?? {};
  if (REGION_ERRORS.test(name) || status === 301 || status === 307 || status === 308)
    return explainOtherRegion(
      safeCodeOrId(headers['x-amz-bucket-region']) ?? safeCodeOrId(error.Region),
      status,
    );
  const known = causeOfAnswer(answer);
  const said = answerText(
    answer,
    safeCodeOrId(error.RequestId) ?? safeCodeOrId(error.$metadata?.requestId),
    secrets,
  );
  if (known !== undefined) {
    const [code, why, hint] = known.means;
    return [code, known.quoted ? why + said : why, hint];
  }
  if (BUSY.test(String(status))) return explainOverloaded(said);
  if (/html/i.test(headers['content-type'] ?? '')) return explainWebPage(status);
  if (status === 401 || status === 403) return ['STORE_DENIED', `${ACCESS_DENIED}${said}`, RIGHTS_HINT];
  return name === '' ? explainNotAnS3Answer(status) : explainUnknownCause(said);
}

const MESSAGE_LENGTH = 200;

/**
 * The server's answer for a message, such as ` (AccessDenied, status 403: "Access Denied.", request
 * 4442587FB7D0A2F9)`. Parts that the answer does not have are omitted.
 */
function answerText(
  { name, status, message }: Answer,
  request: string | undefined,
  secrets: readonly string[],
) {
  const safe = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), message);
  const line = printableText(safe.replace(/\s+/g, ' ').trim());
  const cut = line.length > MESSAGE_LENGTH ? `${line.slice(0, MESSAGE_LENGTH)}...` : line;
  const first = [name, status === undefined ? '' : `status ${status}`].filter(part => part !== '').join(', ');
  const quoted = cut === '' || cut === name ? first : `${first}: "${cut}"`;
  const said = [quoted, request === undefined ? '' : `request ${request}`].filter(part => part !== '');
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

/** The refusal of an answer without the headers that every S3 server sends. */
export function notS3Refusal(store: string, what: string, status: number | undefined): Refusal {
  const [code, why, hint] = explainWebPage(status);
  return new Refusal(code, `${store}: cannot ${what}: ${why}`, hint);
}

/**
 * The first code of this form in the error or its causes, because the SDK sometimes wraps the socket's error.
 */
function firstMatchingCode(error: SdkError, pattern: RegExp): string | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    const code = safeCodeOrId((at as SdkError).code);
    if (code !== undefined && pattern.test(code)) return code;
    at = (at as SdkError).cause;
  }
  return undefined;
}

/**
 * The value, if it has the form of a code or an id. Otherwise undefined, because a server could send any
 * text.
 */
function safeCodeOrId(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/.test(value) ? value : undefined;
}

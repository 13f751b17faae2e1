/** One HTTP exchange with the node: deadline, bounded answer, and an explanation for each kind of failure. */
import { type Code, Refusal } from '../../../shared/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { garbledRefusal } from './node-errors.ts';
import * as texts from './texts/connection.ts';

export interface Exchange {
  /** The method's name, for messages. */
  method: string;
  body: string;
  /** Milliseconds from the first byte sent to the last one received. */
  deadlineMs: number;
  maxBytes: number;
  /** Milliseconds that earlier attempts took. An error message gives the total time. */
  waitedMs?: number;
}

export interface HttpAnswer {
  status: number;
  bytes: Buffer;
}

/** A failed exchange. `passing` is true if the same question may succeed shortly afterwards. */
export class TransportFailure {
  readonly refusal: Refusal;
  readonly passing: boolean;
  constructor(refusal: Refusal, passing: boolean) {
    this.refusal = refusal;
    this.passing = passing;
  }
}

const REFUSED = new Set(['ECONNREFUSED']);
const CUT = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
]);
const NO_WAY = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EAI_AGAIN']);
const TLS =
  /^(EPROTO|CERT_[A-Z_]+|ERR_TLS_[A-Z_]+|ERR_SSL_[A-Z_]+|[A-Z_]*SELF_SIGNED[A-Z_]*|UNABLE_TO_[A-Z_]+|HOSTNAME_MISMATCH|INVALID_CA)$/;

/**
 * The code of the error or of its nearest cause that has a code. The text of an error is never shown, because
 * it may contain anything.
 */
function firstErrorCode(error: unknown): string {
  let at = error as { code?: unknown; cause?: unknown; erroredSysCall?: unknown } | null | undefined;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    if (typeof at.code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(at.code)) return at.code;
    at = at.cause as typeof at;
  }
  return 'unknown error';
}

/** @param answering true if the head of the answer had arrived */
function connectionFailure(
  error: unknown,
  endpoint: Endpoint,
  method: string,
  answering: boolean,
): TransportFailure {
  const code = firstErrorCode(error);
  const node = endpoint.name;
  const unreachable = ([what, hint]: texts.Text, passing: boolean) => {
    // If the URL has no port, the answer or the refusal may come from another program.
    const step = passing ? endpoint.orPort(hint) : hint;
    return new TransportFailure(
      new Refusal('NODE_UNREACHABLE', `node ${node}: ${what} (${code})`, step),
      passing,
    );
  };
  if (CUT.has(code) && answering)
    return new TransportFailure(garbledRefusal(node, method, texts.answerCutText(code), texts.SLOW), true);
  if (REFUSED.has(code)) return unreachable(texts.NO_LISTENER, true);
  if (CUT.has(code)) return unreachable(texts.NO_ANSWER, true);
  if (NO_WAY.has(code)) return unreachable(texts.NO_CONNECTION, true);
  if (code === 'ENOTFOUND') return unreachable(texts.UNKNOWN_HOST, false);
  if (TLS.test(code)) return unreachable(texts.NO_TLS, false);
  if (code.startsWith('HPE_'))
    return new TransportFailure(garbledRefusal(node, method, texts.answerNotHttpText(code)), false);
  return answering
    ? new TransportFailure(garbledRefusal(node, method, texts.answerUnreadableText(code)), false)
    : unreachable(texts.NO_CONNECTION, false);
}

function statusFailure(status: number, endpoint: Endpoint, method: string): TransportFailure | null {
  const fail = (code: Code, [what, hint]: texts.Text, passing = false) =>
    new TransportFailure(new Refusal(code, `node ${endpoint.name}: ${what} (HTTP ${status})`, hint), passing);
  const wrong = (problem: string, hint?: string) =>
    new TransportFailure(garbledRefusal(endpoint.name, method, problem, hint), false);
  if (status === 401) {
    if (endpoint.authorization === null) return fail('NODE_AUTH', texts.LOGIN_REQUIRED);
    if (endpoint.cookie) return fail('NODE_AUTH', texts.WRONG_COOKIE);
    return fail('NODE_AUTH', endpoint.lacksPassword ? texts.PASSWORD_REQUIRED : texts.WRONG_PASSWORD);
  }
  if (status === 403) return fail('NODE_AUTH', texts.NO_ACCESS);
  // Status 503 is the node's "Work queue depth exceeded". A proxy sends 429 after too many requests, and 502
  // or 504 if it cannot reach its node.
  if (status === 503 || status === 429) return fail('NODE_UNREACHABLE', texts.BUSY, true);
  if (status === 502 || status === 504) return fail('NODE_UNREACHABLE', texts.BEHIND_PROXY, true);
  if (status >= 300 && status < 400) return wrong(texts.redirectText(status));
  if (status === 404 && new URL(endpoint.url).pathname !== '/') return wrong(...texts.NO_PATH);
  return status === 413 ? wrong(texts.CALL_TOO_LARGE) : null;
}

/** @throws TransportFailure; Refusal for an unusable cookie file */
export async function exchangeHttp(endpoint: Endpoint, asked: Exchange): Promise<HttpAnswer> {
  try {
    return await exchangeOnce(endpoint, asked);
  } catch (error) {
    const isLockedOut = error instanceof TransportFailure && error.refusal.code === 'NODE_AUTH';
    // After a refused login the question can be repeated, because the node has done nothing. If the node was
    // restarted, its cookie is new.
    if (isLockedOut && endpoint.renew()) return exchangeOnce(endpoint, asked);
    throw error;
  }
}

async function exchangeOnce(endpoint: Endpoint, asked: Exchange): Promise<HttpAnswer> {
  // The module is loaded at the first question, so that commands without a node start fast.
  const { default: fetch } = await import('node-fetch');
  const { method, deadlineMs, maxBytes, waitedMs = 0 } = asked;
  const controller = new AbortController();
  let late = false;
  let answering = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, deadlineMs);
  try {
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      Accept: 'application/json',
    };
    if (endpoint.authorization !== null) headers['Authorization'] = endpoint.authorization;
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers,
      body: asked.body,
      redirect: 'manual', // never follow redirects: the password goes to the configured host only
      compress: false, // Without compression, the counted bytes are the real size.
      signal: controller.signal,
    });
    answering = true;
    response.body?.on('error', () => {}); // an abort emits this error even if nobody reads
    const failure = statusFailure(response.status, endpoint, method);
    if (failure) throw failure;
    const tooLong = () =>
      new TransportFailure(garbledRefusal(endpoint.name, method, texts.answerTooLongText(maxBytes)), false);
    if (Number(response.headers.get('content-length') ?? 0) > maxBytes) throw tooLong();
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) throw tooLong();
      chunks.push(chunk as Buffer);
    }
    return { status: response.status, bytes: Buffer.concat(chunks, size) };
  } catch (error) {
    if (error instanceof TransportFailure) throw error;
    if (late) {
      const seconds = Math.round((waitedMs + deadlineMs) / 100) / 10;
      const message = `node ${endpoint.name}: ${method}: ${texts.noAnswerText(seconds)}`;
      throw new TransportFailure(new Refusal('NODE_UNREACHABLE', message, texts.SLOW), true);
    }
    throw connectionFailure(error, endpoint, method, answering);
  } finally {
    clearTimeout(timer);
    controller.abort(); // This frees the socket if the answer was not read to its end.
  }
}

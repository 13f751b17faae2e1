/** One HTTP exchange with the node: deadline, bounded answer, and an explanation for each kind of failure. */
import { type Code, Refusal } from '../../../shared/errors.ts';
import { RUN_AGAIN } from '../../platform/texts.ts';
import { COOKIE_PLACE } from './cookie.ts';
import type { Endpoint } from './endpoint.ts';
import { garbled } from './errors.ts';

export interface Exchange {
  /** The method's name, for messages. */
  method: string;
  body: string;
  /** Milliseconds from the first byte sent to the last one received. */
  deadlineMs: number;
  maxBytes: number;
  /** Milliseconds of earlier attempts; an error message gives the total. */
  waitedMs?: number;
}

export interface HttpAnswer {
  status: number;
  bytes: Buffer;
}

/** A failed exchange. `passing` is true if the same question may succeed a moment later. */
export class Failure {
  readonly refusal: Refusal;
  readonly passing: boolean;
  constructor(refusal: Refusal, passing: boolean) {
    this.refusal = refusal;
    this.passing = passing;
  }
}

const START =
  'Start the node, or correct its host and port (--node or COUNTERSIGN_NODE). Then run the command again.';
const NETWORK = `Check the network and the host name of the node. ${RUN_AGAIN}`;
const SLOW = `Check the load of the node. ${RUN_AGAIN}`;
const PASSWORD =
  'Check the user and the password: they are rpcuser and rpcpassword of the node. Give both in the URL, or the password in COUNTERSIGN_NODE_PASSWORD. Or name the cookie file of the node with --node-cookie.';
const OTHER_COOKIE = `Name the cookie file of this node with --node-cookie. ${COOKIE_PLACE} Or give rpcuser in the URL and rpcpassword in COUNTERSIGN_NODE_PASSWORD.`;
const NO_PATH =
  'Remove the text after the port in the URL of the node. A node of this version has one wallet without a name.';

const NONE_GIVEN =
  'Set COUNTERSIGN_NODE_PASSWORD in this shell to rpcpassword of the node. Then run the command again.';

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

/** The first code on the error or its causes. Free text is never shown, because it may contain anything. */
function codeOf(error: unknown): string {
  let at = error as { code?: unknown; cause?: unknown; erroredSysCall?: unknown } | null | undefined;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    if (typeof at.code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(at.code)) return at.code;
    at = at.cause as typeof at;
  }
  return 'unknown error';
}

/** @param answering whether the head of the answer had arrived */
function connectionFailure(error: unknown, endpoint: Endpoint, method: string, answering: boolean): Failure {
  const code = codeOf(error);
  const node = endpoint.name;
  const unreachable = (what: string, hint: string, passing: boolean) =>
    new Failure(new Refusal('NODE_UNREACHABLE', `node ${node}: ${what} (${code})`, hint), passing);
  if (CUT.has(code) && answering)
    return new Failure(
      garbled(node, method, `the connection was cut during the answer (${code})`, SLOW),
      true,
    );
  if (REFUSED.has(code))
    return unreachable('no program listens at this address', endpoint.orPort(START), true);
  if (CUT.has(code))
    return unreachable('the node closes the connection without an answer', endpoint.orPort(START), true);
  if (NO_WAY.has(code)) return unreachable('no connection', endpoint.orPort(NETWORK), true);
  if (code === 'ENOTFOUND') return unreachable('the host name is unknown', NETWORK, false);
  if (TLS.test(code))
    return unreachable(
      'no trusted TLS connection',
      'Check whether the URL of the node begins with http:// or https://. For a private certificate, set NODE_EXTRA_CA_CERTS.',
      false,
    );
  if (code.startsWith('HPE_'))
    return new Failure(garbled(node, method, `the answer is not HTTP (${code})`), false);
  return answering
    ? new Failure(garbled(node, method, `the answer cannot be read (${code})`), false)
    : unreachable('no connection', NETWORK, false);
}

function statusFailure(status: number, endpoint: Endpoint, method: string): Failure | null {
  const fail = (code: Code, what: string, hint: string, passing = false) =>
    new Failure(new Refusal(code, `node ${endpoint.name}: ${what} (HTTP ${status})`, hint), passing);
  if (status === 401) {
    if (endpoint.authorization === null)
      return fail('NODE_AUTH', 'the node requires a user and a password, or its cookie', PASSWORD);
    if (endpoint.cookie) return fail('NODE_AUTH', 'the node does not accept the cookie', OTHER_COOKIE);
    if (endpoint.lacksPassword)
      return fail('NODE_AUTH', 'the node requires a password, and none was given', NONE_GIVEN);
    return fail('NODE_AUTH', 'wrong user or password', PASSWORD);
  }
  if (status === 403)
    return fail(
      'NODE_AUTH',
      'the node does not accept connections from this computer',
      'Add the address of this computer to rpcallowip of the node, or use a tunnel. Then run the command again.',
    );
  // 503 is the node's "Work queue depth exceeded". The others come from a proxy whose node is unreachable.
  if (status === 503 || status === 429)
    return fail('NODE_UNREACHABLE', 'the node is too busy to answer', SLOW, true);
  if (status === 502 || status === 504)
    return fail('NODE_UNREACHABLE', 'a proxy answers, but does not reach the node', START, true);
  if (status >= 300 && status < 400)
    return new Failure(
      garbled(endpoint.name, method, `expected an answer of a node, got a redirect (HTTP ${status})`),
      false,
    );
  if (status === 404 && new URL(endpoint.url).pathname !== '/')
    return new Failure(
      garbled(endpoint.name, method, 'the path in the URL of the node does not exist (HTTP 404)', NO_PATH),
      false,
    );
  if (status === 413)
    return new Failure(
      garbled(endpoint.name, method, 'the call is too large for the server (HTTP 413)'),
      false,
    );
  return null;
}

/** @throws Failure; Refusal for a cookie file */
export async function exchange(endpoint: Endpoint, asked: Exchange): Promise<HttpAnswer> {
  try {
    return await exchangeOnce(endpoint, asked);
  } catch (error) {
    const isLockedOut = error instanceof Failure && error.refusal.code === 'NODE_AUTH';
    // A node that refuses the login has done nothing, so repeating is safe. A restarted node has a new cookie.
    if (isLockedOut && endpoint.renew()) return exchangeOnce(endpoint, asked);
    throw error;
  }
}

async function exchangeOnce(endpoint: Endpoint, asked: Exchange): Promise<HttpAnswer> {
  // Loaded with the first question, so that `--help` stays fast.
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
      compress: false, // without compression, so that the counted bytes are the real size
      signal: controller.signal,
    });
    answering = true;
    response.body?.on('error', () => {}); // an abort emits this error even if nobody reads
    const failure = statusFailure(response.status, endpoint, method);
    if (failure) throw failure;
    const tooLong = () =>
      new Failure(
        garbled(endpoint.name, method, `expected an answer of at most ${maxBytes} bytes, got more`),
        false,
      );
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
    if (error instanceof Failure) throw error;
    if (late) {
      const seconds = Math.round((waitedMs + deadlineMs) / 100) / 10;
      throw new Failure(
        new Refusal(
          'NODE_UNREACHABLE',
          `node ${endpoint.name}: ${method}: no answer within ${seconds} s`,
          SLOW,
        ),
        true,
      );
    }
    throw connectionFailure(error, endpoint, method, answering);
  } finally {
    clearTimeout(timer);
    controller.abort(); // frees the socket if the answer was not read to its end
  }
}

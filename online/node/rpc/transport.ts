/** One HTTP exchange with the node: deadline, bounded answer, and an explanation for each kind of failure. */
import { type Code, Refusal } from '../../../shared/errors.ts';
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

const START = 'Start the node, or correct its host and port (--node, COUNTERSIGN_NODE); then repeat.';
const NETWORK = 'Check the network and the host name of the node, then repeat: every step is safe to repeat.';
const SLOW = 'Look at the load of the node, then repeat: every step is safe to repeat.';
const PASSWORD =
  'Check user and password: rpcuser and rpcpassword of the node, in the URL or COUNTERSIGN_NODE_PASSWORD; or name its cookie file with --node-cookie.';
const OTHER_COOKIE =
  'Name the cookie file of this node with --node-cookie: .cookie in its folder, below that of its chain. Or give rpcuser in the URL and rpcpassword in COUNTERSIGN_NODE_PASSWORD.';
const NO_PATH =
  'Leave out what follows the port in the URL of the node; a node of this age has one wallet, and no name for it.';

const NONE_GIVEN =
  'Set COUNTERSIGN_NODE_PASSWORD in this shell to rpcpassword of the node, and run the command again.';

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
      garbled(node, method, `the connection was cut in the middle of the answer (${code})`, SLOW),
      true,
    );
  if (REFUSED.has(code)) return unreachable('nothing listens there', endpoint.orPort(START), true);
  if (CUT.has(code))
    return unreachable('it closes the connection without an answer', endpoint.orPort(START), true);
  if (NO_WAY.has(code)) return unreachable('no connection', endpoint.orPort(NETWORK), true);
  if (code === 'ENOTFOUND') return unreachable('there is no such host', NETWORK, false);
  if (TLS.test(code))
    return unreachable(
      'no trusted TLS connection',
      'Check http:// or https:// of the node; for a certificate of your own, set NODE_EXTRA_CA_CERTS.',
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
      return fail('NODE_AUTH', 'it wants a user and a password, or its cookie', PASSWORD);
    if (endpoint.cookie) return fail('NODE_AUTH', 'it does not take the cookie', OTHER_COOKIE);
    if (endpoint.lacksPassword)
      return fail('NODE_AUTH', 'it wants a password, and none was given', NONE_GIVEN);
    return fail('NODE_AUTH', 'wrong user or password', PASSWORD);
  }
  if (status === 403)
    return fail(
      'NODE_AUTH',
      'it does not let this computer in',
      'Add the address of this computer to rpcallowip of the node, or use a tunnel; then repeat.',
    );
  // 503 is the node's "Work queue depth exceeded". The others come from a proxy whose node is unreachable.
  if (status === 503 || status === 429)
    return fail('NODE_UNREACHABLE', 'it is too busy to answer', SLOW, true);
  if (status === 502 || status === 504)
    return fail('NODE_UNREACHABLE', 'a proxy answers, and does not reach the node', START, true);
  if (status >= 300 && status < 400)
    return new Failure(
      garbled(endpoint.name, method, `it sends a redirect (HTTP ${status}), which a node never does`),
      false,
    );
  if (status === 404 && new URL(endpoint.url).pathname !== '/')
    return new Failure(garbled(endpoint.name, method, 'it has no such path (HTTP 404)', NO_PATH), false);
  if (status === 413)
    return new Failure(garbled(endpoint.name, method, 'the question is too large for it (HTTP 413)'), false);
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
      new Failure(garbled(endpoint.name, method, `the answer is longer than ${maxBytes} bytes`), false);
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

/** For tests: a real HTTP server with scripted answers, and a client whose refusals are checked. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import type { Code, Refusal } from '../../shared/errors.ts';
import { rejectsWith } from '../../shared/testing.ts';
import { OceanNode } from './node.ts';
import type { RpcOptions } from './rpc/rpc-client.ts';

export interface Recorded {
  note: string;
  method: string;
  params: unknown[];
  batch?: Question[];
  response: string;
  httpStatus: number;
}

export const recorded: Recorded[] = JSON.parse(
  readFileSync(new URL('../../fixtures/vectors/ocean-rpc.json', import.meta.url), 'utf8'),
);

interface RecordedCall extends Pick<Recorded, 'method' | 'params' | 'response'> {
  name: string;
  status: number;
}

/** Recorded calls for freezing and burning. The id of each answer is replaced by 1, as in `recorded`. */
export const recordedRedemption: Recorded[] = JSON.parse(
  readFileSync(new URL('../../fixtures/vectors/ocean-redemption.json', import.meta.url), 'utf8'),
).calls.map(({ name, method, params, status, response }: RecordedCall) => {
  return {
    note: name,
    method,
    params,
    httpStatus: status,
    response: response.replace(/"id":"x"\}\n$/, '"id":1}'),
  };
});

export function recordedAnswer(note: string): Recorded {
  const found = [...recorded, ...recordedRedemption].find(one => one.note === note);
  if (!found) throw new Error(`nothing recorded as ${JSON.stringify(note)}`);
  return found;
}

/** TEST PASSWORD with every character that is special in URLs, JSON, base64 or headers. */
export const PASSWORD = 'Zq7:/@%?#"\\+ hunter2&Wx';
export const USER = 'ocean';
const AUTHORIZATION = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;

export interface Question {
  id: number;
  method: string;
  params: unknown[];
}

export type Handler = (body: string, response: ServerResponse, request: IncomingMessage) => unknown;

const servers: Server[] = [];

/** @returns the URL, without credentials */
export async function startServer(handler: Handler): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    await handler(body, response, request);
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function closeServers(): void {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
}

export function makeClient(url: string, options: RpcOptions = {}): OceanNode {
  const withUser = url.replace('://', `://${USER}:${encodeURIComponent(PASSWORD)}@`);
  return new OceanNode(withUser, { backoffMs: 1, ...options });
}

/** A client of a server that handles every request with this function. */
export async function makeClientWithServer(handler: Handler, options: RpcOptions = {}): Promise<OceanNode> {
  return makeClient(await startServer(handler), options);
}

/**
 * A client of a server that answers each question with the text from `answers`. The server puts the id of the
 * question into the text.
 */
export function makeScriptedClient(
  answers: (question: Question) => { response: string; httpStatus: number },
  options: RpcOptions = {},
): Promise<OceanNode> {
  return makeClientWithServer((body, response, request) => {
    assert.is(request.headers.authorization, AUTHORIZATION);
    const asked: Question | Question[] = JSON.parse(body);
    // The id comes last, as in every recorded answer.
    const one = (question: Question) => {
      const given = answers(question);
      return { ...given, response: given.response.replace(/("id": ?)1\}$/, `$1${question.id}}`) };
    };
    if (Array.isArray(asked)) {
      response.end(`[${asked.map(question => one(question).response).join(',')}]\n`);
      return;
    }
    const given = one(asked);
    response.statusCode = given.httpStatus;
    response.end(`${given.response}\n`);
  }, options);
}

/** A server that answers every request with this body and status. */
export const bodyHandler =
  (text: string | Buffer, status = 200, headers: Record<string, string> = {}): Handler =>
  (_body, response) => {
    response.writeHead(status, headers);
    response.end(text);
  };

const ENCODED = Buffer.from(PASSWORD).toString('base64').replace(/=+$/, '').slice(0, -1);

/** Checks message and hint of a refusal: one line each, printable, bounded, without the password. */
export function checkPresentable(refusal: Refusal): Refusal {
  for (const text of [refusal.message, refusal.hint]) {
    assert.match(text, /^[\x20-\x7e]{1,600}$/);
    for (const secret of [PASSWORD, 'hunter2', encodeURIComponent(PASSWORD), AUTHORIZATION.slice(6), ENCODED])
      assert.not.ok(text.includes(secret), `the password stands in: ${text}`);
  }
  return refusal;
}

/**
 * Like `rejectsWith`; the refusal must also pass {@link checkPresentable}.
 * @param message a part of the message, or a pattern that it matches
 */
export async function assertRefusesNode(
  code: Code,
  run: () => Promise<unknown>,
  message: RegExp | string = /./,
): Promise<Refusal> {
  const refusal = await rejectsWith(code, run, typeof message === 'string' ? undefined : message);
  if (typeof message === 'string') assert.ok(refusal.message.includes(message), refusal.message);
  return checkPresentable(refusal);
}

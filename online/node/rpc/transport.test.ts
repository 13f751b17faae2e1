import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Refusal } from '../../../shared/errors.ts';
import type { OceanNode } from '../node.ts';
import {
  assertRefusesNode,
  bodyHandler,
  checkPresentable,
  closeServers,
  type Handler,
  makeClient,
  makeClientWithServer,
} from '../testing.ts';
import { BEHIND_PROXY, BUSY, NO_ANSWER, noAnswerText } from './texts/connection.ts';

test.after(closeServers);

const quick = { attempts: 1, deadlineMs: 3000 };

test('an endless answer is cut off, with and without an announced length', async () => {
  let sent = 0;
  const endless: Handler = (_body, response) => {
    const piece = Buffer.alloc(65536, 0x20);
    const more = () => {
      while (!response.destroyed && response.write(piece)) sent += piece.length;
    };
    response.on('drain', more);
    more();
  };
  const options = { ...quick, maxBytes: 1_000_000 };
  await assertRefusesNode(
    'NODE_GARBLED',
    async () => (await makeClientWithServer(endless, options)).mempool(),
    /at most 1000000 bytes/,
  );
  assert.ok(sent < 20_000_000, `${sent} bytes were sent`);
  // If the announced length is above the limit, the answer must be refused at once. This server never sends
  // the body, so a client that reads it would wait until the deadline.
  const announced = await makeClientWithServer(
    (_body, response) => {
      response.writeHead(200, { 'Content-Length': '2000000' }).flushHeaders();
    },
    { ...options, deadlineMs: 30_000 },
  );
  const started = Date.now();
  await assertRefusesNode('NODE_GARBLED', () => announced.mempool(), /at most 1000000 bytes/);
  assert.ok(Date.now() - started < 20_000);
});

test('the client requests no compression and inflates no answer', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
  let accepted: string | undefined = 'unset';
  const node = await makeClientWithServer((_body, response, request) => {
    accepted = request.headers['accept-encoding'];
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
  }, quick);
  await assertRefusesNode('NODE_GARBLED', () => node.mempool(), /not valid JSON/);
  assert.is(accepted, undefined);
});

test('slow and silent answers end at the deadline', async () => {
  const options = { attempts: 1, deadlineMs: 150 };
  const drip: Handler = (_body, response) => {
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  };
  const head: Handler = (_body, response) => response.writeHead(200).flushHeaders();
  for (const handler of [drip, head, () => {}]) {
    const started = Date.now();
    const node = await makeClientWithServer(handler, options);
    await assertRefusesNode('NODE_UNREACHABLE', () => node.mempool(), noAnswerText(0.2));
    const took = Date.now() - started;
    assert.ok(took >= 140 && took < 20_000, `${took} ms`);
  }
});

/** A client of a TCP server that does not use HTTP. */
async function makeClientWithRawServer(onData: (socket: Socket) => void): Promise<OceanNode> {
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.once('data', () => onData(socket));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = server.address() as { port: number };
  return makeClient(`http://127.0.0.1:${address.port}`, quick);
}

test('a connection that is cut before, in or after the head is reported', async () => {
  const half = '{"result":["';
  const cases: [send: string, code: 'NODE_UNREACHABLE' | 'NODE_GARBLED', message: RegExp | string][] = [
    ['', 'NODE_UNREACHABLE', NO_ANSWER[0]],
    ['HTTP/1.1 200 OK\r\nContent-Le', 'NODE_UNREACHABLE', NO_ANSWER[0]],
    [`HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n${half}`, 'NODE_GARBLED', / \(\w+\)$/],
    [`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n${half}\r\n`, 'NODE_GARBLED', / \(\w+\)$/],
    [`HTTP/1.1 200 OK\r\n\r\n${half}`, 'NODE_GARBLED', /not valid JSON/],
    ['SSH-2.0-OpenSSH_9.6\r\n', 'NODE_GARBLED', /not HTTP/],
    [`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`, 'NODE_GARBLED', /not HTTP/],
  ];
  for (const [send, code, message] of cases) {
    const node = await makeClientWithRawServer(socket => socket.end(send));
    await assertRefusesNode(code, () => node.mempool(), message);
    const reset = await makeClientWithRawServer(socket => socket.write(send, () => socket.resetAndDestroy()));
    const error = await reset.mempool().catch(checkPresentable);
    // The reset may arrive before the data that the server sent earlier.
    assert.ok(error instanceof Refusal && ['NODE_UNREACHABLE', 'NODE_GARBLED'].includes(error.code));
  }
});

test('a redirect is not followed, so no other server gets the password', async () => {
  let elsewhere = 0;
  const other = await makeClientWithServer((_body, response) => {
    elsewhere++;
    response.end('{"result":[],"error":null,"id":1}');
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const node = await makeClientWithServer(
      bodyHandler('', status, { Location: other.rpc.endpoint.url }),
      quick,
    );
    await assertRefusesNode('NODE_GARBLED', () => node.mempool(), /a redirect \(HTTP 30\d\)/);
  }
  assert.is(elsewhere, 0);
});

test('HTTP statuses: wrong password, forbidden, and errors of a proxy', async () => {
  const at = async (status: number, text = '') =>
    (await makeClientWithServer(bodyHandler(text, status), quick)).mempool();
  await assertRefusesNode('NODE_AUTH', () => at(401), /\(HTTP 401\)/);
  await assertRefusesNode('NODE_AUTH', () => at(403, '<html>'), /this computer \(HTTP 403\)/);
  await assertRefusesNode('NODE_UNREACHABLE', () => at(503, 'Work queue depth exceeded'), BUSY[0]);
  await assertRefusesNode('NODE_UNREACHABLE', () => at(502, '<html>Bad Gateway'), BEHIND_PROXY[0]);
  await assertRefusesNode('NODE_GARBLED', () => at(413), /too large/);
});

test.run();

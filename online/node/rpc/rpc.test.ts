import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JsonNumber } from '../../../shared/json.ts';
import {
  assertRefusesNode,
  closeServers,
  makeClient,
  makeClientWithServer,
  type Question,
} from '../testing.ts';
import {
  NO_ANSWER,
  NO_TLS,
  NOT_A_LIST,
  NOT_AN_ERROR,
  NOT_ONE_EACH,
  noAnswerText,
} from './texts/connection.ts';

test.after(closeServers);

const answerToQuestion = (question: Question, result: unknown = question.params[0] ?? null) => ({
  result,
  error: null,
  id: question.id,
});
const errorToQuestion = (question: Question, code: number, message: string) => ({
  result: null,
  error: { code, message },
  id: question.id,
});
type Reply = (questions: Question[]) => unknown;

/** Answers batches and single calls with the result of `reply`. */
const makeClientWithBatchServer = (reply: Reply, sizes: number[] = [], options = {}) =>
  makeClientWithServer((body, response) => {
    const asked: Question | Question[] = JSON.parse(body);
    const questions = Array.isArray(asked) ? asked : [asked];
    sizes.push(questions.length);
    response.end(
      JSON.stringify(Array.isArray(asked) ? reply(questions) : (reply(questions) as unknown[])[0]),
    );
  }, options);

const blockHashCalls = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ method: 'getblockhash', params: [i] }));
const numberResults = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ result: new JsonNumber(String(i)) }));

test('a batch takes one round trip, and answers in any order are matched by id', async () => {
  const node = await makeClientWithBatchServer(questions =>
    questions.map(q => answerToQuestion(q)).sort((a, b) => (a.id % 7) - (b.id % 7)),
  );
  assert.equal(await node.rpc.batch(blockHashCalls(100)), numberResults(100));
  assert.is(node.roundTrips, 1);
});

test('calls made at the same moment share a round trip, and later ones do not', async () => {
  const sizes: number[] = [];
  const node = await makeClientWithBatchServer(questions => questions.map(q => answerToQuestion(q)), sizes);
  await Promise.all([
    node.rpc.call('getblockhash', [1]),
    node.rpc.batch(blockHashCalls(3)),
    node.rpc.call('getblockhash', [2]),
  ]);
  await node.rpc.call('getblockhash', [3]);
  assert.equal(sizes, [5, 1]);
  assert.equal(await node.rpc.batch([]), []);
  assert.is(node.roundTrips, 2);
});

test('very many or very long calls are split, and their answers are joined', async () => {
  const sizes: number[] = [];
  const node = await makeClientWithBatchServer(questions => questions.map(q => answerToQuestion(q)), sizes);
  assert.equal(await node.rpc.batch(blockHashCalls(2500)), numberResults(2500));
  assert.equal(sizes, [1000, 1000, 500]);
  sizes.length = 0;
  const long = Array.from({ length: 5 }, () => ({
    method: 'sendrawtransaction',
    params: ['00'.repeat(900_000)],
  }));
  assert.is((await node.rpc.batch(long)).length, 5);
  assert.equal(sizes, [2, 2, 1]);
});

test('if the node is unreachable, the rest of a split batch is not sent', async () => {
  const node = await makeClientWithServer((_body, response) => response.destroy(), { attempts: 1 });
  await assertRefusesNode('NODE_UNREACHABLE', () => node.rpc.batch(blockHashCalls(5000)), NO_ANSWER[0]);
  assert.is(node.roundTrips, 1);
});

const WRONG: [what: string, reply: Reply, message: RegExp | string][] = [
  [
    'one answer missing',
    qs => qs.slice(1).map(q => answerToQuestion(q)),
    /\w+ and 2 more calls: expected 3 answers, got 2/,
  ],
  ['none', () => [], /expected 3 answers, got 0/],
  ['one twice', qs => [qs[0]!, qs[0]!, qs[2]!].map(q => answerToQuestion(q)), NOT_ONE_EACH],
  ['one twice beside all', qs => [...qs, qs[0]!].map(q => answerToQuestion(q)), NOT_ONE_EACH],
  [
    'a foreign one beside all',
    qs => [...qs, { ...qs[0]!, id: 99 }].map(q => answerToQuestion(q)),
    NOT_ONE_EACH,
  ],
  ['ids as text', qs => qs.map(q => ({ ...answerToQuestion(q), id: String(q.id) })), NOT_ONE_EACH],
  ['no ids', qs => qs.map(q => ({ result: q.id, error: null })), NOT_ONE_EACH],
  ['ids as fractions', qs => qs.map(q => ({ ...answerToQuestion(q), id: q.id + 0.5 })), NOT_ONE_EACH],
  ['nulls', qs => qs.map(() => null), NOT_ONE_EACH],
  ['an object', qs => answerToQuestion(qs[0]!), NOT_A_LIST],
  ['an error without a form', qs => qs.map(q => ({ ...answerToQuestion(q, null), error: 5 })), NOT_AN_ERROR],
];
for (const [what, reply, message] of WRONG) {
  test(`a batch with an unusable answer: ${what}`, async () => {
    const node = await makeClientWithBatchServer(reply);
    await assertRefusesNode('NODE_GARBLED', () => node.rpc.batch(blockHashCalls(3)), message);
    assert.is(node.roundTrips, 1);
  });
}

test('an error of one call does not affect the results of the others', async () => {
  const node = await makeClientWithBatchServer(qs =>
    qs.map(q =>
      q.params[0] === 1 ? errorToQuestion(q, -8, 'Block height out of range') : answerToQuestion(q),
    ),
  );
  const [zero, one, two] = await node.rpc.batch(blockHashCalls(3));
  assert.equal([zero, two], [{ result: new JsonNumber('0') }, { result: new JsonNumber('2') }]);
  assert.ok(one && 'error' in one && one.error.rpcCode === -8);
});

test("a batch that the node could not read fails as a whole with the node's message", async () => {
  const node = await makeClientWithServer((_body, response) => {
    response.statusCode = 500;
    response.end('{"result":null,"error":{"code":-32700,"message":"Parse error"},"id":null}');
  });
  const [first] = await node.rpc.batch(blockHashCalls(2));
  assert.ok(first && 'error' in first && first.error.rpcCode === -32700);
});

/** A server that fails a number of times and then answers. */
const makeClientWithFailingServer = (
  times: number,
  fail: (response: import('node:http').ServerResponse, qs: Question[]) => void,
  options = {},
) => {
  let left = times;
  return makeClientWithServer((body, response) => {
    const asked: Question | Question[] = JSON.parse(body);
    const questions = Array.isArray(asked) ? asked : [asked];
    if (left-- > 0) return void fail(response, questions);
    response.end(
      JSON.stringify(
        Array.isArray(asked) ? questions.map(q => answerToQuestion(q, 'ok')) : answerToQuestion(asked, 'ok'),
      ),
    );
  }, options);
};

const PASSING: [what: string, fail: Parameters<typeof makeClientWithFailingServer>[1], code?: string][] = [
  ['a full work queue', r => r.writeHead(503).end('Work queue depth exceeded')],
  ['a proxy without its node', r => r.writeHead(502).end('<html>')],
  ['a connection closed without an answer', r => r.destroy()],
  [
    'half an answer',
    r => {
      r.writeHead(200, { 'Content-Length': 100 });
      r.write('{"result"');
      setTimeout(() => r.destroy(), 5);
    },
    'NODE_GARBLED',
  ],
  [
    'a node that starts',
    (r, qs) => {
      const answers = qs.map(q => errorToQuestion(q, -28, 'Loading block index...'));
      r.end(JSON.stringify(qs.length > 1 ? answers : answers[0]));
    },
    'NODE_SYNCING',
  ],
];
for (const [what, fail, code = 'NODE_UNREACHABLE'] of PASSING) {
  test(`after ${what}, a repeatable call is sent again`, async () => {
    for (const method of ['getblockcount', 'sendrawtransaction', 'importaddress']) {
      const node = await makeClientWithFailingServer(2, fail);
      assert.is(await node.rpc.call(method), 'ok');
      assert.is(node.roundTrips, 3);
    }
    const batch = await makeClientWithFailingServer(2, fail);
    assert.equal(await batch.rpc.batch(blockHashCalls(2)), [{ result: 'ok' }, { result: 'ok' }]);
    assert.is(batch.roundTrips, 3);
    const waits: number[] = [];
    const giving = await makeClientWithFailingServer(99, fail, {
      attempts: 4,
      backoffMs: 10,
      sleep: async (ms: number) => void waits.push(ms),
    });
    const error = await giving.rpc.call('getblockcount').then(
      () => null,
      e => e,
    );
    assert.is(error?.code, code);
    assert.equal(waits, [10, 20, 40]);
    assert.is(giving.roundTrips, 4);
  });

  test(`after ${what}, a call that is not repeatable is sent once`, async () => {
    for (const method of ['generate', 'sendtoaddress', 'stop', 'signrawtransaction', 'issueasset']) {
      const node = await makeClientWithFailingServer(1, fail);
      assert.instance(await node.rpc.call(method).catch(e => e), Error);
      assert.is(node.roundTrips, 1);
    }
  });
}

test('assetInfo also waits for a node that starts', async () => {
  let left = 2;
  const node = await makeClientWithServer((body, response) => {
    const question: Question = JSON.parse(body);
    response.statusCode = left > 0 ? 500 : 200;
    response.end(
      JSON.stringify(
        left-- > 0 ? errorToQuestion(question, -28, 'Rewinding blocks...') : answerToQuestion(question, []),
      ),
    );
  });
  assert.is((await node.assetInfo()).size, 0);
  assert.is(node.roundTrips, 3);
});

test('a call that is not repeatable never shares a round trip', async () => {
  const sizes: number[] = [];
  const node = await makeClientWithBatchServer(questions => questions.map(q => answerToQuestion(q)), sizes);
  await Promise.all([
    node.rpc.batch(blockHashCalls(2)),
    node.rpc.call('generate', [1]),
    node.rpc.batch(blockHashCalls(2)),
  ]);
  assert.equal(sizes.sort(), [1, 4]);
});

test('after a deadline there is one more attempt, and no third', async () => {
  const node = await makeClientWithServer(() => {}, { deadlineMs: 500 });
  const started = Date.now();
  const { message } = await assertRefusesNode('NODE_UNREACHABLE', () => node.rpc.call('getblockcount'));
  // The message has the total time of both attempts, including the pause between them.
  const [seconds, waited] = [Number(/ ([\d.]+) s$/.exec(message)?.[1]), (Date.now() - started) / 1000];
  assert.ok(message.endsWith(`: ${noAnswerText(seconds)}`), message);
  assert.ok(seconds >= 1 && seconds <= waited + 0.1, `${seconds} of ${waited}`);
  assert.is(node.roundTrips, 2);
});

test('without a node the refusal names host and port', async () => {
  const node = await makeClientWithServer(() => {});
  closeServers();
  await assertRefusesNode(
    'NODE_UNREACHABLE',
    () => node.rpc.call('getblockcount'),
    /^node 127\.0\.0\.1:\d+: [^:]+ \(ECONNREFUSED\)$/,
  );
  assert.is(node.roundTrips, 5);
  const nowhere = makeClient('http://no-such-host.invalid:7041', { attempts: 1 });
  await assertRefusesNode(
    'NODE_UNREACHABLE',
    () => nowhere.rpc.call('getblockcount'),
    /^node no-such-host\.invalid:7041: /,
  );
});

test('https to a server without TLS is reported as a TLS problem', async () => {
  const node = await makeClientWithServer((_body, response) => response.end('x'));
  const tls = makeClient(node.rpc.endpoint.url.replace('http:', 'https:'), { attempts: 1 });
  await assertRefusesNode('NODE_UNREACHABLE', () => tls.rpc.call('getblockcount'), NO_TLS[0]);
});

test.run();

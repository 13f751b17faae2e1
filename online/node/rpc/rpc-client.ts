/**
 * The JSON-RPC client. It repeats calls after temporary failures. Calls that are made before the event loop
 * continues share one HTTP request. So `await Promise.all([node.tip(), node.coins(outpoints)])` takes as many
 * round trips as the longer of the two calls.
 */
import type { JsonValue } from '../../../shared/json.ts';
import { callsText, matchAnswers, type Outcome, type Question } from './answer-matching.ts';
import { type Credentials, type Endpoint, parseEndpoint } from './endpoint.ts';
import { NodeError } from './node-errors.ts';
import { exchangeHttp, type HttpAnswer, TransportFailure } from './transport.ts';

export type Param = string | number | boolean | null | readonly Param[];

export interface Call {
  method: string;
  params?: readonly Param[];
}

export interface CallOptions {
  deadlineMs?: number;
  maxBytes?: number;
  attempts?: number;
}

export interface RpcOptions {
  credentials?: Credentials;
  /** Milliseconds for one HTTP exchange, from the first byte sent to the last received. */
  deadlineMs?: number;
  /** Largest number of attempts for questions that are safe to repeat. */
  attempts?: number;
  /** Milliseconds before the second attempt, doubled before each further one. */
  backoffMs?: number;
  maxBytes?: number;
  sleep?: (ms: number) => Promise<void>;
  now?: () => number;
  /**
   * Called when a question is asked, with the longest time that the answer can take, in milliseconds. The
   * returned function is called when the question ends.
   */
  waits?: (limitMs: number) => () => void;
}

const MB = 1024 * 1024;
const DEFAULTS = { deadlineMs: 30_000, attempts: 5, backoffMs: 200, maxBytes: 64 * MB };
/**
 * Limits of a batch. The node accepts requests of up to 32 MB, and processes the calls one after the other.
 * Batches are smaller, so that each ends before its deadline.
 */
const MAX_CALLS = 1000;
const MAX_REQUEST_BYTES = 4 * MB;
const WARMING_UP = -28;
/**
 * No attempt begins after this number of deadlines. So after an attempt that used a whole deadline, only one
 * more is made.
 */
const PATIENCE = 1.5;

/**
 * Methods that may be repeated. All but two of them only read. If `importaddress` is repeated for a watched
 * address, nothing changes. `sendrawtransaction` has to be repeated: after a lost answer, nobody knows
 * whether the node has the transaction. The same bytes are the same transaction, never a second payment. If
 * the transaction is in the mempool, the node returns its txid again. If it is confirmed, the node answers
 * with error -27.
 */
const REPEATABLE = new Set([
  ...['getblockchaininfo', 'getbestblockhash', 'getblockheader', 'getblock', 'getblockcount', 'getblockhash'],
  ...[
    'getaccount',
    'importaddress',
    'validateaddress',
    'listunspent',
    'querywhitelist',
    'queryfreezelist',
    'queryburnlist',
    'getnunassignedkycpubkeys',
  ],
  ...['gettxout', 'getutxoassetinfo', 'getrawmempool', 'getrawtransaction', 'createrawissuance'],
  ...['sendrawtransaction', 'createmultisig', 'getnetworkinfo'],
]);

interface Waiting extends Question {
  body: string;
  options: CallOptions;
  resolve: (value: JsonValue) => void;
  reject: (error: unknown) => void;
}

export class RpcClient {
  readonly endpoint: Endpoint;
  /** Number of HTTP requests so far, including repetitions. */
  roundTrips = 0;
  private readonly options: Required<Omit<RpcOptions, 'credentials'>>;
  private nextId = 1;
  private waiting: Waiting[] = [];

  /** @throws Refusal CONFIG_INVALID */
  constructor(url: string, options: RpcOptions = {}) {
    const { credentials, ...given } = options;
    this.endpoint = parseEndpoint(url, credentials);
    this.options = {
      ...DEFAULTS,
      sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
      now: () => performance.now(),
      waits: () => () => undefined,
      ...given,
    };
  }

  /** `host:port`, for messages. */
  get name(): string {
    return this.endpoint.name;
  }

  /**
   * Returns the result of a call. A call with options is sent alone, because the options would also apply to
   * other calls of the batch.
   * @throws NodeError for an error that the node answers; Refusal NODE_UNREACHABLE, NODE_AUTH, NODE_GARBLED
   */
  call(method: string, params: readonly Param[] = [], options?: CallOptions): Promise<JsonValue> {
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      const body = JSON.stringify({ jsonrpc: '1.0', id, method, params });
      const one = { id, method, body, options: options ?? {}, resolve, reject };
      if (options !== undefined || !REPEATABLE.has(method)) return void this.send([one]);
      this.waiting.push(one);
      if (this.waiting.length === 1) setImmediate(() => this.flush());
    });
  }

  /** Makes many calls. Returns, in order, the result or the node's error of each call. */
  batch(calls: readonly Call[]): Promise<Outcome[]> {
    return Promise.all(calls.map(({ method, params }) => this.outcome(method, params)));
  }

  private async outcome(method: string, params: readonly Param[] | undefined): Promise<Outcome> {
    try {
      return { result: await this.call(method, params) };
    } catch (error) {
      // Any other error, such as a lost connection or a starting node, fails the whole batch.
      if (error instanceof NodeError && error.code === 'NODE_REFUSED') return { error };
      throw error;
    }
  }

  /**
   * Makes a call whose answer is too large for a tree of JSON values, and reads the answer with `read`. The
   * call is sent alone.
   */
  raw<T>(
    method: string,
    read: (answer: HttpAnswer, question: Question) => T,
    options: CallOptions = {},
  ): Promise<T> {
    const question = { id: this.nextId++, method };
    const body = JSON.stringify({ jsonrpc: '1.0', id: question.id, method, params: [] });
    return this.ask([question], body, options, answer => read(answer, question));
  }

  private async flush(): Promise<void> {
    const all = this.waiting;
    this.waiting = [];
    // One request after the other, because the node has few threads and a queue of 16 requests.
    for (let at = 0; at < all.length; ) {
      let to = at;
      for (let size = 0; to < all.length && to - at < MAX_CALLS; to++) {
        size += (all[to] as Waiting).body.length + 1;
        if (to > at && size > MAX_REQUEST_BYTES) break;
      }
      const error = await this.send(all.slice(at, to));
      if (error !== null) {
        // After a failure of the node, no further request is sent, because it would fail in the same way.
        for (const one of all.slice(to)) one.reject(error);
        return;
      }
      at = to;
    }
  }

  /**
   * Sends a group of calls. Never rejects, because errors are given to the waiting calls.
   * @returns the error of the whole exchange; null if there is none
   */
  private async send(group: Waiting[]): Promise<unknown> {
    const [first] = group as [Waiting, ...Waiting[]];
    const body = group.length === 1 ? first.body : `[${group.map(one => one.body).join(',')}]`;
    try {
      const outcomes = await this.ask(group, body, first.options, answer =>
        matchAnswers(this.endpoint, group, answer),
      );
      for (const [i, one] of group.entries()) {
        const outcome = outcomes[i] as Outcome;
        if ('error' in outcome) one.reject(outcome.error);
        else one.resolve(outcome.result);
      }
      return null;
    } catch (error) {
      for (const one of group) one.reject(error);
      return error;
    }
  }

  /** Asks, and reads the answer. Asks again after a failure if this is safe and may help. */
  private async ask<T>(
    questions: readonly Question[],
    body: string,
    given: CallOptions,
    read: (answer: HttpAnswer) => T,
  ): Promise<T> {
    const { deadlineMs, maxBytes, attempts, backoffMs, sleep, now } = { ...this.options, ...given };
    const method = callsText(questions);
    const repeatable = questions.every(question => REPEATABLE.has(question.method));
    const started = now();
    // After an attempt that used the whole deadline, at most one more attempt is made.
    const over = this.options.waits(repeatable && attempts > 1 ? 2 * deadlineMs : deadlineMs);
    try {
      for (let attempt = 1; ; attempt++) {
        const mayRepeat = () => repeatable && attempt < attempts && now() - started < PATIENCE * deadlineMs;
        try {
          this.roundTrips++;
          const waitedMs = attempt === 1 ? 0 : now() - started;
          const answer = await exchangeHttp(this.endpoint, { method, body, deadlineMs, maxBytes, waitedMs });
          const outcome = read(answer);
          if (!(isNodeWarmingUp(outcome) && mayRepeat())) return outcome;
        } catch (error) {
          const passing = error instanceof TransportFailure ? error.passing : isWarmingUpError(error);
          if (!(passing && mayRepeat())) throw error instanceof TransportFailure ? error.refusal : error;
        }
        await sleep(backoffMs * 2 ** (attempt - 1));
      }
    } finally {
      over();
    }
  }
}

const isWarmingUpError = (error: unknown) => error instanceof NodeError && error.rpcCode === WARMING_UP;

/** True if one of the answers says that the node is starting. Then the whole batch is sent again. */
const isNodeWarmingUp = (outcomes: unknown) =>
  Array.isArray(outcomes) && outcomes.some(one => 'error' in one && isWarmingUpError(one.error));

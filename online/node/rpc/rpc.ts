/**
 * The JSON-RPC client: calls that are made at the same moment travel together, and what can pass is tried again.
 *
 * Whatever is called before the event loop turns, with `call`, `batch` or the typed methods of `OceanNode`, goes out as
 * one HTTP request: `await Promise.all([node.tip(), node.coins(outpoints)])` costs as many round trips as the
 * longer of the two, not their sum.
 */
import type { JsonValue } from '../../../shared/json.ts';
import { matchAnswers, type Outcome, type Question, sayCalls } from './answers.ts';
import { type Credentials, type Endpoint, parseEndpoint } from './endpoint.ts';
import { NodeError } from './errors.ts';
import { exchange, Failure, type HttpAnswer } from './transport.ts';

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
  /** For one HTTP exchange, from the first byte sent to the last received. */
  deadlineMs?: number;
  /** How often a question is asked at most, where asking again is safe. */
  attempts?: number;
  /** Before the second attempt; doubled before each further one. */
  backoffMs?: number;
  maxBytes?: number;
  sleep?: (ms: number) => Promise<void>;
  now?: () => number;
  /** Called when a question is asked, with the longest time that it may take; what it returns, when that is over. */
  waits?: (limitMs: number) => () => void;
}

const MB = 1024 * 1024;
const DEFAULTS = { deadlineMs: 30_000, attempts: 5, backoffMs: 200, maxBytes: 64 * MB };
/** The node takes up to 32 MB, and works a batch off one by one: smaller pieces keep each within its deadline. */
const MAX_CALLS = 1000;
const MAX_REQUEST_BYTES = 4 * MB;
const WARMING_UP = -28;
/** In deadlines: after one that passed there is a second attempt, and after that one none. */
const PATIENCE = 1.5;

/**
 * What may be asked twice. All but two only read. `importaddress` of an address that is watched already changes
 * nothing. `sendrawtransaction` is safe although it writes, and must be: when its answer is lost, nobody can tell whether
 * the node has the transaction. The same bytes again are the same transaction: accepted if they were not before, the same
 * txid again while it is in the mempool, error -27 once it is in a block; never a second payment.
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
  /** HTTP requests made so far, repeated ones included. */
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
   * The call's result. With options it travels alone, since they would count for its companions too.
   * @throws NodeError what the node answers; Refusal NODE_UNREACHABLE, NODE_AUTH, NODE_GARBLED
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

  /** Many calls, in their order: each one's result, or the error that the node answered to it. */
  batch(calls: readonly Call[]): Promise<Outcome[]> {
    return Promise.all(calls.map(({ method, params }) => this.outcome(method, params)));
  }

  private async outcome(method: string, params: readonly Param[] | undefined): Promise<Outcome> {
    try {
      return { result: await this.call(method, params) };
    } catch (error) {
      // What the client, not the call, failed of (starting up, say) fails the batch.
      if (error instanceof NodeError && error.code === 'NODE_REFUSED') return { error };
      throw error;
    }
  }

  /** A call whose answer is too large for a tree, with a reader of its own. Travels alone. */
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
    // One after the other: the node has few threads, and a queue of 16 questions.
    for (let at = 0; at < all.length; ) {
      let to = at;
      for (let size = 0; to < all.length && to - at < MAX_CALLS; to++) {
        size += (all[to] as Waiting).body.length + 1;
        if (to > at && size > MAX_REQUEST_BYTES) break;
      }
      const error = await this.send(all.slice(at, to));
      if (error !== null) {
        // The node is away, or not what it should be: the rest would only wait for the same.
        for (const one of all.slice(to)) one.reject(error);
        return;
      }
      at = to;
    }
  }

  /** Never rejects: whatever happens goes to those who wait. @returns what failed of the exchange as a whole */
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

  /** Asks, again if that is safe and may help, and reads the answer. */
  private async ask<T>(
    questions: readonly Question[],
    body: string,
    given: CallOptions,
    read: (answer: HttpAnswer) => T,
  ): Promise<T> {
    const { deadlineMs, maxBytes, attempts, backoffMs, sleep, now } = { ...this.options, ...given };
    const method = sayCalls(questions);
    const repeatable = questions.every(question => REPEATABLE.has(question.method));
    const started = now();
    // After a first attempt that took the whole deadline there is a second one, and no third.
    const over = this.options.waits(repeatable && attempts > 1 ? 2 * deadlineMs : deadlineMs);
    try {
      for (let attempt = 1; ; attempt++) {
        const mayRepeat = () => repeatable && attempt < attempts && now() - started < PATIENCE * deadlineMs;
        try {
          this.roundTrips++;
          const waitedMs = attempt === 1 ? 0 : now() - started;
          const answer = await exchange(this.endpoint, { method, body, deadlineMs, maxBytes, waitedMs });
          const outcome = read(answer);
          if (!(isWarmingUp(outcome) && mayRepeat())) return outcome;
        } catch (error) {
          const passing = error instanceof Failure ? error.passing : saysWarmingUp(error);
          if (!(passing && mayRepeat())) throw error instanceof Failure ? error.refusal : error;
        }
        await sleep(backoffMs * 2 ** (attempt - 1));
      }
    } finally {
      over();
    }
  }
}

const saysWarmingUp = (error: unknown) => error instanceof NodeError && error.rpcCode === WARMING_UP;

/** Of the answers to one question; the node starts for all calls alike. */
const isWarmingUp = (outcomes: unknown) =>
  Array.isArray(outcomes) && outcomes.some(one => 'error' in one && saysWarmingUp(one.error));

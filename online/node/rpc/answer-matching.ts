/** Splits an HTTP answer into the answers of single calls, and matches each to its question by id. */
import { Refusal } from '../../../shared/errors.ts';
import {
  JsonNumber,
  type JsonObject,
  type JsonValue,
  RepeatedKeyRefusal,
  readJson,
  repeatedKeyText,
} from '../../../shared/json.ts';
import type { Endpoint } from './endpoint.ts';
import { cleanNodeMessage, garbledRefusal, NodeError } from './node-errors.ts';
import * as texts from './texts/connection.ts';
import type { HttpAnswer } from './transport.ts';

/**
 * Largest number of JSON values in an answer: several times the number in a thousand decoded transactions.
 */
const MAX_VALUES = 4_000_000;

export interface Question {
  id: number;
  method: string;
}

/** The result of a call, or the error with which the node answered. */
export type Outcome = { result: JsonValue } | { error: NodeError };

/** @throws Refusal NODE_GARBLED */
export function parseBody(endpoint: Endpoint, method: string, answer: HttpAnswer): JsonValue {
  const { bytes, status } = answer;
  if (bytes.length === 0) throw garbledRefusal(endpoint.name, method, texts.emptyAnswerText(status));
  try {
    return readJson(bytes, 'the answer', bytes.length, MAX_VALUES);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (/^\s*<[!a-z]/i.test(bytes.toString('latin1', 0, 100)))
      throw garbledRefusal(
        endpoint.name,
        method,
        texts.webPageText(status),
        endpoint.orPort(texts.ELSEWHERE),
      );
    throw garbledRefusal(endpoint.name, method, `${safeJsonErrorText(error)} (HTTP ${status})`);
  }
}

/** The JSON error without the text of a repeated key, because the server chose that text. */
export function safeJsonErrorText(error: Refusal): string {
  const { message } = error;
  return cleanNodeMessage(
    error instanceof RepeatedKeyRefusal
      ? message.replace(repeatedKeyText(error.key), () => texts.A_KEY)
      : message,
  );
}

/** @throws Refusal NODE_GARBLED */
export function parseNodeError(endpoint: Endpoint, method: string, error: JsonValue): NodeError {
  const code = error instanceof Map ? error.get('code') : undefined;
  const message = error instanceof Map ? error.get('message') : undefined;
  if (!(code instanceof JsonNumber) || !/^-?[0-9]{1,9}$/.test(code.text) || typeof message !== 'string')
    throw garbledRefusal(endpoint.name, method, texts.NOT_AN_ERROR);
  return new NodeError(endpoint.name, method, Number(code.text), endpoint.redact(message));
}

function readOutcome(endpoint: Endpoint, method: string, answer: JsonObject, status: number): Outcome {
  const result = answer.get('result') ?? null;
  const error = answer.get('error') ?? null;
  if (error !== null) {
    if (result !== null) throw garbledRefusal(endpoint.name, method, texts.BOTH_RESULTS);
    return { error: parseNodeError(endpoint, method, error) };
  }
  if (!answer.has('result')) throw garbledRefusal(endpoint.name, method, texts.NO_RESULT);
  if (status !== 200) throw garbledRefusal(endpoint.name, method, texts.resultWithStatusText(status));
  return { result };
}

const isRequestId = (value: JsonValue | undefined, id: number) =>
  value instanceof JsonNumber && value.text === String(id);

/**
 * The error that the node answers to the whole batch, such as a parse error, or null. Such an error has the
 * id null.
 */
function errorOfBatch(
  endpoint: Endpoint,
  method: string,
  value: JsonValue,
  status: number,
): NodeError | null {
  if (!(value instanceof Map) || status === 200 || value.get('id') !== null) return null;
  const error = value.get('error') ?? null;
  return error === null ? null : parseNodeError(endpoint, method, error);
}

/** Names calls for messages: `getblockcount`, `getblockcount and 2 more calls`. */
export function callsText(questions: readonly Question[]): string {
  const [first] = questions as readonly [Question, ...Question[]];
  const more = questions.length - 1;
  return more === 0 ? first.method : `${first.method} and ${more} more call${more === 1 ? '' : 's'}`;
}

/**
 * The results and errors of the calls, in the order of the questions.
 * @throws Refusal NODE_GARBLED if an answer is missing, duplicate or unexpected
 */
export function matchAnswers(
  endpoint: Endpoint,
  questions: readonly Question[],
  answer: HttpAnswer,
): Outcome[] {
  const first = questions[0] as Question;
  const method = callsText(questions);
  const body = parseBody(endpoint, method, answer);
  const common = errorOfBatch(endpoint, method, body, answer.status);
  if (common) return questions.map(() => ({ error: common }));
  if (questions.length === 1) {
    if (!(body instanceof Map)) throw garbledRefusal(endpoint.name, method, texts.NOT_AN_OBJECT);
    if (!isRequestId(body.get('id'), first.id)) throw garbledRefusal(endpoint.name, method, texts.OTHER_CALL);
    return [readOutcome(endpoint, method, body, answer.status)];
  }
  if (!Array.isArray(body)) throw garbledRefusal(endpoint.name, method, texts.NOT_A_LIST);
  const open = new Map(questions.map((question, i) => [String(question.id), i]));
  const outcomes: Outcome[] = [];
  for (const one of body) {
    const id = one instanceof Map ? one.get('id') : undefined;
    const i = id instanceof JsonNumber ? open.get(id.text) : undefined;
    if (i === undefined) throw garbledRefusal(endpoint.name, method, texts.NOT_ONE_EACH);
    open.delete((id as JsonNumber).text);
    outcomes[i] = readOutcome(endpoint, (questions[i] as Question).method, one as JsonObject, answer.status);
  }
  if (open.size > 0) {
    const got = questions.length - open.size;
    throw garbledRefusal(endpoint.name, method, `expected ${questions.length} answers, got ${got}`);
  }
  return outcomes;
}

/**
 * Reads the node's answers. Wrong types and forms are refused, and the message names method and member.
 * Unknown members are ignored, because newer nodes add some.
 */
import { parseAmount } from '../../shared/amount.ts';
import { type Refusal, valueText } from '../../shared/errors.ts';
import { JsonNumber, type JsonValue } from '../../shared/json.ts';
import { garbledRefusal, type NodeError } from './rpc/node-errors.ts';
import type { Param } from './rpc/rpc-client.ts';
import { OTHER_NODE } from './rpc/texts/connection.ts';

/** The node whose answer is read. `redact` removes the password from a text that is shown. */
export interface Source {
  name: string;
  redact(text: string): string;
}

/** Makes calls of a node. */
export interface Asker {
  readonly source: Source;
  /**
   * Asks a question. Returns the answer, or the node's error if it has one of these codes. Other errors are
   * thrown.
   */
  askAllowing(codes: readonly number[], method: string, ...params: Param[]): Promise<ShapeReader | NodeError>;
}

export class ShapeReader {
  readonly path: string;
  private readonly value: JsonValue | undefined;
  private readonly source: Source;
  private readonly method: string;

  constructor(source: Source, method: string, value: JsonValue | undefined, path = 'result') {
    this.source = source;
    this.method = method;
    this.value = value;
    this.path = path;
  }

  fail(expected: string): Refusal {
    // The password is removed before the text is escaped and cut, because it could not be found afterwards.
    const got = describeValue(typeof this.value === 'string' ? this.source.redact(this.value) : this.value);
    return garbledRefusal(
      this.source.name,
      this.method,
      `${this.path}: expected ${expected}, got ${got}`,
      OTHER_NODE,
    );
  }

  get isNull(): boolean {
    return this.value === null || this.value === undefined;
  }

  private inner(value: JsonValue | undefined, path: string): ShapeReader {
    return new ShapeReader(this.source, this.method, value, path);
  }

  /** A reader of a member of this object. If the object lacks the member, `isNull` of the reader is true. */
  member(name: string): ShapeReader {
    if (!(this.value instanceof Map)) throw this.fail('an object');
    return this.inner(this.value.get(name), this.path === 'result' ? name : `${this.path}.${name}`);
  }

  list(max = 1_000_000): ShapeReader[] {
    const { value } = this;
    if (!Array.isArray(value) || value.length > max) throw this.fail(`a list of at most ${max}`);
    return value.map((item, i) => this.inner(item, `${this.path}[${i}]`));
  }

  text(pattern: RegExp, expected: string): string {
    if (typeof this.value !== 'string' || !pattern.test(this.value)) throw this.fail(expected);
    return this.value;
  }

  /** A name or label: printable ASCII of bounded length. */
  word(): string {
    return this.text(/^[\x20-\x7e]{0,200}$/, 'printable ASCII text');
  }

  id(): string {
    return this.text(/^[0-9a-f]{64}$/, '64 lower-case hex digits');
  }

  hex(): string {
    return this.text(/^(?:[0-9a-f]{2})*$/, 'lower-case hex');
  }

  integer(min = 0, max = Number.MAX_SAFE_INTEGER): number {
    const { value } = this;
    const digits = value instanceof JsonNumber && /^(?:0|-?[1-9][0-9]{0,15})$/.test(value.text);
    const number = digits ? Number(value.text) : Number.NaN;
    if (!(number >= min && number <= max)) throw this.fail(`a whole number from ${min} to ${max}`);
    return number;
  }

  boolean(): boolean {
    if (typeof this.value !== 'boolean') throw this.fail('true or false');
    return this.value;
  }

  /**
   * Atoms, read from the number's text, never from a double. A string is accepted too, because some proxies
   * pass amounts as strings.
   */
  amount(): bigint {
    const { value } = this;
    const text = value instanceof JsonNumber ? value.text : value;
    if (typeof text !== 'string') throw this.fail('an amount');
    try {
      return parseAmount(text, this.path);
    } catch {
      throw this.fail('an amount with at most 8 decimals');
    }
  }
}

function describeValue(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value instanceof JsonNumber) return valueText(value.text).slice(1, -1);
  if (value instanceof Map) return 'an object';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return valueText(value);
}

/**
 * Reading what the node answered: wrong types and forms are refused with the method and the member named; members that
 * are not asked for are passed over, since nodes grow.
 */
import { parseAmount } from '../../shared/amount.ts';
import { type Refusal, shown } from '../../shared/errors.ts';
import { JsonNumber, type JsonValue } from '../../shared/json.ts';
import { garbled, type NodeError } from './rpc/errors.ts';
import type { Param } from './rpc/rpc.ts';

const HINT =
  'The node is not an Ocean node of a version that is known here, or something changes its answers: use another node.';

/** Whose answer is read; `redact` takes the password out of what is shown. */
export interface Source {
  name: string;
  redact(text: string): string;
}

/** What the calls ask through. */
export interface Asker {
  readonly source: Source;
  /** The answer, or the error where the node answers one of these codes; any other is thrown. */
  askAllowing(codes: readonly number[], method: string, ...params: Param[]): Promise<Shape | NodeError>;
}

export class Shape {
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
    // Before it is shown: escaped or cut, a password would not be found any more.
    const got = describe(typeof this.value === 'string' ? this.source.redact(this.value) : this.value);
    return garbled(this.source.name, this.method, `${this.path}: expected ${expected}, got ${got}`, HINT);
  }

  get isNull(): boolean {
    return this.value === null || this.value === undefined;
  }

  private inner(value: JsonValue | undefined, path: string): Shape {
    return new Shape(this.source, this.method, value, path);
  }

  /** A member of an object; a missing one reads as null. */
  member(name: string): Shape {
    if (!(this.value instanceof Map)) throw this.fail('an object');
    return this.inner(this.value.get(name), this.path === 'result' ? name : `${this.path}.${name}`);
  }

  list(max = 1_000_000): Shape[] {
    const { value } = this;
    if (!Array.isArray(value) || value.length > max) throw this.fail(`a list of at most ${max}`);
    return value.map((item, i) => this.inner(item, `${this.path}[${i}]`));
  }

  text(pattern: RegExp, expected: string): string {
    if (typeof this.value !== 'string' || !pattern.test(this.value)) throw this.fail(expected);
    return this.value;
  }

  /** Printable ASCII of bounded length: names and labels. */
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

  /** Atoms. The text is read, never a double; as a string too, since bridges pass amounts on like that. */
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

function describe(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value instanceof JsonNumber) return shown(value.text).slice(1, -1);
  if (value instanceof Map) return 'an object';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return shown(value);
}

/** Reading members of a JSON object by name, each with its path in any complaint. No unknown and no missing members. */
import { Refusal, shown } from './errors.ts';
import { JsonNumber, type JsonValue } from './json.ts';

const HINT = 'Correct that field in the file, or make the file again with the tool that wrote it.';

export function fieldInvalid(path: string, expected: string, got: unknown, hint = HINT): Refusal {
  return new Refusal('FIELD_INVALID', `${path}: expected ${expected}, got ${describe(got)}`, hint);
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof JsonNumber) return shown(value.text.slice(0, 40)).slice(1, -1);
  if (value instanceof Map) return 'an object';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return shown(value);
}

/** The wrong kind of file is told as such, before its members are. */
export function expectType(value: JsonValue, type: string): void {
  const found = value instanceof Map ? value.get('type') : undefined;
  if (found === undefined || found === type) return;
  throw fieldInvalid('type', shown(type), found, 'This is another kind of file: give the right one.');
}

export class Fields {
  private readonly members: Map<string, JsonValue>;
  readonly path: string;

  /** @param names all members that may stand here; one that ends in `?` may be missing */
  constructor(value: JsonValue | undefined, path: string, names: readonly string[]) {
    if (!(value instanceof Map)) throw fieldInvalid(path || 'the file', 'an object', value);
    this.members = value;
    this.path = path;
    const known = new Set(names.map(name => name.replace('?', '')));
    for (const key of value.keys()) {
      if (!known.has(key)) throw fieldInvalid(this.at(key.slice(0, 40)), 'no such member', value.get(key));
    }
    for (const name of names) {
      if (!name.endsWith('?') && !value.has(name)) throw fieldInvalid(this.at(name), 'a value', undefined);
    }
  }

  at(name: string): string {
    const safe = /^[\x20-\x7e]*$/.test(name) ? name : shown(name);
    return this.path ? `${this.path}.${safe}` : safe;
  }

  value(name: string): JsonValue | undefined {
    return this.members.get(name);
  }

  text(name: string, pattern = /^[\x20-\x7e]*$/, expected = 'printable ASCII text'): string {
    const value = this.members.get(name);
    if (typeof value !== 'string' || !pattern.test(value)) throw fieldInvalid(this.at(name), expected, value);
    return value;
  }

  /** A text that must be just this one. */
  constant(name: string, expected: string | number): void {
    const value = this.members.get(name);
    const plain = value instanceof JsonNumber && value.text === String(expected) ? expected : value;
    if (plain !== expected) throw fieldInvalid(this.at(name), shown(expected), value);
  }

  /** A whole number written with digits only. */
  integer(name: string, min: number, max: number): number {
    const value = this.members.get(name);
    const digits = value instanceof JsonNumber && /^(0|[1-9][0-9]{0,14})$/.test(value.text);
    const number = digits ? Number((value as JsonNumber).text) : Number.NaN;
    if (!(number >= min && number <= max)) {
      throw fieldInvalid(this.at(name), `a whole number from ${min} to ${max}`, value);
    }
    return number;
  }

  hex(name: string, bytes: number): string {
    return this.text(name, new RegExp(`^[0-9a-f]{${bytes * 2}}$`), `${bytes * 2} lower-case hex digits`);
  }

  list(name: string, min: number, max: number): JsonValue[] {
    const value = this.members.get(name);
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      throw fieldInvalid(this.at(name), `a list of ${min} to ${max}`, value);
    }
    return value;
  }

  object(name: string, names: readonly string[]): Fields {
    return new Fields(this.members.get(name), this.at(name), names);
  }
}

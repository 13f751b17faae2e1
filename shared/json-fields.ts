/**
 * Strict access to the members of a JSON object. Error messages name the member's path. Unknown and missing members are
 * errors.
 */
import { checkHex, hexDigitsText } from './bytes.ts';
import { Refusal, valueText } from './errors.ts';
import { JsonNumber, type JsonValue } from './json.ts';

export const fieldRefusal = (path: string, expected: string, got: unknown, hint?: string): Refusal =>
  new Refusal('FIELD_INVALID', `${path}: expected ${expected}, got ${describeJson(got)}`, hint);

/** @throws Refusal FIELD_INVALID, with the path, the expected and the found value, unless the condition holds */
export function checkField(holds: unknown, path: string, expected: string, got: unknown, hint?: string): asserts holds {
  if (!holds) throw fieldRefusal(path, expected, got, hint);
}

export const OTHER_VERSION =
  'Install the newest version of Countersign that was used here, then run the command again. Another version created this file.';

function describeJson(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof JsonNumber) return valueText(value.text.slice(0, 40)).slice(1, -1);
  if (value instanceof Map) return 'an object';
  return Array.isArray(value) ? `a list of length ${value.length}` : valueText(value);
}

export class Fields {
  private readonly members: Map<string, JsonValue>;
  readonly path: string;

  /** @param names all permitted members; a name that ends in `?` is optional */
  constructor(value: JsonValue | undefined, path: string, names: readonly string[]) {
    checkField(value instanceof Map, path || 'the file', 'an object', value);
    this.members = value;
    this.path = path;
    const known = new Set(names.map(name => name.replace('?', '')));
    for (const [key, member] of value)
      checkField(known.has(key), this.at(key.slice(0, 40)), 'no member of this name', member);
    for (const name of names) checkField(name.endsWith('?') || value.has(name), this.at(name), 'a value', undefined);
  }

  /**
   * The fields of a Countersign file. Checks the file's type first, so that the message for a wrong kind of file names
   * both kinds.
   */
  static file(value: JsonValue, type: string, names: readonly string[]): Fields {
    const found = value instanceof Map ? value.get('type') : undefined;
    const hint = 'Give a file of the expected type. This is another kind of file.';
    checkField(found === undefined || found === type, 'type', valueText(type), found, hint);
    // The version is checked before the members, because this code does not know the members of a newer version.
    const version = value instanceof Map ? value.get('version') : undefined;
    const isKnown = version === undefined || (version instanceof JsonNumber && version.text === '1');
    checkField(isKnown, 'version', '1', version, OTHER_VERSION);
    return new Fields(value, '', ['type', 'version', ...names]);
  }

  at(name: string): string {
    const safe = /^[\x20-\x7e]*$/.test(name) ? name : valueText(name);
    return this.path ? `${this.path}.${safe}` : safe;
  }

  value(name: string): JsonValue | undefined {
    return this.members.get(name);
  }

  text(name: string, pattern = /^[\x20-\x7e]{0,200}$/, expected = 'at most 200 characters of printable ASCII'): string {
    const value = this.members.get(name);
    checkField(typeof value === 'string' && pattern.test(value), this.at(name), expected, value);
    return value;
  }

  /** Checks that a member has exactly this value. */
  constant(name: string, expected: string | number): void {
    const value = this.members.get(name);
    const plain = value instanceof JsonNumber && value.text === String(expected) ? expected : value;
    checkField(plain === expected, this.at(name), valueText(expected), value);
  }

  /** An integer written as digits only. */
  integer(name: string, min: number, max: number): number {
    const value = this.members.get(name);
    const text = value instanceof JsonNumber && /^(0|[1-9][0-9]{0,14})$/.test(value.text) ? value.text : 'none';
    const number = Number(text);
    checkField(number >= min && number <= max, this.at(name), `a whole number from ${min} to ${max}`, value);
    return number;
  }

  hex(name: string, bytes: number): string {
    const value = this.members.get(name);
    if (typeof value !== 'string') throw fieldRefusal(this.at(name), hexDigitsText(bytes), value);
    checkHex(value, this.at(name), bytes);
    return value;
  }

  list(name: string, min: number, max: number): JsonValue[] {
    const value = this.members.get(name);
    const fits = Array.isArray(value) && value.length >= min && value.length <= max;
    checkField(fits, this.at(name), `a list of length ${min} to ${max}`, value);
    return value as JsonValue[];
  }

  object(name: string, names: readonly string[]): Fields {
    return new Fields(this.members.get(name), this.at(name), names);
  }
}

/** For tests only: tests assert refusals with these functions, because uvu's `throws` alone accepts any error. */
import * as assert from 'uvu/assert';
import { type Code, Refusal } from './errors.ts';

/**
 * Fails unless `run` throws a {@link Refusal} with this code. A given text must equal the message, and a given pattern
 * must match it.
 */
export function failsWith(code: Code, run: () => unknown, message?: RegExp | string): Refusal {
  try {
    run();
  } catch (error) {
    return expectRefusal(code, error, message);
  }
  return assert.unreachable(`expected ${code}, nothing was thrown`) as never;
}

/** Like {@link failsWith}, for promises. */
export async function rejectsWith(
  code: Code,
  run: () => Promise<unknown>,
  message?: RegExp | string,
): Promise<Refusal> {
  try {
    await run();
  } catch (error) {
    return expectRefusal(code, error, message);
  }
  return assert.unreachable(`expected ${code}, nothing was thrown`) as never;
}

/** Asserts that a text equals the expected text, or matches the expected pattern. */
export function assertText(actual: string, expected: RegExp | string): void {
  if (typeof expected === 'string') assert.is(actual, expected);
  else assert.match(actual, expected);
}

/** Source of a pattern that matches exactly this text. */
export const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function expectRefusal(code: Code, error: unknown, message?: RegExp | string): Refusal {
  if (!(error instanceof Refusal)) throw error;
  assert.is(error.code, code, `${error.code}: ${error.message}`);
  if (message !== undefined) assertText(error.message, message);
  assert.ok(error.hint.length > 0, 'every refusal says what to do next');
  return error;
}

/** Converts a thrown error to output for a person (or a program, with --json), and to the exit code. */
import { UsageError } from 'clipanion';
import { Refusal } from '../../../shared/errors.ts';
import type { World } from '../../platform/world.ts';
import { SEE_HELP } from '../help/texts.ts';
import { DetailedRefusal } from './detailed-refusal.ts';

export const EXIT_DONE = 0;
export const EXIT_REFUSED = 1;

import { unexpectedErrorRefusal } from './texts.ts';

const EXIT_USAGE = 2;
const EXIT_NEED_SIGNATURES = 3;

function exitCodeOf(refusal: Refusal): number {
  return refusal.code === 'NEED_SIGNATURES' ? EXIT_NEED_SIGNATURES : EXIT_REFUSED;
}

/** An unexpected error becomes a refusal with its message, without its stack. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
  return unexpectedErrorRefusal(reason);
}

/** Reports wrong usage, with exit code 2. */
export function reportWrongUsage(world: World, json: boolean, message: string, hint = SEE_HELP): number {
  if (json) world.stdout.write(`${JSON.stringify({ error: { code: 'USAGE', message, hint } })}\n`);
  world.stderr.write(`error USAGE: ${message}\n${hint}\n`);
  return EXIT_USAGE;
}

export function reportError(world: World, json: boolean, error: unknown): number {
  world.failed?.(error);
  if (error instanceof UsageError) {
    return reportWrongUsage(world, json, error.message);
  }
  const refusal = toRefusal(error);
  const { code, message, hint } = refusal;
  const details = refusal instanceof DetailedRefusal ? refusal.details : [];
  const more = details.length > 0 ? { details } : {};
  if (json) world.stdout.write(`${JSON.stringify({ error: { code, message, hint, ...more } })}\n`);
  world.stderr.write(
    `error ${code}: ${message}\n${details.map(detail => `  ${detail}\n`).join('')}${hint}\n`,
  );
  return exitCodeOf(refusal);
}

/** The members of an error for the log. */
export function errorForLog(error: unknown): { code: string; message: string; hint: string } {
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message, hint: '' };
  const { code, message, hint } = toRefusal(error);
  return { code, message, hint };
}

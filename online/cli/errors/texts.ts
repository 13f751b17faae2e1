/** Sentences about errors of the program itself. */
import { Refusal } from '../../../shared/errors.ts';

export const unexpectedErrorRefusal = (reason: string | undefined): Refusal =>
  new Refusal(
    'INTERNAL',
    `an unexpected error: ${reason}`,
    'Run the command again. Each step is safe to repeat. If the error comes back, report this message.',
  );

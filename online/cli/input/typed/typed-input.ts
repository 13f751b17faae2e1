/** Answers that a person typed in place of a file. They are kept even if the questions are interrupted. */
import type { Code } from '../../../../shared/errors.ts';
import type { Wanted } from '../../../proposal/facts/question.ts';

export interface TypedInput {
  /** The option that reads {@link csv}. */
  readonly option: string;
  /** Codes of refusals that another answer can correct. */
  readonly correctable: readonly Code[];
  /** The complete answers, as changes for a request. */
  readonly wanted: Wanted;
  enterAll(): Promise<void>;
  /** Asks for the wrong answers again, and for nothing else. @returns false if the person gives up */
  correct(): Promise<boolean>;
  /** Text that the option can read; null if nothing was typed. */
  csv(): string | null;
}

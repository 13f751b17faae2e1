/**
 * Answers that a person typed in place of a file. The answers are kept even if the questions are interrupted.
 */
import type { Code } from '../../../../shared/errors.ts';
import type { Wanted } from '../../../proposal/facts/question.ts';

export interface TypedInput {
  /** The option of `prepare` that reads the text of {@link csv}. */
  readonly option: string;
  /** Codes of refusals after which other answers can help. */
  readonly correctable: readonly Code[];
  /** The complete answers, as changes for a request. */
  readonly wanted: Wanted;
  enterAll(): Promise<void>;
  /** Asks again for the wrong answers, and for nothing else. @returns false if the person gives up */
  correct(): Promise<boolean>;
  /** The typed answers as a table that the option can read; null if nothing was typed. */
  csv(): string | null;
}

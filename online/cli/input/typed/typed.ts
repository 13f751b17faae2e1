/** What a person types where no file is given: kept whatever happens to the questions. */
import type { Code } from '../../../../shared/errors.ts';
import type { Wanted } from '../../../proposal/facts/question.ts';

export interface Typed {
  /** The option that reads {@link csv}. */
  readonly option: string;
  /** Refusals that another answer can mend. */
  readonly mendable: readonly Code[];
  /** As far as it is whole. */
  readonly wanted: Wanted;
  enterAll(): Promise<void>;
  /** Asks what is wrong, and for that alone. @returns false if the person gives up */
  correct(): Promise<boolean>;
  /** As the option reads it; null if nothing was typed. */
  csv(): string | null;
}

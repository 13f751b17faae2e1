/** Sentences about the older scripts' objects. */
import { Refusal } from '../../shared/errors.ts';
import { notChangedHint } from '../ledger/texts.ts';

export const barsInvalidRefusal = (key: string, message: string): Refusal =>
  new Refusal(
    'OBJECT_INVALID',
    message,
    `Correct ${key}, or restore an older copy. Without a copy, remove ${key}, and list the bars again with \`countersign redeem add REFERENCE\`. ${notChangedHint(key)}`,
  );

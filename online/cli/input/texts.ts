/** Sentences about files of the older wallet. */
import { Refusal } from '../../../shared/errors.ts';

export const notATransactionFileRefusal = (what: string, got: string): Refusal =>
  new Refusal(
    'FORMAT_INVALID',
    `${what}: expected a transaction as hex, or JSON with the member hex, got ${got}`,
    'Give the file that the holder sent: rtx-REFERENCE.dat or REFERENCE.txn of the older scripts.',
  );

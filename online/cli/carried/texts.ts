/** What `next` prints beside a command, and the refusal for a stick that cannot be used. */
import { type Code, Refusal } from '../../../shared/errors.ts';
import { printablePath } from '../../platform/files.ts';

export const WAITS: Record<'node' | 'block' | 'period', string> = {
  node: 'The node does not answer, or does not have all blocks yet. Correct the node, or wait. Then run `countersign next`.',
  block: 'Wait for the next block. Then run `countersign next`.',
  period: 'Wait for the next period. Then run `countersign next`.',
};

/** @param store the name of the store, which has no ledger */
export const noLedgerText = (store: string): string =>
  `The store is ${store}. If another controller began the ledger already, this store is the wrong one: correct it with \`countersign init --overwrite\`.`;

export const SEE_STATUS = 'Run `countersign status`: it shows what to do first.';
export const ON_LAPTOP =
  'Run this command on the isolated laptop, in the folder of this file. Then bring the signatures file to this PC.';

/** @param others indices of the controllers who have not signed, at least one */
export function othersSignText(others: readonly number[]): string {
  const who = others.length === 1 ? `controller ${others[0]}` : `another controller (${others.join(', ')})`;
  return `Your signature is recorded. Now ${who} runs \`countersign next\`.`;
}

export const stickUnusableRefusal = (code: Code, stick: string): Refusal =>
  new Refusal(
    code,
    `stick: cannot write to the folder ${printablePath(stick)} of the configuration`,
    'Insert the stick, name a file with --out, or correct "stick" in countersign.json.',
  );

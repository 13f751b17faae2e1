/** Refusals about files and transactions that a person gives to a command. */
import { Refusal } from '../../../shared/errors.ts';
import { proposalNameText } from './explanation.ts';

/** A file with signatures or with a request, and the digest of the request. */
export interface Named {
  readonly file: string;
  readonly request: string;
}

export interface FileSaid {
  file: string;
  controller: number;
  /** True if neither the store nor an earlier file has valid signatures of this controller. */
  isNew: boolean;
}

export const twoRequestsRefusal = (first: Named, other: Named): Refusal =>
  new Refusal(
    'REQUEST_MISMATCH',
    `${other.file}: expected signatures of the request ${proposalNameText(first.request)}, as in ${first.file}, got ${proposalNameText(other.request)}`,
    'Give signatures of one request at a time.',
  );

/** @param signed digest of the request in the signatures */
export const notTheSignedRefusal = (given: Named, signed: string): Refusal =>
  new Refusal(
    'REQUEST_MISMATCH',
    `${given.file}: expected the request ${proposalNameText(signed)}, as in the signatures, got ${proposalNameText(given.request)}`,
    'Give the request that was signed.',
  );

/** Hint for a transaction that was not sent. */
export const MAKE_AGAIN = 'Ask the holder to create the transaction again. Nothing is frozen yet.';

/** @param what name of the transaction */
export const notATransactionRefusal = (what: string, reason: string): Refusal =>
  new Refusal('FORMAT_INVALID', `${what}: not a transaction of this chain: ${reason}`, MAKE_AGAIN);

/** @param script the script in hex; null if the transaction has no outputs */
export const noZeroAddressRefusal = (what: string, script: string | null): Refusal =>
  new Refusal(
    'BURN_INVALID',
    `${what}: output 0: expected the zero address, which freezes the other outputs, got ${script === null ? 'no output' : `the script ${script}`}`,
    MAKE_AGAIN,
  );

/** @param script the script in hex; empty for a fee */
export const notOfOneKeyRefusal = (what: string, output: number, script: string): Refusal =>
  new Refusal(
    'BURN_INVALID',
    `${what}: output ${output}: expected an address of a single key of the holder, got the script ${script || 'of a fee'}`,
    MAKE_AGAIN,
  );

export const otherTransactionRefusal = (reference: string, txid: string): Refusal =>
  new Refusal(
    'NODE_GARBLED',
    `${reference}: transaction ${txid}: expected the content that was sent, got other content from the node`,
    'Do not trust this node. Run `countersign finalise` with another node.',
  );

/** A line for each file, for a command that does not know which signatures the store had before. */
export const fileOwnersText = (files: readonly Pick<FileSaid, 'file' | 'controller'>[]): string =>
  files.map(({ file, controller }) => `${file} is from controller ${controller}.`).join('\n');

/** For each file, a line that says whose signatures the file has, and whether these signatures are new. */
export function signatureFilesText(files: readonly FileSaid[]): string {
  return files
    .map(({ file, controller, isNew }) =>
      isNew
        ? `${file} is from controller ${controller}: new.`
        : `${file} is from controller ${controller}: already recorded.`,
    )
    .join('\n');
}

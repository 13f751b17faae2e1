/** What the signer says about a damaged or unfinished journal. */
export const HEAD_UNREADABLE = 'journal.head cannot be read';
export const HEAD_MISSING = 'journal.head is missing';
export const HEAD_BEHIND = 'journal.head does not cover the last lines';
export const linesMissingText = (expected: number): string => `expected ${expected} lines, got no file`;
export const headMismatchText = (line: number): string => `line ${line} does not match journal.head`;
export const brokenChainText = (line: number): string => `line ${line} does not match the line before`;

export const JOURNAL_MISSING = 'the journal is missing, and every key has a journal';
export const OTHER_KEY = 'the journal in this home belongs to another key';
export const OTHER_KEY_HINT = 'Give another folder with --home. A home belongs to one key permanently.';

export const COUNTED_NOW =
  'The last entry of the journal is complete, but journal.head does not count it yet. The signer uses this entry.';
export const ENTRY_DROPPED =
  'The last entry of the journal is incomplete, and is not used. The power failed, or the signer ended, before the signatures of this entry left the device.';

export const NO_MEMORY =
  'This signer has no memory of earlier requests. If this key has signed before, ask the other controllers for the digest of the newest mapping, and compare the digest when you first sign. Also ask for every bar that was signed and not published. Sign such a bar only with the policy coin that the other controllers name: this signer cannot compare the coin.';

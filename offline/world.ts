/**
 * The environment of a command, passed as an argument. So a test can run any command without a new process, with
 * another clock, terminal and disk, and with chosen random numbers.
 */
import type { Refusal } from '../shared/errors.ts';
import type { Disk } from './disk-files.ts';
import type { Terminal } from './terminal.ts';

export interface ScryptCost {
  N: number;
  r: number;
  p: number;
}

export interface World {
  disk: Disk;
  /** Folder of the key, the profile and the memory. */
  home: string;
  /** Milliseconds since 1970, by the device's clock. */
  now(): number;
  random(bytes: number): Uint8Array;
  env: Readonly<Record<string, string | undefined>>;
  /** null if no person can be asked. */
  terminal: Terminal | null;
  /** Shows columns that the person must see: on stdout, or on stderr if `--json` uses stdout. */
  show(text: string): void;
  /** Prints sentences on stderr. */
  note(text: string): void;
  scrypt: ScryptCost;
}

/** A command's result: columns and sentences for a person, or an object for `--json`. */
export interface Answer {
  /** Columns, which are printed first and without a change. */
  columns?: string;
  /** Sentences, which break between words at a terminal. */
  text: string;
  json: object;
  /**
   * The refusal, if the command shows a request that this signer refuses. It is printed in place of columns and text,
   * and the exit code is 1.
   */
  refused?: Refusal | null;
}

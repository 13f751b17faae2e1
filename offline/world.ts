/** The world of a command, handed in: a test runs any command in process, with its own clock, dice, terminal and disk. */
import type { Refusal } from '../shared/errors.ts';
import type { Disk } from './disk.ts';
import type { Terminal } from './terminal.ts';

export interface ScryptCost {
  N: number;
  r: number;
  p: number;
}

export interface World {
  disk: Disk;
  /** The folder that holds key, profile and memory. */
  home: string;
  /** Milliseconds, as the device's clock has it. */
  now(): number;
  random(bytes: number): Uint8Array;
  env: Readonly<Record<string, string | undefined>>;
  /** null when nobody can be asked. */
  terminal: Terminal | null;
  /** Lines that the person must see: on stdout, or on stderr when `--json` has stdout. */
  show(text: string): void;
  /** Asides, on stderr. */
  note(text: string): void;
  scrypt: ScryptCost;
}

/** What a command answers: text for a person, or an object for `--json`. */
export interface Answer {
  text: string;
  json: object;
  /** Why it exits with 1 although it has answered: the request that was shown would be refused. */
  refused?: Refusal | null;
}

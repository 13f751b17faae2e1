/**
 * The command to run for a received file. This file uses no part of the page, so that a test can run each of
 * the commands.
 */
import type { Description } from '../../qr/texts/describe-file.ts';
import { ON_LAPTOP, ON_PC } from '../texts.ts';

export interface Command {
  line: string;
  /** A sentence that names the machine on which to run the command. */
  where: string;
}

/** The file name has only letters, digits, hyphens and a dot, so it needs no quotes in the command. */
export function nextCommandFor({ type, name }: Description): Command {
  const file = `~/Downloads/${name}`;
  switch (type) {
    case 'request':
      return { line: `signer sign ${file}`, where: ON_LAPTOP };
    case 'signatures':
      return { line: `countersign submit ${file}`, where: ON_PC };
    case 'trust':
      return { line: `signer trust ${file}`, where: ON_LAPTOP };
  }
}

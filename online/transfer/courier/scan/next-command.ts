/**
 * The command to run for a received file. This file uses no part of the page, so that a test can run each
 * printed line.
 */
import type { Description } from '../../qr/texts/describe-file.ts';
import { ON_LAPTOP, ON_PC } from '../texts.ts';

export interface Command {
  line: string;
  /** The machine on which the command is run. */
  where: string;
}

/** The names have only letters, digits and hyphens, so they need no quotes. */
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

/** The command to run for a file that has arrived. It has no part of the page, so a test runs each line as printed. */
import type { Description } from '../../qr/texts/describe.ts';
import { ON_LAPTOP, ON_PC } from '../texts.ts';

export interface Command {
  line: string;
  /** Where it is run. */
  where: string;
}

/** Names are of letters, digits and hyphens, so none needs a quote. */
export function commandFor({ type, name }: Description): Command {
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

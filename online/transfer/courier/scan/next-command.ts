/** The command to run for a file that has arrived. It has no part of the page, so a test runs each line as printed. */
import type { Description } from '../../qr/describe.ts';

export interface Command {
  line: string;
  /** Where it is run. */
  where: string;
}

const FOLDER = 'If your browser does not save to Downloads, name its folder in the command.';
const LAPTOP = `Run it on this isolated laptop, in a terminal. ${FOLDER}`;
const PC = `Run it on this PC, in a terminal, in the folder of your countersign.json. The command prints the next step. ${FOLDER}`;

/** Names are of letters, digits and hyphens, so none needs a quote. */
export function commandFor({ type, name }: Description): Command {
  const file = `~/Downloads/${name}`;
  switch (type) {
    case 'request':
      return { line: `signer sign ${file}`, where: LAPTOP };
    case 'signatures':
      return { line: `countersign submit ${file}`, where: PC };
    case 'trust':
      return { line: `signer trust ${file}`, where: LAPTOP };
  }
}

/** What is done with a file once it is saved: a command that runs as printed, and a button that copies it. */
import type { Description } from '../../qr/describe.ts';
import { find, hide, text } from '../dom.ts';

export interface Command {
  line: string;
  /** Where it is run. */
  where: string;
}

const FOLDER = 'If your browser saves to another folder than Downloads, name that one.';
const LAPTOP = `On this isolated laptop, in a terminal. ${FOLDER}`;
const PC = `On this PC, in a terminal, in the folder of your countersign.json. It prints the next step. ${FOLDER}`;

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

export function showCommand(command: Command | undefined): void {
  hide('scan-next', !command);
  text('copied', '');
  text('command', command?.line ?? '');
  text('where', command?.where ?? '');
}

export function wireCopy(): void {
  find('copy', HTMLElement).addEventListener('click', async () => {
    const line = find('command', HTMLElement);
    try {
      await navigator.clipboard.writeText(line.textContent ?? '');
      text('copied', 'Copied.');
    } catch {
      // No clipboard for pages here: it is marked, for the person's own key.
      document.getSelection()?.selectAllChildren(line);
      text('copied', 'Marked: press Ctrl and C.');
    }
  });
}

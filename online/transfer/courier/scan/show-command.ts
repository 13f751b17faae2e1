/** Shows the command to run next, once the file is saved, with a button that copies the command. */
import { find, hide, text } from '../dom.ts';
import { COPIED, MARKED } from '../texts.ts';
import type { Command } from './next-command.ts';

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
      text('copied', COPIED);
    } catch {
      // If the page has no access to the clipboard, the command is selected, so that the person can copy it.
      document.getSelection()?.selectAllChildren(line);
      text('copied', MARKED);
    }
  });
}

/** The command to run next: shown once the file is saved, with a button that copies it. */
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
      // No clipboard for pages here: it is marked, for the person's own key.
      document.getSelection()?.selectAllChildren(line);
      text('copied', MARKED);
    }
  });
}

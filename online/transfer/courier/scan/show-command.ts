/** Shows the command to run after the file is saved, with a button that copies the command. */
import { findElement, setHidden, setText } from '../page-elements.ts';
import { COPIED, MARKED } from '../texts.ts';
import type { Command } from './next-command.ts';

export function showCommand(command: Command | undefined): void {
  setHidden('scan-next', !command);
  setText('copied', '');
  setText('command', command?.line ?? '');
  setText('where', command?.where ?? '');
}

export function wireCopyButton(): void {
  findElement('copy', HTMLElement).addEventListener('click', async () => {
    const line = findElement('command', HTMLElement);
    try {
      await navigator.clipboard.writeText(line.textContent ?? '');
      setText('copied', COPIED);
    } catch {
      // If the page has no access to the clipboard, the command is selected, so that the person can copy it.
      document.getSelection()?.selectAllChildren(line);
      setText('copied', MARKED);
    }
  });
}

/** The courier page. A person chooses one of two cards: to show a file, or to scan a file. */
import { findElement, setHidden } from './page-elements.ts';
import { highlightScanStep, stopScan, wireScanControls } from './scan/scan-file.ts';
import { leaveFullScreen } from './show/full-screen.ts';
import { handleKey, highlightShowStep, openFile, refuseDrop, wireShowControls } from './show/show-file.ts';

const tabs = ['show', 'scan'] as const;

function selectTab(tab: 'show' | 'scan'): void {
  document.body.classList.remove('start');
  leaveFullScreen();
  for (const name of tabs) {
    const button = findElement(`${name}-tab`, HTMLElement);
    button.setAttribute('aria-selected', String(name === tab));
    button.tabIndex = name === tab ? 0 : -1;
    setHidden(name, name !== tab);
  }
  if (tab === 'show') {
    stopScan();
    highlightShowStep();
  } else highlightScanStep();
}

for (const name of tabs) {
  const button = findElement(`${name}-tab`, HTMLElement);
  button.addEventListener('click', () => {
    const first = document.body.classList.contains('start');
    selectTab(name);
    // At the person's first choice, the focus moves to the first button of the chosen card.
    if (first) findElement(name === 'show' ? 'choose' : 'start', HTMLElement).focus();
  });
  button.addEventListener('keydown', event => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.stopPropagation();
    const other = name === 'show' ? 'scan' : 'show';
    // At the start, an arrow key moves only the focus, and Enter or space selects the card. After the first
    // choice, an arrow key also selects the card.
    if (!document.body.classList.contains('start')) selectTab(other);
    for (const each of tabs) findElement(`${each}-tab`, HTMLElement).tabIndex = each === other ? 0 : -1;
    findElement(`${other}-tab`, HTMLElement).focus();
  });
}

/** True if the focused element itself handles this key. */
function handlesKeyItself(target: Element, key: string): boolean {
  if (target.matches('input[type="range"]')) return /^(Arrow|Page|Home|End)/.test(key);
  if (target.matches('button, input[type="file"]')) return key === ' ' || key === 'Enter';
  return target.matches('input, select');
}

addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || handlesKeyItself(event.target as Element, event.key))
    return;
  if (!findElement('show', HTMLElement).hidden && handleKey(event.key)) event.preventDefault();
});

addEventListener('dragover', event => {
  event.preventDefault();
  document.body.classList.add('over');
});
addEventListener('dragleave', () => document.body.classList.remove('over'));
addEventListener('drop', event => {
  event.preventDefault();
  document.body.classList.remove('over');
  const files = event.dataTransfer?.files ?? [];
  selectTab('show');
  if (files.length === 1) void openFile(files[0]!);
  else refuseDrop(files.length);
});

wireShowControls(() => selectTab('show'));
wireScanControls();

/** The courier page: two tabs, one file in, one file out. */
import { find, hide } from './dom.ts';
import { stop, wireScan } from './scan.ts';
import { onKey, open, wireShow } from './show.ts';

const tabs = ['show', 'scan'] as const;

function select(tab: 'show' | 'scan'): void {
  for (const name of tabs) {
    const button = find(`${name}-tab`, HTMLElement);
    button.setAttribute('aria-selected', String(name === tab));
    button.tabIndex = name === tab ? 0 : -1;
    hide(name, name !== tab);
  }
  if (tab === 'show') stop();
}

for (const name of tabs) {
  const button = find(`${name}-tab`, HTMLElement);
  button.addEventListener('click', () => select(name));
  button.addEventListener('keydown', event => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.stopPropagation();
    const other = name === 'show' ? 'scan' : 'show';
    select(other);
    find(`${other}-tab`, HTMLElement).focus();
  });
}

addEventListener('keydown', event => {
  const target = event.target as Element;
  // A space on a button presses it, and text fields take their own keys.
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches('input, select, textarea')) return;
  if (event.key === ' ' && target.matches('button')) return;
  if (!find('show', HTMLElement).hidden && onKey(event.key)) event.preventDefault();
});

addEventListener('dragover', event => {
  event.preventDefault();
  document.body.classList.add('over');
});
addEventListener('dragleave', () => document.body.classList.remove('over'));
addEventListener('drop', event => {
  event.preventDefault();
  document.body.classList.remove('over');
  const file = event.dataTransfer?.files[0];
  if (!file) return;
  select('show');
  void open(file);
});

wireShow();
wireScan();

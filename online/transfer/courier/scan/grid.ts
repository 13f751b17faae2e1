/** Shows a scan's progress: a cell for each frame, the missing numbers, and announcements for screen readers. */
import { rangesText } from '../../../../shared/qr/ranges.ts';
import type { FrameReader } from '../../../../shared/qr/reader.ts';
import { find, hide, text } from '../dom.ts';
import { DISCARD, framesRead, SCAN_OTHER } from '../texts.ts';

const grid = find('grid', HTMLOListElement);
/** Number of announcements in a scan. An announcement for every frame would take too long to listen to. */
const SPOKEN_PARTS = 4;
let spoken = -1;

/** An element of the progress ring. */
const drawn = (id: string) => document.getElementById(id)!;

function ring(seen: number, count: number): void {
  const whole = drawn('ring');
  whole.setAttribute('aria-valuenow', String(seen));
  whole.setAttribute('aria-valuemax', String(count));
  drawn('arc').setAttribute('stroke-dasharray', `${count && (100 * seen) / count} 100`);
  drawn('ring-seen').textContent = String(seen);
  drawn('ring-count').textContent = count === 0 ? 'frames' : `of ${count}`;
}

/** @param none text to show before the first frame */
export function report(reader: FrameReader, none: string): void {
  const { count, seen } = reader;
  while (grid.children.length > count) grid.lastElementChild!.remove();
  for (let number = 1; number <= count; number++) {
    const cell = grid.children[number - 1] ?? grid.appendChild(document.createElement('li'));
    const read = reader.has(number);
    cell.textContent = String(number);
    cell.className = read ? 'read' : '';
    cell.ariaLabel = `${number}, ${read ? 'read' : 'missing'}`;
  }
  const status = count === 0 ? none : framesRead(seen, count);
  text('scan-status', status);
  ring(seen, count);
  const part = count === 0 ? 0 : Math.floor((SPOKEN_PARTS * seen) / count);
  if (part !== spoken) text('scan-said', status);
  spoken = part;
  hide('again', count === 0);
  text('again', reader.whole ? SCAN_OTHER : DISCARD);
  // The list is hidden while most frames are missing, because it would be long.
  hide('missing-line', count === 0 || reader.whole);
  text('missing', rangesText(reader.missing()));
}

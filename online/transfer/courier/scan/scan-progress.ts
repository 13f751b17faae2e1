/**
 * Shows a scan's progress: a ring, a cell for each frame, the missing numbers, and announcements for screen
 * readers.
 */
import { rangesText } from '../../../../shared/qr/frame-ranges.ts';
import type { FrameReader } from '../../../../shared/qr/frame-reader.ts';
import { findElement, setHidden, setText } from '../page-elements.ts';
import { DISCARD, framesReadText, SCAN_OTHER } from '../texts.ts';

const grid = findElement('grid', HTMLOListElement);
/**
 * The frames are divided into this number of parts, and the progress is announced after each part. It would
 * take too long to listen to an announcement for every frame.
 */
const SPOKEN_PARTS = 4;
let spoken = -1;

/** An element of the progress ring. */
const ringElement = (id: string) => document.getElementById(id)!;

function drawRing(seen: number, count: number): void {
  const whole = ringElement('ring');
  whole.setAttribute('aria-valuenow', String(seen));
  whole.setAttribute('aria-valuemax', String(count));
  ringElement('arc').setAttribute('stroke-dasharray', `${count && (100 * seen) / count} 100`);
  ringElement('ring-seen').textContent = String(seen);
  ringElement('ring-count').textContent = count === 0 ? 'frames' : `of ${count}`;
}

/** @param none text to show before the first frame */
export function showFrameProgress(reader: FrameReader, none: string): void {
  const { count, seen } = reader;
  while (grid.children.length > count) grid.lastElementChild!.remove();
  for (let number = 1; number <= count; number++) {
    const cell = grid.children[number - 1] ?? grid.appendChild(document.createElement('li'));
    const read = reader.has(number);
    cell.textContent = String(number);
    cell.className = read ? 'read' : '';
    cell.ariaLabel = `${number}, ${read ? 'read' : 'missing'}`;
  }
  const status = count === 0 ? none : framesReadText(seen, count);
  setText('scan-status', status);
  drawRing(seen, count);
  const part = count === 0 ? 0 : Math.floor((SPOKEN_PARTS * seen) / count);
  if (part !== spoken) setText('scan-said', status);
  spoken = part;
  setHidden('again', count === 0);
  setText('again', reader.whole ? SCAN_OTHER : DISCARD);
  // Before the first frame and after the last frame, no list of missing numbers is shown.
  setHidden('missing-line', count === 0 || reader.whole);
  setText('missing', rangesText(reader.missing()));
}

/**
 * The code alone, over the whole screen. Where a browser gives a page no full screen, it fills the window: the other
 * camera is helped as well.
 */
const { body, documentElement: root } = document;

export const isFull = () => body.classList.contains('full');

let repaint = (): void => {};

function fill(full: boolean): void {
  if (full === isFull()) return;
  body.classList.toggle('full', full);
  repaint();
}

export function leaveFull(): void {
  fill(false);
  if (document.fullscreenElement) void document.exitFullscreen();
}

export function toggleFull(): void {
  if (isFull()) {
    leaveFull();
    return;
  }
  fill(true);
  // Refused: the window is filled already.
  root.requestFullscreen?.().catch(() => {});
}

/** @param act paints the code for the room that there is now */
export function wireFull(act: () => void): void {
  repaint = act;
  // Also when the browser's own key ends it.
  document.addEventListener('fullscreenchange', () => {
    if (!document.fullscreenElement) fill(false);
  });
}

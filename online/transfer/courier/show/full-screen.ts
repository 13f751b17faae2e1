/**
 * The code alone, over the whole screen. Where a browser gives a page no full screen, it fills the window: the other
 * camera is helped as well.
 */
const { body, documentElement: root } = document;

export const isFullScreen = () => body.classList.contains('full');

let repaint = (): void => {};

function fill(full: boolean): void {
  if (full === isFullScreen()) return;
  body.classList.toggle('full', full);
  repaint();
}

export function leaveFullScreen(): void {
  fill(false);
  if (document.fullscreenElement) void document.exitFullscreen();
}

export function toggleFullScreen(): void {
  if (isFullScreen()) {
    leaveFullScreen();
    return;
  }
  fill(true);
  // Refused: the window is filled already.
  root.requestFullscreen?.().catch(() => {});
}

/** @param act paints the code for the room that there is now */
export function wireFullScreen(act: () => void): void {
  repaint = act;
  // Also when the browser's own key ends it.
  document.addEventListener('fullscreenchange', () => {
    if (!document.fullscreenElement) fill(false);
  });
}

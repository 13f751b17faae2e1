/**
 * Shows only the code, on the full screen. If the browser refuses the full screen, the code fills the window.
 * A larger code is easier to read for the other machine's camera.
 */
const { body, documentElement: root } = document;

export const isFullScreen = () => body.classList.contains('full');

let repaintCode = (): void => {};

function setFillsWindow(full: boolean): void {
  if (full === isFullScreen()) return;
  body.classList.toggle('full', full);
  repaintCode();
}

export function leaveFullScreen(): void {
  setFillsWindow(false);
  if (document.fullscreenElement) void document.exitFullscreen();
}

export function toggleFullScreen(): void {
  if (isFullScreen()) {
    leaveFullScreen();
    return;
  }
  setFillsWindow(true);
  // Nothing to do if the browser refuses the full screen, because the code already fills the window.
  root.requestFullscreen?.().catch(() => {});
}

/** @param act function that paints the code for the current window */
export function callOnFullScreenChange(act: () => void): void {
  repaintCode = act;
  // This event also occurs if the person leaves the full screen with a key of the browser.
  document.addEventListener('fullscreenchange', () => {
    if (!document.fullscreenElement) setFillsWindow(false);
  });
}

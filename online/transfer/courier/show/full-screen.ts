/**
 * Shows nothing but the code, on the full screen. If the browser does not permit this, the code fills the
 * window, which also helps the other camera.
 */
const { body, documentElement: root } = document;

export const isFullScreen = () => body.classList.contains('full');

let repaint = (): void => {};

function fillWindow(full: boolean): void {
  if (full === isFullScreen()) return;
  body.classList.toggle('full', full);
  repaint();
}

export function leaveFullScreen(): void {
  fillWindow(false);
  if (document.fullscreenElement) void document.exitFullscreen();
}

export function toggleFullScreen(): void {
  if (isFullScreen()) {
    leaveFullScreen();
    return;
  }
  fillWindow(true);
  // Nothing to do if the browser refuses the full screen, because the code already fills the window.
  root.requestFullscreen?.().catch(() => {});
}

/** @param act function that paints the code for the current window */
export function wireFullScreen(act: () => void): void {
  repaint = act;
  // This event occurs, too, if the person leaves the full screen with the browser's own key.
  document.addEventListener('fullscreenchange', () => {
    if (!document.fullscreenElement) fillWindow(false);
  });
}

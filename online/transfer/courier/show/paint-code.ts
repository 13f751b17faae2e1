/**
 * Paints a code on the screen so that all modules have the same size. If the style sheet scaled the canvas,
 * some modules would have 4 pixels, and others 5. Unequal modules disturb a camera more than a slightly
 * smaller code does.
 */
import { QUIET_ZONE } from '../../../../shared/qr/code-capacity.ts';
import { isDark, type Matrix } from '../../qr/drawing/matrix.ts';
import { isFullScreen } from './full-screen.ts';

/**
 * Smallest width of a window in which the controls are beside the code and not below it. The style sheet has
 * the same width.
 */
const BESIDE = '(min-width: 48rem)';
/** Height of the line under the code, in rem. */
const LINE = 2.5;

/** Size of the area that is free for the code, in CSS pixels. @param stage the element around the code */
function availableArea(stage: Element): { width: number; height: number } {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const { width, top } = stage.getBoundingClientRect();
  if (isFullScreen()) return { width, height: innerHeight - LINE * rem };
  // In a wide window, the elements above the code stay visible. In a narrow window, they may be scrolled out
  // of view.
  const above = matchMedia(BESIDE).matches ? top + scrollY + rem : 0;
  return { width, height: Math.max(innerHeight - above - LINE * rem, innerHeight / 2) };
}

/**
 * The smallest length from `length` upward that is an integer in CSS pixels and in screen pixels. A browser
 * would round any other length, and then scale the canvas. If no such length is near, the result is an
 * integer in screen pixels.
 */
function wholePixelLength(length: number): number {
  const first = Math.ceil(length - 0.01);
  for (let next = first; next < first + 40; next++) {
    const pixels = next * devicePixelRatio;
    if (Math.abs(pixels - Math.round(pixels)) < 0.01) return next;
  }
  return Math.ceil(length * devicePixelRatio) / devicePixelRatio;
}

/** @returns side of a module, in screen pixels */
export function paintCode(canvas: HTMLCanvasElement, matrix: Matrix): number {
  const full = matrix.size + 2 * QUIET_ZONE;
  const { width, height } = availableArea(canvas.parentElement!);
  const scale = Math.max(1, Math.floor((Math.min(width, height) * devicePixelRatio) / full));
  // The pixels that remain around the code enlarge its white margin.
  const side = wholePixelLength((full * scale) / devicePixelRatio);
  canvas.width = canvas.height = Math.round(side * devicePixelRatio);
  const { style } = canvas;
  Object.assign(style, { width: `${side}px`, height: `${side}px`, marginLeft: '0', marginTop: '0' });
  const { left, top } = canvas.getBoundingClientRect();
  // Returns the margin that centres the code, and puts its edge on a whole pixel.
  const toWhole = (at: number, spare: number) =>
    `${wholePixelLength(at + Math.max(0, Math.floor(spare / 2))) - at}px`;
  const [x, y] = isFullScreen() ? [left, top] : [left + scrollX, top + scrollY];
  const marginTop = toWhole(y, isFullScreen() ? height - side : 0);
  Object.assign(style, { marginLeft: toWhole(x, width - side - 1), marginTop });
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = '#000';
  const margin = QUIET_ZONE * scale + Math.floor((canvas.width - full * scale) / 2);
  for (let y = 0; y < matrix.size; y++) {
    for (let x = 0; x < matrix.size; x++) {
      if (isDark(matrix, x, y)) pen.fillRect(margin + x * scale, margin + y * scale, scale, scale);
    }
  }
  return scale;
}

/** Calls `act` when the window's size or zoom has changed. */
export function callOnResize(act: () => void): void {
  addEventListener('resize', act);
  // A window that moves to a screen with another pixel density may keep its size. Then no `resize` event
  // occurs.
  const watch = () => {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener(
      'change',
      () => {
        act();
        watch();
      },
      { once: true },
    );
  };
  watch();
}

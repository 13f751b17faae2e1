/**
 * Paints a code on the screen with all modules of one size. If the style sheet scaled the canvas, modules
 * would have 4 or 5 pixels in turn. This disturbs a camera more than a slightly smaller code does.
 */
import { QUIET_ZONE } from '../../../../shared/qr/code-capacity.ts';
import { isDark, type Matrix } from '../../qr/drawing/matrix.ts';
import { isFullScreen } from './full-screen.ts';

/**
 * Smallest width of a window in which the controls are beside the code and not below it. The style sheet has
 * the same width.
 */
const BESIDE = '(min-width: 48rem)';
/**
 * Heights in rem: that of the line under the code, and that of the page's margin. The margin counts as 0 on a
 * scrolled page.
 */
const LINE = 2.5;

/** The available area for a code within its stage, in CSS pixels. */
function availableArea(stage: Element): { width: number; height: number } {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const { width, top } = stage.getBoundingClientRect();
  if (isFullScreen()) return { width, height: innerHeight - LINE * rem };
  // In a wide window, the elements above the code stay visible. On a phone, they are scrolled out of the
  // window.
  const above = matchMedia(BESIDE).matches ? top + scrollY + rem : 0;
  return { width, height: Math.max(innerHeight - above - LINE * rem, innerHeight / 2) };
}

/**
 * The next length that is an integer in CSS pixels and in screen pixels. Browsers round a length to one of
 * the two, and scale a canvas whose size was rounded.
 */
function wholePixelLength(length: number): number {
  const first = Math.ceil(length - 0.01);
  for (let next = first; next < first + 40; next++) {
    const pixels = next * devicePixelRatio;
    if (Math.abs(pixels - Math.round(pixels)) < 0.01) return next;
  }
  return Math.ceil(length * devicePixelRatio) / devicePixelRatio;
}

/** @returns pixels of the screen along one side of a module */
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
  // The position is in the middle, on an integer pixel.
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

/** Calls back when the window or its zoom has changed. */
export function callOnResize(act: () => void): void {
  addEventListener('resize', act);
  // The size of a window may stay the same when the window moves to a screen of another density.
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

/**
 * A code on the screen with all its modules of one size. Were the canvas scaled by the style sheet, modules would come
 * out 4 or 5 pixels wide by turns, which costs a camera far more than a few pixels of size.
 */
import { QUIET } from '../../../../shared/qr/capacity.ts';
import { isDark, type Matrix } from '../../qr/drawing/matrix.ts';

/** In CSS pixels: with the controls beside the code, or where that would be small, with the controls below. */
function room(): number {
  const root = document.documentElement;
  const rem = Number.parseFloat(getComputedStyle(root).fontSize);
  const beside = Math.min(root.clientWidth - 22 * rem, innerHeight - 8 * rem);
  return Math.max(beside, Math.min(root.clientWidth - 2 * rem, 0.6 * innerHeight));
}

/**
 * The next length that is whole both in the page's pixels and in the screen's. Browsers round to the one or the other,
 * and a canvas that is rounded is scaled.
 */
function whole(length: number): number {
  const first = Math.ceil(length - 0.01);
  for (let next = first; next < first + 40; next++) {
    const pixels = next * devicePixelRatio;
    if (Math.abs(pixels - Math.round(pixels)) < 0.01) return next;
  }
  return Math.ceil(length * devicePixelRatio) / devicePixelRatio;
}

/** @returns pixels of the screen along one side of a module */
export function paint(canvas: HTMLCanvasElement, matrix: Matrix): number {
  const full = matrix.size + 2 * QUIET;
  const scale = Math.max(1, Math.floor((room() * devicePixelRatio) / full));
  // What is more than the code is more of its white margin.
  const side = whole((full * scale) / devicePixelRatio);
  canvas.width = canvas.height = Math.round(side * devicePixelRatio);
  const { style } = canvas;
  Object.assign(style, { width: `${side}px`, height: `${side}px`, marginLeft: '0', marginTop: '0' });
  const { left, top } = canvas.getBoundingClientRect();
  const toWhole = (at: number) => `${whole(at) - at}px`;
  Object.assign(style, { marginLeft: toWhole(left + scrollX), marginTop: toWhole(top + scrollY) });
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = '#000';
  const margin = QUIET * scale + Math.floor((canvas.width - full * scale) / 2);
  for (let y = 0; y < matrix.size; y++) {
    for (let x = 0; x < matrix.size; x++) {
      if (isDark(matrix, x, y)) pen.fillRect(margin + x * scale, margin + y * scale, scale, scale);
    }
  }
  return scale;
}

/** Calls back when the window or its zoom has changed. */
export function onResize(act: () => void): void {
  addEventListener('resize', act);
  // A window moved to a screen of another density may keep its size.
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

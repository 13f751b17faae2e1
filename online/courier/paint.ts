/**
 * A code on the screen with all its modules of one size. Were the canvas scaled by the style sheet, modules would come
 * out 4 or 5 pixels wide by turns, which costs a camera far more than a few pixels of size.
 */
import { QUIET } from '../../shared/qr/capacity.ts';
import { isDark, type Matrix } from '../qr/matrix.ts';

/** In CSS pixels: with the controls beside the code, or where that would be small, with the controls below. */
function room(): number {
  const root = document.documentElement;
  const rem = Number.parseFloat(getComputedStyle(root).fontSize);
  const beside = Math.min(root.clientWidth - 22 * rem, innerHeight - 8 * rem);
  return Math.max(beside, Math.min(root.clientWidth - 2 * rem, 0.6 * innerHeight));
}

/** @returns device pixels along one side of a module */
export function paint(canvas: HTMLCanvasElement, matrix: Matrix): number {
  const full = matrix.size + 2 * QUIET;
  const scale = Math.max(1, Math.floor((room() * devicePixelRatio) / full));
  canvas.width = full * scale;
  canvas.height = full * scale;
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = '#000';
  for (let y = 0; y < matrix.size; y++) {
    for (let x = 0; x < matrix.size; x++) {
      if (isDark(matrix, x, y)) pen.fillRect((x + QUIET) * scale, (y + QUIET) * scale, scale, scale);
    }
  }
  place(canvas);
  return scale;
}

/** One pixel of the canvas on one of the screen: its size, and where it begins. */
function place(canvas: HTMLCanvasElement): void {
  const { style } = canvas;
  const side = `${canvas.width / devicePixelRatio}px`;
  Object.assign(style, { width: side, height: side, marginLeft: '0', marginTop: '0' });
  const { left, top } = canvas.getBoundingClientRect();
  const beyond = (at: number) => {
    const pixel = at * devicePixelRatio;
    return `${(Math.ceil(pixel - 0.01) - pixel) / devicePixelRatio}px`;
  };
  Object.assign(style, { marginLeft: beyond(left + scrollX), marginTop: beyond(top + scrollY) });
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

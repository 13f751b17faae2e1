/** Frames as one HTML page that plays them: for a screen without a terminal. It loads nothing and needs no network. */
import { createHash } from 'node:crypto';
import type { Matrix } from './matrix.ts';

// Kept as text: it runs in a browser, and the page must be one file. Modules come as one bit each.
const SCRIPT = `
const { size, frames, numbers, count } = JSON.parse(document.getElementById('frames').textContent);
const canvas = document.querySelector('canvas');
const line = document.querySelector('p');
const pen = canvas.getContext('2d');
let at = 0, speed = 4, paused = false, timer;
function draw() {
  const bits = atob(frames[at]);
  canvas.width = canvas.height = size + 8;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, size + 8, size + 8);
  pen.fillStyle = '#000';
  for (let i = 0; i < size * size; i++) {
    if ((bits.charCodeAt(i >> 3) >> (7 - (i & 7))) & 1) pen.fillRect(4 + (i % size), 4 + Math.floor(i / size), 1, 1);
  }
  const only = numbers.length < count ? ' (' + numbers.length + ' of them shown)' : '';
  line.textContent = 'Frame ' + numbers[at] + ' of ' + count + only + ', ' + (paused ? 'paused' : speed + ' a second') +
    '. Space: pause. Arrows: step. + and -: speed.';
  clearTimeout(timer);
  if (!paused) timer = setTimeout(() => step(1), 1000 / speed);
}
function step(by) { at = (at + by + frames.length) % frames.length; draw(); }
addEventListener('keydown', event => {
  if (event.key === ' ') paused = !paused;
  else if (event.key === '+' || event.key === '=') speed = Math.min(15, speed + 1);
  else if (event.key === '-') speed = Math.max(1, speed - 1);
  else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
    paused = true;
    return step(event.key === 'ArrowRight' ? 1 : -1);
  } else return;
  event.preventDefault();
  draw();
});
draw();
`;

const STYLE = `
html { background: #fff; color: #000; font: 18px sans-serif; }
body { margin: 0; text-align: center; }
canvas { width: min(100vw, 92vh); height: min(100vw, 92vh); image-rendering: pixelated; }
p { margin: 0; }
`;

/** @param numbers of the frames that are in it, from 1 */
export function htmlOf(matrices: readonly Matrix[], numbers: readonly number[], count: number): string {
  const data = JSON.stringify({ size: matrices[0]!.size, frames: matrices.map(packed), numbers, count });
  const policy = `default-src 'none'; script-src '${hashOf(SCRIPT)}'; style-src '${hashOf(STYLE)}'`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Countersign: frames</title>
<style>${STYLE}</style>
<canvas></canvas>
<p></p>
<script type="application/json" id="frames">${data}</script>
<script>${SCRIPT}</script>
</html>
`;
}

function packed({ data }: Matrix): string {
  const bits = Buffer.alloc(Math.ceil(data.length / 8));
  data.forEach((dark, i) => {
    if (dark) bits[i >> 3]! |= 0x80 >> (i & 7);
  });
  return bits.toString('base64');
}

export const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

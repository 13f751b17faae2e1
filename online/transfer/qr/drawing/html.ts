/** Frames as one HTML page that plays them: for a screen without a terminal. It loads nothing and needs no network. */
import { policyHash } from '../../../platform/text/html.ts';
import type { Matrix } from './matrix.ts';

// Kept as text: it runs in a browser, and the page must be one file. Modules come as one bit each.
const SCRIPT = `
const { size, frames, numbers, count } = JSON.parse(document.getElementById('frames').textContent);
const canvas = document.querySelector('canvas');
const line = document.querySelector('p');
const pen = canvas.getContext('2d');
let at = 0, speed = 4, paused = false, timer;
// Squares of whole pixels of the screen: scaled to the window they would be of two sizes by turns.
function paint() {
  const bits = atob(frames[at]);
  const room = Math.min(document.documentElement.clientWidth, 0.92 * innerHeight) * devicePixelRatio;
  const scale = Math.max(1, Math.floor(room / (size + 8)));
  // Whole in the page's pixels and in the screen's, or it would be scaled; what is more is more of the margin.
  const least = Math.ceil(((size + 8) * scale) / devicePixelRatio - 0.01);
  let side = least;
  while (side < least + 40 && Math.abs(side * devicePixelRatio - Math.round(side * devicePixelRatio)) > 0.01) side++;
  canvas.width = canvas.height = Math.round(side * devicePixelRatio);
  canvas.style.width = canvas.style.height = side + 'px';
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.width);
  pen.fillStyle = '#000';
  for (let i = 0; i < size * size; i++) {
    if (!((bits.charCodeAt(i >> 3) >> (7 - (i & 7))) & 1)) continue;
    pen.fillRect((4 + (i % size)) * scale, (4 + Math.floor(i / size)) * scale, scale, scale);
  }
}
function watch() {
  const query = matchMedia('(resolution: ' + devicePixelRatio + 'dppx)');
  query.addEventListener('change', () => { paint(); watch(); }, { once: true });
}
function draw() {
  paint();
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
addEventListener('resize', paint);
watch();
draw();
`;

const STYLE = `
html { background: #fff; color: #000; font: 18px sans-serif; }
body { margin: 0; }
canvas { display: block; /* in the corner, where its pixels are the screen's */ image-rendering: pixelated; }
p { margin: 0 0.5rem; }
`;

/** @param numbers of the frames that are in it, from 1 */
export function htmlOf(matrices: readonly Matrix[], numbers: readonly number[], count: number): string {
  const data = JSON.stringify({ size: matrices[0]!.size, frames: matrices.map(packed), numbers, count });
  const policy = `default-src 'none'; script-src ${policyHash(SCRIPT)}; style-src ${policyHash(STYLE)}`;
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

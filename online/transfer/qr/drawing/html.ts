/** An HTML page that plays frames, for a screen without a terminal. It loads nothing and needs no network. */
import { contentPolicyHash, escapeHtml } from '../../../platform/text/html-escaping.ts';
import type { Description } from '../texts/describe-file.ts';
import type { Matrix } from './matrix.ts';
import { FACE } from './page-style.ts';

// The browser script as text, so that the page is one file. Modules are encoded as one bit each.
const SCRIPT = `
const { size, frames, numbers, count } = JSON.parse(document.getElementById('frames').textContent);
const canvas = document.querySelector('canvas');
const line = document.getElementById('status');
const pen = canvas.getContext('2d');
let at = 0, speed = 4, paused = false, timer;
// Draws modules of whole screen pixels. If the code were scaled to the window, modules would have two sizes.
function paintCode() {
  const bits = atob(frames[at]);
  const room = Math.min(document.documentElement.clientWidth, 0.92 * innerHeight) * devicePixelRatio;
  const scale = Math.max(1, Math.floor(room / (size + 8)));
  // The size is an integer in CSS pixels and in screen pixels, because the browser would scale any other
  // size. The margin gets the remaining pixels.
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
function watchResolution() {
  const query = matchMedia('(resolution: ' + devicePixelRatio + 'dppx)');
  query.addEventListener('change', () => { paintCode(); watchResolution(); }, { once: true });
}
function showFrame() {
  paintCode();
  const only = numbers.length < count ? ' (' + numbers.length + ' shown)' : '';
  line.textContent = 'Frame ' + numbers[at] + ' of ' + count + only + ', ' + (paused ? 'paused' : speed + ' per second') + '.';
  clearTimeout(timer);
  if (!paused) timer = setTimeout(() => stepFrames(1), 1000 / speed);
}
function stepFrames(by) { at = (at + by + frames.length) % frames.length; showFrame(); }
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === ' ') paused = !paused;
  else if (event.key === 'f') {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
    return;
  }
  else if (event.key === '+' || event.key === '=') speed = Math.min(15, speed + 1);
  else if (event.key === '-') speed = Math.max(1, speed - 1);
  else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
    paused = true;
    return stepFrames(event.key === 'ArrowRight' ? 1 : -1);
  } else return;
  event.preventDefault();
  showFrame();
});
addEventListener('resize', paintCode);
watchResolution();
showFrame();
`;

const STYLE = `${FACE}
.stage { display: flex; flex-wrap: wrap; min-height: 100vh; margin: 0; border-radius: 0; }
/* The code is in the corner, where CSS pixels and screen pixels begin at the same point. */
canvas { flex: none; align-self: flex-start; }
section { flex: 1; min-width: 16rem; padding: 1.5rem; }
h1 { font-size: 1.15rem; }
.stage section p { padding: 0.5rem 0; text-align: left; }
.stage section .code { padding: 0; font-size: 1.45rem; }
`;

/** The heading with the description of the file, and the review code to compare with other screens. */
function fileHeadingHtml(description: Description | null, warning: string | null): string {
  if (description === null) return `<h1>${escapeHtml(warning ?? 'A file')}</h1>`;
  const { sentence, reviewCode } = description;
  return `<h1>${escapeHtml(sentence)}</h1>\n<p>Review code</p>\n<p class="code">${escapeHtml(reviewCode)}</p>`;
}

export interface Frames {
  matrices: readonly Matrix[];
  /** Numbers of the frames that the page has, from 1. */
  numbers: readonly number[];
  /** Number of all frames of the file. */
  count: number;
  /** Description of a Countersign file. Null for a file of another kind, which the warning describes. */
  description: Description | null;
  warning: string | null;
}

export function framesPageHtml({ matrices, numbers, count, description, warning }: Frames): string {
  const data = JSON.stringify({
    size: matrices[0]!.size,
    frames: matrices.map(packModules),
    numbers,
    count,
  });
  const policy = `default-src 'none'; script-src ${contentPolicyHash(SCRIPT)}; style-src ${contentPolicyHash(STYLE)}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Countersign: frames</title>
<style>${STYLE}</style>
<main class="stage">
<canvas role="img" aria-label="QR code of the current frame"></canvas>
<section>
${fileHeadingHtml(description, warning)}
<p>Point the camera of the other machine at the code until it has read every frame.</p>
<p id="status"></p>
<p><kbd>space</kbd> pauses, the arrow keys step, <kbd>+</kbd> and <kbd>-</kbd> change the speed, <kbd>f</kbd> fills the screen.</p>
</section>
</main>
<script type="application/json" id="frames">${data}</script>
<script>${SCRIPT}</script>
</html>
`;
}

function packModules({ data }: Matrix): string {
  const bits = Buffer.alloc(Math.ceil(data.length / 8));
  data.forEach((dark, i) => {
    if (dark) bits[i >> 3]! |= 0x80 >> (i & 7);
  });
  return bits.toString('base64');
}

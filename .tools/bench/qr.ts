/**
 * Figures of signing by camera: how many frames, and how fast from screen to file in a real Chromium with a film as
 * its camera. Prints a table; exits 1 when a figure is missed. Needs `chromium` and `dist/courier.html`.
 */
import { rmSync } from 'node:fs';
import { folder, framesShown, launch, makeFilm, openCourier } from '../../online/courier/browser.ts';
import { sampleRequest, sampleSignatures } from '../../online/courier/samples.ts';
import { film, POOR, saved, show, travel } from '../../online/courier/trip.ts';
import { deflate } from '../../online/qr/deflate.ts';
import { random } from '../../shared/qr/samples.ts';
import { split } from '../../shared/qr/split.ts';

let missed = 0;

/** Ratio 1 or more is good, whichever way the figure goes. */
function row(what: string, measured: number, limit: number, unit: string, smaller: boolean): void {
  const ratio = smaller ? limit / measured : measured / limit;
  if (ratio < 1) missed++;
  const sign = smaller ? 'at most' : 'at least';
  const cells = [
    what.padEnd(62),
    measured.toFixed(unit === 'frames' || unit === '' ? 0 : 2).padStart(8),
    `${sign} ${limit}`.padStart(14),
    unit.padEnd(8),
    `${ratio.toFixed(2)} x`.padStart(8),
    ratio < 1 ? 'MISSED' : 'held',
  ];
  console.log(cells.join('  '));
}

function frames(text: string, version: number) {
  return split(new TextEncoder().encode(text), { deflate, version });
}

/** Bytes a second between the first frame and the whole file; the content does not compress, so nothing is gained there. */
async function speed(version: number): Promise<number> {
  const content = random(60_000);
  const sender = await launch();
  let path: string;
  let count: number;
  try {
    const { page } = await openCourier(sender);
    await show(page, 'speed.bin', content, version);
    const codes = await framesShown(page);
    count = codes.size;
    path = makeFilm('speed.y4m', film(codes.values(), { width: 720, height: 720, hold: 2 }), 10);
  } finally {
    await sender.close();
  }
  const receiver = await launch({ film: path });
  try {
    const { page } = await openCourier(receiver);
    await page.click('#scan-tab');
    // The page's own clock: ours would start late whenever the machine is busy.
    const times = page.evaluate<number[]>(`new Promise(resolve => {
      const times = [];
      new MutationObserver(() => {
        if (times.length === 0 && document.querySelector('#grid li.read')) times.push(performance.now());
        if (document.getElementById('result').hidden) return;
        times.push(performance.now());
        resolve(times);
      }).observe(document.getElementById('scan'), { subtree: true, attributes: true, childList: true });
    })`);
    await page.click('#start');
    const [started = 0, ended = 0] = await times;
    const seconds = (ended - started) / 1000;
    const { bytes } = await saved(page);
    if (Buffer.compare(bytes, content) !== 0) throw new Error('the file that came out differs');
    return (content.length * (count - 1)) / count / seconds;
  } finally {
    await receiver.close();
  }
}

try {
  const one = sampleRequest(1);
  const hundred = sampleRequest(100);
  const small = [one.text, sampleSignatures(one.digest, 1)].map(text => frames(text, 15));
  row('one issuance: frames of the request, version 15', small[0]!.frames.length, 1, 'frames', true);
  row('one issuance: frames of the signatures, version 15', small[1]!.frames.length, 1, 'frames', true);
  row(
    '100 issuances: frames of the request, version 25',
    frames(hundred.text, 25).frames.length,
    10,
    'frames',
    true,
  );
  const signatures = sampleSignatures(hundred.digest, 100);
  row(
    '100 issuances: frames of the signatures, version 25',
    frames(signatures, 25).frames.length,
    12,
    'frames',
    true,
  );
  const trip = await travel(hundred.text, 15, { ...POOR, width: 1280, height: 720 }, 0.3);
  if (Buffer.compare(trip.bytes, Buffer.from(hundred.text)) !== 0)
    throw new Error('the file that came out differs');
  const lossy = `30 % of ${trip.frames} frames lost, missing replayed: shown for each frame`;
  row(lossy, trip.shown / trip.frames, 1.6, 'times', true);
  row(
    'screen to file at version 27, fake camera, incompressible',
    (await speed(27)) / 1000,
    4,
    'kB/s',
    false,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = missed > 0 ? 1 : 0;

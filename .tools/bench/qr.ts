/**
 * Measures signing by camera: number of frames, and speed from screen to file in a real Chromium with a film
 * as its camera. Prints each figure. Exits with 1 if a figure misses its limit. Needs `chromium` and
 * `dist/courier.html`.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { testKeys, trust } from '../../fixtures/sample-request.ts';
import { requestFileBytes } from '../../online/proposal/commands/request-file.ts';
import { closeBrowsers } from '../../online/transfer/courier/tests/browsers/browser.ts';
import { openChromium } from '../../online/transfer/courier/tests/browsers/chromium.ts';
import {
  makeFilmPictures,
  POOR,
  picturesOfCodes,
  showFile,
  transferFile,
} from '../../online/transfer/courier/tests/browsers/file-transfer.ts';
import { readShownFrames } from '../../online/transfer/courier/tests/browsers/screen-pixels.ts';
import { deflate } from '../../online/transfer/qr/deflate.ts';
import type { Grey } from '../../online/transfer/qr/picture/grey-picture.ts';
import { p2pkhAddress } from '../../shared/address.ts';
import { formatAmount } from '../../shared/amount.ts';
import { utf8 } from '../../shared/bytes.ts';
import type { IssuanceRequest } from '../../shared/changes.ts';
import { derive } from '../../shared/derive.ts';
import { parseMapping } from '../../shared/mapping/mapping.ts';
import { splitFile } from '../../shared/qr/file-splitting.ts';
import { incompressibleBytes } from '../../shared/qr/sample-files.ts';
import { addDigest, requestText } from '../../shared/request.ts';
import { signaturesText, signDerivation } from '../../shared/signatures.ts';
import { tokenAmount } from '../../shared/token-schedule.ts';
import { makeSampleMappingFile } from './sample-mappings.ts';

let missed = 0;

/**
 * Prints a figure with its ratio to the limit. A ratio of 1 or more meets the limit, whether a larger or a
 * smaller value is better.
 */
function printFigure(what: string, measured: number, limit: number, unit: string, smaller: boolean): void {
  const ratio = smaller ? limit / measured : measured / limit;
  if (ratio < 1) missed++;
  const shown = measured.toFixed(unit === 'frames' ? 0 : 2);
  const figure = `${smaller ? 'at most' : 'at least'} ${limit} ${unit}`;
  console.log(`${ratio < 1 ? 'MISS' : 'ok  '} ${what}: ${shown} ${unit} (${figure}; ${ratio.toFixed(2)} x)`);
}

const HEIGHT = 3310;
const MANUFACTURERS = ['PAMP', 'Metalor', 'Argor Heraeus', 'Valcambi'];
const hashOfSeed = (seed: string) => createHash('sha256').update(seed).digest();

function sampleIssuance(i: number): IssuanceRequest {
  const mass = (350 + ((i * 37.137) % 100)).toFixed(3);
  return {
    serial: String(31037 + 7919 * i).padStart(6, '0'),
    year: String(2015 + (i % 9)),
    manufacturer: MANUFACTURERS[i % MANUFACTURERS.length] as string,
    mass,
    address: p2pkhAddress(trust.network, hashOfSeed(`address ${i}`).subarray(0, 20)),
    tokens: formatAmount(tokenAmount(mass, HEIGHT)),
    coin: { txid: hashOfSeed(`coin ${i}`).toString('hex'), vout: i % 3, amount: '5000.00000000' },
  };
}

const base = parseMapping(readFileSync(makeSampleMappingFile(100_000)));

/**
 * The files of a proposal on a mapping of 100,000 assets. They are requests with only the digest of the base
 * mapping, requests as `prepare --without-base` writes them, and signatures.
 */
function proposalFiles(count: number): Record<Part, Uint8Array> {
  const request = addDigest({
    network: trust.network.name,
    trust: trust.digest,
    base: { mapping: base.digest },
    height: HEIGHT,
    time: '1763795123.000001',
    issuances: Array.from({ length: count }, (_, i) => sampleIssuance(i)),
  });
  const derivation = derive(request, base, trust);
  const signatures = signDerivation(derivation, 1, testKeys[0] as Uint8Array, trust);
  const { endorsement } = signatures;
  return {
    bare: utf8(requestText(request)),
    request: requestFileBytes(derivation, false, []),
    signatures: utf8(signaturesText(signatures)),
    'bare, endorsed': utf8(requestText({ ...request, endorsements: { '1': endorsement } })),
    'request, endorsed': requestFileBytes(derivation, false, [signatures]),
  };
}

type Part = 'bare' | 'request' | 'signatures' | 'bare, endorsed' | 'request, endorsed';
const NAMES: Record<Part, string> = {
  bare: 'request',
  request: 'request with base.signatures',
  signatures: 'signatures',
  'bare, endorsed': 'request with an endorsement',
  'request, endorsed': 'request with an endorsement and base.signatures',
};

const countFrames = (file: Uint8Array, version: number) =>
  splitFile(file, { deflate, version }).frames.length;

/** Text about the smallest QR version that holds the file in one frame; empty if there is none. */
function oneFrameVersionText(file: Uint8Array): string {
  const { frames, version } = splitFile(file, { deflate });
  return frames.length === 1 ? `, in one frame from density ${version}` : '';
}

/**
 * Speed in bytes a second, from the first frame to the complete file, for a content that cannot be
 * compressed.
 */
async function measureSpeed(version: number): Promise<number> {
  const content = incompressibleBytes(60_000);
  const sender = await openChromium();
  let codes: Grey[];
  try {
    await showFile(sender.page, 'speed.bin', content, version);
    codes = picturesOfCodes((await readShownFrames(sender.page)).values());
  } finally {
    await sender.close();
  }
  const seen = makeFilmPictures(codes, { width: 720, height: 720, hold: 2 });
  const { page, save, close } = await openChromium({ film: { pictures: seen, perSecond: 10 } });
  try {
    await page.click('#scan-tab');
    // The clock of the page is used, because the test's clock would start late on a busy machine.
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
    const { bytes } = await save();
    if (Buffer.compare(bytes, content) !== 0) throw new Error('the file that came out differs');
    return (content.length * (codes.length - 1)) / codes.length / seconds;
  } finally {
    await close();
  }
}

try {
  for (const [count, version, most] of [
    [1, 15, { bare: 1, signatures: 1 }],
    // The next versions are larger, because these files have further signatures, which cannot be compressed.
    [1, 17, { 'bare, endorsed': 1 }],
    [1, 18, { request: 1 }],
    [1, 19, { 'request, endorsed': 1 }],
    [100, 25, { bare: 10, request: 10, signatures: 12 }],
  ] as [number, number, Partial<Record<Part, number>>][]) {
    const files = proposalFiles(count);
    for (const [name, limit] of Object.entries(most) as [Part, number][]) {
      const asked = `${count} ${count === 1 ? 'issuance' : 'issuances'}: frames of the ${NAMES[name]}`;
      const what = `${asked}, density ${version}${oneFrameVersionText(files[name])}`;
      printFigure(what, countFrames(files[name], version), limit, 'frames', true);
    }
  }
  const { request } = proposalFiles(100);
  const text = new TextDecoder().decode(request);
  const trip = await transferFile(text, 15, { ...POOR, width: 1280, height: 720 }, { loss: 0.3 });
  if (Buffer.compare(trip.bytes, request) !== 0) throw new Error('the file that came out differs');
  const lossy = `30 % of ${trip.frames} frames lost, missing replayed: shown for each frame`;
  printFigure(lossy, trip.shown / trip.frames, 1.6, 'times', true);
  printFigure(
    'screen to file at density 27, fake camera, incompressible',
    (await measureSpeed(27)) / 1000,
    4,
    'kB/s',
    false,
  );
} finally {
  await closeBrowsers();
}
process.exitCode = missed > 0 ? 1 : 0;

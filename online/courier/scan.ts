/** Scan: what the camera sees, back to a file. */
import { looksLikeFrame } from '../../shared/qr/frame.ts';
import { ranges } from '../../shared/qr/ranges.ts';
import { FrameReader } from '../../shared/qr/reader.ts';
import { type Description, describe } from '../qr/describe.ts';
import { cameraProblem, Eye, listCameras, openCamera, rememberCamera, rememberedCamera } from './camera.ts';
import { inflate } from './deflate.ts';
import { find, hide, sentence, text } from './dom.ts';

const video = find('video', HTMLVideoElement);
const cameras = find('cameras', HTMLSelectElement);
const grid = find('grid', HTMLOListElement);

let stream: MediaStream | undefined;
let reader = new FrameReader();
let eye = new Eye();
/** Counts starts, so that a loop of an earlier one ends. */
let round = 0;
let whole: { bytes: Uint8Array; name: string } | undefined;

async function start(): Promise<void> {
  stop();
  const mine = ++round;
  text('scan-error', '');
  try {
    const wanted = cameras.value;
    const opened = await openCamera(wanted || undefined);
    if (mine !== round) return stopTracks(opened);
    stream = opened;
    opened.getVideoTracks()[0]?.addEventListener('ended', () => {
      if (mine !== round) return;
      stop();
      text(
        'scan-error',
        'The camera has gone: plug it in and start it again. The frames read so far are kept.',
      );
    });
    video.srcObject = opened;
    hide('video', false);
    await video.play();
    await fillCameras();
  } catch (error) {
    if (mine === round) {
      stop();
      text('scan-error', cameraProblem(error));
    }
    return;
  }
  text('start', 'Stop the camera');
  eye = new Eye();
  codeAt = performance.now();
  if (!whole) report();
  next(mine);
}

export function stop(): void {
  round++;
  if (stream) stopTracks(stream);
  stream = undefined;
  video.srcObject = null;
  hide('video', true);
  text('start', 'Start the camera');
  hint();
}

const stopTracks = (media: MediaStream) => {
  for (const track of media.getTracks()) track.stop();
};

/** Names come only after the first permission, so the list is filled again with each start. */
async function fillCameras(): Promise<void> {
  const current = stream?.getVideoTracks()[0];
  const id = current?.getSettings().deviceId ?? '';
  const list = await listCameras();
  const options = list.map((camera, i) => new Option(camera.label || `camera ${i + 1}`, camera.deviceId));
  cameras.replaceChildren(...options);
  cameras.value = id;
  const remembered = rememberedCamera();
  const wanted = list.find(camera => camera.label === remembered);
  if (!cameras.dataset['chosen'] && wanted && wanted.deviceId !== id && remembered !== '') {
    cameras.dataset['chosen'] = 'yes';
    cameras.value = wanted.deviceId;
    await start();
  }
}

/** Each video frame is looked at once; where the browser cannot say when there is one, each time it paints. */
function next(mine: number): void {
  const look = () => {
    if (mine !== round) return;
    const code = whole ? null : eye.look(video);
    if (code) {
      codeAt = performance.now();
      take(code);
    }
    hint();
    if (!whole) next(mine);
  };
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(look);
  else requestAnimationFrame(look);
}

/** After this long without a code, something is in its way. */
const PATIENCE_MS = 5000;
let codeAt = 0;

function hint(): void {
  const blind = !whole && stream && performance.now() - codeAt > PATIENCE_MS;
  const help =
    'No code has been read for a while: let it fill the picture, avoid reflections, or lower the density on the other screen.';
  // Only a change is written: a screen reader would say it again.
  if (find('scan-hint', HTMLElement).textContent !== (blind ? help : ''))
    text('scan-hint', blind ? help : '');
}

/** Long enough to be read, though good frames come in between. */
const COMPLAINT_MS = 4000;
let complainedAt = 0;

function complain(problem: string): void {
  complainedAt = performance.now();
  text('scan-error', problem);
}

/** One code that the camera saw. */
function take(code: string): void {
  if (!looksLikeFrame(code)) {
    complain('A QR code in view is not a frame of a file: move it out of the picture.');
    return;
  }
  try {
    const { fresh } = reader.add(code);
    if (performance.now() - complainedAt > COMPLAINT_MS) text('scan-error', '');
    if (fresh) report();
  } catch (error) {
    complain(sentence(error));
    hide('again', false);
    return;
  }
  if (!reader.whole) return;
  try {
    finish(reader.file(inflate));
  } catch (error) {
    // All frames are there and make no file: no further frame can mend that.
    stop();
    complain(sentence(error));
  }
}

function report(): void {
  const { count, seen } = reader;
  while (grid.children.length > count) grid.lastElementChild!.remove();
  for (let number = 1; number <= count; number++) {
    const cell = grid.children[number - 1] ?? grid.appendChild(document.createElement('li'));
    cell.textContent = String(number);
    cell.className = reader.has(number) ? 'read' : '';
  }
  text('scan-status', count === 0 ? 'Looking for a code.' : `${seen} of ${count} frames read.`);
  hide('again', count === 0);
  text('again', reader.whole ? 'Scan another file' : 'Forget these frames and start again');
  // While everything is still coming, a list of what is missing would only be long.
  hide('missing-line', count === 0 || reader.whole);
  text('missing', ranges(reader.missing()));
}

/** What is done with the file when it is saved. The code that counts is the one that the signer shows. */
const NEXT: Record<Description['type'], (name: string) => string> = {
  request: name => `Then sign it with: signer sign ${name} --out ${name.replace('request', 'sign')}`,
  signatures: name =>
    `Then give it to: countersign submit ${name}, or finalise if it completes the signatures.`,
  trust: name => `Then pin it with: signer trust ${name}`,
};

function finish(bytes: Uint8Array): void {
  let description: Description | undefined;
  try {
    description = describe(bytes);
    text('scan-what', description.sentence);
    text('review-code', description.reviewCode);
  } catch (error) {
    text('scan-what', `It is none of Countersign's files (${sentence(error)}) and can be saved as it is.`);
  }
  hide('review', !description);
  whole = { bytes, name: description?.name ?? 'file.json' };
  text('save', `Save ${whole.name}`);
  text('scan-next', description ? NEXT[description.type](whole.name) : '');
  hide('result', false);
  stop();
  find('save', HTMLElement).focus();
}

function save(): void {
  if (!whole) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([whole.bytes as BlobPart], { type: 'application/json' }));
  link.download = whole.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function again(): void {
  reader = new FrameReader();
  whole = undefined;
  hide('result', true);
  text('scan-error', '');
  report();
  if (!stream) void start();
  else {
    // The old loop may have ended with its file.
    next(++round);
  }
}

export function wireScan(): void {
  find('start', HTMLElement).addEventListener('click', () => {
    if (stream) stop();
    else if (whole) again();
    else void start();
  });
  find('again', HTMLElement).addEventListener('click', again);
  find('save', HTMLElement).addEventListener('click', save);
  cameras.addEventListener('change', () => {
    cameras.dataset['chosen'] = 'yes';
    rememberCamera(cameras.selectedOptions[0]?.text ?? '');
    void start();
  });
}

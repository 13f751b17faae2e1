/** Restores a file from the camera's pictures. */
import { Refusal } from '../../../../shared/errors.ts';
import { looksLikeFrame } from '../../../../shared/qr/frame.ts';
import { FrameReader } from '../../../../shared/qr/reader.ts';
import { type Description, describe, notOurs, UNKNOWN_NAME } from '../../qr/texts/describe.ts';
import { inflate } from '../deflate.ts';
import { atStep, find, hide, primary, sentence, text } from '../dom.ts';
import * as texts from '../texts.ts';
import { cameraProblem, listCameras, openCamera, rememberCamera, rememberedCamera } from './camera.ts';
import { Eye } from './eye.ts';
import { report } from './grid.ts';
import { type Command, commandFor } from './next-command.ts';
import { showCommand, wireCopy } from './show-command.ts';

const video = find('video', HTMLVideoElement);
const cameras = find('cameras', HTMLSelectElement);

let stream: MediaStream | undefined;
let reader = new FrameReader();
let eye = new Eye();
/** Number of starts. The loop of an earlier start ends when the number changes. */
let round = 0;
let command: Command | undefined;
let whole: { bytes: Uint8Array; name: string; saved: boolean; warned: boolean } | undefined;

async function start(): Promise<void> {
  stop();
  const mine = ++round;
  text('scan-error', '');
  const wanted = cameras.value;
  try {
    const opened = await openCamera(wanted || undefined);
    if (mine !== round) return stopTracks(opened);
    stream = opened;
    opened.getVideoTracks()[0]?.addEventListener('ended', () => {
      // Compares the streams and not the number of starts, because several starts may use the same camera.
      if (stream !== opened) return;
      stop();
      text('scan-error', texts.cameraGone(reader.count > 0 && !whole));
    });
    video.srcObject = opened;
    hide('video', false);
    hide('no-video', true);
    await video.play();
    await fillCameras();
  } catch (error) {
    if (mine === round) {
      stop();
      text('scan-error', cameraProblem(error));
    }
    return;
  }
  // Another start may have begun meanwhile.
  if (mine !== round) return;
  text('start', texts.STOP);
  nextInScan();
  eye = new Eye();
  codeAt = performance.now();
  if (wanted && cameras.value !== wanted) complain(texts.OTHER_CAMERA);
  if (!whole) report(reader, texts.LOOKING);
  next(mine);
}

export function stop(): void {
  round++;
  if (stream) stopTracks(stream);
  stream = undefined;
  video.srcObject = null;
  hide('video', true);
  hide('no-video', false);
  text('start', texts.START);
  hint();
  nextInScan();
}

const stopTracks = (media: MediaStream) => {
  for (const track of media.getTracks()) track.stop();
};

/** Updates the list of cameras and selects the camera in use. @returns the entries of the list */
async function listAgain() {
  const id = stream?.getVideoTracks()[0]?.getSettings().deviceId ?? cameras.value;
  const list = await listCameras();
  cameras.replaceChildren(...list.map(camera => new Option(camera.label, camera.id)));
  // If the camera was disconnected, the first one is selected.
  cameras.value = list.some(camera => camera.id === id) ? id : (list[0]?.id ?? '');
  return { list, id };
}

/**
 * Browsers give names of cameras only after the first permission, so the list is filled again with each
 * start.
 */
async function fillCameras(): Promise<void> {
  const { list, id } = await listAgain();
  const remembered = rememberedCamera();
  const wanted = list.find(camera => camera.label === remembered);
  if (!cameras.dataset['chosen'] && wanted && wanted.id !== id && remembered !== '') {
    cameras.dataset['chosen'] = 'yes';
    cameras.value = wanted.id;
    await start();
  }
}

/** Reads each video frame once. In browsers that do not report video frames, reads at each repaint. */
function next(mine: number): void {
  const look = () => {
    if (mine !== round) return;
    if (!whole && eye.look(video, take)) codeAt = performance.now();
    if (!whole) next(mine);
  };
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(look);
  else requestAnimationFrame(look);
}

/** Milliseconds without a code after which the page gives a hint about possible causes. */
const PATIENCE_MS = 5000;
let codeAt = 0;

function hint(): void {
  const blind = !whole && stream && performance.now() - codeAt > PATIENCE_MS;
  const help = texts.NO_CODE;
  // Only a changed text is written, because a screen reader repeats every text that is written.
  if (find('scan-hint', HTMLElement).textContent !== (blind ? help : ''))
    text('scan-hint', blind ? help : '');
}

/** Milliseconds that a complaint stays, long enough to be read although good frames follow. */
const COMPLAINT_MS = 4000;
let complainedAt = 0;

function complain(problem: string): void {
  complainedAt = performance.now();
  // Written only if the text differs, because the same cause is in every picture.
  if (find('scan-error', HTMLElement).textContent !== problem) text('scan-error', problem);
}

/** Handles one code from the camera. @returns whether it is a frame of the file that is being read */
function take(code: string): boolean {
  if (code === '') return false;
  if (!looksLikeFrame(code)) {
    complain(texts.FOREIGN_CODE);
    return false;
  }
  try {
    const { fresh } = reader.add(code);
    if (performance.now() - complainedAt > COMPLAINT_MS) text('scan-error', '');
    if (fresh) report(reader, texts.LOOKING);
  } catch (error) {
    const button = reader.count > 0 ? find('again', HTMLElement).textContent : texts.START;
    complain(texts.mixedFrames(messageOf(error), button ?? ''));
    return false;
  }
  if (!reader.whole) return true;
  try {
    finish(reader.file(inflate));
  } catch (error) {
    // All frames are present but do not give a file. No further frame can correct this, so all are discarded.
    stop();
    reader = new FrameReader();
    report(reader, texts.FRAMES_DISCARDED);
    complain(texts.noFile(messageOf(error)));
  }
  return true;
}

const messageOf = (error: unknown) => (error instanceof Refusal ? error.message : sentence(error));

function finish(bytes: Uint8Array): void {
  let description: Description | undefined;
  try {
    description = describe(bytes);
    text('scan-what', description.sentence);
    text('review-code', description.reviewCode);
  } catch (error) {
    text('scan-what', texts.unknownFile(notOurs(bytes), messageOf(error)));
  }
  hide('review', !description);
  whole = { bytes, name: description?.name ?? UNKNOWN_NAME, saved: false, warned: false };
  text('save', `Save ${whole.name}`);
  command = description ? commandFor(description) : undefined;
  hide('result', false);
  report(reader, texts.LOOKING);
  stop();
  find('save', HTMLElement).focus();
}

/** Highlights the current step, and the next action in it. */
export function nextInScan(): void {
  find('scan', HTMLElement).classList.toggle('whole', whole !== undefined);
  showCommand(whole?.saved ? command : undefined);
  if (whole) {
    const run = whole.saved && command !== undefined;
    atStep('scan', whole.saved ? 4 : 3);
    primary(!whole.saved ? 'save' : run ? 'copy' : 'again');
  } else {
    atStep('scan', stream ? 2 : 1);
    primary(stream ? '' : 'start');
  }
}

function save(): void {
  if (!whole) return;
  const type = whole.name.endsWith('.json') ? 'application/json' : 'application/octet-stream';
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([whole.bytes as BlobPart], { type }));
  link.download = whole.name;
  link.click();
  whole.saved = true;
  text('scan-error', '');
  nextInScan();
  if (command) find('copy', HTMLElement).focus();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Asks before a complete but unsaved file is discarded by one key. @returns whether to continue */
function mayLeave(): boolean {
  if (!whole || whole.saved || whole.warned) return true;
  whole.warned = true;
  complain(texts.notSaved(whole.name));
  return false;
}

function again(): void {
  if (!mayLeave()) return;
  reader = new FrameReader();
  whole = undefined;
  hide('result', true);
  nextInScan();
  text('scan-error', '');
  report(reader, texts.LOOKING);
  if (!stream) void start();
  else {
    // The old loop may have ended when its file was complete.
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
  wireCopy();
  cameras.addEventListener('change', () => {
    cameras.dataset['chosen'] = 'yes';
    rememberCamera(cameras.selectedOptions[0]?.text ?? '');
    if (mayLeave()) whole ? again() : void start();
  });
  navigator.mediaDevices?.addEventListener('devicechange', () => {
    // Without a permission no names are available.
    if (cameras.dataset['chosen'] || stream) void listAgain();
  });
  // Uses a clock, because a stopped camera gives no pictures that could start the check.
  setInterval(hint, 1000);
}

/** Restores a file from the camera's pictures. */
import { Refusal } from '../../../../shared/errors.ts';
import { looksLikeFrame } from '../../../../shared/qr/frame.ts';
import { FrameReader } from '../../../../shared/qr/frame-reader.ts';
import {
  type Description,
  describeFileContent,
  foreignFileText,
  UNKNOWN_NAME,
} from '../../qr/texts/describe-file.ts';
import { inflate } from '../deflate.ts';
import {
  errorSentenceOf,
  findElement,
  highlightButton,
  setHidden,
  setText,
  showStep,
} from '../page-elements.ts';
import * as texts from '../texts.ts';
import { cameraProblemText, listCameras, openCamera, storeCameraLabel, storedCameraLabel } from './camera.ts';
import { CodeReader } from './code-reader.ts';
import { type Command, nextCommandFor } from './next-command.ts';
import { showFrameProgress } from './scan-progress.ts';
import { showCommand, wireCopyButton } from './show-command.ts';

const video = findElement('video', HTMLVideoElement);
const cameras = findElement('cameras', HTMLSelectElement);

let stream: MediaStream | undefined;
let reader = new FrameReader();
let eye = new CodeReader();
/** How many times the scan was started. The loop of an earlier start ends when this number changes. */
let round = 0;
let command: Command | undefined;
let whole: { bytes: Uint8Array; name: string; saved: boolean; warned: boolean } | undefined;

async function startCamera(): Promise<void> {
  stopScan();
  const mine = ++round;
  setText('scan-error', '');
  const wanted = cameras.value;
  try {
    const opened = await openCamera(wanted || undefined);
    if (mine !== round) return stopTracks(opened);
    stream = opened;
    opened.getVideoTracks()[0]?.addEventListener('ended', () => {
      // The streams are compared and not the numbers of starts, because several starts may use the same
      // camera.
      if (stream !== opened) return;
      stopScan();
      setText('scan-error', texts.cameraGoneText(reader.count > 0 && !whole));
    });
    video.srcObject = opened;
    setHidden('video', false);
    setHidden('no-video', true);
    await video.play();
    await listCamerasOnce();
  } catch (error) {
    if (mine === round) {
      stopScan();
      setText('scan-error', cameraProblemText(error));
    }
    return;
  }
  // The scan may have been started again in the meantime.
  if (mine !== round) return;
  setText('start', texts.STOP);
  showScanStep();
  eye = new CodeReader();
  codeAt = performance.now();
  if (wanted && cameras.value !== wanted) showComplaint(texts.OTHER_CAMERA);
  if (!whole) showFrameProgress(reader, texts.LOOKING);
  readNextPicture(mine);
}

export function stopScan(): void {
  round++;
  if (stream) stopTracks(stream);
  stream = undefined;
  video.srcObject = null;
  setHidden('video', true);
  setHidden('no-video', false);
  setText('start', texts.START);
  showHint();
  showScanStep();
}

const stopTracks = (media: MediaStream) => {
  for (const track of media.getTracks()) track.stop();
};

/** Updates the list of cameras and selects the camera in use. @returns the entries of the list */
async function updateCameraList() {
  const id = stream?.getVideoTracks()[0]?.getSettings().deviceId ?? cameras.value;
  const list = await listCameras();
  cameras.replaceChildren(...list.map(camera => new Option(camera.label, camera.id)));
  // If the camera in use was disconnected, the first camera is selected.
  cameras.value = list.some(camera => camera.id === id) ? id : (list[0]?.id ?? '');
  return { list, id };
}

/**
 * Browsers give names of cameras only after the first permission, so the list is filled again with each
 * start.
 */
async function listCamerasOnce(): Promise<void> {
  const { list, id } = await updateCameraList();
  const remembered = storedCameraLabel();
  const wanted = list.find(camera => camera.label === remembered);
  if (!cameras.dataset['chosen'] && wanted && wanted.id !== id && remembered !== '') {
    cameras.dataset['chosen'] = 'yes';
    cameras.value = wanted.id;
    await startCamera();
  }
}

/** Reads each video frame once. In browsers that do not report video frames, reads at each repaint. */
function readNextPicture(mine: number): void {
  const look = () => {
    if (mine !== round) return;
    if (!whole && eye.look(video, handleCode)) codeAt = performance.now();
    if (!whole) readNextPicture(mine);
  };
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(look);
  else requestAnimationFrame(look);
}

/** Milliseconds without a code after which the page gives a hint about possible causes. */
const PATIENCE_MS = 5000;
let codeAt = 0;

function showHint(): void {
  const blind = !whole && stream && performance.now() - codeAt > PATIENCE_MS;
  const help = texts.NO_CODE;
  // The text is written only if it changed, because a screen reader reads every written text aloud.
  if (findElement('scan-hint', HTMLElement).textContent !== (blind ? help : ''))
    setText('scan-hint', blind ? help : '');
}

/** Milliseconds for which a problem is shown, so that it can be read although good frames come after it. */
const COMPLAINT_MS = 4000;
let complainedAt = 0;

function showComplaint(problem: string): void {
  complainedAt = performance.now();
  // The text is written only if it changed, because the same problem is in every picture.
  if (findElement('scan-error', HTMLElement).textContent !== problem) setText('scan-error', problem);
}

/** Handles one code from the camera. @returns whether it is a frame of the file that is being read */
function handleCode(code: string): boolean {
  if (code === '') return false;
  if (!looksLikeFrame(code)) {
    showComplaint(texts.FOREIGN_CODE);
    return false;
  }
  try {
    const { fresh } = reader.add(code);
    if (performance.now() - complainedAt > COMPLAINT_MS) setText('scan-error', '');
    if (fresh) showFrameProgress(reader, texts.LOOKING);
  } catch (error) {
    const button = reader.count > 0 ? findElement('again', HTMLElement).textContent : texts.START;
    showComplaint(texts.mixedFramesText(errorMessage(error), button ?? ''));
    return false;
  }
  if (!reader.whole) return true;
  try {
    finishScan(reader.file(inflate));
  } catch (error) {
    // All frames were read but do not make up a file. No other frame can correct this, so all frames are
    // discarded.
    stopScan();
    reader = new FrameReader();
    showFrameProgress(reader, texts.FRAMES_DISCARDED);
    showComplaint(texts.noFileText(errorMessage(error)));
  }
  return true;
}

const errorMessage = (error: unknown) => (error instanceof Refusal ? error.message : errorSentenceOf(error));

function finishScan(bytes: Uint8Array): void {
  let description: Description | undefined;
  try {
    description = describeFileContent(bytes);
    setText('scan-what', description.sentence);
    setText('review-code', description.reviewCode);
  } catch (error) {
    setText('scan-what', texts.unknownFileText(foreignFileText(bytes), errorMessage(error)));
  }
  setHidden('review', !description);
  whole = { bytes, name: description?.name ?? UNKNOWN_NAME, saved: false, warned: false };
  setText('save', `Save ${whole.name}`);
  command = description ? nextCommandFor(description) : undefined;
  setHidden('result', false);
  showFrameProgress(reader, texts.LOOKING);
  stopScan();
  findElement('save', HTMLElement).focus();
}

/** Highlights the current step, and the next action in it. */
export function showScanStep(): void {
  findElement('scan', HTMLElement).classList.toggle('whole', whole !== undefined);
  showCommand(whole?.saved ? command : undefined);
  if (whole) {
    const run = whole.saved && command !== undefined;
    showStep('scan', whole.saved ? 4 : 3);
    highlightButton(!whole.saved ? 'save' : run ? 'copy' : 'again');
  } else {
    showStep('scan', stream ? 2 : 1);
    highlightButton(stream ? '' : 'start');
  }
}

function saveFile(): void {
  if (!whole) return;
  const type = whole.name.endsWith('.json') ? 'application/json' : 'application/octet-stream';
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([whole.bytes as BlobPart], { type }));
  link.download = whole.name;
  link.click();
  whole.saved = true;
  setText('scan-error', '');
  showScanStep();
  if (command) findElement('copy', HTMLElement).focus();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Asks before a complete but unsaved file is discarded by one key. @returns whether to continue */
function confirmDiscard(): boolean {
  if (!whole || whole.saved || whole.warned) return true;
  whole.warned = true;
  showComplaint(texts.notSavedText(whole.name));
  return false;
}

function scanAgain(): void {
  if (!confirmDiscard()) return;
  reader = new FrameReader();
  whole = undefined;
  setHidden('result', true);
  showScanStep();
  setText('scan-error', '');
  showFrameProgress(reader, texts.LOOKING);
  if (!stream) void startCamera();
  else {
    // The loop may have ended because its file was complete.
    readNextPicture(++round);
  }
}

export function wireScanControls(): void {
  findElement('start', HTMLElement).addEventListener('click', () => {
    if (stream) stopScan();
    else if (whole) scanAgain();
    else void startCamera();
  });
  findElement('again', HTMLElement).addEventListener('click', scanAgain);
  findElement('save', HTMLElement).addEventListener('click', saveFile);
  wireCopyButton();
  cameras.addEventListener('change', () => {
    cameras.dataset['chosen'] = 'yes';
    storeCameraLabel(cameras.selectedOptions[0]?.text ?? '');
    if (confirmDiscard()) whole ? scanAgain() : void startCamera();
  });
  navigator.mediaDevices?.addEventListener('devicechange', () => {
    // Without the permission for cameras, the browser gives no names.
    if (cameras.dataset['chosen'] || stream) void updateCameraList();
  });
  // The check runs by a clock, because a stopped camera gives no pictures that could start it.
  setInterval(showHint, 1000);
}

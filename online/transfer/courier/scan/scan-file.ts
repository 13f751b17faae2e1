/** Restores a file from the codes in the camera's pictures. */
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
  markCurrentStep,
  setHidden,
  setText,
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
/**
 * Raised at each start and each stop of a scan. A reading loop ends when this number has been raised since
 * its start.
 */
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
      // Streams are compared, and not `round`, because `scanAgain` raises `round` and continues with the same
      // stream.
      if (stream !== opened) return;
      stopScan();
      setText('scan-error', texts.cameraGoneText(reader.count > 0 && !whole));
    });
    video.srcObject = opened;
    setHidden('video', false);
    setHidden('no-video', true);
    await video.play();
    await switchToStoredCamera();
  } catch (error) {
    if (mine === round) {
      stopScan();
      setText('scan-error', cameraProblemText(error));
    }
    return;
  }
  // In the meantime the scan may have been stopped, or started again.
  if (mine !== round) return;
  setText('start', texts.STOP);
  highlightScanStep();
  eye = new CodeReader();
  codeAt = performance.now();
  if (wanted && cameras.value !== wanted) showProblem(texts.OTHER_CAMERA);
  if (!whole) showFrameProgress(reader, texts.LOOKING);
  startReadingPictures(mine);
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
  highlightScanStep();
}

const stopTracks = (media: MediaStream) => {
  for (const track of media.getTracks()) track.stop();
};

/**
 * Updates the list of cameras and selects the camera in use.
 * @returns the entries of the list, and the id of the camera in use
 */
async function updateCameraList() {
  const id = stream?.getVideoTracks()[0]?.getSettings().deviceId ?? cameras.value;
  const list = await listCameras();
  cameras.replaceChildren(...list.map(camera => new Option(camera.label, camera.id)));
  // If the camera in use was disconnected, the first camera is selected.
  cameras.value = list.some(camera => camera.id === id) ? id : (list[0]?.id ?? '');
  return { list, id };
}

/**
 * Updates the list of cameras, and changes to the camera that the person chose at an earlier visit. This is
 * done at each start, because browsers give names of cameras only after the first permission.
 */
async function switchToStoredCamera(): Promise<void> {
  const { list, id } = await updateCameraList();
  const remembered = storedCameraLabel();
  const wanted = list.find(camera => camera.label === remembered);
  if (!cameras.dataset['chosen'] && wanted && wanted.id !== id && remembered !== '') {
    cameras.dataset['chosen'] = 'yes';
    cameras.value = wanted.id;
    await startCamera();
  }
}

/**
 * Reads each picture of the video once. In browsers that do not report these pictures, reads one at each
 * repaint of the page.
 */
function startReadingPictures(mine: number): void {
  const look = () => {
    if (mine !== round) return;
    if (!whole && eye.look(video, handleCode)) codeAt = performance.now();
    if (!whole) startReadingPictures(mine);
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

/** A problem is shown for at least this many milliseconds, even if good frames come after it. */
const COMPLAINT_MS = 4000;
let complainedAt = 0;

function showProblem(problem: string): void {
  complainedAt = performance.now();
  // The text is written only if it changed, because the same problem may occur in every picture.
  if (findElement('scan-error', HTMLElement).textContent !== problem) setText('scan-error', problem);
}

/** Handles one code from the camera. @returns whether it is a frame of the file that is being read */
function handleCode(code: string): boolean {
  if (code === '') return false;
  if (!looksLikeFrame(code)) {
    showProblem(texts.FOREIGN_CODE);
    return false;
  }
  try {
    const { fresh } = reader.add(code);
    if (performance.now() - complainedAt > COMPLAINT_MS) setText('scan-error', '');
    if (fresh) showFrameProgress(reader, texts.LOOKING);
  } catch (error) {
    const button = reader.count > 0 ? findElement('again', HTMLElement).textContent : texts.START;
    showProblem(texts.mixedFramesText(errorMessage(error), button ?? ''));
    return false;
  }
  if (!reader.whole) return true;
  try {
    finishScan(reader.file(inflate));
  } catch (error) {
    // All frames were read, but they give no valid file. No other frame can correct this, so all frames are
    // discarded.
    stopScan();
    reader = new FrameReader();
    showFrameProgress(reader, texts.FRAMES_DISCARDED);
    showProblem(texts.noFileText(errorMessage(error)));
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

/** Marks the current step, and highlights the button for the next action. */
export function highlightScanStep(): void {
  findElement('scan', HTMLElement).classList.toggle('whole', whole !== undefined);
  showCommand(whole?.saved ? command : undefined);
  if (whole) {
    const run = whole.saved && command !== undefined;
    markCurrentStep('scan', whole.saved ? 4 : 3);
    highlightButton(!whole.saved ? 'save' : run ? 'copy' : 'again');
  } else {
    markCurrentStep('scan', stream ? 2 : 1);
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
  highlightScanStep();
  if (command) findElement('copy', HTMLElement).focus();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * Warns once if the complete file is not saved yet.
 * @returns whether the file may be discarded now
 */
function confirmDiscard(): boolean {
  if (!whole || whole.saved || whole.warned) return true;
  whole.warned = true;
  showProblem(texts.notSavedText(whole.name));
  return false;
}

function scanAgain(): void {
  if (!confirmDiscard()) return;
  reader = new FrameReader();
  whole = undefined;
  setHidden('result', true);
  highlightScanStep();
  setText('scan-error', '');
  showFrameProgress(reader, texts.LOOKING);
  if (!stream) void startCamera();
  else {
    // The earlier loop may have ended because its file was complete, so a new loop is started.
    startReadingPictures(++round);
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
    // Before the person permits a camera, the browser gives no names, and the list stays as it is.
    if (cameras.dataset['chosen'] || stream) void updateCameraList();
  });
  // A timer calls `showHint`, because a stopped camera gives no pictures at which the page could call it.
  setInterval(showHint, 1000);
}

/** Sentences of the page that depend on what happens. All other sentences are in `page.html`. */

export const CHOOSE = 'Choose a file';
export const CHOOSE_OTHER = 'Choose another file';
export const refusedFileText = (reason: string) => `The page refuses this file, and shows nothing. ${reason}`;
export const TOO_LARGE_HINT = 'Choose the file that countersign or signer wrote.';
/** @param name the name of the file, quoted */
export const unreadableFileText = (name: string) =>
  `expected a file, got a folder or an unreadable file: ${name}`;
export const UNREADABLE_HINT = 'Choose another file, or copy this file to this machine first.';
export const notOneFileText = (count: number) =>
  `Expected one file, got ${count === 0 ? 'none' : count}. Drop exactly one file.`;
export const unknownFileShownText = (description: string) => `${description} The page shows it anyway.`;
export const needsDensityText = (least: number) => `A file of this size needs a density of ${least} or more.`;
export const FRAMES_CHANGED = 'The frames have changed. Start the scan on the other screen again.';
/** @param only numbers of the frames shown; empty if all are shown @param state `paused`, or the speed */
export const frameLine = (number: number, count: number, only: string, state: string, density: number) =>
  `Frame ${number} of ${count}${only === '' ? '' : ` (only ${only})`}, ${state}, density ${density}`;
export const speedText = (speed: string) => `${speed} per second`;
export const PAUSED = 'paused';

export const START = 'Start the camera';
export const STOP = 'Stop the camera';
export const CAMERA_DENIED =
  'The browser does not allow this page to use the camera. Allow it in the address bar or in the browser settings, then start the camera again.';
export const NO_CAMERA =
  'No camera was found. Connect a camera, or photograph the codes and give the pictures to qr read.';
export const CAMERA_BUSY =
  'The camera is in use or does not answer. Close other programs that use the camera, then start the camera again.';
export const NO_CAMERA_ACCESS =
  'This browser does not give the page a camera. Open the page from a file, in Chromium or Firefox.';
/** @param keeps true if frames were read and the file is not complete; these frames are kept */
export const cameraGoneText = (keeps: boolean) =>
  `The camera was disconnected. Connect it, and start it again.${keeps ? ' The frames read so far are kept.' : ''}`;
export const OTHER_CAMERA = 'The chosen camera is no longer connected. The page uses another camera.';

export const LOOKING = 'Looking for a code.';
export const NO_CODE =
  'No code was read for a while. Let the code fill the picture, avoid reflections, or lower the density on the other screen.';
export const FOREIGN_CODE =
  'A QR code in the picture is not a frame of a file. Move that code out of the picture.';
export const framesReadText = (seen: number, count: number) => `${seen} of ${count} frames read.`;
/** @param button label of the button that starts a new scan */
export const mixedFramesText = (reason: string, button: string) =>
  `${reason}. Show only one file. If the correct file is on the other screen now, press '${button}'.`;
export const FRAMES_DISCARDED = 'The frames gave no file, and were discarded.';
export const noFileText = (reason: string) =>
  `${reason}. Show only one file, then press '${START}'. The page reads all frames again.`;
export const unknownFileText = (description: string, reason: string) =>
  `${description} Save the file only if you know its content. (${reason})`;
export const notSavedText = (name: string) =>
  `${name} is not saved yet. Save it, or press the button again to discard it.`;
export const SCAN_OTHER = 'Scan another file';
export const DISCARD = 'Discard these frames and start again';

export const COPIED = 'Copied.';
export const MARKED = 'The command is marked. Press Ctrl and C to copy it.';
const FOLDER = 'If your browser does not save to Downloads, name its folder in the command.';
export const ON_LAPTOP = `Run it on this isolated laptop, in a terminal. ${FOLDER}`;
export const ON_PC = `Run it on this PC, in a terminal, in the folder of your countersign.json. The command prints the next step. ${FOLDER}`;

/** The camera: which one, what can go wrong with it, and what it sees. */
import jsQR from 'jsqr';

const REMEMBERED = 'countersign-camera';

/** A sentence for each way in which a browser refuses a camera. */
export function cameraProblem(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') {
    return 'The camera is not allowed on this page: allow it in the address bar or the browser settings, then start again.';
  }
  if (name === 'NotFoundError' || name === 'OverconstrainedError') {
    return 'No camera was found: plug one in, or photograph the codes and give the pictures to qr read.';
  }
  if (name === 'NotReadableError' || name === 'AbortError') {
    return 'The camera is in use or does not answer: close other programs that use it, then start again.';
  }
  return 'This browser gives pages no camera here: open the page in Chromium or Firefox, from a file.';
}

/** The one that was chosen last, if the browser lets a page remember. */
export function rememberedCamera(): string {
  try {
    return localStorage.getItem(REMEMBERED) ?? '';
  } catch {
    return '';
  }
}

/** By its label: a page opened from a file gets new ids each time. */
export function rememberCamera(label: string): void {
  try {
    localStorage.setItem(REMEMBERED, label);
  } catch {
    // Not remembered, then: the choice is asked again next time.
  }
}

export async function listCameras(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(device => device.kind === 'videoinput');
}

/** @throws what the browser throws; see {@link cameraProblem} */
export async function openCamera(deviceId: string | undefined): Promise<MediaStream> {
  // `none`: as the camera makes it; a browser that scaled or cropped would take away what is needed.
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, resizeMode: 'none' };
  const video = { ...size, ...(deviceId ? { deviceId: { exact: deviceId } } : {}) };
  return navigator.mediaDevices.getUserMedia({ audio: false, video });
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Looks at a video frame. Where a code was, the next one will be: only that part is looked at, which is several times
 * faster; after a miss the whole picture again, and now and then a smaller one, which helps with blur and moire.
 */
export class Eye {
  readonly #canvas = document.createElement('canvas');
  readonly #pen = this.#canvas.getContext('2d', { willReadFrequently: true })!;
  #last: Box | undefined;
  #misses = 0;

  /** The text of a code in view, or null. */
  look(video: HTMLVideoElement): string | null {
    const whole: Box = { x: 0, y: 0, width: video.videoWidth, height: video.videoHeight };
    if (whole.width === 0) return null;
    const box = this.#last ?? whole;
    const factor = this.#misses % 3 === 2 ? 0.6 : 1;
    const width = Math.round(box.width * factor);
    const height = Math.round(box.height * factor);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#pen.drawImage(video, box.x, box.y, box.width, box.height, 0, 0, width, height);
    const code = jsQR.default(this.#pen.getImageData(0, 0, width, height).data, width, height, {
      inversionAttempts: 'dontInvert',
    });
    if (!code) {
      this.#misses++;
      this.#last = undefined;
      return null;
    }
    this.#misses = 0;
    this.#last = around(Object.values(code.location), box, factor, whole);
    return code.data;
  }
}

type Corner = { x: number; y: number };

/** The corners' box with room for a hand that moves, within the picture. */
function around(points: (Corner | undefined)[], box: Box, factor: number, whole: Box): Box {
  const known = points.filter(point => point !== undefined);
  const xs = known.map(point => box.x + point.x / factor);
  const ys = known.map(point => box.y + point.y / factor);
  const room = 0.12 * (Math.max(...xs) - Math.min(...xs));
  const left = Math.max(0, Math.floor(Math.min(...xs) - room));
  const top = Math.max(0, Math.floor(Math.min(...ys) - room));
  const right = Math.min(whole.width, Math.ceil(Math.max(...xs) + room));
  const bottom = Math.min(whole.height, Math.ceil(Math.max(...ys) + room));
  return { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

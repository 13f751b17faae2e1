/** Lists and opens cameras, stores the chosen one, and explains errors. */

import { CAMERA_BUSY, CAMERA_DENIED, NO_CAMERA, NO_CAMERA_ACCESS } from '../texts.ts';

const STORAGE_KEY = 'countersign-camera';

/** The sentence that explains why the browser gave no camera. */
export function cameraProblemText(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') return CAMERA_DENIED;
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return NO_CAMERA;
  return name === 'NotReadableError' || name === 'AbortError' ? CAMERA_BUSY : NO_CAMERA_ACCESS;
}

/** Label of the camera that the person chose last; empty if none is stored. */
export function storedCameraLabel(): string {
  try {
    return localStorage.getItem(STORAGE_KEY) ?? '';
  } catch {
    return '';
  }
}

/** Stores the label and not the id, because a page that is opened from a file gets new ids each time. */
export function storeCameraLabel(label: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, label);
  } catch {
    // If nothing can be stored, the person has to choose again the next time.
  }
}

export interface Camera {
  id: string;
  /**
   * The browser's label, or `camera 1` if the browser gives none. A second camera with the same label gets
   * the number 2.
   */
  label: string;
}

export async function listCameras(): Promise<Camera[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  const seen = new Map<string, number>();
  return devices
    .filter(device => device.kind === 'videoinput')
    .map(({ deviceId, label }, i) => {
      const name = label || `camera ${i + 1}`;
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      return { id: deviceId, label: times === 1 ? name : `${name} (${times})` };
    });
}

/**
 * @param deviceId id of the wanted camera. If it is undefined, or the camera is disconnected, the browser
 * chooses a camera
 * @throws the browser's error; see {@link cameraProblemText}
 */
export async function openCamera(deviceId: string | undefined): Promise<MediaStream> {
  // `resizeMode: 'none'` requests the camera's own picture. Scaling or cropping in the browser would remove
  // detail.
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, resizeMode: 'none' };
  if (deviceId) {
    try {
      const video = { ...size, deviceId: { exact: deviceId } };
      return await navigator.mediaDevices.getUserMedia({ audio: false, video });
    } catch (error) {
      const gone = ['OverconstrainedError', 'NotFoundError'];
      if (!(error instanceof DOMException && gone.includes(error.name))) throw error;
    }
  }
  return navigator.mediaDevices.getUserMedia({ audio: false, video: size });
}

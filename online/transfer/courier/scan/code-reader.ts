/** Reads the codes in the pictures of a camera, one picture after the other. */
import { findCodesAtTriples, readCodeFromPixels } from '../../qr/picture/find-codes.ts';
import { brightness } from '../../qr/picture/grey-picture.ts';
import type { Point } from '../../qr/picture/projective-map.ts';

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Receives the text of a code. Returns true if the code is wanted: if its text is a frame of the scanned
 * file.
 */
export type Accept = (text: string) => boolean;

/** A wanted code is still found if this number of unwanted codes was read before it in the same picture. */
const MOST_FOREIGN = 3;
/**
 * After each series of this many pictures without a wanted code, each triple of finder patterns is read
 * separately. This is slow, but it finds a code that has other codes beside it.
 */
const SLOW_AFTER = 4;
/** Largest number of triples that are read in one picture. */
const MAX_LOOKS_PER_PICTURE = 8;
/**
 * Codes may be white on black. So one of this many pictures without a wanted code is read with dark and light
 * exchanged. This picture is not also read in the usual way, which would take more time.
 */
const EXCHANGED = 4;
/**
 * Used in place of {@link EXCHANGED} after the first wanted code. This code has shown whether the codes are
 * white on black, so the other colours are tried less often.
 */
const EXCHANGED_KNOWN = 32;

/**
 * Reads one picture at each call of `look`. After a wanted code, only the area around this code is searched
 * in the next picture, which is several times faster. If no wanted code is there, the following picture is
 * searched as a whole. Of each three pictures without a wanted code, the third is searched in a smaller copy.
 * This helps against blur and moire. An unwanted code, such as one on a poster, is painted over, so that the
 * next search finds another code.
 */
export class CodeReader {
  readonly #canvas = document.createElement('canvas');
  readonly #pen = this.#canvas.getContext('2d', { willReadFrequently: true })!;
  #last: Box | undefined;
  #misses = 0;
  /** True if the last wanted code was white on black; undefined before the first wanted code. */
  #whiteOnBlack: boolean | undefined;

  /** @returns true if a code was read in the picture, wanted or not */
  look(video: HTMLVideoElement, accept: Accept): boolean {
    const whole: Box = { x: 0, y: 0, width: video.videoWidth, height: video.videoHeight };
    if (whole.width === 0) return false;
    const box = this.#last ?? whole;
    const factor = this.#misses % 3 === 2 ? 0.6 : 1;
    const every = this.#whiteOnBlack === undefined ? EXCHANGED : EXCHANGED_KNOWN;
    const inverted = (this.#whiteOnBlack ?? false) !== (this.#misses % every === every - 1);
    this.#take(video, box, factor, inverted);
    this.#last = undefined;
    let seen = false;
    for (let foreign = 0; foreign <= MOST_FOREIGN; foreign++) {
      const code = this.#code();
      if (!code) break;
      seen = true;
      if (accept(code.text)) {
        this.#found(code.corners, box, factor, whole, inverted);
        return true;
      }
      this.#cover(code.corners);
    }
    this.#misses++;
    return (this.#misses % SLOW_AFTER === 0 && this.#lookAtEach(video, whole, accept)) || seen;
  }

  #lookAtEach(video: HTMLVideoElement, whole: Box, accept: Accept): boolean {
    const inverted = this.#whiteOnBlack ?? this.#misses % (2 * SLOW_AFTER) === 0;
    this.#take(video, whole, 1, inverted);
    let seen = false;
    for (const { text, corners } of findCodesAtTriples(this.#grey(), MAX_LOOKS_PER_PICTURE)) {
      seen = true;
      if (!accept(text)) continue;
      this.#found(corners, whole, 1, whole, inverted);
      break;
    }
    return seen;
  }

  #found(corners: readonly Point[], box: Box, factor: number, whole: Box, inverted: boolean): void {
    this.#misses = 0;
    this.#whiteOnBlack = inverted;
    this.#last = boxAroundCode(corners, box, factor, whole);
  }

  #take(video: HTMLVideoElement, box: Box, factor: number, inverted: boolean): void {
    const width = Math.round(box.width * factor);
    const height = Math.round(box.height * factor);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#pen.drawImage(video, box.x, box.y, box.width, box.height, 0, 0, width, height);
    if (!inverted) return;
    this.#pen.globalCompositeOperation = 'difference';
    this.#pen.fillStyle = '#fff';
    this.#pen.fillRect(0, 0, width, height);
    this.#pen.globalCompositeOperation = 'source-over';
  }

  get #pixels(): ImageData {
    return this.#pen.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #code() {
    const { data, width, height } = this.#pixels;
    return readCodeFromPixels(data, width, height);
  }

  #grey() {
    const { data: rgba, width, height } = this.#pixels;
    const data = new Uint8Array(width * height);
    for (let i = 0; i < data.length; i++)
      data[i] = brightness(rgba[4 * i]!, rgba[4 * i + 1]!, rgba[4 * i + 2]!);
    return { width, height, data };
  }

  #cover(corners: readonly Point[]): void {
    this.#pen.fillStyle = '#fff';
    this.#pen.beginPath();
    for (const [x, y] of corners) this.#pen.lineTo(x, y);
    this.#pen.fill();
  }
}

/**
 * The rectangle around the corners of a code, in pixels of the video. It is enlarged, so that the
 * code is still inside it in the next picture, although the camera moves. It does not exceed the picture.
 */
function boxAroundCode(points: readonly Point[], box: Box, factor: number, whole: Box): Box {
  const xs = points.map(([x]) => box.x + x / factor);
  const ys = points.map(([, y]) => box.y + y / factor);
  const room = 0.12 * (Math.max(...xs) - Math.min(...xs));
  const left = Math.max(0, Math.floor(Math.min(...xs) - room));
  const top = Math.max(0, Math.floor(Math.min(...ys) - room));
  const right = Math.min(whole.width, Math.ceil(Math.max(...xs) + room));
  const bottom = Math.min(whole.height, Math.ceil(Math.max(...ys) + room));
  return { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

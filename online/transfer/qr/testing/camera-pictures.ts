/**
 * For tests and the benchmark only: reproducible camera pictures of a screen with QR codes. The pictures may
 * be rotated, at an angle, out of focus, dim or noisy.
 */
import { QUIET_ZONE } from '../../../../shared/qr/code-capacity.ts';
import { isDark, type Matrix } from '../drawing/matrix.ts';
import type { Grey } from '../picture/grey-picture.ts';
import { type Corners, type Point, type Projection, projectionMatrix } from '../picture/projective-map.ts';

export interface Placed {
  /** A code, or a picture of a code on a real screen with its quiet zone. */
  matrix: Matrix | Grey;
  /** Corners of the code with its quiet zone, clockwise from the top left. */
  corners: Corners;
}

export interface Camera {
  width: number;
  height: number;
  /** Radius of the blur in pixels. */
  blur?: number;
  /** Brightness of black and white in the camera's picture. */
  black?: number;
  white?: number;
  /** Largest deviation of a pixel's brightness. */
  noise?: number;
}

export function photographCodes(codes: readonly Placed[], camera: Camera): Grey {
  const { width, height, blur = 0, black = 0, white = 255, noise = 0 } = camera;
  const light = new Float32Array(width * height).fill(0.35);
  for (const code of codes) drawCodeInPicture(light, width, height, code);
  const seen = blur > 0 ? blurLight(blurLight(light, width, height, blur), width, height, blur) : light;
  let state = 7;
  const data = Uint8Array.from(seen, value => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const grain = ((state >>> 16) / 32768 - 1) * noise;
    return Math.max(0, Math.min(255, black + value * (white - black) + grain));
  });
  return { width, height, data };
}

/** Corners of a square with this side around a centre, rotated by this angle in degrees. */
export function rotatedCorners(x: number, y: number, side: number, degrees: number): Corners {
  const at = (corner: number): Point => {
    const angle = ((degrees + 225 + 90 * corner) * Math.PI) / 180;
    return [x + Math.cos(angle) * side * Math.SQRT1_2, y + Math.sin(angle) * side * Math.SQRT1_2];
  };
  return [at(0), at(1), at(2), at(3)];
}

function drawCodeInPicture(
  light: Float32Array,
  width: number,
  height: number,
  { matrix, corners }: Placed,
): void {
  const lightAt = makeBrightnessFunction(matrix);
  const toUnit = projectionToUnitSquare(corners);
  const xs = corners.map(c => c[0]);
  const ys = corners.map(c => c[1]);
  const GRID = 3; // Number of samples on each side of a pixel.
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y < Math.min(height, Math.max(...ys)); y++) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x < Math.min(width, Math.max(...xs)); x++) {
      let sum = 0;
      let inside = 0;
      for (let i = 0; i < GRID * GRID; i++) {
        const [u, v] = toUnit(x + ((i % GRID) + 0.5) / GRID, y + (Math.floor(i / GRID) + 0.5) / GRID);
        if (u < 0 || v < 0 || u >= 1 || v >= 1) continue;
        inside++;
        sum += lightAt(u, v);
      }
      const at = y * width + x;
      light[at] = (sum + light[at]! * (GRID * GRID - inside)) / (GRID * GRID);
    }
  }
}

/**
 * Returns a function that gives the brightness, from 0 to 1, at a fraction of the code's width and height.
 */
function makeBrightnessFunction(code: Matrix | Grey): (u: number, v: number) => number {
  if ('width' in code) {
    const { width, height, data } = code;
    return (u, v) => data[Math.floor(v * height) * width + Math.floor(u * width)]! / 255;
  }
  const full = code.size + 2 * QUIET_ZONE;
  return (u, v) =>
    isDark(code, Math.floor(u * full) - QUIET_ZONE, Math.floor(v * full) - QUIET_ZONE) ? 0 : 1;
}

/** A box blur in both directions. Applied twice, it is similar to the blur of a lens. */
function blurLight(light: Float32Array, width: number, height: number, radius: number): Float32Array {
  const pass = (from: Float32Array, along: number, across: number, step: number, jump: number) => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < across; line++) {
      for (let i = 0; i < along; i++) {
        let sum = 0;
        let weight = 0;
        for (let k = -Math.ceil(radius); k <= Math.ceil(radius); k++) {
          if (i + k < 0 || i + k >= along) continue;
          const share = Math.min(1, radius + 0.5 - Math.abs(k) + 0.5);
          sum += from[line * jump + (i + k) * step]! * share;
          weight += share;
        }
        to[line * jump + i * step] = sum / weight;
      }
    }
    return to;
  };
  return pass(pass(light, width, height, 1, width), height, width, width, 1);
}

/** The inverse of `projectionFromUnitSquare`, computed with the adjugate of the matrix. */
function projectionToUnitSquare(corners: Corners): Projection {
  const m = projectionMatrix(corners);
  const minor = (r: number, s: number, k: number, l: number) => m[r]![k]! * m[s]![l]! - m[r]![l]! * m[s]![k]!;
  return (x, y) => {
    const u = minor(1, 2, 1, 2) * x - minor(0, 2, 1, 2) * y + minor(0, 1, 1, 2);
    const v = -minor(1, 2, 0, 2) * x + minor(0, 2, 0, 2) * y - minor(0, 1, 0, 2);
    const w = minor(1, 2, 0, 1) * x - minor(0, 2, 0, 1) * y + minor(0, 1, 0, 1);
    return [u / w, v / w];
  };
}

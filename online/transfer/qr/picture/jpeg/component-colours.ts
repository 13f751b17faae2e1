/** Determines which components of a JPEG picture matter, and computes brightness from them. */
import { brightness, type Grey } from '../grey-picture.ts';
import { type ColourPlane, unitLayoutOf } from './component-plane.ts';
import type { Side } from './inverse-transform.ts';
import type { Frame } from './jpeg-header.ts';

export interface Colours {
  /** Indices of the used components. */
  used: number[];
  /** Brightness of a pixel, from its used components. */
  light: (a: number, b: number, c: number, d: number) => number;
}

/**
 * @param jfif true if the file has a JFIF segment. Without `transform`, three components are then brightness
 * and two colours
 * @param transform value written by Adobe programs: 0 for none, 1 and 2 for brightness and two colours;
 * undefined if the file has no such value
 */
export function determineColourModel(
  { components }: Frame,
  jfif: boolean,
  transform: number | undefined,
): Colours {
  const lightness: Colours = { used: [0], light: y => y };
  if (components.length === 1) return lightness;
  if (components.length === 3) {
    const named = String.fromCharCode(...components.map(({ id }) => id)) === 'RGB';
    const plain = transform === undefined ? named && !jfif : transform === 0;
    return plain ? { used: [0, 1, 2], light: brightness } : lightness;
  }
  // The components are inks. If an Adobe program wrote the file, `transform` is defined, and the inks are
  // inverted: 255 means no ink.
  if (transform === undefined) {
    return { used: [0, 1, 2, 3], light: (c, m, y, k) => ((255 - brightness(c, m, y)) * (255 - k)) / 255 };
  }
  if (transform === 2) return { used: [0, 3], light: (y, k) => ((255 - y) * k) / 255 };
  return { used: [0, 1, 2, 3], light: (c, m, y, k) => (brightness(c, m, y) * k) / 255 };
}

export function greyPictureOfPlanes(
  frame: Frame,
  { used, light }: Colours,
  side: Side,
  planes: ColourPlane[],
): Grey {
  const width = Math.ceil((frame.width * side) / 8);
  const height = Math.ceil((frame.height * side) / 8);
  const { maxH, maxV } = unitLayoutOf(frame);
  const data = new Uint8Array(width * height);
  const colours = used.map(i => planes[i]!);
  const whole = colours.length === 1 && colours[0]!.component.h === maxH && colours[0]!.component.v === maxV;
  for (let y = 0; y < height; y++) {
    if (whole) {
      const { pixels, stride } = colours[0]!;
      data.set(pixels!.subarray(y * stride, y * stride + width), y * width);
      continue;
    }
    // If a component has fewer pixels than the picture, each of its pixels is used several times.
    const rows = colours.map(({ pixels, stride, component: { h, v } }) => {
      const row = pixels!.subarray(Math.floor((y * v) / maxV) * stride);
      return (x: number) => row[Math.floor((x * h) / maxH)]!;
    });
    const none = () => 0;
    const [a = none, b = none, c = none, d = none] = rows;
    for (let x = 0; x < width; x++) data[y * width + x] = light(a(x), b(x), c(x), d(x));
  }
  return { width, height, data };
}

/**
 * Finds every QR code in a picture. jsQR finds at most one code in a picture. It often fails with several
 * codes, or with a code at an angle. So after a search of the whole picture, finder patterns are tried three
 * at a time. If three of them may belong to one code, this part of the picture is straightened and read
 * separately. A code that was read is painted over.
 */
import jsQR from 'jsqr';
import { findFinderTriples, type Triple } from './finder-patterns.ts';
import { blurPicture, type Grey, growDarkAreas, scalePart } from './grey-picture.ts';
import { type Corners, type Point, projectionFromUnitSquare } from './projective-map.ts';

/**
 * Sizes to which the whole picture is scaled for a search, as pixels of the longest side. Each size is used
 * only if no code was found at the earlier sizes.
 */
const SEARCH_SIZES = [1000, 600, 1600];
/**
 * Sizes for a search of the blurred picture. The blur over 3 x 3 pixels joins modules that are drawn as dots,
 * or with gaps between them. If the code fills at least half of the picture, a module has about three pixels
 * at one of these sizes.
 */
const BLURRED_SIZES = [600, 460, 350, 270, 210, 160, 120, 780, 1000];
/** Sizes for a search of the picture with enlarged dark areas. A blur would make very small dots pale. */
const GROWN_SIZES = [600, 1000, 400];
/** For the search of finder patterns, a larger picture is scaled to this longest side, in pixels. */
const FINDER_SIZE = 1600;
/** Side of a straightened code, in pixels. */
const STRAIGHTENED_SIDE = 640;
/**
 * Limit of the attempts to read single codes in one picture. If there are many finder patterns, the limit is
 * LOOKS_PER_FINDER for each of them. Without a limit, a picture full of patterns would take minutes.
 */
const MOST_LOOKS = 60;
const LOOKS_PER_FINDER = 4;

/**
 * Assumed positions of the fourth corner of a code. The other three corners give two sides. The fourth corner
 * is the sum of the two sides, each multiplied by its factor of the pair. The first pair is for a square seen
 * from the front. The other pairs are for squares seen at angles up to about 40 degrees.
 */
const FOURTH_CORNERS: readonly Point[] = [
  [1, 1],
  [1, 1.25],
  [1.25, 1],
  [1, 0.8],
  [0.8, 1],
  [1.2, 1.2],
  [0.85, 0.85],
  [1, 1.5],
  [1.5, 1],
  [1, 0.67],
  [0.67, 1],
];

/**
 * Yields the texts of the codes as they are found. The caller stops when it has enough.
 *
 * @param bounded function that is called if a limit ended the search, so that codes may be missing
 */
export function* findCodes(picture: Grey, bounded: () => void = () => {}): Generator<string> {
  const grey = { ...picture, data: picture.data.slice() };
  let found = 0;
  const looks = [
    ...SEARCH_SIZES.map(size => ({ size, joined: (scaledDown: Grey) => scaledDown })),
    ...BLURRED_SIZES.map(size => ({ size, joined: blurPicture })),
    ...GROWN_SIZES.map(size => ({ size, joined: growDarkAreas })),
  ];
  for (const [i, { size, joined }] of looks.entries()) {
    if (found > 0) break;
    for (const text of searchWholePicture(grey, size, joined)) {
      found++;
      yield text;
    }
    if (i === 0) {
      for (const text of searchFinderTriples(grey, bounded)) {
        found++;
        yield text;
      }
    }
  }
}

function* searchWholePicture(grey: Grey, size: number, joined: (grey: Grey) => Grey): Generator<string> {
  const long = Math.max(grey.width, grey.height);
  // A small picture is enlarged by an integer, so that equal modules stay equal. More than three times does
  // not help jsQR.
  const factor = size < long ? size / long : Math.min(3, Math.floor(size / long));
  // The number of rounds is limited, because a code could be found again although it was painted over.
  for (let looks = 0; looks < 64 && !isUniformPicture(grey); looks++) {
    const small = scalePart(grey, 0, 0, grey.width, grey.height, factor);
    const code = readCode(joined(small));
    if (!code) return;
    paintOver(
      grey,
      code.corners.map(([u, v]) => [u / factor, v / factor]),
    );
    if (code.text !== '') yield code.text;
  }
}

function* searchFinderTriples(grey: Grey, bounded: () => void): Generator<string> {
  if (isUniformPicture(grey)) return;
  const factor = Math.min(1, FINDER_SIZE / Math.max(grey.width, grey.height));
  const small = factor < 1 ? scalePart(grey, 0, 0, grey.width, grey.height, factor) : grey;
  for (const { text, corners } of findCodesAtTriples(small, undefined, bounded)) {
    if (small !== grey) {
      paintOver(
        grey,
        corners.map(([x, y]) => [x / factor, y / factor]),
      );
    }
    if (text !== '') yield text;
  }
}

/**
 * Yields the code of each fitting triple of finder patterns, and paints over each code that was read.
 *
 * @param most largest number of attempts; by default it depends on the number of finder patterns
 */
export function* findCodesAtTriples(
  grey: Grey,
  most?: number,
  bounded: () => void = () => {},
): Generator<{ text: string; corners: Point[] }> {
  const { all, finders, more } = findFinderTriples(grey);
  const budget = most ?? Math.max(MOST_LOOKS, LOOKS_PER_FINDER * finders);
  // Corners of each code that was read. A triple with a point inside one of these codes is not tried again.
  // The corners are needed, because the read code need not be the code of the tried triple.
  const done: Point[][] = [];
  const isUsed = (points: Triple) =>
    done.some(corners => points.some(point => isInQuadrilateral(point, corners)));
  let looks = 0;
  let found = 0;
  // First, every triple is tried as a code seen from the front, because most codes can be read in this way.
  for (const fourths of [FOURTH_CORNERS.slice(0, 1), FOURTH_CORNERS.slice(1)]) {
    for (const { points, margin } of all) {
      for (const fourth of fourths) {
        if (looks >= budget || isUsed(points)) break;
        looks++;
        const corners = outlineOfCode(points, fourth, margin);
        const code = readCode(straightenCode(grey, corners));
        if (!code) continue;
        found++;
        const map = projectionFromUnitSquare(corners);
        const back = code.corners.map(([u, v]) => map(u / STRAIGHTENED_SIDE, v / STRAIGHTENED_SIDE));
        paintOver(grey, back);
        done.push(back);
        yield { text: code.text, corners: back };
      }
    }
  }
  // Three finder patterns belong to each code that was read. If fewer than three patterns are left, there is
  // no further code.
  const left = finders - 3 * found;
  if (more || (looks >= budget && left >= 3 && all.some(({ points }) => !isUsed(points)))) bounded();
}

/** True if the point is in the quadrilateral, whose corners are in clockwise order. */
function isInQuadrilateral([x, y]: Point, corners: readonly Point[]): boolean {
  return corners.every(([ax, ay], i) => {
    const [bx, by] = corners[(i + 1) % corners.length]!;
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0;
  });
}

/**
 * The corners of a code with a part of its quiet zone. The margin is the distance from the centres of the
 * finder patterns to the outline, as a fraction of the distance between two centres.
 */
function outlineOfCode([c, a, b]: Triple, [alongA, alongB]: Point, margin: number): Corners {
  const fourth: Point = [
    c[0] + alongA * (a[0] - c[0]) + alongB * (b[0] - c[0]),
    c[1] + alongA * (a[1] - c[1]) + alongB * (b[1] - c[1]),
  ];
  const inner = projectionFromUnitSquare([c, a, fourth, b]);
  return [
    inner(-margin, -margin),
    inner(1 + margin, -margin),
    inner(1 + margin, 1 + margin),
    inner(-margin, 1 + margin),
  ];
}

function straightenCode(grey: Grey, corners: Corners): Grey {
  const map = projectionFromUnitSquare(corners);
  const data = new Uint8Array(STRAIGHTENED_SIDE * STRAIGHTENED_SIDE).fill(255);
  for (let v = 0; v < STRAIGHTENED_SIDE; v++) {
    for (let u = 0; u < STRAIGHTENED_SIDE; u++) {
      const [x, y] = map((u + 0.5) / STRAIGHTENED_SIDE, (v + 0.5) / STRAIGHTENED_SIDE);
      data[v * STRAIGHTENED_SIDE + u] = shadeAtPoint(grey, x - 0.5, y - 0.5);
    }
  }
  return { width: STRAIGHTENED_SIDE, height: STRAIGHTENED_SIDE, data };
}

/**
 * The shade at a point between four pixels. It is interpolated, because small codes have few pixels. Points
 * outside of the picture are white.
 */
function shadeAtPoint({ width, height, data }: Grey, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return 255;
  const [u, v] = [x - left, y - top];
  const at = top * width + left;
  const above = data[at]! * (1 - u) + data[at + 1]! * u;
  const below = data[at + width]! * (1 - u) + data[at + width + 1]! * u;
  return above * (1 - v) + below * v;
}

/** The code that jsQR finds, if any, with its corners clockwise from the top left. */
export function readCode(grey: Grey): { text: string; corners: Point[] } | undefined {
  const pixels = new Uint32Array(grey.data.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = 0xff000000 | (grey.data[i]! * 0x010101);
  return readCodeFromPixels(new Uint8ClampedArray(pixels.buffer), grey.width, grey.height);
}

/** {@link readCode} for the pixels of a canvas. */
export function readCodeFromPixels(
  rgba: Uint8ClampedArray,
  width: number,
  height: number,
): ReturnType<typeof readCode> {
  let code: ReturnType<typeof jsQR.default>;
  try {
    code = jsQR.default(rgba, width, height, { inversionAttempts: 'dontInvert' });
  } catch {
    // jsQR throws an error at some codes. Such a code counts as unreadable.
    return undefined;
  }
  if (!code) return undefined;
  const { topLeftCorner, topRightCorner, bottomRightCorner, bottomLeftCorner } = code.location;
  const corners = [topLeftCorner, topRightCorner, bottomRightCorner, bottomLeftCorner];
  return { text: code.data, corners: corners.map(({ x, y }) => [x, y]) };
}

/** True if all pixels have about the same shade, as after the only code was painted over. */
function isUniformPicture({ data }: Grey): boolean {
  let least = 255;
  let most = 0;
  for (const value of data) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most - least < 32;
}

/** Fills the quadrilateral with white, so that its finder patterns are not found again. */
function paintOver(grey: Grey, corners: Point[]): void {
  const ys = corners.map(([, y]) => y);
  const top = Math.max(0, Math.floor(Math.min(...ys)));
  const bottom = Math.min(grey.height - 1, Math.ceil(Math.max(...ys)));
  for (let y = top; y <= bottom; y++) {
    const crossings: number[] = [];
    corners.forEach(([ax, ay], i) => {
      const [bx, by] = corners[(i + 1) % corners.length]!;
      if (ay <= y !== by <= y) crossings.push(ax + ((y - ay) * (bx - ax)) / (by - ay));
    });
    if (crossings.length < 2) continue;
    const left = Math.max(0, Math.floor(Math.min(...crossings)) - 1);
    const right = Math.min(grey.width - 1, Math.ceil(Math.max(...crossings)) + 1);
    grey.data.fill(255, y * grey.width + left, y * grey.width + right + 1);
  }
}

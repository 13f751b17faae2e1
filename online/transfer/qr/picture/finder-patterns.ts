/**
 * Finds the finder patterns of QR codes, and triples of patterns that may belong to one code. The package
 * jsQR takes the three best patterns of the whole picture, which often belong to different codes.
 */
import type { Grey } from './grey-picture.ts';
import type { Point } from './projective-map.ts';

interface Finder {
  x: number;
  y: number;
  /**
   * Width of a module in pixels, measured along a row. In a rotated code, this width is up to 1.4 times too
   * large.
   */
  module: number;
  rows: number;
}

/** Centres of three finder patterns. The pattern at the corner between the other two is the first. */
export type Triple = readonly [corner: Point, right: Point, below: Point];

/** Largest number of finder patterns, enough for 200 codes. */
const MOST_FINDERS = 600;
/**
 * For each finder pattern, only this number of nearest patterns is examined. The two other patterns of the
 * same code are among them, even between many codes.
 */
const NEIGHBOURS = 24;

/**
 * Triples of finder patterns that may belong to one code. Small triples come first, because triples across
 * neighbouring codes are larger than real codes.
 */
export function findFinderTriples(grey: Grey): {
  all: { points: Triple; margin: number }[];
  finders: number;
  /** True if there are more finder patterns than are examined. */
  more: boolean;
} {
  const every = findFinders(grey);
  const finders = every.slice(0, MOST_FINDERS);
  const found: { points: Triple; margin: number; area: number }[] = [];
  for (const c of finders) {
    const near = nearestFinders(c, finders);
    for (const a of near) {
      for (const b of near) {
        if (a === b) continue;
        const [ax, ay, bx, by] = [a.x - c.x, a.y - c.y, b.x - c.x, b.y - c.y];
        // Only triples in clockwise order are kept, so that each occurs once.
        const area = ax * by - ay * bx;
        const [right, below] = [Math.hypot(ax, ay), Math.hypot(bx, by)];
        if (area <= 0 || Math.abs(ax * bx + ay * by) > 0.5 * right * below) continue;
        if (right / below > 1.8 || below / right > 1.8) continue;
        const sizes = [a.module, b.module, c.module];
        if (Math.max(...sizes) > 2 * Math.min(...sizes)) continue;
        const module = (a.module + b.module + c.module) / 3;
        const modules = (right + below) / 2 / module;
        if (modules < 9 || modules > 190) continue;
        // The centre of a finder pattern is 3.5 modules from the code's edge. With the margin of 6 modules,
        // 2.5 modules of the quiet zone are included.
        found.push({
          points: [
            [c.x, c.y],
            [a.x, a.y],
            [b.x, b.y],
          ],
          margin: 6 / modules,
          area,
        });
      }
    }
  }
  found.sort((a, b) => a.area - b.area);
  return { all: found, finders: finders.length, more: every.length > finders.length };
}

function nearestFinders(c: Finder, finders: readonly Finder[]): Finder[] {
  const others = finders.filter(f => f !== c);
  if (others.length <= NEIGHBOURS) return others;
  const far = (f: Finder) => Math.hypot(f.x - c.x, f.y - c.y);
  return others.sort((a, b) => far(a) - far(b)).slice(0, NEIGHBOURS);
}

function findFinders(grey: Grey): Finder[] {
  const dark = darkPixels(grey);
  const finders: Finder[] = [];
  for (let y = 0; y < grey.height; y++) {
    const row = y * grey.width;
    let runs = [0, 0, 0, 0, 0];
    let length = 0;
    for (let x = 0; x <= grey.width; x++) {
      if (x < grey.width && x > 0 && dark[row + x] === dark[row + x - 1]) {
        length++;
        continue;
      }
      runs = [...runs.slice(1), length];
      length = 1;
      if (x === 0 || !dark[row + x - 1] || !isFinderRatio(runs)) continue;
      const total = runs.reduce((a, b) => a + b);
      const middle = x - runs[4]! - runs[3]! - runs[2]! / 2;
      const upright = measureRuns(dark, grey, Math.floor(middle), y, 0, 1);
      if (upright === undefined || upright.total > 2 * total || total > 2 * upright.total) continue;
      const centre = y + upright.offset;
      // Four lines are examined. Data often looks like a finder pattern along two lines, but hardly ever
      // along four.
      const slanted = [1, -1].map(dx =>
        measureRuns(dark, grey, Math.floor(middle), Math.min(grey.height - 1, Math.floor(centre)), dx, 1),
      );
      if (slanted.includes(undefined)) continue;
      addOrMergeFinder(finders, middle, centre, total / 7);
    }
  }
  // The centre of a real finder pattern is three modules high, so the pattern is found in many rows.
  const likely = finders.filter(({ rows, module }) => rows > 1.2 * module);
  return likely.sort((a, b) => b.rows - a.rows);
}

function addOrMergeFinder(finders: Finder[], x: number, y: number, module: number): void {
  const near = finders.find(f => Math.hypot(f.x - x, f.y - y) < 2 * Math.max(f.module, module));
  if (!near) {
    finders.push({ x, y, module, rows: 1 });
    return;
  }
  near.x = (near.x * near.rows + x) / (near.rows + 1);
  near.y = (near.y * near.rows + y) / (near.rows + 1);
  near.module = (near.module * near.rows + module) / (near.rows + 1);
  near.rows++;
}

function isFinderRatio(runs: number[]): boolean {
  const module = runs.reduce((a, b) => a + b) / 7;
  return runs.every((run, i) => Math.abs(run - module * (i === 2 ? 3 : 1)) < module * (i === 2 ? 1.2 : 0.7));
}

/**
 * Measures the five runs of a finder pattern along another line through its centre, in steps of (dx, dy) in
 * both directions.
 * @returns undefined if the runs are not those of a finder pattern
 */
function measureRuns(
  dark: Uint8Array,
  { width, height }: Grey,
  x: number,
  y: number,
  dx: number,
  dy: number,
) {
  if (!dark[y * width + x]) return undefined;
  const runs = [0, 0, 1, 0, 0];
  const walk = (way: 1 | -1): void => {
    let [u, v] = [x + way * dx, y + way * dy];
    for (let run = 2; run >= 0 && run <= 4; run += way) {
      while (u >= 0 && v >= 0 && u < width && v < height && dark[v * width + u] === (run + 1) % 2) {
        runs[run]!++;
        u += way * dx;
        v += way * dy;
      }
    }
  };
  walk(-1);
  const before = runs[2]! - 1;
  walk(1);
  if (!isFinderRatio(runs)) return undefined;
  return { total: runs.reduce((a, b) => a + b), offset: runs[2]! / 2 - before };
}

/**
 * For each pixel: 1 if it is dark. Each pixel is compared with the mean of its surroundings, so that shadows
 * do not matter.
 */
function darkPixels({ width, height, data }: Grey): Uint8Array {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let sum = 0;
    for (let x = 0; x < width; x++) {
      sum += data[y * width + x]!;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + sum;
    }
  }
  const reach = Math.max(8, Math.floor(Math.max(width, height) / 16));
  const dark = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = [Math.max(0, y - reach) * (width + 1), Math.min(height, y + reach) * (width + 1)];
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach)];
      const sum = sums[bottom + right]! - sums[bottom + left]! - sums[top + right]! + sums[top + left]!;
      const mean = sum / ((right - left) * ((bottom - top) / (width + 1)));
      dark[y * width + x] = data[y * width + x]! < mean * 0.92 ? 1 : 0;
    }
  }
  return dark;
}

/** For tests: reads the text of a console from a picture of its screen. The image has no code for tests. */
import { gunzipSync } from 'node:zlib';

export interface Picture {
  width: number;
  height: number;
  /** Three bytes for each point. */
  data: Uint8Array;
}

/** Reads a picture of Netpbm's format PPM (P6), which QEMU writes. */
export function readPpm(bytes: Buffer): Picture {
  const [head, width, height] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 40)) ?? [];
  if (!head) throw new Error('expected a picture of the form P6');
  return { width: Number(width), height: Number(height), data: bytes.subarray(head.length) };
}

const [GLYPH_WIDTH, GLYPH_HEIGHT] = [8, 16];

/**
 * For each shape of the console's font: its character. Source of the file's format: `psf.h` of Linux kbd, version 1
 * with a table of Unicode characters.
 */
export function readFont(file: Uint8Array): Map<string, string> {
  const bytes = gunzipSync(file);
  if (bytes.readUInt16LE(0) !== 0x0436 || bytes[3] !== GLYPH_HEIGHT)
    throw new Error('expected a PSF 1 font, 16 points high');
  const count = bytes[2]! & 1 ? 512 : 256;
  const shapes = new Map<string, string>();
  let at = 4 + count * GLYPH_HEIGHT;
  for (let glyph = 0; glyph < count; glyph++) {
    const shape = bytes.toString('hex', 4 + glyph * GLYPH_HEIGHT, 4 + (glyph + 1) * GLYPH_HEIGHT);
    const first = bytes.readUInt16LE(at);
    while (bytes.readUInt16LE(at) !== 0xffff) at += 2;
    at += 2;
    // If several letters of the font have the same shape, the first one is used.
    if (!shapes.has(shape)) shapes.set(shape, String.fromCharCode(first));
  }
  return shapes;
}

const BRIGHT = 0x50;

/**
 * Lines of a console. A cell without a known character, such as the cursor's, is `~`. Blanks and `~` at the end of a
 * line are removed.
 */
export function readConsole({ width, height, data }: Picture, font: ReadonlyMap<string, string>): string[] {
  const bright = (x: number, y: number) => {
    const at = 3 * (y * width + x);
    return Math.max(data[at]!, data[at + 1]!, data[at + 2]!) > BRIGHT;
  };
  const cell = (column: number, row: number) => {
    let shape = '';
    for (let y = row * GLYPH_HEIGHT; y < (row + 1) * GLYPH_HEIGHT; y++) {
      let bits = 0;
      for (let x = 0; x < GLYPH_WIDTH; x++) bits = (bits << 1) | Number(bright(column * GLYPH_WIDTH + x, y));
      shape += bits.toString(16).padStart(2, '0');
    }
    return font.get(shape) ?? '~';
  };
  return Array.from({ length: Math.floor(height / GLYPH_HEIGHT) }, (_, row) =>
    Array.from({ length: Math.floor(width / GLYPH_WIDTH) }, (_, column) => cell(column, row))
      .join('')
      .replace(/[ \u00a0~]+$/, ''),
  );
}

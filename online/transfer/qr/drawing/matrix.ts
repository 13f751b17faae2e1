/** The modules of one QR code. */
import core from 'qrcode/lib/core/qrcode.js';

export interface Matrix {
  /** Modules on one side, without the quiet zone. */
  size: number;
  /** One byte for each module, row by row: 1 is dark. */
  data: Uint8Array;
}

/**
 * Draws a frame with this version and with error correction level L, as one alphanumeric segment. By default
 * the package splits the text into segments of several modes, which takes seconds for a large code and saves
 * nothing with base32.
 */
export function drawCode(frame: string, version: number): Matrix {
  const { modules } = core.create([{ data: frame, mode: 'alphanumeric' }], {
    version,
    errorCorrectionLevel: 'L',
  });
  return { size: modules.size, data: modules.data };
}

/** True for a dark module. All modules outside of the code are light, like the quiet zone. */
export function isDark({ size, data }: Matrix, x: number, y: number): boolean {
  return x >= 0 && y >= 0 && x < size && y < size && data[y * size + x] === 1;
}

/** A QR code as terminal text: two modules in each character, black on white in every colour theme. */
import { MAX_VERSION, MIN_VERSION, modulesPerSide, QUIET_ZONE } from '../../../../shared/qr/code-capacity.ts';
import { isDark, type Matrix } from '../drawing/matrix.ts';

// Black and white are the colours 16 and 231, which themes do not change. Themes change the first sixteen
// colours, and a grey in place of white would reduce the contrast.
const BLACK_ON_WHITE = '\x1b[38;5;16;48;5;231m';
const RESET = '\x1b[0m';
const HALVES = [' ', '\u2584', '\u2580', '\u2588'] as const;

/** Lines of a code with its quiet zone. */
export function linesOfCode(matrix: Matrix): string[] {
  const lines: string[] = [];
  for (let y = -QUIET_ZONE; y < matrix.size + QUIET_ZONE; y += 2) {
    let line = '';
    for (let x = -QUIET_ZONE; x < matrix.size + QUIET_ZONE; x++) {
      line += HALVES[(isDark(matrix, x, y) ? 2 : 0) + (isDark(matrix, x, y + 1) ? 1 : 0)];
    }
    lines.push(BLACK_ON_WHITE + line + RESET);
  }
  return lines;
}

/** The largest version whose code fits above one status line; undefined if version 5 does not fit. */
export function largestVersionForWindow(columns: number, rows: number): number | undefined {
  const room = Math.min(columns, 2 * (rows - 1));
  for (let version = MAX_VERSION; version >= MIN_VERSION; version--) {
    if (modulesPerSide(version) + 2 * QUIET_ZONE <= room) return version;
  }
  return undefined;
}

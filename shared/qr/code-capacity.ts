/**
 * Capacity of QR codes. Countersign uses versions 5 to 40 at error correction level L. BBQr recommends this level,
 * because screens show clean codes.
 */

export const MIN_VERSION = 5;
export const MAX_VERSION = 40;

// ISO/IEC 18004, table 7: alphanumeric characters at level L, from version 5 on.
// biome-ignore format: ten a line, so that a version is found by counting
const CHARACTERS = [
  154, 195, 224, 279, 335,
  395, 468, 535, 619, 667, 758, 854, 938, 1046, 1153,
  1249, 1352, 1460, 1588, 1704, 1853, 1990, 2132, 2223, 2369,
  2520, 2677, 2840, 3009, 3183, 3351, 3537, 3729, 3927, 4087,
  4296,
];

/**
 * The version that `qr show` never uses, because jsQR cannot read it. jsQR's table has an alignment pattern at 74
 * instead of 78. https://github.com/cozmo/jsQR/issues/251
 */
export const UNREADABLE_VERSION = 23;

/** Number of alphanumeric characters in a code of this version at level L. */
export function codeCapacity(version: number): number {
  const characters = CHARACTERS[version - MIN_VERSION];
  if (characters === undefined) throw new RangeError(`version: expected 5 to 40, got ${version}`);
  return characters;
}

/** Modules on one side, without the quiet zone. */
export const modulesPerSide = (version: number): number => 17 + 4 * version;

/** White modules that the standard requires on each side (the quiet zone). */
export const QUIET_ZONE = 4;

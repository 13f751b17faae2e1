/**
 * One BBQr frame, which is the text of one QR code: `B$`, encoding, file type, count and index in base 36, payload.
 * https://github.com/coinkite/BBQr/blob/master/BBQr.md
 */
import { Refusal, valueText } from '../errors.ts';

/** `Z` raw deflate and base32, `2` base32, `H` hex. Countersign writes Z and 2, and reads all three. */
export type Encoding = 'Z' | '2' | 'H';

export interface Frame {
  encoding: Encoding;
  /** Number of frames in the series, 1 to 1295. */
  count: number;
  /** Index in the series, from 0. Messages show `index + 1`. */
  index: number;
  payload: string;
}

export const HEADER = 8;
/** `ZZ` in base 36. */
export const MAX_COUNT = 1295;
/** JSON, the only file type that Countersign uses. */
export const FILE_TYPE = 'J';

const PATTERN = /^B\$([A-Z0-9])([A-Z0-9])([A-Z0-9]{2})([A-Z0-9]{2})([A-Z0-9]+)$/;
const PAYLOAD: Record<Encoding, RegExp> = { Z: /^[A-Z2-7]+$/, 2: /^[A-Z2-7]+$/, H: /^[0-9A-F]+$/ };
/**
 * The payload length of each frame but the last is a multiple of this number, so that the payload decodes to whole
 * bytes.
 */
export const BLOCK: Record<Encoding, number> = { Z: 8, 2: 8, H: 2 };

const FOREIGN = 'Point the camera only at frames of countersign, the courier page or qr.mjs.';

const toBase36 = (n: number) => n.toString(36).toUpperCase().padStart(2, '0');

export function writeFrame({ encoding, count, index, payload }: Frame): string {
  return `B$${encoding}${FILE_TYPE}${toBase36(count)}${toBase36(index)}${payload}`;
}

/** The file type of a frame if it is not JSON, such as P for a Bitcoin transaction. */
const otherFileType = (text: string): string | undefined => /^B\$[A-Z0-9]([A-IK-Z0-9])/.exec(text)?.[1];

/** True for text that begins like a JSON frame. Distinguishes a damaged frame from a QR code of another program. */
export const looksLikeFrame = (text: string): boolean => text.startsWith('B$') && otherFileType(text) === undefined;

/** Describes a code for which {@link looksLikeFrame} is false. */
export function describeForeignCode(text: string): string {
  const type = otherFileType(text);
  return type === undefined
    ? `a QR code that is not a frame: ${valueText(text)}`
    : `a frame of another program: expected file type ${FILE_TYPE} (JSON), got ${type}`;
}

/** @throws {Refusal} QR_INVALID */
export function readFrame(text: string): Frame {
  if (!text.startsWith('B$')) {
    throw new Refusal('QR_INVALID', `QR code: expected a frame that begins with B$, got ${valueText(text)}`, FOREIGN);
  }
  const match = PATTERN.exec(text);
  if (!match) {
    throw new Refusal('QR_INVALID', `frame: expected a BBQr header and payload, got ${valueText(text)}`, FOREIGN);
  }
  const [, encoding, type, countText, indexText, payload] = match as unknown as string[] & { 5: string };
  if (encoding !== 'Z' && encoding !== '2' && encoding !== 'H') {
    throw new Refusal('QR_INVALID', `frame: expected encoding Z, 2 or H, got ${valueText(encoding)}`, FOREIGN);
  }
  if (type !== FILE_TYPE) {
    throw new Refusal('QR_INVALID', `frame: expected file type J (JSON), got ${valueText(type)}`, FOREIGN);
  }
  const count = Number.parseInt(countText!, 36);
  const index = Number.parseInt(indexText!, 36);
  if (count < 1) {
    throw new Refusal('QR_INVALID', `frame: expected a count of 1 to ${MAX_COUNT}, got ${count}`, FOREIGN);
  }
  if (index >= count) {
    throw new Refusal('QR_INVALID', `frame: expected a number of 1 to ${count}, got ${index + 1}`, FOREIGN);
  }
  if (!PAYLOAD[encoding].test(payload!)) {
    const name = `frame ${index + 1} of ${count}`;
    throw new Refusal(
      'QR_INVALID',
      `${name}: expected a payload of encoding ${encoding}, got ${valueText(payload)}`,
      FOREIGN,
    );
  }
  return { encoding, count, index, payload: payload! };
}

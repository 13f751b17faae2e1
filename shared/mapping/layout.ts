/**
 * An asset's entry as `json.dump` lays it out, found in the bytes of a file without reading them as JSON: the layout of
 * nearly all entries, of which there can be a million.
 */
import { utf8 } from '../bytes.ts';
import { plain } from '../review-code.ts';

const [DIGIT, HEX, PLAIN] = [1, 2, 4];
/** What each byte may be part of; PLAIN is what stands in a string as it is and reads the same in the signed message. */
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const c = String.fromCharCode(byte);
  return (/[0-9]/.test(c) ? DIGIT : 0) | (/[0-9a-f]/.test(c) ? HEX : 0) | (/[ !#-[\]-~]/.test(c) ? PLAIN : 0);
});
const [QUOTE, POINT, ZERO, DASH] = [0x22, 0x2e, 0x30, 0x2d];
/** What stands between the values of an entry. */
const [TO_REF, TO_MASS, TO_TOKEN, TO_END] = ['": {"ref": "', '", "mass": ', ', "tokenid": "', '"}'].map(utf8) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const REF_NAME = '"ref": "'.length;
/** Digits of a token id. */
const TOKEN = 64;
/** What the last digit of a mass is worth in thousandths, by how many bytes the point and the decimals are. */
const LAST_DIGIT = [0, 0, 100, 10, 1];

function stands(bytes: Uint8Array, at: number, literal: Uint8Array): boolean {
  let differing = 0;
  for (let i = 0; i < literal.length; i++) differing |= (bytes[at + i] as number) ^ (literal[i] as number);
  return differing === 0;
}

/** The end of the bytes of this kind that begin here. */
function endOf(kind: number, bytes: Uint8Array, at: number): number {
  let end = at;
  while (((KINDS[bytes[end] as number] as number) & kind) !== 0) end++;
  return end;
}

/** The end of a whole number without zeros in front, or -1. */
function endOfWhole(bytes: Uint8Array, at: number, most: number): number {
  const end = endOf(DIGIT, bytes, at);
  const digits = end - at;
  return digits < 1 || digits > most || (digits > 1 && bytes[at] === ZERO) ? -1 : end;
}

/** The end of what follows a mass's whole number, as Python prints it with at most three decimals, or -1. */
function endOfDecimals(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== POINT) return at;
  const end = endOf(DIGIT, bytes, at + 1);
  const digits = end - at - 1;
  return digits < 1 || digits > 3 || (digits > 1 && bytes[end - 1] === ZERO) ? -1 : end;
}

/** The number in these digits. */
function digitsOf(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + (bytes[i] as number) - ZERO;
  return value;
}

export type Part = 'reference' | 'mass' | 'tokenId';

/** Places an entry: its first byte, the reference's and the one behind it, and the token id's. */
export const PLACES = 4;

/**
 * The entry that begins at `start`: its places are put where they belong for number `i`.
 * @param found its key and its mass in thousandths; one object for all entries
 * @returns the place behind it, or -1 if no entry in this layout begins here
 */
export function findEntry(
  bytes: Uint8Array,
  start: number,
  places: Int32Array,
  i: number,
  found: { key: number; mass: number },
): number {
  const key = endOfWhole(bytes, start + 1, 9);
  if (bytes[start] !== QUOTE || key < 0 || !stands(bytes, key, TO_REF)) return -1;
  const ref = key + TO_REF.length;
  const refEnd = endOf(PLAIN, bytes, ref);
  if (!stands(bytes, refEnd, TO_MASS)) return -1;
  const mass = refEnd + TO_MASS.length;
  const point = endOfWhole(bytes, mass, 7);
  const massEnd = endOfDecimals(bytes, point);
  if (point < 0 || massEnd < 0 || !stands(bytes, massEnd, TO_TOKEN)) return -1;
  const token = massEnd + TO_TOKEN.length;
  if (endOf(HEX, bytes, token) !== token + TOKEN || !stands(bytes, token + TOKEN, TO_END)) return -1;
  found.key = digitsOf(bytes, start + 1, key);
  const decimals = massEnd > point ? digitsOf(bytes, point + 1, massEnd) * (LAST_DIGIT[massEnd - point] as number) : 0;
  found.mass = digitsOf(bytes, mass, point) * 1000 + decimals;
  places[PLACES * i] = start;
  places[PLACES * i + 1] = ref;
  places[PLACES * i + 2] = refEnd;
  places[PLACES * i + 3] = token;
  return token + TOKEN + TO_END.length;
}

/** First byte of a value of entry `i`, and the one behind it. */
export function partOf(what: Part, places: Int32Array, i: number): [from: number, to: number] {
  const [ref, refEnd] = [places[PLACES * i + 1] as number, places[PLACES * i + 2] as number];
  const token = places[PLACES * i + 3] as number;
  if (what === 'reference') return [ref, refEnd];
  return what === 'mass' ? [refEnd + TO_MASS.length, token - TO_TOKEN.length] : [token, token + TOKEN];
}

/** Bytes of entry `i`, the same in the signed message: there the members only change places. */
export const lengthOf = (places: Int32Array, i: number): number =>
  (places[PLACES * i + 3] as number) + TOKEN + TO_END.length - (places[PLACES * i] as number);

function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  const shift = at - start;
  for (let i = start; i < end; i++) to[i + shift] = from[i] as number;
  return end + shift;
}

/** Writes entry `i` as it stands in the signed message: Python sorts the members by name. @returns the place behind it */
export function writeSorted(bytes: Uint8Array, places: Int32Array, i: number, to: Uint8Array, at: number): number {
  const start = places[PLACES * i] as number;
  const end = start + lengthOf(places, i);
  const ref = (places[PLACES * i + 1] as number) - REF_NAME;
  const refEnd = (places[PLACES * i + 2] as number) + 1;
  const token = (places[PLACES * i + 3] as number) - TO_TOKEN.length;
  let behind = copy(bytes, start, ref, to, at);
  behind = copy(bytes, refEnd + 2, token, to, behind);
  behind = copy(bytes, refEnd, refEnd + 2, to, behind);
  behind = copy(bytes, ref, refEnd, to, behind);
  to.set(bytes.subarray(token, end), behind); // such a call takes longer than a loop over the few bytes above
  return behind + end - token;
}

/** Bytes that people take for one another are one: case, look-alikes; 0 for those that are left out. */
const FOLDED = Uint8Array.from({ length: 128 }, (_, byte) => plain(String.fromCharCode(byte)).charCodeAt(0) || 0);
/** Enough of a token id to tell it from others, and more than a serial. */
const MARKED = 16;

/** A number that two texts share if they are alike up to a dash; nearly all others have another. */
export function markOf(bytes: Uint8Array, from: number, to: number): number {
  let mark = 0;
  for (let i = from; i < to && i < from + MARKED && bytes[i] !== DASH; i++) {
    const byte = FOLDED[bytes[i] as number] as number;
    if (byte !== 0) mark = Math.imul(mark ^ byte, 0x0100_0193);
  }
  return mark;
}

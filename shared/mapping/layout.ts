/**
 * An asset's entry as `json.dump` lays it out, found in the bytes of a file without reading them as JSON: the layout of
 * nearly all entries, of which there can be a million.
 */
import { folded } from '../look-alike.ts';

/** Such an entry, of values that read the same in the signed message: no escapes, a mass as Python prints it. */
const ENTRY =
  /"(0|[1-9][0-9]{0,8})": \{"ref": "[ !#-[\]-~]*", "mass": ((?:0|[1-9][0-9]{0,6})(?:\.(?:0|[0-9]{0,2}[1-9]))?), "tokenid": "[0-9a-f]{64}"\}/y;
const [TO_REF, TO_MASS, TO_TOKEN] = ['": {"ref": "', '", "mass": ', ', "tokenid": "'].map(text => text.length) as [
  number,
  number,
  number,
];
const REF_NAME = '"ref": "'.length;
/** Digits of a token id, and what stands behind it. */
const [TOKEN, BEHIND] = [64, '"}'.length];
const [COMMA, SPACE, DASH] = [0x2c, 0x20, 0x2d];

export type Part = 'reference' | 'mass' | 'tokenId';

/** Places kept of an entry: its first byte, the reference's and the one behind it, and the token id's. */
export const PLACES = 4;

/** Bytes that are decoded at a time; an entry that does not fit counts as one in another layout. */
const CHUNK = 1 << 13;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The entries that follow one another from `start`, `, ` between them, as numbers `first` and on.
 * @param found called with each one's number, key, mass as it stands there, and the place behind it
 */
export function findEntries(
  bytes: Uint8Array,
  start: number,
  places: Int32Array,
  first: number,
  found: (i: number, key: string, mass: string, end: number) => void,
): void {
  let [from, text] = [start, ''];
  for (let [at, i] = [start, first]; ; i++) {
    ENTRY.lastIndex = at - from;
    let entry = ENTRY.exec(text);
    if (!entry) {
      // As long as all of it fits the layout it is ASCII, a character a byte.
      [from, text] = [at, decoder.decode(bytes.subarray(at, at + CHUNK))];
      ENTRY.lastIndex = 0;
      entry = ENTRY.exec(text);
      if (!entry) return;
    }
    const [whole, key, mass] = entry as unknown as [string, string, string];
    const end = at + whole.length;
    const token = end - BEHIND - TOKEN;
    places[PLACES * i] = at;
    places[PLACES * i + 1] = at + 1 + key.length + TO_REF;
    places[PLACES * i + 2] = token - TO_TOKEN - mass.length - TO_MASS;
    places[PLACES * i + 3] = token;
    found(i, key, mass, end);
    if (bytes[end] !== COMMA || bytes[end + 1] !== SPACE) return;
    at = end + 2;
  }
}

/** First byte of a value of entry `i`, and the one behind it. */
export function partOf(what: Part, places: Int32Array, i: number): [from: number, to: number] {
  const [ref, refEnd] = [places[PLACES * i + 1] as number, places[PLACES * i + 2] as number];
  const token = places[PLACES * i + 3] as number;
  if (what === 'reference') return [ref, refEnd];
  return what === 'mass' ? [refEnd + TO_MASS, token - TO_TOKEN] : [token, token + TOKEN];
}

/** Bytes of entry `i`, the same in the signed message: there the members only change places. */
export const lengthOf = (places: Int32Array, i: number): number =>
  (places[PLACES * i + 3] as number) + TOKEN + BEHIND - (places[PLACES * i] as number);

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
  const token = (places[PLACES * i + 3] as number) - TO_TOKEN;
  let behind = copy(bytes, start, ref, to, at);
  behind = copy(bytes, refEnd + 2, token, to, behind);
  behind = copy(bytes, refEnd, refEnd + 2, to, behind);
  behind = copy(bytes, ref, refEnd, to, behind);
  to.set(bytes.subarray(token, end), behind); // such a call takes longer than a loop over the few bytes above
  return behind + end - token;
}

/** Bytes that people take for one another are one: case, look-alikes; 0 for those that are left out. */
const FOLDED = Uint8Array.from({ length: 128 }, (_, byte) => folded(String.fromCharCode(byte)).charCodeAt(0) || 0);
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

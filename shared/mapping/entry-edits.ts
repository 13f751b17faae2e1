/** Changes and removes entries of a mapping's file. All other entries keep their bytes and are not read again. */
import { concatBytes, utf8 } from '../bytes.ts';
import { type Asset, type Assets, FRAME, OFFSETS_PER_ENTRY, PARTS, printedLength } from './assets.ts';

/** New values of an entry. The mass has Python's form, and the reference needs no escapes. */
export type EntryChange = Partial<Pick<Asset, 'reference' | 'mass'>>;

/** A replacement of a range of the file by a text. */
interface Edit {
  from: number;
  to: number;
  text: string;
}

const BRACE = 0x7d;

/**
 * The edit that removes an entry and the comma before it. If no entry remains before it, the edit removes the comma
 * after it instead.
 */
function editOfRemoval({ bytes, places, keys }: Assets, i: number, isFirst: boolean): Edit {
  const startOf = (i: number) => (places[OFFSETS_PER_ENTRY * i] as number) - 1;
  // Offset after the entry's closing brace. Between the last value and this brace there is no other brace.
  const endOf = (i: number) =>
    bytes.indexOf(BRACE, Math.max(...places.subarray(OFFSETS_PER_ENTRY * i, OFFSETS_PER_ENTRY * (i + 1)))) + 1;
  if (!isFirst) return { from: endOf(i - 1), to: endOf(i), text: '' };
  return { from: startOf(i), to: i + 1 < keys.length ? startOf(i + 1) : endOf(i), text: '' };
}

/**
 * Offsets of the remaining entries in the new text. Each offset moves by the bytes that the edits before it add or
 * remove.
 */
function shiftedPlaces(
  { open, close, keys, places }: Assets,
  isKept: (i: number) => boolean,
  edits: readonly Edit[],
  count: number,
) {
  const out = new Int32Array(OFFSETS_PER_ENTRY * count);
  let [done, shift, next] = [0, -open, 0];
  const added = ({ from, to, text }: Edit) => text.length - (to - from);
  for (let i = 0; i < keys.length; i++) {
    if (!isKept(i)) continue;
    const start = places[OFFSETS_PER_ENTRY * i] as number;
    for (let edit = edits[+next]; edit && edit.to <= start; edit = edits[+next]) {
      shift += added(edit);
      next++;
    }
    // The members of an entry can have any order, so each offset is compared with each edit.
    const end = i + 1 < keys.length ? (places[OFFSETS_PER_ENTRY * (i + 1)] as number) : close;
    const own = (edits[+next]?.from ?? end) < end ? edits.slice(next, next + PARTS.length) : [];
    for (let at = OFFSETS_PER_ENTRY * i; at < OFFSETS_PER_ENTRY * (i + 1); at++) {
      const place = places[+at] as number;
      let to = place + shift;
      for (const edit of own) if (edit.to <= place) to += added(edit);
      out[+done] = to;
      done++;
    }
  }
  return out;
}

/**
 * A copy of the assets with some entries changed or removed.
 * @param changes the changes, by index of the entry in file order; null removes the entry. No replaced value may be
 * empty
 */
export function editAssets(assets: Assets, changes: ReadonlyMap<number, EntryChange | null>): Assets {
  const { bytes, open, close, keys, places } = assets;
  const odd = assets.odd.slice();
  const gone = new Uint8Array(keys.length);
  const edits: Edit[] = [];
  let [length, removed] = [assets.length, 0];
  for (const [i, change] of [...changes].sort(([a], [b]) => a - b)) {
    const set = new Map<string, string>(Object.entries(change ?? {}));
    PARTS.forEach((name, part) => {
      const text = set.get(name);
      if (change !== null && text === undefined) return;
      length += (text ?? '').length - printedLength(assets, i, part);
      if (text === undefined) return;
      (odd[+i] as number) &= ~(1 << part);
      const place = OFFSETS_PER_ENTRY * i + 2 * part;
      edits.push({ from: places[+place] as number, to: places[place + 1] as number, text });
    });
    if (change !== null) continue;
    length -= FRAME;
    gone[+i] = 1;
    edits.push(editOfRemoval(assets, i, removed === i));
    removed++;
  }
  edits.sort((a, b) => a.from - b.from);
  const isKept = (i: number) => gone[+i] === 0;
  const pieces: Uint8Array[] = [];
  let at = open;
  for (const { from, to, text } of edits) {
    pieces.push(bytes.subarray(at, from), utf8(text));
    at = to;
  }
  const inner = concatBytes(...pieces, bytes.subarray(at, close));
  const kept = {
    keys: keys.filter((_, i) => isKept(i)),
    odd: odd.subarray(0, keys.length).filter((_, i) => isKept(i)),
  };
  return {
    ...kept,
    bytes: inner,
    open: 0,
    close: inner.length,
    length,
    places: shiftedPlaces(assets, isKept, edits, kept.keys.length),
  };
}

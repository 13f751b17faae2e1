/**
 * The signed message, streamed: Python's `json.dumps(assets, sort_keys=True)` and n, m, time and height with nothing
 * between. It is as long as the mapping, so it is never held: pieces go to the hashes as they are made.
 */
import { utf8 } from '../bytes.ts';
import type { Asset, AssetTable } from './assets.ts';
import { textOrder } from './order.ts';
import { pythonNumber, pythonString } from './python.ts';

const MASS = utf8('": {"mass": ');
const REF = utf8(', "ref": "');
const TOKEN = utf8('", "tokenid": "');
const END = utf8('"}');
const FIXED_LENGTH = 1 + MASS.length + REF.length + TOKEN.length + END.length;

const CHUNK = 1 << 16;

/** One entry as `json.dumps` prints it; for those whose bytes cannot be copied. */
function slowEntry(asset: Asset): string {
  const { reference, mass, tokenId } = asset;
  const members = `"mass": ${pythonNumber(mass)}, "ref": ${pythonString(reference)}, "tokenid": ${pythonString(tokenId)}`;
  return `"${asset.key}": {${members}}`;
}

export interface MessageParts {
  table: AssetTable;
  added: readonly Asset[];
  /** n, m, time and height as Python prints them. */
  tail: string;
}

class Sink {
  private readonly buffer = new Uint8Array(CHUNK);
  private used = 0;
  private readonly emit: (bytes: Uint8Array) => void;

  constructor(emit: (bytes: Uint8Array) => void) {
    this.emit = emit;
  }

  flush(): void {
    this.emit(this.buffer.subarray(0, this.used));
    this.used = 0;
  }

  /** Copies by hand: pieces are short, and a call of `set` costs more than the loop. */
  bytes(from: Uint8Array, start: number, end: number): void {
    if (end - start > CHUNK - this.used) {
      this.flush();
    }
    if (end - start > CHUNK) {
      this.emit(from.subarray(start, end));
      return;
    }
    const { buffer } = this;
    let at = this.used;
    for (let i = start; i < end; i++) buffer[at++] = from[i] as number;
    this.used = at;
  }

  text(text: string): void {
    const bytes = utf8(text);
    this.bytes(bytes, 0, bytes.length);
  }
}

const COMMA = utf8(', ');
const QUOTE = utf8('"');

/** Feeds the message to `emit`, piece by piece; a piece is valid only during the call. */
export function streamMessage(
  parts: MessageParts,
  order: Int32Array,
  emit: (bytes: Uint8Array) => void,
): void {
  const { table, added, tail } = parts;
  const source = table.scanner.bytes;
  const sink = new Sink(emit);
  const spans = new Int32Array(6);
  const key = new Uint8Array(16);
  sink.text('{');
  for (let n = 0; n < order.length; n++) {
    const i = order[n] as number;
    if (n > 0) sink.bytes(COMMA, 0, COMMA.length);
    if (i >= table.count) sink.text(slowEntry(added[i - table.count] as Asset));
    else if (!table.plainSpans(i, spans)) sink.text(slowEntry(table.asset(i)));
    else {
      sink.bytes(QUOTE, 0, 1);
      sink.bytes(key, writeDigits(table.key(i), key), key.length);
      sink.bytes(MASS, 0, MASS.length);
      sink.bytes(source, spans[2] as number, spans[3] as number);
      sink.bytes(REF, 0, REF.length);
      sink.bytes(source, spans[0] as number, spans[1] as number);
      sink.bytes(TOKEN, 0, TOKEN.length);
      sink.bytes(source, spans[4] as number, spans[5] as number);
      sink.bytes(END, 0, END.length);
    }
  }
  sink.text(`}${tail}`);
  sink.flush();
}

/** Writes the digits at the end of `out`; returns where they begin. */
function writeDigits(value: number, out: Uint8Array): number {
  let at = out.length;
  let left = value;
  do {
    out[--at] = 0x30 + (left % 10);
    left = Math.floor(left / 10);
  } while (left > 0);
  return at;
}

/** Length of the message in bytes, needed before its first byte is hashed. */
export function messageLength(parts: MessageParts): number {
  const { table, added, tail } = parts;
  const spans = new Int32Array(6);
  const key = new Uint8Array(16);
  const count = table.count + added.length;
  let length = 2 + Math.max(0, count - 1) * COMMA.length + tail.length;
  for (let i = 0; i < table.count; i++) {
    if (table.plainSpans(i, spans)) {
      const digits = key.length - writeDigits(table.key(i), key);
      for (let k = 0; k < 6; k += 2) length += (spans[k + 1] as number) - (spans[k] as number);
      length += FIXED_LENGTH + digits;
    } else length += slowEntry(table.asset(i)).length;
  }
  for (const asset of added) length += slowEntry(asset).length;
  return length;
}

export function messageOrder(parts: MessageParts, what: string): Int32Array {
  const { table, added } = parts;
  const keys = new Int32Array(table.count + added.length);
  for (let i = 0; i < table.count; i++) keys[i] = table.key(i);
  added.forEach((asset, i) => {
    keys[table.count + i] = asset.key;
  });
  return textOrder(keys, what);
}

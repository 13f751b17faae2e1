/** `qr read`: pictures of frames back to the file. */
import { basename } from 'node:path';
import { Refusal, shown } from '../../../shared/errors.ts';
import { looksLikeFrame } from '../../../shared/qr/frame.ts';
import { FrameReader } from '../../../shared/qr/reader.ts';
import { checkOutput, named, readInput, writeOutput } from '../../platform/files.ts';
import { inflate } from './deflate.ts';
import { type Description, describedOrNot, descriptionText, notOurs } from './describe.ts';
import { findCodes } from './picture/find.ts';
import { type Grey, PictureError } from './picture/grey.ts';
import { readPicture } from './picture/picture.ts';

const MAX_PICTURE = 64 * 1024 * 1024;

export interface Read {
  /** The file that was written. */
  file: string;
  bytes: number;
  frames: number;
  /** Null for a file that is not one of ours. */
  description: Description | null;
}

/**
 * Reads until the series is whole; what is no picture, or one without a code or with someone else's, is noted and
 * passed over, since another picture may hold the same frame.
 *
 * @param note is given one sentence at a time
 * @throws {Refusal} QR_INVALID, QR_INCOMPLETE, FILE_EXISTS, FILE_…; nothing is written then
 */
export function read(images: readonly string[], out: string, note: (sentence: string) => void): Read {
  checkOutput(out);
  const reader = new FrameReader();
  let unusable: Refusal | undefined;
  let usable = 0;
  for (const image of images) {
    if (reader.whole) break;
    const name = shown(basename(image));
    try {
      addAll(name, reader, picture(image), note);
      usable++;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === 'QR_INVALID') throw error;
      unusable ??= error;
      note(`${error.message}; passed over`);
    }
  }
  // Where none could be read at all, that is what is wrong, and not a frame that is missing.
  if (usable === 0 && unusable) throw unusable;
  const file = reader.file(inflate);
  writeOutput(out, file);
  const description = describedOrNot(file);
  if (!description) note(`warning: ${notOurs(file)} Use it only if you know what it is.`);
  return { file: out, bytes: file.length, frames: reader.count, description };
}

function addAll(name: string, reader: FrameReader, grey: Grey, note: (sentence: string) => void): void {
  let found = 0;
  let bounded = false;
  const codes = findCodes(grey, () => {
    bounded = true;
  });
  for (const text of codes) {
    found++;
    if (looksLikeFrame(text)) addFrom(name, reader, text);
    else note(`${name}: a QR code that is not a frame, passed over: ${shown(text)}`);
    if (reader.whole) return;
  }
  if (bounded) note(`${name}: there may be more codes in this picture: crop it, and give the parts too`);
  if (found === 0) note(`${name}: no QR code found; take it again, closer and without a reflection`);
}

function addFrom(name: string, reader: FrameReader, text: string): void {
  try {
    reader.add(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.code, `${name}: ${error.message}`, 'Give the pictures of one series only.');
  }
}

function picture(path: string): Grey {
  const bytes = readInput(path, MAX_PICTURE);
  try {
    return readPicture(bytes);
  } catch (error) {
    if (!(error instanceof PictureError)) throw error;
    const hint = 'Give a PNG or JPEG picture.';
    throw new Refusal('FILE_UNUSABLE', `${shown(basename(path))}: ${error.message}`, hint);
  }
}

/** Lines for a person, after {@link read}. */
export function readText({ file, bytes, frames, description }: Read): string {
  const what = description ? descriptionText(description) : '';
  return `${what}wrote ${named(file)}: ${bytes} bytes from ${frames} ${frames === 1 ? 'frame' : 'frames'}\n`;
}

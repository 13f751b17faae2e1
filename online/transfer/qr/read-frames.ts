/** `qr read`: restores a file from pictures of its frames. */
import { basename } from 'node:path';
import { Refusal, valueText } from '../../../shared/errors.ts';
import { describeForeignCode, looksLikeFrame } from '../../../shared/qr/frame.ts';
import { FrameReader } from '../../../shared/qr/frame-reader.ts';
import {
  checkOutputPath,
  freeFileName,
  printablePath,
  readInput,
  writeOutput,
} from '../../platform/files.ts';
import { inflate } from './deflate.ts';
import { findCodes } from './picture/find-codes.ts';
import { type Picture, PictureError } from './picture/grey-picture.ts';
import { picturesToSearch, readPicture } from './picture/read-picture.ts';
import { filesAtPath } from './picture-files.ts';
import {
  type Description,
  describeIfKnown,
  descriptionText,
  foreignFileText,
  UNKNOWN_NAME,
} from './texts/describe-file.ts';
import {
  firstPictureText,
  foreignFileWarning,
  moreCodesText,
  noCodeText,
  ONE_SERIES,
  skippedCodeText,
  tooManyPicturesRefusal,
} from './texts/messages.ts';

/**
 * Largest number of pictures. A series has at most 1295 frames, and a person may photograph some of them
 * twice.
 */
const MAX_IMAGES = 4000;
/**
 * Largest size of a picture file, in bytes. Photographs of 200 megapixels have up to 80 MB as JPEG, and 300
 * MB as PNG.
 */
const MAX_PICTURE = 320 * 1024 * 1024;

export interface Read {
  /** The written file. */
  file: string;
  bytes: number;
  frames: number;
  /** Description of the file; null for a file of another kind. */
  description: Description | null;
}

/**
 * Reads all pictures, even after the series is complete, because a frame of another file must be refused. A
 * picture that cannot be read, or has no frame, is skipped with a note. Another picture may have the same
 * frame.
 *
 * @param paths paths of pictures, and of folders with pictures
 * @param out the file to write; undefined for an unused name that describes the file, in the working folder
 * @param note function that is called with one sentence at a time
 * @throws {Refusal} QR_INVALID, QR_INCOMPLETE, TOO_LARGE, FILE_EXISTS, FILE_…; nothing is written then
 */
export async function restoreFileFromPictures(
  paths: readonly string[],
  out: string | undefined,
  note: (sentence: string) => void,
): Promise<Read> {
  if (out !== undefined) checkOutputPath(out);
  const reader = new FrameReader();
  const unusable = new SkippedPictureReporter(note);
  let usable = 0;
  for (const image of listImageFiles(paths, unusable)) {
    const name = valueText(basename(image));
    try {
      addFramesInPicture(name, reader, await readPictureFile(image), note);
      usable++;
    } catch (error) {
      unusable.passOver(error);
    }
  }
  // If no picture could be read, the first error is reported. A message about missing frames would not help.
  if (usable === 0 && unusable.first) throw unusable.first;
  const file = reader.file(inflate);
  const description = describeIfKnown(file);
  const path = out ?? freeFileName('.', description?.name ?? UNKNOWN_NAME);
  writeOutput(path, file);
  if (!description) note(foreignFileWarning(foreignFileText(file)));
  return { file: path, bytes: file.length, frames: reader.count, description };
}

/** The named files, and the files in the named folders. */
function listImageFiles(paths: readonly string[], unusable: SkippedPictureReporter): string[] {
  const files = paths.flatMap(path => {
    try {
      return filesAtPath(path);
    } catch (error) {
      unusable.passOver(error);
      return [];
    }
  });
  if (files.length <= MAX_IMAGES) return files;
  throw tooManyPicturesRefusal(files.length, MAX_IMAGES);
}

/** Prints a note for each skipped picture, and each next step only once. */
class SkippedPictureReporter {
  first: Refusal | undefined;
  readonly #note: (sentence: string) => void;
  readonly #hints = new Set<string>();

  constructor(note: (sentence: string) => void) {
    this.#note = note;
  }

  passOver(error: unknown): void {
    if (!(error instanceof Refusal) || error.code === 'QR_INVALID') throw error;
    this.first ??= error;
    this.#note(`${error.message}; skipped`);
    if (!this.#hints.has(error.hint)) this.#note(error.hint);
    this.#hints.add(error.hint);
  }
}

/**
 * Adds the frames in a picture to the reader. Each further form of the picture, such as the inverted picture,
 * is searched only if no frame was found before.
 */
function addFramesInPicture(
  name: string,
  reader: FrameReader,
  seen: Picture,
  note: (sentence: string) => void,
): void {
  const foreign = new Set<string>();
  let frames = 0;
  let bounded = false;
  for (const grey of picturesToSearch(seen)) {
    const codes = findCodes(grey, () => {
      bounded = true;
    });
    for (const text of codes) {
      if (looksLikeFrame(text)) {
        frames++;
        addFrame(name, reader, text);
      } else if (!foreign.has(text)) {
        foreign.add(text);
        note(skippedCodeText(name, describeForeignCode(text)));
      }
    }
    if (frames > 0) break;
  }
  if (seen.animated) note(firstPictureText(name));
  if (bounded) note(moreCodesText(name));
  if (frames + foreign.size === 0) note(noCodeText(name));
}

function addFrame(name: string, reader: FrameReader, text: string): void {
  try {
    reader.add(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.code, `${name}: ${error.message}`, ONE_SERIES);
  }
}

async function readPictureFile(path: string): Promise<Picture> {
  const bytes = readInput(path, MAX_PICTURE);
  try {
    return await readPicture(bytes);
  } catch (error) {
    if (!(error instanceof PictureError)) throw error;
    throw new Refusal('FILE_UNUSABLE', `${valueText(basename(path))}: ${error.message}`, error.hint);
  }
}

/** The lines that `qr read` prints for a person. */
export function restoredFileText({ file, bytes, frames, description }: Read): string {
  const what = description ? descriptionText(description) : '';
  return `${what}wrote ${printablePath(file)}: ${bytes} bytes from ${frames} ${frames === 1 ? 'frame' : 'frames'}\n`;
}

/** `qr show`: shows a file as frames in the terminal, as PNG files or as an HTML page. */
import { statSync } from 'node:fs';
import { join, parse } from 'node:path';
import { cutIntoFrames, type Packed, packFile } from '../../../shared/qr/file-splitting.ts';
import { parseRanges, rangesText } from '../../../shared/qr/frame-ranges.ts';
import { MAX_FILE } from '../../../shared/qr/frame-reader.ts';
import {
  checkOutputPath,
  freeFileName,
  printablePath,
  readInput,
  writeOutput,
} from '../../platform/files.ts';
import { deflate } from './deflate.ts';
import { parseDensity, parseNumberInBounds, versionForFrames } from './density.ts';
import { framesPageHtml } from './drawing/html.ts';
import { drawCode } from './drawing/matrix.ts';
import { pngOfCode } from './drawing/png.ts';
import { refuseSecret } from './secret-files.ts';
import { FramePlayer, MAX_SPEED, MIN_SPEED } from './terminal/frame-player.ts';
import { type Keyboard, playOnTerminal, type Screen, terminalSize } from './terminal/play-on-terminal.ts';
import {
  type Description,
  describeIfKnown,
  descriptionText,
  foreignFileText,
} from './texts/describe-file.ts';
import { fileEndingRefusal, noTerminalRefusal, stoppedShowingRefusal } from './texts/messages.ts';

/**
 * Largest QR version of pictures if the person gave no density. A webcam reads codes of this version reliably
 * from a screen.
 */
const PICTURE_VERSION = 15;

export interface ShowOptions {
  file: string;
  /** A name with `.png` or `.html`, or a folder for a page; the terminal if absent. */
  out?: string | undefined;
  /** Largest QR version, 5 to 40. This option and the options below are texts as typed. */
  density?: string | undefined;
  /** Numbers of the frames to show, `3,7-9` or `3,7-9/12`. */
  frames?: string | undefined;
  /** Frames a second in the terminal. */
  speed?: string | undefined;
}

export interface Shown {
  /** The written files; empty if the frames were shown in the terminal. */
  files: string[];
  frames: number;
  version: number;
  /** The largest version that a person asked for; undefined if nobody asked. */
  wanted?: number | undefined;
  /** Description of the file; null for a file of another kind. */
  description: Description | null;
  /** Describes a file of another kind; null for a Countersign file. */
  warning: string | null;
}

/**
 * @throws {Refusal} FILE_…, TOO_LARGE, FIELD_INVALID, NOT_A_TERMINAL, INTERRUPTED
 */
export async function showFrames(options: ShowOptions, keyboard: Keyboard, screen: Screen): Promise<Shown> {
  const version = parseDensity(options.density);
  const speed = parseNumberInBounds('--speed', options.speed, MIN_SPEED, MAX_SPEED);
  const file = readInput(options.file, MAX_FILE);
  refuseSecret(file);
  const packed = packFile(file, deflate);
  if (options.out !== undefined)
    return writePicturesOrPage(
      file,
      packed,
      outputPathFor(options.out, options.file),
      version,
      options.frames,
    );
  if (!screen.isTTY) throw noTerminalRefusal();
  const [columns, rows] = terminalSize(screen);
  const player = new FramePlayer({ packed, columns, rows, version, frames: options.frames, speed });
  if (await playOnTerminal(player, keyboard, screen)) throw stoppedShowingRefusal();
  return { files: [], frames: player.count, version: player.version, ...descriptionOrWarning(file) };
}

function descriptionOrWarning(file: Uint8Array): Pick<Shown, 'description' | 'warning'> {
  const description = describeIfKnown(file);
  return { description, warning: description ? null : foreignFileText(file) };
}

/**
 * The path to write. If `out` is a folder, a page is written there, with the name of the file, such as
 * `request-THJN.html`. If this name is taken, a number is added.
 */
function outputPathFor(out: string, file: string): string {
  if (!statSync(out, { throwIfNoEntry: false })?.isDirectory()) return out;
  const { name } = parse(file);
  return join(out, freeFileName(out, `${name}.html`));
}

function writePicturesOrPage(
  file: Uint8Array,
  packed: Packed,
  out: string,
  wanted: number | undefined,
  chosen: string | undefined,
): Shown {
  const match = /^(.*)\.(png|html)$/is.exec(out);
  if (!match) throw fileEndingRefusal(out);
  const asked = chosen === undefined ? wanted : versionForFrames(packed, chosen, wanted);
  const { version, frames } = cutIntoFrames(packed, asked ?? PICTURE_VERSION);
  const count = frames.length;
  const numbers = chosen === undefined ? frames.map((_, i) => i + 1) : parseRanges(chosen, count);
  const matrices = numbers.map(number => drawCode(frames[number - 1]!, version));
  if (match[2]!.toLowerCase() === 'html') {
    const page = framesPageHtml({ matrices, numbers, count, ...descriptionOrWarning(file) });
    writeOutput(out, new TextEncoder().encode(page));
    return { files: [out], frames: count, version, wanted, ...descriptionOrWarning(file) };
  }
  const digits = String(count).length;
  const files = numbers.map(number =>
    count === 1 ? out : `${match[1]}-${String(number).padStart(digits, '0')}-of-${count}.png`,
  );
  for (const path of files) checkOutputPath(path);
  for (const [i, path] of files.entries()) writeOutput(path, pngOfCode(matrices[i]!));
  return { files, frames: count, version, wanted, ...descriptionOrWarning(file) };
}

/** The lines that `qr show` prints for a person. */
export function shownFileText(shown: Shown, only?: string): string {
  const { files, frames, version, wanted = version, description, warning } = shown;
  const what = description ? descriptionText(description) : `warning: ${warning}\n`;
  const lower = version < wanted ? ` (density ${wanted} gives as many frames)` : '';
  const series = `${frames} ${frames === 1 ? 'frame' : 'frames'} of density ${version}${lower}`;
  if (files.length === 0) return `${what}shown: ${series}\n`;
  const first = printablePath(files[0]!);
  const some =
    files.length > 1 || only === undefined ? '' : ` (only ${rangesText(parseRanges(only, frames))})`;
  return `${what}wrote ${files.length === 1 ? first : `${files.length} pictures, the first is ${first}`}: ${series}${some}\n`;
}

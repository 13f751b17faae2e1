/** Sentences of `qr show` and `qr read`. The courier page uses some of them too. */
import { Refusal, valueText } from '../../../../shared/errors.ts';

/** @param name name of the option */
export const notInRangeRefusal = (name: string, least: number, most: number, text: string) =>
  new Refusal(
    'FIELD_INVALID',
    `${name}: expected a whole number of ${least} to ${most}, got ${valueText(text)}`,
    `Give a number in this range, for example ${name} ${least + 3}.`,
  );

/** The refusal if no density divides the file into the requested number of frames. */
export const otherSeriesRefusal = (count: number) =>
  new Refusal(
    'FIELD_INVALID',
    `frames: expected numbers from a series of this file, got numbers from a series of ${count} frames`,
    `Check that this is the correct file: no density divides it into ${count} frames.`,
  );

/**
 * @param made number of frames that the requested density gives
 * @param version density that gives `count` frames
 */
export const otherDensityRefusal = (made: number, wanted: number, count: number, version: number) =>
  new Refusal(
    'FIELD_INVALID',
    `frames: expected numbers from a series of ${made} frames (density ${wanted}), got numbers from a series of ${count} frames`,
    `Give density ${version}, which makes ${count} frames, or give no density.`,
  );

/** @param folders number of subfolders of the folder */
export const noPicturesRefusal = (name: string, folders: number) =>
  new Refusal(
    'FILE_UNUSABLE',
    `${name}: expected files in this folder, got ${folders > 0 ? `only folders (${folders})` : 'none'}`,
    folders > 0 ? 'Name the folder that contains the pictures.' : 'Check that the pictures were copied.',
  );

export const tooManyPicturesRefusal = (count: number, most: number) =>
  new Refusal(
    'TOO_LARGE',
    `pictures: expected at most ${most} files, got ${count}`,
    'Put the pictures of one series into a separate folder.',
  );

export const ONE_SERIES = 'Give the pictures of one series only.';

/** @param description description of a file of another kind */
export const foreignFileWarning = (description: string) =>
  `warning: ${description} Use the file only if you know its content.`;

/** Each `name` is a quoted file name. */
export const skippedCodeText = (name: string, code: string) => `${name}: skipped ${code}`;
export const firstPictureText = (name: string) =>
  `${name}: only the first picture of this animation is read. Save the other pictures as files.`;
export const moreCodesText = (name: string) =>
  `${name}: this picture may contain more codes. Crop it, and give the parts too.`;
export const noCodeText = (name: string) =>
  `${name}: no QR code found. Take the picture again, closer and without reflections.`;

/** @param kind kind of secret file */
export const secretFileRefusal = (kind: string) =>
  new Refusal(
    'FILE_UNUSABLE',
    `file: expected a request, signatures or a trust profile, got ${kind}`,
    'Keep this file on the laptop: anyone who films the screen could copy it.',
  );

export const noTerminalRefusal = () =>
  new Refusal(
    'NOT_A_TERMINAL',
    'stdout: expected a terminal, got a file or pipe',
    'Write pictures instead: --out frames.html or --out frames.png.',
  );

export const stoppedShowingRefusal = () =>
  new Refusal('INTERRUPTED', 'stopped: the frames are no longer shown', 'Run the command again.');

export const fileEndingRefusal = (out: string) =>
  new Refusal(
    'FIELD_INVALID',
    `--out: expected a name ending in .png or .html, got ${valueText(out)}`,
    'End the name with .png for pictures, or with .html for a page that plays the frames.',
  );

/** @param least columns and rows that the code needs @param version a requested density */
export const smallWindowRefusal = (
  least: { columns: number; rows: number },
  columns: number,
  rows: number,
  version?: number,
) =>
  new Refusal(
    'FIELD_INVALID',
    `window: expected ${version === undefined ? '' : `for density ${version} `}a terminal of at least ${least.columns} columns and ${least.rows} rows, got ${columns} and ${rows}`,
    'Enlarge the window or reduce its font size. Or write pictures with --out frames.html.',
  );

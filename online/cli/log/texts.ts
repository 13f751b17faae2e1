/** Refusals of a log file, and the message if the file cannot be written any more. */
import { Refusal } from '../../../shared/errors.ts';

const logRefusal = (message: string, hint: string) => new Refusal('FILE_UNUSABLE', message, hint);

export const logUnusableRefusal = (name: string, reason: string): Refusal =>
  logRefusal(
    `--log: cannot write ${name}: ${reason}`,
    'Name a file in a folder that you can write to. Nothing was done.',
  );

/** Refusal of the first line. The reason was printed before. */
export const firstLineRefusal = (name: string): Refusal =>
  logRefusal(`--log: cannot write ${name}`, 'Name another file. Nothing was done.');

export const notALogRefusal = (name: string): Refusal =>
  new Refusal(
    'FILE_EXISTS',
    `--log: the file ${name} exists, and is not a log of this program`,
    'Name another file, or a log of this program. Nothing was done.',
  );

export const logEndsText = (name: string, reason: string): string =>
  `Cannot write the log ${name} any more: ${reason}.\n`;

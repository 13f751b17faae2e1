/** Refusals of settings: what is missing or invalid, and where to correct it. */
import { Refusal, valueText } from '../../../shared/errors.ts';
import { CONFIG_FILE } from './config-paths.ts';

const settingRefusal = (message: string, hint: string) => new Refusal('CONFIG_INVALID', message, hint);
const CORRECT_FILE = `Correct ${CONFIG_FILE}.`;

/** @param problem a sentence or `field: expected X, got Y` */
export const configFileRefusal = (problem: string): Refusal =>
  settingRefusal(`${CONFIG_FILE}: ${problem}`, CORRECT_FILE);

export const FILE_DIFFERS = `${CONFIG_FILE} would differ from the answers`;

/** @param found a description of the text. It does not quote the text, which may contain a password */
export const notOneLineRefusal = (where: string, longest: number, found: string): Refusal =>
  settingRefusal(
    `${where}: expected one line of text with at most ${longest} characters, got ${found}`,
    `Set ${where} to the text and nothing else.`,
  );

/** @param none the word that means no controller */
export const notAControllerRefusal = (where: string, none: string, text: string): Refusal =>
  settingRefusal(
    `${where}: expected the number of a controller, such as 3, or ${none}, got ${valueText(text)}`,
    `Correct ${where}.`,
  );

export const notYesOrNoRefusal = (where: string): Refusal =>
  settingRefusal(`${where}: expected true or false`, `Correct ${where}.`);

/** @param hasFile whether there is a configuration file */
export function settingMissingRefusal(
  name: 'store' | 'node' | 'trust',
  hasFile: boolean,
  { flag, variable }: { flag: string; variable: string },
): Refusal {
  const file = hasFile
    ? `Add "${name}" to the ${CONFIG_FILE} of this folder, or run \`countersign init --overwrite\``
    : `Go to the folder that has ${CONFIG_FILE}, or run \`countersign init\``;
  const first =
    name === 'trust'
      ? ' If there is no trust profile yet, make one first: `countersign trust create --help`.'
      : '';
  return settingRefusal(`${name}: not set`, `${file}. Or give ${flag}, or set ${variable}.${first}`);
}

export const noProfileRefusal = (path: string): Refusal =>
  new Refusal(
    'FILE_MISSING',
    `${path}: expected the trust profile (network, controllers and policy), got no file`,
    'Copy the trust profile from another controller, and compare its review code. If there is none yet, one controller makes it: `countersign trust create --help`.',
  );

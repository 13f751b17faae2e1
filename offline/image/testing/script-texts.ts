/** For tests of the image: reads the texts for which a test waits from the scripts that print them. */
import { readFileSync } from 'node:fs';

const SCRIPTS = new URL('../system/usr/lib/laptop/', import.meta.url);

/**
 * The quoted texts after a command in a script of the image, in the order of the file. A text that contains a variable
 * ends before the variable.
 * @param inFunction the function of the script; without it, the whole script
 */
export function scriptTexts(script: string, command: 'echo' | 'ask', inFunction?: string): string[] {
  const file = readFileSync(new URL(script, SCRIPTS), 'utf8');
  const body =
    inFunction === undefined ? file : new RegExp(`^${inFunction}\\(\\) \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(file)?.[1];
  const texts = [...(body ?? '').matchAll(new RegExp(`\\b${command} (['"])(.*?)\\1`, 'g'))];
  if (texts.length === 0) throw new Error(`${script}: no ${command} in ${inFunction}`);
  return texts.map(([, , text]) => (text as string).replace(/\$.*/, ''));
}

/** A pattern for the start of a line, up to the first full stop or bracket of the text. */
export function lineStartPattern(text: string | undefined): string {
  const start = text?.replace(/[.(].*/, '').trim() ?? '';
  if (start === '') throw new Error('a script of the image has no such text');
  return `^${start.replace(/ /g, '\\s+')}`;
}

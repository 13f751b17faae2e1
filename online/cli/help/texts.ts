/** Hints for wrong usage. */

const LIST = 'Run `countersign --help` for the list of commands.';

/** @param meant a similar command @param group the first word, and the second words that it can have */
export function unknownCommandHint(
  meant: string | undefined,
  [first, seconds]: readonly [string, readonly string[]],
): string {
  if (meant !== undefined) return `Did you mean \`countersign ${meant}\`? ${LIST}`;
  return seconds.length > 0
    ? `After \`countersign ${first}\`, write one of these words: ${seconds.join(', ')}.`
    : LIST;
}

export const SEE_HELP = 'Run the command with --help for its arguments and options.';
export const seeHelpText = (command: string): string =>
  `Run \`countersign ${command} --help\` for its arguments and options.`;

/** Describes wrong usage in one line, instead of clipanion's list of all commands. */

/**
 * The error in a command's arguments, from clipanion's message.
 * @param operands the command's operands, without options
 */
export function argumentProblemText(reason: string, args: readonly string[], operands: string): string {
  // Clipanion calls an option invalid in two cases: its name has a digit, or it has a value although it takes
  // none.
  const option = /(?:Unsupported|Invalid) option name \("?(.*?)"?\)/.exec(reason)?.[1]?.replace(/=.*/s, '');
  if (option !== undefined)
    return reason.includes(`[${option}]`) ? `${option} takes no value` : `there is no option ${option}`;
  if (/Extraneous/.test(reason)) return `too many arguments, expected ${operands || 'none'}`;
  if (/Not enough arguments to option/.test(reason)) {
    const name = /option (\S+?)\.?$/m.exec(reason)?.[1] ?? 'an option';
    const value = args[args.indexOf(name) + 1];
    // Clipanion treats any word that begins with a dash as an option.
    return value !== undefined && /^-[0-9.]/.test(value)
      ? `${name}: expected a number of 0 or more, got ${value}`
      : `${name} needs a value`;
  }
  if (/Not enough/.test(reason)) return `an argument is missing, expected ${operands}`;
  return 'wrong arguments';
}

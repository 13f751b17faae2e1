/** Wrong usage told in a line, in place of a list of all commands. */

/**
 * What is wrong with the arguments of a command, from what clipanion says of them.
 * @param operands what the command takes beside options
 */
export function argumentProblem(reason: string, args: readonly string[], operands: string): string {
  // Invalid for clipanion is one with a digit or a value that no option has.
  const option = /(?:Unsupported|Invalid) option name \("?(.*?)"?\)/.exec(reason)?.[1]?.replace(/=.*/s, '');
  if (option !== undefined)
    return reason.includes(`[${option}]`) ? `${option} takes no value` : `there is no option ${option}`;
  if (/Extraneous/.test(reason))
    return `there are more arguments than it takes${operands && ` (${operands})`}`;
  if (/Not enough arguments to option/.test(reason)) {
    const name = /option (\S+?)\.?$/m.exec(reason)?.[1] ?? 'an option';
    const value = args[args.indexOf(name) + 1];
    // What begins with a dash is an option for clipanion.
    return value !== undefined && /^-[0-9.]/.test(value)
      ? `${name}: expected a number of 0 or more, got ${value}`
      : `${name} needs a value`;
  }
  if (/Not enough/.test(reason)) return `an argument is missing: it takes ${operands}`;
  return 'wrong arguments';
}

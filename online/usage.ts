/** Wrong usage told in a line, in place of a list of all commands. */

/** What is wrong with the arguments of a command, from what clipanion says of them. */
export function argumentProblem(reason: string): string {
  const option = /Unsupported option name \("?(.*?)"?\)/.exec(reason)?.[1];
  if (option !== undefined) return `there is no option ${option}`;
  if (/Extraneous/.test(reason)) return 'there are more arguments than it takes';
  if (/Not enough arguments to option/.test(reason))
    return `${/option (\S+?)\.?$/m.exec(reason)?.[1] ?? 'an option'} needs a value`;
  if (/Not enough/.test(reason)) return 'an argument is missing';
  return 'wrong arguments';
}

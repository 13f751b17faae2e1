/** Wrong usage told in a line, in place of clipanion's list of all commands. */

export interface UsageProblem {
  message: string;
  hint: string;
}

/**
 * @param paths the paths of all commands
 * @param reason what clipanion says
 */
export function usageProblem(
  args: readonly string[],
  paths: readonly (readonly string[])[],
  reason: string,
): UsageProblem {
  const path = paths
    .filter(p => p.every((word, i) => args[i] === word))
    .sort((a, b) => b.length - a.length)[0];
  if (!path || path.length === 0) {
    const words = args.filter(arg => !arg.startsWith('-')).slice(0, 2);
    const message =
      words.length === 0 ? 'no command was given' : `there is no command ${JSON.stringify(words.join(' '))}`;
    return { message, hint: '`countersign --help` lists the commands.' };
  }
  const name = path.join(' ');
  const option = /Unsupported option name \("?(.*?)"?\)/.exec(reason)?.[1];
  const problem =
    option !== undefined
      ? `there is no option ${option}`
      : /Extraneous/.test(reason)
        ? 'there are more arguments than it takes'
        : /Not enough/.test(reason)
          ? 'an argument is missing'
          : 'wrong arguments';
  return { message: `${name}: ${problem}`, hint: `\`countersign ${name} --help\` says what it takes.` };
}

/** `countersign completion`: completion scripts for bash and zsh, generated from the commands. */
import { Cli, Command, type CommandClass, Option } from 'clipanion';
import type { CommandContext } from './base-command.ts';
import { parseWord } from './options.ts';

interface Words {
  /** The command's words, such as `map show`. */
  path: string;
  options: string[];
}

export class CompletionCommand extends Command {
  static override paths = [['completion']];
  static override usage = Command.Usage({
    category: 'Set up',
    description: 'print a script that completes commands and options in bash or zsh',
    examples: [
      ['For bash, in ~/.bashrc', 'eval "$(countersign completion bash)"'],
      ['For zsh, in ~/.zshrc', 'eval "$(countersign completion zsh)"'],
    ],
  });
  shell = Option.String({ required: true, name: 'SHELL' });

  override async execute(): Promise<number> {
    const shell = parseWord('SHELL', this.shell, ['bash', 'zsh']);
    const { world, commands } = this.context as unknown as CommandContext;
    world.stdout.write(completionScript(shell, commands));
    return 0;
  }
}

function pathsWithOptions(command: CommandClass): Words[] {
  const [definition] = Cli.from([command], { binaryName: 'countersign' }).definitions();
  const options = definition?.options.map(({ definition: shown }) => shown.split(/[ ,]/)[0] as string) ?? [];
  return (command.paths ?? []).map(path => ({ path: path.join(' '), options: [...options, '--help'] }));
}

/**
 * Both shells get the same script: zsh runs scripts for bash after it has loaded `bashcompinit`. Words that
 * are neither commands nor options are completed as file names.
 */
export function completionScript(shell: 'bash' | 'zsh', commands: readonly CommandClass[]): string {
  const all = commands.flatMap(pathsWithOptions);
  const firsts = [...new Set(all.map(({ path }) => path.split(' ')[0] as string))];
  const groups = firsts.flatMap(first => {
    const seconds = all.flatMap(({ path }) => (path.startsWith(`${first} `) ? [path.split(' ')[1]] : []));
    return seconds.length === 0 ? [] : [`    '${first}') words='${seconds.join(' ')}' ;;\n`];
  });
  const options = all.map(({ path, options }) => `    '${path}') words='${options.join(' ')}' ;;\n`);
  return `${shell === 'zsh' ? 'autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n' : ''}_countersign() {
  local word="\${COMP_WORDS[COMP_CWORD]}" first="\${COMP_WORDS[1]}" second="\${COMP_WORDS[2]}" words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${firsts.join(' ')} --help --version'
  elif [ "$COMP_CWORD" -eq 2 ]; then
    case "$first" in
${groups.join('')}    esac
  fi
  case "$word" in -*) case "$first $second" in
${options.filter(o => /^ +'\S+ \S+'\)/.test(o)).join('')}    *) case "$first" in
${options.filter(o => !/^ +'\S+ \S+'\)/.test(o)).join('')}    esac ;;
  esac ;; esac
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _countersign countersign
`;
}

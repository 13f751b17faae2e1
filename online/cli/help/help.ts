/** Prints help: an overview, and a page for each command. */
import { Cli, type CommandClass } from 'clipanion';

/** Placeholders for option values. */
const PLACEHOLDERS: Record<string, string> = {
  '--store': 'STORE',
  '--node': 'URL',
  '--request': 'FILE',
  '--out': 'FILE',
  '--trust': 'FILE',
  '--issuances': 'FILE',
  '--redemptions': 'FILE',
  '--corrections': 'FILE',
  '--reason': 'TEXT',
  '--burnt': 'FILE',
  '--burn': 'OUTPUT',
  '--transaction': 'FILE',
  '--controllers': 'FILE',
  '--csv': 'FILE',
  '--html': 'FILE',
  '--log': 'FILE',
  '--controller': 'N',
  '--stick': 'FOLDER',
  '--node-cookie': 'FILE',
  '--policy-asset': 'ID',
  '--reissuance-address': 'ADDRESS',
  '--network': 'NAME',
  '--find': 'TEXT',
  '--sort': 'ORDER',
  '--s3-endpoint': 'URL',
  '--s3-region': 'REGION',
  '--frames': 'NUMBERS',
  '--mass': 'MASS',
  '--mass-min': 'MASS',
  '--mass-max': 'MASS',
  '--poll': 'SECONDS',
  '--max-tip-age': 'SECONDS',
};

/** Placeholders of options that have another meaning in one command. */
const OF_ONE_COMMAND: Record<string, string> = {
  'checklist --controllers': 'N',
  'trust create --controller': 'PUBKEY',
  'abandon --request': 'DIGEST',
  'review --request': 'DIGEST',
};

const CATEGORIES = [
  ...['Set up', 'An issuance', 'A redemption', 'When something failed'],
  ...['The mapping', 'Reports', 'QR codes'],
];
const HELP_COLUMN = 16;
const OPTION_COLUMN = 30;
/** Widths in characters: longer lines are hard to read; shorter ones leave no room beside the options. */
const [MOST, LEAST] = [100, 50];

const nameOf = (command: CommandClass) => (command.paths?.[0] ?? []).join(' ');

/** Wraps to lines of at most `width` characters. */
export function wrapped(text: string, indent: string, width = MOST): string {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && indent.length + last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines.map(line => `${indent}${line}\n`).join('');
}

/** All commands, or those of a group such as `map`, one line each. */
export function overview(commands: readonly CommandClass[], version: string): string {
  const sections = CATEGORIES.map(category => {
    const members = commands.filter(c => c.usage?.category === category);
    const lines = members.map(c => `  ${nameOf(c).padEnd(HELP_COLUMN)}${c.usage?.description}\n`);
    return members.length === 0 ? '' : `${category}\n${lines.join('')}\n`;
  });
  return [
    `countersign ${version}: issues asset-backed tokens on an Ocean blockchain, with every key on an isolated laptop\n\n`,
    ...sections,
    'countersign COMMAND --help   arguments, options and examples of a command\n',
  ].join('');
}

/** The operands after the command's name, such as `OLD NEW`. */
export function operandsOf(command: CommandClass): string {
  const { operands } = command as { operands?: string };
  if (operands !== undefined) return operands;
  const [definition] = Cli.from([command], { binaryName: 'countersign' }).definitions();
  const words = definition?.usage.split(' ').slice((command.paths?.[0] ?? []).length + 1) ?? [];
  return words
    .filter(word => !/^[[<]?-/.test(word))
    .map(word => word.replace(/^<(.*)>$/, '$1'))
    .join(' ');
}

/**
 * The page of one command: description, arguments, options, examples.
 * @param columns of the window
 */
export function commandHelp(command: CommandClass, columns = MOST): string {
  const width = Math.max(LEAST, Math.min(MOST, columns));
  const cli = Cli.from([command], { binaryName: 'countersign', enableColors: false });
  const [definition] = cli.definitions();
  if (!definition) return '';
  const options = definition.options.map(({ definition: shown, description = '' }) => {
    const name = shown.split(/[ ,]/)[0] as string;
    const left =
      `  ${shown.replace(/#\d/, OF_ONE_COMMAND[`${nameOf(command)} ${name}`] ?? PLACEHOLDERS[name] ?? 'N')}`.padEnd(
        OPTION_COLUMN,
      );
    return wrapped(description, ' '.repeat(OPTION_COLUMN + 1), width).replace(/^ +/, `${left} `);
  });
  const examples = (command.usage?.examples ?? []).map(
    ([what, line]) => `  ${what}\n    ${line.replace(/^\$0/, 'countersign')}\n`,
  );
  const head = [nameOf(command), operandsOf(command), options.length > 0 ? '[options]' : ''];
  return [
    `countersign ${head.filter(word => word !== '').join(' ')}\n\n`,
    wrapped(
      `${command.usage?.description ?? ''}.`.replace(/^./, c => c.toUpperCase()),
      '',
      width,
    ),
    command.usage?.details ? `\n${wrapped(command.usage.details, '', width)}` : '',
    options.length > 0 ? `\nOptions\n${options.join('')}` : '',
    examples.length > 0 ? `\nExamples\n${examples.join('')}` : '',
  ].join('');
}

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

/** Placeholders of options that mean something else in one command. */
const PLACEHOLDERS_OF_COMMANDS: Record<string, string> = {
  'checklist --controllers': 'N',
  'trust create --controller': 'PUBKEY',
  'abandon --request': 'DIGEST',
  'review --request': 'DIGEST',
};

const CATEGORIES = [
  ...['Set up', 'An issuance', 'A redemption', 'When something failed'],
  ...['The mapping', 'Reports', 'QR codes'],
];
const HELP_COLUMN = 18;
const OPTION_COLUMN = 31;
const STEP_COLUMN = 29;
/**
 * Largest and smallest width of the help in characters. Longer lines are hard to read, and shorter lines
 * leave no room beside the options.
 */
const [MOST, LEAST] = [100, 50];

const commandName = (command: CommandClass) => (command.paths?.[0] ?? []).join(' ');

/** Wraps a text to lines of at most `width` characters. */
export function wrapHelp(text: string, indent: string, width = MOST): string {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && indent.length + last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines.map(line => `${indent}${line}\n`).join('');
}

/** A command in lines of at most `width` characters, which a shell joins to one command. */
export function wrapCommand(command: string, indent: string, width: number): string {
  const lines: string[] = [];
  for (const word of command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word} \\`.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? `${indent}${word}` : `${indent}  ${word}`);
  }
  return `${lines.join(' \\\n')}\n`;
}

/**
 * The lines of a name and its description. All lines of the description begin in the same column. A long name
 * is on a line of its own.
 */
function helpRowText(left: string, column: number, description: string, width: number): string {
  const text = wrapHelp(description, ' '.repeat(column), width);
  return left.length < column ? text.replace(/^ +/, left.padEnd(column)) : `${left}\n${text}`;
}

/** The first steps, for a folder without a configuration. */
const FIRST_STEPS: readonly [command: string, description: string][] = [
  ['countersign checklist', 'begin here without a trust profile: the steps of the ceremony'],
  ['countersign init', 'begin here with a trust profile'],
  ['handbook, docs/practice.md', 'practise an issuance alone, with the practice node of the release'],
];
const NEXT_STEP: (typeof FIRST_STEPS)[number] = ['countersign next', 'the command to run now'];

/**
 * The overview: all commands by category, and the next step.
 * @param columns columns of the window
 */
export function overviewText(
  commands: readonly CommandClass[],
  version: string,
  isConfigured: boolean,
  columns = Number.POSITIVE_INFINITY,
): string {
  const width = Math.max(LEAST, columns);
  const sections = CATEGORIES.map(category => {
    const members = commands.filter(c => c.usage?.category === category);
    const lines = members.map(c =>
      helpRowText(`  ${commandName(c)}`, HELP_COLUMN, c.usage?.description ?? '', width),
    );
    return members.length === 0 ? '' : `${category}\n${lines.join('')}\n`;
  });
  const steps: typeof FIRST_STEPS = [
    ['countersign COMMAND --help', 'arguments, options and examples of a command'],
    ...(isConfigured ? [NEXT_STEP] : FIRST_STEPS),
  ];
  return [
    wrapHelp(
      `countersign ${version}: issues asset-backed tokens on an Ocean blockchain, with every key on an isolated laptop`,
      '',
      width,
    ),
    '\n',
    ...sections,
    ...steps.map(([command, description]) => helpRowText(command, STEP_COLUMN, description, width)),
  ].join('');
}

/** The operands after the command's name, such as `OLD NEW`. */
export function operandsText(command: CommandClass): string {
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
 * @param columns columns of the window
 */
export function commandHelpText(command: CommandClass, columns = Number.POSITIVE_INFINITY): string {
  const width = Math.max(LEAST, Math.min(MOST, columns));
  const cli = Cli.from([command], { binaryName: 'countersign', enableColors: false });
  const [definition] = cli.definitions();
  if (!definition) return '';
  const options = definition.options.map(({ definition: shown, description = '' }) => {
    const name = shown.split(/[ ,]/)[0] as string;
    const placeholder =
      PLACEHOLDERS_OF_COMMANDS[`${commandName(command)} ${name}`] ?? PLACEHOLDERS[name] ?? 'N';
    return helpRowText(`  ${shown.replace(/#\d/, placeholder)}`, OPTION_COLUMN, description, width);
  });
  const examples = (command.usage?.examples ?? []).map(
    ([what, line]) =>
      `${wrapHelp(what, '  ', width)}${wrapCommand(line.replace(/^\$0/, 'countersign'), '    ', columns)}`,
  );
  const head = [commandName(command), operandsText(command), options.length > 0 ? '[options]' : ''];
  return [
    `countersign ${head.filter(word => word !== '').join(' ')}\n\n`,
    wrapHelp(
      `${command.usage?.description ?? ''}.`.replace(/^./, c => c.toUpperCase()),
      '',
      width,
    ),
    command.usage?.details ? `\n${wrapHelp(command.usage.details, '', width)}` : '',
    options.length > 0 ? `\nOptions\n${options.join('')}` : '',
    examples.length > 0 ? `\nExamples\n${examples.join('')}` : '',
  ].join('');
}

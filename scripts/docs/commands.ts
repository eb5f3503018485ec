import { program } from '../../src/cli/program.ts';
import {
  type CommandDescription,
  describeCommand,
  type OptionDescription,
  type Value,
} from '../package/command-line.ts';
import { markdownTable } from './markdown.ts';

/** Every command with its arguments and options, from the same descriptions as `--help`. */
export function commandsSection(): string {
  const { commands } = describeCommand(program());
  const overview = markdownTable(
    ['command', 'does'],
    commands.map(({ path, description }) => [`[\`${path}\`](#${path})`, description]),
  );
  return [overview, ...commands.map(describe)].join('\n\n');
}

function describe(command: CommandDescription): string {
  return [`## ${command.path}`, ...[command, ...command.commands].map((each) => usage(each, command))].join(
    '\n\n',
  );
}

function usage(command: CommandDescription, parent: CommandDescription): string {
  const words = ['codex-voice', command.path, ...command.arguments.map(argumentWord)].join(' ');
  const rows = [
    ...command.arguments.map((each) => [`\`${argumentWord(each)}\``, each.description]),
    ...command.options.filter(({ names }) => !names.includes('--help')).map(optionRow),
  ];
  return [
    `\`\`\`\n${words}${command === parent && command.commands.length > 0 ? ' [COMMAND]' : ''}\n\`\`\``,
    `${capital(command.description)}.`,
    ...(rows.length > 0 ? [markdownTable(['argument or option', 'meaning'], rows)] : []),
  ].join('\n\n');
}

function argumentWord({ name, required, variadic }: Value): string {
  const word = `${name.toUpperCase()}${variadic ? '...' : ''}`;
  return required ? word : `[${word}]`;
}

function optionRow({ names, value, description, fallback }: OptionDescription): string[] {
  const word = value ? ` ${value.name.toUpperCase()}` : '';
  const preset = fallback === undefined ? '' : ` (default: ${fallback})`;
  return [`\`${names.join(', ')}${word}\``, `${description}${preset}`];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

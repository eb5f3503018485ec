import type { Argument, Command, Option } from 'commander';

/** A value of an option or argument: `file` and `folder` complete to paths, choices to themselves. */
export interface Value {
  name: string;
  kind: 'file' | 'folder' | 'choice' | 'text';
  choices: readonly string[];
  required: boolean;
  variadic: boolean;
  description: string;
}

export interface OptionDescription {
  /** `-n`, `--limit`: in the order in which help shows them. */
  names: readonly string[];
  /** Absent for a switch. */
  value?: Value;
  description: string;
  /** Default of an option with a value. */
  fallback?: string;
}

/** A command as the user types it: its words, its arguments and options, and its subcommands. */
export interface CommandDescription {
  /** `''` for the program itself, `'config check'` for a verb of a verb. */
  path: string;
  /** The last word of the path. */
  name: string;
  description: string;
  arguments: readonly Value[];
  options: readonly OptionDescription[];
  commands: readonly CommandDescription[];
}

/** Describes the command line of a commander program as data, for completions and the man page. */
export function describeCommand(command: Command, path = ''): CommandDescription {
  const help = command.createHelp();
  return {
    path,
    name: command.name(),
    description: command.description(),
    arguments: command.registeredArguments.map(argumentValue),
    options: help.visibleOptions(command).map(describeOption),
    commands: help
      .visibleCommands(command)
      // Commander's own `help` repeats `--help`.
      .filter((child) => child.name() !== 'help')
      .map((child) => describeCommand(child, `${path} ${child.name()}`.trim())),
  };
}

/** The command and all below it, outermost first. */
export function allCommands(command: CommandDescription): CommandDescription[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function argumentValue(argument: Argument): Value {
  return {
    name: argument.name(),
    ...kindOf(argument.name(), argument.argChoices),
    required: argument.required,
    variadic: argument.variadic,
    description: argument.description,
  };
}

function describeOption(option: Option): OptionDescription {
  const description = {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
  };
  if (!option.required && !option.optional) return description;
  const name = /[<[]([^\]>.]+)/.exec(option.flags)?.[1] ?? 'value';
  return {
    ...description,
    ...(option.defaultValue === undefined ? {} : { fallback: String(option.defaultValue) }),
    value: {
      name,
      ...kindOf(name, option.argChoices),
      required: option.required,
      variadic: option.variadic,
      description: option.description,
    },
  };
}

function kindOf(name: string, choices: readonly string[] | undefined): Pick<Value, 'kind' | 'choices'> {
  if (choices) return { kind: 'choice', choices };
  if (/^(file|path)$/i.test(name)) return { kind: 'file', choices: [] };
  if (/^(folder|dir|directory|prefix)$/i.test(name)) return { kind: 'folder', choices: [] };
  return { kind: 'text', choices: [] };
}

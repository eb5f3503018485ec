import type { CommandDescription, OptionDescription, Value } from './command-line.ts';

export interface ManPageOptions {
  program: CommandDescription;
  version: string;
  /** Of the release, `YYYY-MM-DD`. */
  date: string;
  /** docs/manual.md: the text before and after the commands. */
  prose: string;
}

/** Returns codex-voice(1) as man(7) macros: the commands from the command line itself, the rest from the prose. */
export function manPage({ program, version, date, prose }: ManPageOptions): string {
  const sections = proseSections(prose);
  const description = sections.get('DESCRIPTION');
  if (description === undefined) throw new Error('docs/manual.md has no section "## DESCRIPTION"');
  sections.delete('DESCRIPTION');
  return [
    `.TH CODEX\\-VOICE 1 "${date}" "codex\\-voice ${version}" "User Commands"`,
    '.SH NAME',
    `codex\\-voice \\- ${troff(lowerFirst(program.description.replace(/\.$/, '')))}`,
    '.SH SYNOPSIS',
    '.B codex\\-voice',
    '.I verb',
    '[\\fIoption\\fR ...]',
    '.SH DESCRIPTION',
    ...description,
    '.SH VERBS',
    ...program.commands.flatMap((command) => verb(command)),
    ...program.options.flatMap(option),
    ...[...sections].flatMap(([title, lines]) => [`.SH ${quoted(title)}`, ...lines]),
    '',
  ].join('\n');
}

/** A command with its options, or each of its subcommands. The option --help is documented once, at the end. */
function verb(command: CommandDescription, about = ''): string[] {
  if (command.commands.length > 0)
    return command.commands.flatMap((child) => verb(child, `${command.description}: `));
  const own = command.options.filter(({ names }) => !names.includes('--help'));
  const signature = [...own.map(optional), ...command.arguments.map(argument)].join(' ');
  const texts = command.arguments.map(
    ({ name, description }) => description && `\\fI${troff(name)}\\fR: ${troff(description)}`,
  );
  return [
    '.TP',
    `\\fB${troff(`codex-voice ${command.path}`)}\\fR ${signature}`.trimEnd(),
    `${sentence(troff(about + command.description))}${texts
      .filter(Boolean)
      .map((text) => ` ${sentence(text)}`)
      .join('')}`,
    ...(own.length > 0 ? ['.RS', ...own.flatMap(option), '.RE'] : []),
  ];
}

function optional({ names, value }: OptionDescription): string {
  return `[\\fB${troff(names.at(-1) ?? '')}\\fR${value ? ` ${variable(value)}` : ''}]`;
}

function argument(value: Value): string {
  const text = `${variable(value)}${value.variadic ? ' ...' : ''}`;
  return value.required ? text : `[${text}]`;
}

function variable({ name, choices }: Value): string {
  return choices.length > 0
    ? choices.map((choice) => `\\fB${troff(choice)}\\fR`).join('|')
    : `\\fI${troff(name)}\\fR`;
}

function option({ names, value, description, fallback }: OptionDescription): string[] {
  const meaning = fallback === undefined ? description : `${description} (default ${fallback})`;
  const flags = names.map((name) => `\\fB${troff(name)}\\fR`).join(', ');
  return ['.TP', `${flags}${value ? ` ${variable(value)}` : ''}`, sentence(troff(meaning))];
}

/** Returns the sections below `## TITLE` as lines of man(7). The text before the first is for readers of the file. */
function proseSections(prose: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  for (const section of prose.split(/^## /m).slice(1)) {
    const [title = '', ...lines] = section.split('\n');
    const paragraphs = lines
      .join('\n')
      .trim()
      .split(/\n{2,}/);
    sections.set(title.trim(), withoutLeadingParagraph(paragraphs.flatMap(block)));
  }
  return sections;
}

/** A section begins a paragraph by itself. */
function withoutLeadingParagraph(lines: string[]): string[] {
  return lines[0] === '.PP' ? lines.slice(1) : lines;
}

function block(text: string): string[] {
  if (text.startsWith('    ')) {
    return ['.PP', '.nf', '.RS', ...text.split('\n').map((line) => troff(line.slice(4))), '.RE', '.fi'];
  }
  if (text.startsWith('- ')) {
    return text
      .slice(2)
      .split(/\n- /)
      .flatMap((item) => {
        const [, term = '', meaning = ''] = /^(.*?`): (.*)$/s.exec(item) ?? [];
        if (term === '') throw new Error(`a list item of docs/manual.md is no "\`term\`: text": ${item}`);
        return ['.TP', inline(term), sentence(inline(meaning))];
      });
  }
  return ['.PP', inline(text)];
}

/** Markdown's backquotes and man's name(section) in bold, on one line (man fills the lines itself). */
function inline(text: string): string {
  return troff(text.replaceAll('\n', ' '))
    .replaceAll(/`([^`]*)`/g, '\\fB$1\\fR')
    .replaceAll(/\b([a-z]+)(\(\d\))/g, '\\fB$1\\fR$2');
}

/** Escapes a line of text for troff. */
function troff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replace(/^[.']/, '\\&$&');
}

function quoted(title: string): string {
  return title.includes(' ') ? `"${title}"` : title;
}

function sentence(text: string): string {
  const started = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(started) ? started : `${started}.`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

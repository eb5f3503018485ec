import { allCommands, type CommandDescription, type OptionDescription, type Value } from './command-line.ts';

/** A completion script: its path below the prefix, and its content. */
export interface Completion {
  shell: 'bash' | 'zsh' | 'fish';
  path: string;
  text: string;
}

/** Returns completion scripts for three shells, from the program's command line. */
export function completions(program: CommandDescription): Completion[] {
  return [
    { shell: 'bash', path: 'share/bash-completion/completions/codex-voice', text: bash(program) },
    { shell: 'zsh', path: 'share/zsh/vendor-completions/_codex-voice', text: zsh(program) },
    { shell: 'fish', path: 'share/fish/vendor_completions.d/codex-voice.fish', text: fish(program) },
  ];
}

const HEADER = '# Generated from the command line of codex-voice.';

/** Text in single quotes, for bash and zsh. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The verbs that lead on from each command: `[['', 'daemon', 'daemon'], ['config', 'path', 'config path']]`. */
function steps(program: CommandDescription): [from: string, word: string, to: string][] {
  return allCommands(program).flatMap(({ path, commands }) =>
    commands.map((child): [string, string, string] => [path, child.name, child.path]),
  );
}

function names(options: readonly OptionDescription[]): string[] {
  return options.flatMap((option) => [...option.names]);
}

/** Without bash-completion's helper functions, which not every machine has. */
function bash(program: CommandDescription): string {
  const commands = allCommands(program);
  const moves = steps(program).map(
    ([from, word, to]) => `      ${quote(`${from}:${word}`)}) verb=${quote(to)} ;;`,
  );
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) =>
      value
        ? [
            `    ${names.map((name) => quote(`${path}:${name}`)).join(' | ')}) words=${quote(value.choices.join(' '))} paths=${bashPaths([value])} ;;`,
          ]
        : [],
    ),
  );
  const words = commands.map((command) => {
    const all = [...following(command), ...names(command.options)].join(' ');
    return `    ${quote(command.path)}) words=${quote(all)} paths=${bashPaths(command.arguments)} ;;`;
  });
  return `# shellcheck shell=bash disable=SC2207
${HEADER}
_codex_voice() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} verb='' words='' paths='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$verb:\${COMP_WORDS[i]}" in
${moves.join('\n')}
    esac
  done
  case "$verb:$before" in
${values.join('\n')}
    *)
      case "$verb" in
    ${words.join('\n    ')}
      esac
      ;;
  esac
  [ -z "$paths" ] || compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen \${paths:+"$paths"} -W "$words" -- "$current"))
}
complete -F _codex_voice codex-voice
`;
}

/** The option of compgen that completes to paths, where one of the values is a path. */
function bashPaths(values: readonly Value[]): string {
  if (values.some(({ kind }) => kind === 'file')) return '-f';
  return values.some(({ kind }) => kind === 'folder') ? '-d' : "''";
}

/** The words that can follow a command: its verbs, or the choices of its arguments. */
function following(command: CommandDescription): string[] {
  return [
    ...command.commands.map(({ name }) => name),
    ...command.arguments.flatMap(({ choices }) => choices),
  ];
}

function zsh(program: CommandDescription): string {
  return `#compdef codex-voice
${HEADER}
${allCommands(program).map(zshFunction).join('\n')}
# Autoloaded from a folder of fpath this file is the function; sourced, it only tells compinit of it.
if [ "$funcstack[1]" = _codex-voice ]; then
  ${zshName('')} "$@"
else
  compdef ${zshName('')} codex-voice
fi
`;
}

function zshFunction(command: CommandDescription): string {
  const options = command.options.map((option) => `    ${zshOption(option)}`);
  if (command.commands.length === 0) {
    const values = command.arguments.map((value, index) => `    ${zshArgument(value, index + 1)}`);
    return `${zshName(command.path)}() {
  _arguments -s \\
${[...options, ...values].join(' \\\n')}
}
`;
  }
  const verbs = command.commands.map(({ name, description }) => `    ${quote(`${name}:${description}`)}`);
  const calls = command.commands.map(({ name, path }) => `        ${name}) ${zshName(path)} ;;`);
  return `${zshName(command.path)}() {
  local curcontext="$curcontext" state line
  local -a verbs
  verbs=(
${verbs.join('\n')}
  )
  _arguments -s -C \\
${options.join(' \\\n')} \\
    '1: :->verb' '*:: :->rest'
  case $state in
    verb) _describe -t commands verb verbs ;;
    rest)
      case $line[1] in
${calls.join('\n')}
      esac
      ;;
  esac
}
`;
}

function zshName(path: string): string {
  return `_codex_voice${path && `_${path.replaceAll(/[ -]/g, '_')}`}`;
}

/** A description inside `[...]` of an _arguments specification. */
function zshText(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, '\\$&');
}

function zshOption({ names, description, value }: OptionDescription): string {
  const text = `[${zshText(description)}]${value ? `:${zshText(value.name)}:${zshAction(value)}` : ''}`;
  if (names.length === 1) return quote(`${names[0]}${text}`);
  return `${quote(`(${names.join(' ')})`)}{${names.join(',')}}${quote(text)}`;
}

function zshArgument(value: Value, position: number): string {
  const place = value.variadic ? '*' : `${position}`;
  const gap = value.required || value.variadic ? ':' : '::';
  return quote(`${place}${gap}${zshText(value.description || value.name)}:${zshAction(value)}`);
}

function zshAction({ kind, choices }: Value): string {
  if (kind === 'file') return '_files';
  if (kind === 'folder') return '_files -/';
  return kind === 'choice' ? `(${choices.join(' ')})` : '';
}

function fish(program: CommandDescription): string {
  const moves = steps(program).map(
    ([from, word, to]) =>
      `            case ${fishQuote(`${from}:${word}`)}\n                set verb ${fishQuote(to)}`,
  );
  const lines = allCommands(program).flatMap((command) => {
    const at = `complete -c codex-voice -n ${fishQuote(`__codex_voice_at ${fishQuote(command.path)}`)}`;
    return [
      ...command.commands.map(({ name, description }) => `${at} -a ${name} -d ${fishQuote(description)}`),
      ...command.arguments.flatMap((value) => fishArgument(at, value)),
      ...command.options.map((option) => `${at} ${fishOption(option)}`),
    ];
  });
  return `${HEADER}
function __codex_voice_at --argument-names wanted --description 'Is this the verb on the command line?'
    set -l verb ''
    for word in (commandline -opc)[2..-1]
        switch "$verb:$word"
${moves.join('\n')}
        end
    end
    test "$verb" = "$wanted"
end

complete -c codex-voice -f
${lines.join('\n')}
`;
}

function fishQuote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}

function fishArgument(at: string, { kind, choices, description, name }: Value): string[] {
  if (kind === 'choice')
    return [`${at} -a ${fishQuote(choices.join(' '))} -d ${fishQuote(description || name)}`];
  if (kind === 'file') return [`${at} -F`];
  return kind === 'folder' ? [`${at} -a '(__fish_complete_directories)'`] : [];
}

function fishOption({ names, description, value }: OptionDescription): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [...flags, ...fishValue(value), '-d', fishQuote(description)].join(' ');
}

function fishValue(value: Value | undefined): string[] {
  if (!value) return [];
  if (value.kind === 'file') return ['-r', '-F'];
  if (value.kind === 'folder') return ['-x', '-a', `'(__fish_complete_directories)'`];
  return value.kind === 'choice' ? ['-x', '-a', fishQuote(value.choices.join(' '))] : ['-x'];
}

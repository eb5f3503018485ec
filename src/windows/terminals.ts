import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { VoiceError } from '../errors.ts';
import { openProgram } from '../processes/programs.ts';
import type { TerminalCommand, WindowLook } from './terminal-command.ts';
import { macTerminal } from './terminals-macos.ts';
import { windowsTerminal } from './terminals-windows.ts';

/** Returns the arguments before the command. */
type Way = (look: WindowLook) => string[];

const when = (value: string | undefined, ...args: string[]): string[] => (value === undefined ? [] : args);
const sized = ({ columns, rows }: WindowLook, args: (columns: number, rows: number) => string[]): string[] =>
  columns === undefined || rows === undefined ? [] : args(columns, rows);

/** xterm's own options. Its class stays XTerm, so that the user's X resources apply. */
const xterm: Way = (look) => [
  // The content is UTF-8, whatever the locale.
  '-u8',
  ...when(look.title, '-T', look.title ?? ''),
  ...sized(look, (columns, rows) => ['-geometry', `${columns}x${rows}`]),
  '-e',
];

/** Debian policy 11.8.3: options of every x-terminal-emulator. */
const debian: Way = ({ title }) => [...when(title, '-T', title ?? ''), '-e'];

/**
 * The options of each terminal, in the order in which they are tried. kitty, alacritty and ghostty get no title,
 * because it would override the program's.
 */
const TERMINALS: readonly [program: string, way: Way][] = [
  ['x-terminal-emulator', debian],
  [
    'foot',
    (look) => [
      ...when(look.title, `--title=${look.title}`),
      ...when(look.class, `--app-id=${look.class}`),
      ...sized(look, (columns, rows) => [`--window-size-chars=${columns}x${rows}`]),
    ],
  ],
  [
    'kitty',
    (look) => [
      ...when(look.class, `--class=${look.class}`),
      ...sized(look, (columns, rows) => [
        '--override=remember_window_size=no',
        `--override=initial_window_width=${columns}c`,
        `--override=initial_window_height=${rows}c`,
      ]),
    ],
  ],
  [
    'alacritty',
    (look) => [
      ...when(look.class, '--class', look.class ?? ''),
      ...sized(look, (columns, rows) => [
        ...['--option', `window.dimensions.columns=${columns}`],
        `window.dimensions.lines=${rows}`,
      ]),
      '-e',
    ],
  ],
  [
    'wezterm',
    (look) => [
      ...sized(look, (columns, rows) => [
        ...['--config', `initial_cols=${columns}`],
        ...['--config', `initial_rows=${rows}`],
      ]),
      'start',
      ...when(look.class, '--class', look.class ?? ''),
      '--',
    ],
  ],
  [
    'ghostty',
    (look) => [
      // A GTK application id: it needs a dot.
      ...when(look.class, `--class=io.github.${look.class?.replaceAll('-', '_')}`),
      ...sized(look, (columns, rows) => [`--window-width=${columns}`, `--window-height=${rows}`]),
      '-e',
    ],
  ],
  [
    'gnome-terminal',
    (look) => [
      ...when(look.title, `--title=${look.title}`),
      ...sized(look, (columns, rows) => [`--geometry=${columns}x${rows}`]),
      '--',
    ],
  ],
  [
    'konsole',
    (look) => [
      ...sized(look, (columns, rows) => ['-p', `TerminalColumns=${columns}`, '-p', `TerminalRows=${rows}`]),
      '-e',
    ],
  ],
  [
    'xfce4-terminal',
    (look) => [
      ...when(look.title, `--title=${look.title}`),
      ...sized(look, (columns, rows) => [`--geometry=${columns}x${rows}`]),
      '-x',
    ],
  ],
  ['xterm', xterm],
];

/** Scripts that configure xterm and pass options on; Debian's alternative for xterm is one of them. */
const WAYS = new Map<string, Way>([
  ...TERMINALS,
  ['uxterm', xterm],
  ['lxterm', xterm],
  ['koi8rxterm', xterm],
]);

/**
 * Returns the command that runs a command in a new window.
 * @param terminal "auto", or the name or path of a terminal
 * @throws VoiceError not-found: there is no such terminal
 */
export async function terminalCommand(
  terminal: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  look: WindowLook = {},
  platform: NodeJS.Platform = process.platform,
): Promise<TerminalCommand> {
  if (platform === 'darwin') {
    const found = await macTerminal(terminal, command, env, look);
    if (found) return found;
  }
  if (platform === 'win32') return windowsTerminal(terminal, command, env, look);
  const inWindow = async (program: string): Promise<TerminalCommand> => ({
    program,
    args: [...(await wayOf(program))(look), ...command],
  });
  if (terminal.includes('/')) return inWindow(terminal);
  const names = terminal === 'auto' ? TERMINALS.map(([name]) => name) : [terminal];
  const { opened } = await openProgram(
    names.map((name) => ({ name })),
    env,
    inWindow,
  );
  if (opened) return opened;
  throw terminal === 'auto'
    ? new VoiceError(
        'not-found',
        'No terminal program was found.',
        `Install one of ${names.join(', ')}, or set [reply] terminal to yours.`,
      )
    : new VoiceError(
        'not-found',
        `There is no terminal ${terminal}.`,
        'Correct [reply] terminal in config.toml.',
      );
}

/** The link of x-terminal-emulator identifies the terminal. An unknown one gets `-e`. */
async function wayOf(program: string): Promise<Way> {
  const real = await realpath(program).catch(() => program);
  return WAYS.get(basename(real)) ?? WAYS.get(basename(program)) ?? (() => ['-e']);
}

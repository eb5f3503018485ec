import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Chord } from '../chord.ts';
import type { CommentStyle, Place } from './block.ts';
import { bindsymChord, cosmicChord, hyprlandParts, labwcChord, niriChord, riverChord } from './chords.ts';
import type { KeyCommand } from './client.ts';

/** A configuration language of a compositor that binds keys to commands. */
export interface Compositor {
  readonly name: string;
  /** Its configuration files, in the order in which it looks for them. */
  files(env: NodeJS.ProcessEnv): string[];
  readonly comment: CommentStyle;
  /** What a file that does not exist begins with; null: without it the compositor has defaults, which a file replaces. */
  readonly empty: string | null;
  /** The lines that bind a chord; null: it cannot bind this one. */
  lines(chord: Chord, command: KeyCommand): string[] | null;
  /** Where lines go; null: this text is not understood. */
  place(text: string): Place | null;
  /** What makes the new lines work. */
  readonly apply: string;
}

const HASH = { open: '# ', close: '' };
const SLASHES = { open: '// ', close: '' };
const atEnd = (text: string): Place => ({ at: text.length });

const configFile =
  (...path: string[]) =>
  (env: NodeJS.ProcessEnv): string =>
    join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), ...path);
const homeFile =
  (...path: string[]) =>
  (env: NodeJS.ProcessEnv): string =>
    join(env.HOME || homedir(), ...path);

const ITSELF = 'It reads the file again by itself.';

/** Written after the documentation of each. sway 1.7, labwc 0.8 and i3 4.24 have run their lines. The first of a name is looked at first. */
export const COMPOSITORS: readonly Compositor[] = [
  {
    name: 'Hyprland',
    files: (env) => [configFile('hypr', 'hyprland.lua')(env)],
    comment: { open: '-- ', close: '' },
    empty: null,
    lines(chord, command) {
      const { modifiers, key } = hyprlandParts(chord);
      const keys = [...modifiers, key].join(' + ');
      return [
        `hl.bind("${keys}", hl.dsp.exec_cmd("${command('Press')}"))`,
        `hl.bind("${keys}", hl.dsp.exec_cmd("${command('Release')}"), { release = true })`,
      ];
    },
    place: atEnd,
    apply: ITSELF,
  },
  {
    name: 'Hyprland',
    files: (env) => [configFile('hypr', 'hyprland.conf')(env)],
    comment: HASH,
    empty: null,
    lines(chord, command) {
      const { modifiers, key } = hyprlandParts(chord);
      const keys = `${modifiers.join(' ')}, ${key}`;
      return [`bind = ${keys}, exec, ${command('Press')}`, `bindr = ${keys}, exec, ${command('Release')}`];
    },
    place: atEnd,
    apply: ITSELF,
  },
  {
    name: 'river',
    files: (env) => [configFile('river', 'init')(env)],
    comment: HASH,
    empty: null,
    lines(chord, command) {
      const keys = riverChord(chord);
      if (keys === null) return null;
      return [
        `riverctl map normal ${keys} spawn '${command('Press')}'`,
        `riverctl map -release normal ${keys} spawn '${command('Release')}'`,
      ];
    },
    // Not at the end: the script may end in `exec`.
    place: (text) => ({ at: /^#![^\n]*(?:\n|$)/.exec(text)?.[0].length ?? 0 }),
    apply: 'Start river again, or run the lines once in a terminal.',
  },
  {
    name: 'niri',
    files: (env) => [env.NIRI_CONFIG || configFile('niri', 'config.kdl')(env)],
    comment: SLASHES,
    empty: null,
    lines(chord, command) {
      const keys = niriChord(chord);
      const words = command('Toggle').split(' ');
      if (keys === null) return null;
      return [`    ${keys} repeat=false { spawn ${words.map((word) => `"${word}"`).join(' ')}; }`];
    },
    place(text) {
      const binds = /^binds[^\S\n]*\{[^\S\n]*(?:\/\/[^\n]*)?\n/m.exec(text);
      if (binds) return { at: binds.index + binds[0].length };
      if (/^[^\S\n]*binds\b/m.test(text)) return null;
      return { at: text.length, before: ['binds {'], after: ['}'] };
    },
    apply: ITSELF,
  },
  {
    name: 'labwc',
    files: (env) => [configFile('labwc', 'rc.xml')(env)],
    comment: { open: '<!-- ', close: ' -->' },
    empty: null,
    lines(chord, command) {
      const keys = labwcChord(chord);
      const action = `<action name="Execute" command="${command('Toggle')}" />`;
      if (keys === null) return null;
      return [`<keybind key="${keys}">${action}</keybind>`];
    },
    place(text) {
      const code = text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '));
      const keyboard = lineStart(code, code.indexOf('</keyboard>'));
      if (keyboard !== null) return { at: keyboard };
      // A keyboard without `default` would lose the usual keys.
      if (/<keyboard\b/.test(code)) return null;
      const root = lineStart(code, code.search(/<\/(?:labwc_config|openbox_config)>/));
      return root === null
        ? null
        : { at: root, before: ['<keyboard>', '<default />'], after: ['</keyboard>'] };
    },
    apply: 'Run `labwc --reconfigure`.',
  },
  {
    name: 'COSMIC',
    files: (env) => [configFile('cosmic', 'com.system76.CosmicSettings.Shortcuts', 'v1', 'custom')(env)],
    comment: SLASHES,
    empty: '{\n}\n',
    lines(chord, command) {
      const keys = cosmicChord(chord);
      if (keys === null) return null;
      return [`    ${keys}: Spawn("${command('Toggle')}"),`];
    },
    place(text) {
      const open = /^(?:\s|\/\/[^\n]*\n)*\{(?:[^\S\n]*\n)?/.exec(text);
      return open && { at: open[0].length };
    },
    apply: ITSELF,
  },
  {
    name: 'sway',
    files: (env) => [configFile('sway', 'config')(env), homeFile('.sway', 'config')(env)],
    comment: HASH,
    empty: null,
    lines: (chord, command) => [
      `bindsym --no-repeat ${bindsymChord(chord)} exec ${command('Press')}`,
      `bindsym --release ${bindsymChord(chord)} exec ${command('Release')}`,
    ],
    place: atEnd,
    apply: 'Run `swaymsg reload`.',
  },
  {
    name: 'i3',
    files: (env) => [configFile('i3', 'config')(env), homeFile('.i3', 'config')(env)],
    comment: HASH,
    empty: null,
    lines: (chord, command) => [
      `bindsym ${bindsymChord(chord)} exec --no-startup-id ${command('Press')}`,
      `bindsym --release ${bindsymChord(chord)} exec --no-startup-id ${command('Release')}`,
    ],
    place: atEnd,
    apply: 'Run `i3-msg reload`.',
  },
];

/** The start of the line of an offset; null: there is no offset, or something else is before it in its line. */
function lineStart(text: string, offset: number): number | null {
  if (offset < 0) return null;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return text.slice(start, offset).trim() === '' ? start : null;
}

/** Variables that only one compositor sets. */
const VARIABLES: Readonly<Record<string, string>> = {
  HYPRLAND_INSTANCE_SIGNATURE: 'Hyprland',
  NIRI_SOCKET: 'niri',
  SWAYSOCK: 'sway',
  LABWC_PID: 'labwc',
  I3SOCK: 'i3',
};

/** The name of the desktop that runs, from the table or as it names itself; null: the environment names none. */
export function desktopOf(env: NodeJS.ProcessEnv): string | null {
  const found = Object.keys(VARIABLES).find((name) => env[name]);
  if (found !== undefined) return VARIABLES[found] ?? null;
  const [named = ''] = (env.XDG_CURRENT_DESKTOP || env.XDG_SESSION_DESKTOP || '').split(':');
  const known = COMPOSITORS.find(({ name }) => name.toLowerCase() === named.toLowerCase());
  return known?.name ?? (named === '' ? null : named);
}

/** Where the bindings of a desktop are written: the first of its files that exists, else the last. */
export function bindingFile(
  desktop: string | null,
  env: NodeJS.ProcessEnv,
): { compositor: Compositor; file: string } | null {
  const places = COMPOSITORS.filter(({ name }) => name.toLowerCase() === desktop?.toLowerCase()).flatMap(
    (compositor) => compositor.files(env).map((file) => ({ compositor, file })),
  );
  return places.find(({ file }) => existsSync(file)) ?? places.at(-1) ?? null;
}

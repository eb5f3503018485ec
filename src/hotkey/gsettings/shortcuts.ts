import { run } from '../../processes/run.ts';
import { type Chord, type KeyChord, type Modifier, sameChord } from '../chord.ts';
import { keysymOf, xkbNameOf } from '../keysyms.ts';

/** Schemas of GNOME: gnome-settings-daemon 43 and its like. */
const MEDIA_KEYS = 'org.gnome.settings-daemon.plugins.media-keys';
const LIST = 'custom-keybindings';
const FOLDER = '/org/gnome/settings-daemon/plugins/media-keys/custom-keybindings';
/** Where GNOME has its other keys. */
const OTHERS = [
  MEDIA_KEYS,
  'org.gnome.desktop.wm.keybindings',
  'org.gnome.shell.keybindings',
  'org.gnome.mutter.keybindings',
  'org.gnome.mutter.wayland.keybindings',
];
const TIMEOUT_MS = 5_000;

/** Our entries, by the last part of their paths. */
const ENTRIES = ['codex-voice', 'codex-voice-cancel'] as const;

const NAMES: Readonly<Record<Modifier, string>> = {
  ctrl: '<Control>',
  alt: '<Alt>',
  shift: '<Shift>',
  super: '<Super>',
};
/** What GTK calls modifiers, in lower case. */
const MODIFIERS: Readonly<Record<string, Modifier>> = {
  control: 'ctrl',
  ctrl: 'ctrl',
  primary: 'ctrl',
  alt: 'alt',
  mod1: 'alt',
  shift: 'shift',
  super: 'super',
  meta: 'super',
  mod4: 'super',
};

/** A custom shortcut: a key and the command that it runs. */
export interface CustomShortcut {
  entry: (typeof ENTRIES)[number];
  name: string;
  chord: KeyChord;
  command: string;
}

/** A chord as GTK writes accelerators: `<Control><Alt>space`. */
export function acceleratorOf({ modifiers, keysym }: KeyChord): string {
  return [...[...modifiers].map((each) => NAMES[each]), xkbNameOf(keysym)].join('');
}

/** The custom shortcuts of GNOME's settings, through gsettings(1) of GLib 2.74. */
export class GnomeShortcuts {
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** @throws Error when gsettings or the schema is missing */
  async check(): Promise<void> {
    await this.#list();
  }

  /** Adds our shortcuts, or changes them; those of the user stay. @throws Error when gsettings fails */
  async add(shortcuts: readonly CustomShortcut[]): Promise<void> {
    const list = await this.#list();
    for (const { entry, name, chord, command } of shortcuts) {
      const values = { name, binding: acceleratorOf(chord), command };
      for (const [key, value] of Object.entries(values))
        await this.#run('set', schemaOf(pathOf(entry)), key, quoted(value));
    }
    const wanted = shortcuts.map(({ entry }) => quoted(pathOf(entry)));
    const missing = wanted.filter((path) => !list.includes(path));
    if (missing.length > 0) await this.#run('set', MEDIA_KEYS, LIST, `[${[...list, ...missing].join(', ')}]`);
  }

  /** Removes our shortcuts. @returns false: there were none @throws Error when gsettings fails */
  async remove(): Promise<boolean> {
    const list = await this.#list();
    const own = ENTRIES.map((entry) => quoted(pathOf(entry)));
    const rest = list.filter((path) => !own.includes(path));
    if (rest.length === list.length) return false;
    if (rest.length > 0) await this.#run('set', MEDIA_KEYS, LIST, `[${rest.join(', ')}]`);
    else await this.#run('reset', MEDIA_KEYS, LIST);
    for (const entry of ENTRIES) await this.#run('reset-recursively', schemaOf(pathOf(entry)));
    return true;
  }

  /** Returns the shortcut of GNOME or of the user that has the chord; null: it is free. */
  async holderOf(chord: Chord): Promise<string | null> {
    for (const schema of OTHERS) {
      // An older GNOME lacks some of them.
      const lines = (await this.#run('list-recursively', schema).catch(() => '')).split('\n');
      for (const line of lines) {
        const [, key, value = ''] = /^\S+ (\S+) (.*)$/.exec(line) ?? [];
        if (key !== undefined && stringsIn(value).some((text) => isSame(chord, text.slice(1, -1))))
          return `the shortcut ${key} of GNOME`;
      }
    }
    const own = ENTRIES.map((entry) => quoted(pathOf(entry)));
    for (const path of (await this.#list()).filter((each) => !own.includes(each))) {
      const schema = schemaOf(path.slice(1, -1));
      const binding = await this.#run('get', schema, 'binding').catch(() => '');
      if (isSame(chord, binding.slice(1, -1)))
        return `the custom shortcut ${await this.#run('get', schema, 'name')}`;
    }
    return null;
  }

  /** The paths of all custom shortcuts, quoted as gsettings prints them. */
  async #list(): Promise<string[]> {
    const value = await this.#run('get', MEDIA_KEYS, LIST);
    const paths = stringsIn(value);
    // It is written back: nothing of it may be lost.
    if (value !== '@as []' && value !== `[${paths.join(', ')}]`)
      throw new Error(`the list of custom shortcuts is not understood: ${value.slice(0, 100)}`);
    return paths;
  }

  async #run(...args: string[]): Promise<string> {
    const { status, stdout, words } = await run('gsettings', args, { env: this.#env, timeoutMs: TIMEOUT_MS });
    if (status !== 0) throw new Error(words.trim() || 'gsettings failed');
    return stdout.toString().trim();
  }
}

function pathOf(entry: string): string {
  return `${FOLDER}/${entry}/`;
}

function schemaOf(path: string): string {
  return `${MEDIA_KEYS}.custom-keybinding:${path}`;
}

/** @param text without quotes and backslashes */
function quoted(text: string): string {
  return `'${text}'`;
}

/** The strings in a GVariant text, with their quotes. */
function stringsIn(value: string): string[] {
  return value.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g) ?? [];
}

function isSame(chord: Chord, accelerator: string): boolean {
  const [, written = '', key = ''] = /^((?:<[^<>]+>)*)([^<>]+)$/.exec(accelerator) ?? [];
  const modifiers = (written.match(/[^<>]+/g) ?? []).map((name) => MODIFIERS[name.toLowerCase()]);
  const keysym = keysymOf(key);
  if (keysym === undefined) return false;
  const known = modifiers.filter((each) => each !== undefined);
  return (
    known.length === modifiers.length && sameChord(chord, { text: key, modifiers: new Set(known), keysym })
  );
}

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyCommand } from '../../../src/hotkey/bindings/client.ts';
import { bindingFile, COMPOSITORS, type Compositor } from '../../../src/hotkey/bindings/compositors.ts';
import { bindingState, installBindings, removeBindings } from '../../../src/hotkey/bindings/file.ts';
import { parseChord } from '../../../src/hotkey/chord.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const LISTEN = parseChord('Ctrl+Alt+Space');
const command = await keyCommand(process.env);

/** A file of a compositor with a content; null: it is missing. */
function configured(name: string, content: string | Buffer | null, extension = '') {
  const env = { HOME: temporaryFolder() };
  const compositor = COMPOSITORS.find(
    (each) => each.name === name && (each.files(env)[0] ?? '').endsWith(extension),
  ) as Compositor;
  const [file = ''] = compositor.files(env);
  mkdirSync(dirname(file), { recursive: true });
  if (content !== null) writeFileSync(file, content);
  const lines = compositor.lines(LISTEN, command) ?? [];
  return {
    file,
    compositor,
    env,
    lines,
    install: () => installBindings(compositor, file, lines),
    remove: () => removeBindings(compositor, file),
    state: () => bindingState(compositor, file),
    text: () => readFileSync(file, 'utf8'),
  };
}

/** What users have in these files. */
const CONTENTS: readonly [name: string, content: string, extension?: string][] = [
  ['Hyprland', 'monitor = ,preferred,auto,1\nbind = SUPER, Q, exec, kitty\n', '.conf'],
  ['Hyprland', 'bind = SUPER, Q, exec, kitty', '.conf'],
  ['Hyprland', 'hl.bind("SUPER + Q", hl.dsp.exec_cmd("kitty"))\n', '.lua'],
  ['river', '#!/bin/sh\nriverctl map normal Super Q close\nexec rivertile\n'],
  ['river', '#!/bin/sh'],
  ['niri', 'input {\n}\nbinds {\n    Mod+T { spawn "alacritty"; }\n}\nlayout {\n}\n'],
  ['niri', 'input {\n}'],
  ['labwc', '<labwc_config>\n  <keyboard>\n    <default />\n  </keyboard>\n</labwc_config>\n'],
  ['labwc', '<?xml version="1.0"?>\n<labwc_config>\n<!-- </keyboard> -->\n</labwc_config>'],
  ['COSMIC', '{\n    (modifiers: [Super], key: "t"): Spawn("foot"),\n}'],
  ['COSMIC', '{}'],
  ['COSMIC', '// mine\n{}\n'],
  ['sway', 'set $mod Mod4\r\nbindsym $mod+Return exec foot\r\n'],
  ['i3', 'bindsym Mod4+Return exec xterm\n\n\n'],
];

describe.each(CONTENTS)('the file of %s: %j', (name, content, extension = '') => {
  it('gets the lines once, and is the same byte for byte without them', () => {
    const { install, remove, state, text, lines } = configured(name, content, extension);
    expect(state()).toBe('not installed');
    expect(install()).toBe(true);
    const written = text();
    for (const line of lines) expect(written.split(line)).toHaveLength(2);
    expect(state()).toBe('installed');
    expect(install()).toBe(false);
    expect(text()).toBe(written);
    expect(remove()).toBe(true);
    expect(text()).toBe(content);
    expect(remove()).toBe(false);
  });
});

describe('where the lines stand', () => {
  it('of river is before a last `exec`', () => {
    const { install, text } = configured('river', '#!/bin/sh\nexec rivertile\n');
    install();
    expect(text()).toMatch(/^#!\/bin\/sh\n# >>> .*\nriverctl map normal Control\+Alt space spawn '/);
  });

  it('of niri is in its binds, or in new ones', () => {
    const first = configured('niri', 'binds {\n}\n');
    first.install();
    expect(first.text()).toMatch(
      /^binds \{\n\/\/ >>> .*\n {4}Ctrl\+Alt\+space repeat=false \{ spawn "[^\n]+Toggle"; \}\n\/\/ <<< /,
    );
    const second = configured('niri', 'input {\n}\n');
    second.install();
    expect(second.text()).toMatch(/\nbinds \{\n {4}Ctrl.*\n\}\n\/\/ <<< .*\n$/);
  });

  it('of labwc is in its keyboard, or in a new one that keeps the defaults', () => {
    const first = configured('labwc', '<labwc_config>\n<keyboard>\n</keyboard>\n</labwc_config>\n');
    first.install();
    expect(first.text()).toMatch(/<keybind key="C-A-space">.*\n<!-- <<< .* -->\n<\/keyboard>/);
    const second = configured('labwc', '<labwc_config>\n</labwc_config>\n');
    second.install();
    expect(second.text()).toMatch(/<keyboard>\n<default \/>\n<keybind /);
  });

  it.each([
    ['niri', 'binds { Mod+T { spawn "foot"; }; }\n'],
    ['niri', 'binds\n{\n}\n'],
    ['labwc', '<labwc_config><keyboard></keyboard></labwc_config>\n'],
    ['labwc', '<labwc_config>\n<keyboard />\n</labwc_config>\n'],
    ['COSMIC', 'nonsense'],
  ])('is not guessed in a file of %s such as %j', (name, content) => {
    const { install, text } = configured(name, content);
    expect(install).toThrow(expect.objectContaining({ code: 'bindings-failed' }));
    expect(text()).toBe(content);
  });
});

describe('a file', () => {
  it('that is missing is made and removed where the compositor needs none', () => {
    const { install, remove, text, file } = configured('COSMIC', null);
    install();
    expect(text()).toMatch(
      /^\{\n\/\/ >>> .*created >>>\n {4}\(modifiers: \[Ctrl, Alt\], key: "space"\): Spawn/,
    );
    remove();
    expect(existsSync(file)).toBe(false);
  });

  it('that was made for the lines stays with what was added', () => {
    const { install, remove, text, file } = configured('COSMIC', null);
    install();
    writeFileSync(file, text().replace(/\}\n$/, '    (modifiers: [], key: "F9"): Terminal,\n}\n'));
    remove();
    expect(text()).toBe('{\n    (modifiers: [], key: "F9"): Terminal,\n}\n');
  });

  it.each(['Hyprland', 'niri', 'sway', 'labwc', 'river', 'i3'])(
    'of %s that is missing is not made: it would replace all defaults',
    (name) => {
      const { install, remove, state, file } = configured(name, null);
      expect(install).toThrow(/does not exist/);
      expect(existsSync(file)).toBe(false);
      expect(state()).toBe('no file');
      expect(remove()).toBe(false);
    },
  );

  it('behind a link stays there, with its mode', () => {
    const { install, remove, file } = configured('sway', null);
    const real = join(temporaryFolder(), 'dotfiles-sway');
    writeFileSync(real, 'set $mod Mod4\n', { mode: 0o640 });
    chmodSync(real, 0o640);
    symlinkSync(real, file);
    install();
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(readFileSync(real, 'utf8')).toContain('bindsym --release Ctrl+Mod1+space');
    remove();
    expect(readFileSync(real, 'utf8')).toBe('set $mod Mod4\n');
    expect(readdirSync(dirname(real))).toEqual(['dotfiles-sway']);
  });

  it('that is read-only, no file, or a link to nothing is left alone', () => {
    const readOnly = configured('sway', 'a\n');
    chmodSync(readOnly.file, 0o444);
    expect(readOnly.install).toThrow(/cannot be written: it is read-only/);
    expect(readOnly.text()).toBe('a\n');
    expect(readdirSync(dirname(readOnly.file))).toEqual(['config']);
    const folder = configured('sway', null);
    mkdirSync(folder.file);
    expect(folder.install).toThrow(/cannot be read/);
    const dangling = configured('COSMIC', null);
    symlinkSync('/nowhere/custom', dangling.file);
    expect(dangling.install).toThrow(/cannot be read/);
    expect(lstatSync(dangling.file).isSymbolicLink()).toBe(true);
  });

  it('that is not UTF-8 keeps its bytes', () => {
    const bytes = Buffer.from([0x23, 0xff, 0xfe, 0x80, 0x0a]);
    const { install, remove, file } = configured('sway', bytes);
    install();
    remove();
    expect(readFileSync(file)).toEqual(bytes);
  });

  it('in which the lines were edited is left alone', () => {
    const { install, remove, state, text, file } = configured('sway', 'a\n');
    install();
    const edited = text().replace('--no-repeat', '--locked --no-repeat');
    writeFileSync(file, edited);
    expect(remove).toThrow(/were edited \(lines 2 to 5\)/);
    expect(install).toThrow(/Nothing was changed/);
    expect(state()).toBe('edited');
    expect(text()).toBe(edited);
  });

  it('gets a new key instead of the one before', () => {
    const { install, compositor, file, text, remove } = configured('sway', 'a');
    install();
    installBindings(compositor, file, compositor.lines(parseChord('Super+F9'), command) ?? []);
    expect(text()).not.toContain('Ctrl+Mod1+space');
    expect(text()).toContain('bindsym --no-repeat Mod4+F9 exec');
    remove();
    expect(text()).toBe('a');
  });
});

describe('the file of Hyprland', () => {
  it('is the one in Lua where there is one', () => {
    const { env, file } = configured('Hyprland', '', '.conf');
    expect(bindingFile('hyprland', env)?.file).toBe(file);
    const lua = file.replace(/conf$/, 'lua');
    writeFileSync(lua, '');
    expect(bindingFile('Hyprland', env)?.file).toBe(lua);
    expect(bindingFile('KDE', env)).toBeNull();
  });
});

describe('a mouse button', () => {
  const lines = (name: string): string[] | null | undefined =>
    COMPOSITORS.findLast((each) => each.name === name)?.lines(parseChord('Super+Mouse8'), command);

  it.each([
    ['Hyprland', 'bind = SUPER, mouse:275, exec,'],
    ['niri', 'Super+MouseBack repeat=false'],
    ['sway', 'bindsym --no-repeat --whole-window Mod4+button8 exec'],
    ['i3', 'bindsym --whole-window Mod4+button8 exec'],
  ])('is bound in %s', (name, line) => expect(lines(name)?.[0]).toContain(line));

  it.each(['river', 'COSMIC', 'labwc'])('cannot be bound in %s', (name) => expect(lines(name)).toBeNull());
});

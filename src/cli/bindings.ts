import { loadUserSettings } from '../daemon/user-settings.ts';
import { reasonsOf } from '../drivers.ts';
import { VoiceError } from '../errors.ts';
import { keyCommand } from '../hotkey/bindings/client.ts';
import { bindingFile, COMPOSITORS, type Compositor, desktopOf } from '../hotkey/bindings/compositors.ts';
import { type BindingState, bindingState, installBindings, removeBindings } from '../hotkey/bindings/file.ts';
import { parseChord } from '../hotkey/chord.ts';
import { GnomeShortcuts } from '../hotkey/gsettings/shortcuts.ts';
import { type RunningDaemon, statusOrNull } from './lifecycle.ts';
import { type JsonOption, print, printJson } from './output.ts';

interface DesktopOption extends JsonOption {
  desktop?: string;
}

/** The hotkey of a desktop. */
interface Keys {
  desktop: string | null;
  listen: string;
  /** As the daemon has it; null: no daemon runs. */
  hotkey: RunningDaemon['hotkey'] | null;
  /** null: codex-voice knows no file of this desktop. */
  bindings: { file: string; state: BindingState; lines: string[] | null } | null;
  /** What a binding made by hand runs. */
  command: string;
}

/** Prints which driver has the hotkey, what was passed over, and the lines for the desktop's own file. */
export async function keysShow(options: DesktopOption): Promise<void> {
  const { keys } = await look(options);
  if (options.json) printJson(keys);
  else print(describe(keys).join('\n'));
}

/** Writes the lines into the file of the compositor. @throws VoiceError bindings-failed, hotkey-invalid */
export async function keysInstall(options: DesktopOption): Promise<void> {
  const { keys, compositor } = await look(options);
  const { desktop, listen, hotkey, bindings } = keys;
  const served = servedBy(keys);
  if (served !== null && options.desktop === undefined) {
    if (options.json) printJson({ installed: false, file: null });
    else print(`${listen} works already (${served}). Nothing was written.`);
    return;
  }
  if (bindings === null || compositor === null) {
    throw new VoiceError(
      'bindings-failed',
      `codex-voice knows no file for the keys of ${desktop ?? 'this desktop'}.`,
      `Bind a key to this command in its settings: ${keys.command}`,
    );
  }
  if (bindings.lines === null) throw notThere(listen, desktop);
  const changed = installBindings(compositor, bindings.file, bindings.lines);
  if (options.json) printJson({ installed: true, changed, file: bindings.file });
  else if (!changed) print(`${listen} is bound in ${bindings.file} already.`);
  else {
    print(`${listen} is bound in ${bindings.file}. ${compositor.apply}`);
    if (hotkey === null) print('Run `codex-voice start`: the key does nothing until the daemon runs.');
  }
}

/** Takes the lines out of every file of a compositor that has them. @throws VoiceError bindings-failed */
export async function keysRemove(options: JsonOption): Promise<void> {
  const removed: string[] = [];
  const failures: unknown[] = [];
  // Where there is no GNOME, there is nothing of ours in its settings.
  const shortcuts = new GnomeShortcuts(process.env);
  if (await shortcuts.remove().catch(() => false)) removed.push('the shortcuts of GNOME');
  for (const compositor of COMPOSITORS) {
    for (const file of compositor.files(process.env)) {
      try {
        if (removeBindings(compositor, file)) removed.push(file);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  if (options.json) printJson({ removed });
  else if (removed.length > 0) print(removed.map((file) => `Removed from ${file}.`).join('\n'));
  else if (failures.length === 0) print('No key bindings of codex-voice were found.');
  if (failures.length > 0) throw failures[0];
}

async function look({ desktop: wanted }: DesktopOption): Promise<{
  keys: Keys;
  compositor: Compositor | null;
}> {
  const { env } = process;
  const [status, { settings }, command] = await Promise.all([
    statusOrNull(),
    loadUserSettings(env),
    keyCommand(env),
  ]);
  const desktop = wanted ?? desktopOf(env);
  const place = bindingFile(desktop, env);
  if (wanted !== undefined && place === null) {
    const names = [...new Set(COMPOSITORS.map(({ name }) => name))].join(', ');
    throw new VoiceError('usage', `codex-voice knows no desktop called ${wanted}.`, `Name one of: ${names}.`);
  }
  const { listen } = settings.hotkey;
  const bindings = place && {
    file: place.file,
    state: bindingState(place.compositor, place.file),
    lines: place.compositor.lines(parseChord(listen), command),
  };
  return {
    keys: {
      desktop: place?.compositor.name ?? desktop,
      listen,
      hotkey: status?.hotkey ?? null,
      bindings,
      command: command('Toggle'),
    },
    compositor: place?.compositor ?? null,
  };
}

/** The driver through which the key works; null: none, or Hyprland's portal, which needs a line in its file. */
function servedBy({ desktop, hotkey }: Keys): string | null {
  if (hotkey?.state !== 'grabbed') return null;
  return desktop === 'Hyprland' && hotkey.backend === 'portal' ? null : hotkey.backend;
}

function describe(keys: Keys): string[] {
  const { desktop, listen, hotkey, bindings, command } = keys;
  const lines = [`desktop   ${desktop ?? 'unknown'}`];
  if (hotkey === null) lines.push(`hotkey    ${listen}: no daemon is running`);
  else {
    lines.push(`hotkey    ${hotkey.keys[0] ?? listen}: ${hotkey.state} (${hotkey.backend})`);
    const passedOver = hotkey.passed_over ?? [];
    lines.push(...passedOver.map((each) => `          not ${reasonsOf([each])}`));
    if (hotkey.reason) lines.push(`          ${hotkey.reason.message}`);
  }
  if (bindings !== null) lines.push(`bindings  ${bindings.file}: ${bindings.state}`);
  if (servedBy(keys) !== null) return [...lines, '', 'The key works. There is nothing to bind by hand.'];
  if (bindings?.state === 'installed') return lines;
  if (bindings?.lines) {
    const how = 'Run `codex-voice keys install`, or add these lines to the file:';
    return [...lines, '', how, '', ...bindings.lines.map((line) => `    ${line.trim()}`)];
  }
  if (bindings !== null) lines.push('', notThere(listen, desktop).message);
  return [...lines, '', 'Bind a key of the desktop to this command:', '', `    ${command}`];
}

function notThere(listen: string, desktop: string | null): VoiceError {
  return new VoiceError(
    'hotkey-invalid',
    `${desktop} cannot bind ${listen} to a command.`,
    'Choose another key under [hotkey] in config.toml.',
  );
}

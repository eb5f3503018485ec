import { VoiceError } from '../errors.ts';
import type { ServiceCommand } from './service-manager.ts';

/** The entry for `$XDG_CONFIG_HOME/autostart`. @throws VoiceError service-failed when the path cannot stand in it */
export function desktopEntry({ command, args }: ServiceCommand): string {
  return `[Desktop Entry]
Type=Application
Version=1.0
Name=codex-voice
Comment=Speak to the Codex CLI from any app
Exec=${[command, ...args].map(execWord).join(' ')}
Icon=codex-voice
Terminal=false
NoDisplay=true
StartupNotify=false
X-GNOME-Autostart-enabled=true
`;
}

/**
 * Desktop Entry Specification 1.5, "The Exec key": in quotes, with a backslash before `"`, the backtick, `$` and `\\`; "%"
 * doubled; and then each backslash once more, because the value is a string.
 */
function execWord(word: string): string {
  if (/[\x00-\x1f\x7f]/.test(word)) {
    throw new VoiceError(
      'service-failed',
      'The path of codex-voice contains a control character, which a desktop entry cannot hold.',
      'Install codex-voice in another folder.',
    );
  }
  const percent = word.replaceAll('%', '%%');
  if (/^[\w./:,+=@%-]+$/.test(word)) return percent;
  return `"${percent.replaceAll(/["`$\\]/g, '\\$&')}"`.replaceAll('\\', '\\\\');
}

/** The command line of an entry's Exec key; [] when it has none. Field codes (%u) are left out, as nothing is opened. */
export function execWords(entry: string): string[] {
  // Only a line feed ends a line here; to `.` and `$` of a pattern U+2028 does, too.
  const line = entry.split('\n').find((each) => each.startsWith('Exec='));
  const value = line?.slice('Exec='.length) ?? '';
  const words = value.replaceAll('\\\\', '\\').matchAll(/"((?:[^"\\]|\\[\s\S])*)"|(\S+)/g);
  return [...words].flatMap(([, quoted, plain]) => {
    if (plain !== undefined && /^%[a-zA-Z]$/.test(plain)) return [];
    return [(quoted?.replaceAll(/\\([\s\S])/g, '$1') ?? plain ?? '').replaceAll('%%', '%')];
  });
}

import { VoiceError } from '../errors.ts';
import { execKey } from '../text/exec-key.ts';
import type { ServiceCommand } from './service-manager.ts';

/** The entry for `$XDG_CONFIG_HOME/autostart`. @throws VoiceError service-failed when the path cannot stand in it */
export function desktopEntry({ command, args }: ServiceCommand): string {
  return `[Desktop Entry]
Type=Application
Version=1.0
Name=codex-voice
Comment=Speak to the Codex CLI from any app
Exec=${commandLine([command, ...args])}
Icon=codex-voice
Terminal=false
NoDisplay=true
StartupNotify=false
X-GNOME-Autostart-enabled=true
`;
}

function commandLine(words: readonly string[]): string {
  try {
    return execKey(words);
  } catch (cause) {
    throw new VoiceError(
      'service-failed',
      'The path of codex-voice contains a control character, which a desktop entry cannot hold.',
      'Install codex-voice in another folder.',
      { cause },
    );
  }
}

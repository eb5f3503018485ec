/** The entry of the applications menu: it starts the daemon, and offers what the hotkey does to a mouse. */
export function desktopEntry(): string {
  return `[Desktop Entry]
Type=Application
Version=1.0
Name=codex-voice
GenericName=Voice for the Codex CLI
Comment=Speak to the Codex CLI from any app
Exec=codex-voice start
TryExec=codex-voice
Icon=codex-voice
Terminal=false
StartupNotify=false
Categories=Utility;Accessibility;
Keywords=codex;voice;speech;dictation;whisper;
Actions=toggle;stop;

[Desktop Action toggle]
Name=Begin or end listening
Exec=codex-voice toggle

[Desktop Action stop]
Name=Stop
Exec=codex-voice stop
`;
}

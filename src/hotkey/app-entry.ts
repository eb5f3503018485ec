import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/**
 * Writes the entry by which a portal knows the program, where no package has installed one: portals from 1.21 give global
 * shortcuts to programs with an entry only. It is in no menu.
 * @throws Error when it cannot be written
 */
export function writeAppEntry(env: NodeJS.ProcessEnv, appId: string): void {
  const own = env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share');
  const shared = (env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(delimiter);
  const places = [own, ...shared].map((folder) => join(folder, 'applications', `${appId}.desktop`));
  const [file = ''] = places;
  if (places.some((place) => existsSync(place))) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `[Desktop Entry]
Type=Application
Name=codex-voice
Comment=Speak to the Codex CLI from any app
Exec=codex-voice start
Icon=codex-voice
NoDisplay=true
`,
  );
}

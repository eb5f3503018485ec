import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { ownCommand } from '../../single-file/child.ts';
import { execKey, execWords } from '../../text/exec-key.ts';

/** Folders that are in the PATH of every portal. */
const SYSTEM_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin'];

/**
 * Writes the entry by which a portal knows the program, where no package has installed one: portals from 1.19 give a name
 * only to programs with an entry, and GNOME gives global shortcuts only to programs with a name. It is in no menu. GLib
 * ignores an entry whose program it cannot find (verified with xdg-desktop-portal 1.20.3), so the program has its path.
 * @throws Error when it cannot be written
 */
export function writeAppEntry(env: NodeJS.ProcessEnv, appId: string): void {
  const own = env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share');
  const shared = (env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(delimiter);
  const places = [own, ...shared].map((folder) => join(folder, 'applications', `${appId}.desktop`));
  const [file = ''] = places;
  if (places.some(isUsable)) return;
  const { command, args } = ownCommand(['start']);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `[Desktop Entry]
Type=Application
Name=codex-voice
Comment=Speak to the Codex CLI from any app
Exec=${execKey([command, ...args])}
Icon=codex-voice
NoDisplay=true
`,
  );
}

/** Reports whether there is an entry whose program exists. */
function isUsable(file: string): boolean {
  if (!existsSync(file)) return false;
  const [program = ''] = execWords(readFileSync(file, 'utf8'));
  if (isAbsolute(program)) return existsSync(program);
  return program !== '' && SYSTEM_FOLDERS.some((folder) => existsSync(join(folder, program)));
}

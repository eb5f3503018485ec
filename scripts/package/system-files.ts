import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { program } from '../../src/cli/program.ts';
import { systemdUnit } from '../../src/service/systemd-unit.ts';
import { describeCommand } from './command-line.ts';
import { completions } from './completions.ts';
import { desktopEntry } from './desktop-entry.ts';
import { manPage } from './man-page.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** By their path below the prefix. */
const ICONS = {
  'share/icons/hicolor/128x128/apps/codex-voice.png': 'assets/icons/codex-voice.png',
  'share/icons/hicolor/scalable/apps/codex-voice.svg': 'assets/icons/codex-voice.svg',
};

export interface Release {
  version: string;
  /** `YYYY-MM-DD` */
  date: string;
}

/**
 * Writes the files beside the program on a Linux system, below a prefix (finally `/usr`): manual page, completions,
 * desktop entry, icons and the systemd user unit.
 * @returns their paths below the prefix
 */
export async function writeSystemFiles(prefix: string, { version, date }: Release): Promise<string[]> {
  const commandLine = describeCommand(program());
  const prose = await readFile(join(ROOT, 'docs/manual.md'), 'utf8');
  const texts: Record<string, string | Buffer> = {
    'share/man/man1/codex-voice.1.gz': compress(manPage({ program: commandLine, version, date, prose })),
    'share/applications/io.github.codex_voice.CodexVoice.desktop': desktopEntry(),
    'lib/systemd/user/codex-voice.service': systemdUnit(
      { command: '/usr/bin/codex-voice', args: ['daemon', '--service'] },
      true,
    ),
    ...Object.fromEntries(completions(commandLine).map(({ path, text }) => [path, text])),
  };
  for (const [path, text] of Object.entries(texts)) await writeFileIn(prefix, path, text);
  for (const [path, file] of Object.entries(ICONS)) await copyInto(join(ROOT, file), prefix, path);
  return [...Object.keys(texts), ...Object.keys(ICONS)];
}

/** Copies the single file to `bin/codex-voice` below the prefix. */
export async function copyProgram(file: string, prefix: string): Promise<void> {
  await copyInto(file, prefix, 'bin/codex-voice');
  await chmod(join(prefix, 'bin/codex-voice'), 0o755);
}

/** Writes a file that everybody can read, whatever the umask is. */
export async function writeFileIn(folder: string, path: string, content: string | Buffer): Promise<void> {
  await makeFolder(dirname(join(folder, path)));
  await writeFile(join(folder, path), content);
  await chmod(join(folder, path), 0o644);
}

/** As `gzip -9n`: the same bytes for the same text. */
export function compress(text: string): Buffer {
  return gzipSync(text, { level: 9 });
}

async function copyInto(file: string, folder: string, path: string): Promise<void> {
  await makeFolder(dirname(join(folder, path)));
  await copyFile(file, join(folder, path));
  await chmod(join(folder, path), 0o644);
}

async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let each = folder; each.length >= first.length; each = dirname(each)) await chmod(each, 0o755);
}

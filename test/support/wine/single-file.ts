import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliResult } from '../desktop.ts';
import { builtOnce } from '../packaged.ts';
import { ROOT, windowsSources } from './sources.ts';
import { type Windows, windowsPath } from './wine.ts';

/** Limit for the start, in which Debian 13, the packages and the single file may have to be made, ms. */
export const WINDOWS_START_MS = 2_400_000;

/** A build takes ten minutes on a busy machine, ms. */
const BUILD_MS = 1_200_000;

/** The single file for Windows: built by Node for Windows, as on such a machine, and kept until the sources change. */
export async function windowsFile(windows: Windows): Promise<string> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const dist = join(ROOT, 'dist');
  return builtOnce(join(dist, `codex-voice-${version}-win32-x64.exe`), async () => {
    const { folder, node } = await windowsSources();
    const script = windowsPath(join(folder, 'scripts/single-file/package.ts'));
    const args = [script, '--only-file', '--output', windowsPath(dist)];
    const built = await windows.run(windowsPath(node), args, { timeout: BUILD_MS });
    if (built.status !== 0) throw new Error(`the single file for Windows is not built: ${words(built)}`);
  });
}

/** What a program printed. */
export function words({ stdout, stderr }: CliResult): string {
  return `${stdout}\n${stderr}`.trim();
}

import { glob, mkdir, readFile, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { waitForLock } from './lock.ts';
import { run } from './process.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What the file is made of. */
export const SOURCES = ['src/**', 'assets/**', 'scripts/single-file/**', 'package.json', 'package-lock.json'];

/**
 * The single file of these sources: the one that CODEX_VOICE_PROGRAM names, else that in dist/, which is built (in
 * about 10 s) when it is older than the sources. Test files that run at once build it once.
 */
export async function packagedFile(): Promise<string> {
  if (process.env.CODEX_VOICE_PROGRAM) return process.env.CODEX_VOICE_PROGRAM;
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return builtOnce(join(ROOT, 'dist', `codex-voice-${version}-${process.platform}-${process.arch}`), build);
}

/** Builds a single file of these sources unless it is newer than they are. @returns the file */
export async function builtOnce(file: string, build: (file: string) => Promise<void>): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const release = await waitForLock(join(dirname(file), '.lock'));
  try {
    if (!(await isCurrent(file))) {
      const started = new Date();
      await build(file);
      // A source that was changed meanwhile is newer.
      await utimes(file, started, started);
    }
  } finally {
    release();
  }
  return file;
}

async function build(): Promise<void> {
  await run(process.execPath, [join(ROOT, 'scripts', 'single-file', 'package.ts'), '--only-file']);
}

async function isCurrent(file: string): Promise<boolean> {
  const built = await stat(file).catch(() => null);
  if (built === null) return false;
  for await (const source of glob(SOURCES, { cwd: ROOT })) {
    if ((await stat(join(ROOT, source))).mtimeMs > built.mtimeMs) return false;
  }
  return true;
}

// For scripts/test.sh.
if (import.meta.main) process.stdout.write(`${await packagedFile()}\n`);

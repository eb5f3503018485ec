import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { run } from '../process.ts';

/** Puts the library beside a program of Windows that makes its hotkeys work under Wine; userenv.c says why. */
export function putUserenv(folder: string): Promise<void> {
  return build('userenv.c', join(folder, 'userenv.dll'), ['-shared', '-nostartfiles', '-Wl,-e,DllMain']);
}

/** Makes a program that runs Codex in a pseudoconsole of Wine; codex.c says why. @param codex its path on Windows */
export function putCodex(file: string, codex: string): Promise<void> {
  return build('codex.c', file, ['-municode', `-DCODEX=L"${codex.replaceAll('\\', '\\\\')}"`]);
}

async function build(source: string, file: string, options: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'codex-voice-shim-'));
  // Without an ending, the compiler would add one.
  const built = join(folder, basename(file));
  const sources = join(import.meta.dirname, source);
  try {
    await run('x86_64-w64-mingw32-gcc', ['-O2', '-s', ...options, '-o', built, sources]);
    await copyFile(built, file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

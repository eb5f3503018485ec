import { join } from 'node:path';
import { run, temporaryFolder } from '../support/process.ts';

/** Compiles a library that has functions of macOS (fake-NAME.c) with the C compiler of this machine. */
export async function buildLibrary(name: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await temporaryFolder();
  const path = join(folder.path, `fake-${name}.so`);
  const source = join(import.meta.dirname, `fake-${name}.c`);
  const strict = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-Wno-multichar'];
  await run('cc', ['-shared', '-fPIC', ...strict, '-o', path, source, '-lpthread']);
  return { path, remove: folder.remove };
}

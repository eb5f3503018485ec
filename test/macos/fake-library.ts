import { join } from 'node:path';
import { run } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Compiles a library that has functions of macOS (fake-NAME.c) with the C compiler of this machine. */
export async function fakeLibrary(name: string): Promise<string> {
  const library = join(temporaryFolder(), `fake-${name}.so`);
  const source = join(import.meta.dirname, `fake-${name}.c`);
  const strict = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-Wno-multichar'];
  await run('cc', ['-shared', '-fPIC', ...strict, '-o', library, source, '-lpthread']);
  return library;
}

import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './process.ts';

/** A folder of shell scripts that stand for other programs. */
export interface FakePrograms extends AsyncDisposable {
  /** An environment whose PATH has nothing else. */
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  /** Adds one, or replaces it. @param script lines of sh; programs by their absolute path, `$HERE` is the folder */
  set(name: string, script: string): Promise<void>;
}

export async function fakePrograms(scripts: Record<string, string>): Promise<FakePrograms> {
  const folder = await temporaryFolder();
  // 20 ms of 16 kHz s16le at half of full scale, for scripts that stand for recorders.
  await writeFile(join(folder.path, 'block'), Buffer.alloc(640, Buffer.from([0x00, 0x40])));
  const set = async (name: string, script: string) => {
    const path = join(folder.path, name);
    await writeFile(path, `#!/bin/sh\nHERE='${folder.path}'\n[ "$1" = --help ] && exit 0\n${script}\n`);
    await chmod(path, 0o755);
  };
  for (const [name, script] of Object.entries(scripts)) await set(name, script);
  return {
    env: { PATH: folder.path, HOME: folder.path },
    folder: folder.path,
    set,
    [Symbol.asyncDispose]: folder.remove,
  };
}

/** Scripts of recorders: what works, and each way in which one fails. */
export const fakeRecorder = {
  works: 'while :; do /bin/cat "$HERE/block"; /bin/sleep 0.02; done',
  exits: 'echo "Connection refused" >&2; exit 1',
  exitsSilently: 'exit 0',
  hangs: 'exec /bin/sleep 60',
  dies: 'for i in 1 2 3; do /bin/cat "$HERE/block"; /bin/sleep 0.02; done; echo "stream is gone" >&2; exit 1',
  stalls: '/bin/cat "$HERE/block"; exec /bin/sleep 60',
  /** Ignores SIGTERM. */
  stubborn: 'trap "" TERM; while :; do /bin/cat "$HERE/block"; /bin/sleep 0.02; done',
} as const;

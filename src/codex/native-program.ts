import { readdir, readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { VoiceError } from '../errors.ts';
import { expandHome, homeOf } from '../files/user-paths.ts';
import { isExecutable, placesOf, WINDOWS_PROGRAMS, withEndings } from '../processes/programs.ts';

/** npm installs programs on Windows as .cmd files. */
const ENDINGS = [...WINDOWS_PROGRAMS, '.cmd'];

/** The script that a .cmd file of npm or pnpm runs; `%dp0%` and `%~dp0` are the folder of the file (cmd-shim 8.0.0). */
const SHIM_TARGET = /"%(?:~dp0|dp0%)\\?([^"%]*[\\/]codex\.js)"/i;

/** Finds the program that a shell would run; null: there is none. */
export async function whichCodex(command: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const path = expandHome(command, homeOf(env));
  const isPath = (process.platform === 'win32' ? /[\\/:]/ : /\//).test(path);
  const places = isPath ? withEndings(resolve(path), ENDINGS) : placesOf(command, env, ENDINGS);
  if (command === '') return null;
  for (const place of places) if (await isExecutable(place)) return place;
  return null;
}

/**
 * Finds the native program behind the npm package's JavaScript wrapper. Running it directly saves a Node start, and
 * signals reach Codex itself. A .cmd file is never run, because cmd.exe would interpret the arguments.
 * @throws VoiceError codex-missing for a .cmd file without a known native program
 */
export async function nativeProgram(found: string): Promise<string> {
  const isShim = /\.cmd$/i.test(found);
  const wrapper = isShim ? await shimTarget(found) : await realpath(found);
  const native = wrapper !== null && /[\\/]bin[\\/]codex\.js$/.test(wrapper) ? await behind(wrapper) : null;
  if (native !== null) return native;
  if (!isShim) return found;
  throw new VoiceError(
    'codex-missing',
    `${found} is a command file, and the program behind it was not found.`,
    'Set [codex] command to the path of codex.exe.',
  );
}

/** Returns the script that a .cmd file runs; null: it runs something else. */
export async function shimTarget(file: string): Promise<string | null> {
  const [, target] = SHIM_TARGET.exec(await readFile(file, 'utf8')) ?? [];
  return target === undefined ? null : resolve(dirname(file), target.replaceAll('\\', '/'));
}

/** Layout of 0.169.0 and 0.171.0: @openai/codex-PLATFORM-ARCH/vendor/TRIPLE/bin/codex, on Windows codex.exe. */
async function behind(wrapper: string): Promise<string | null> {
  const { platform, arch } = process;
  const require = createRequire(wrapper);
  try {
    const manifest = require.resolve(`@openai/codex-${platform}-${arch}/package.json`);
    const vendor = join(manifest, '..', 'vendor');
    for (const triple of await readdir(vendor)) {
      const path = join(vendor, triple, 'bin', platform === 'win32' ? 'codex.exe' : 'codex');
      if (await isExecutable(path)) return path;
    }
  } catch {
    // In another layout, only the wrapper finds the program.
  }
  return null;
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { waitForLock } from '../lock.ts';
import { run } from '../process.ts';
import { testCache } from '../test-cache.ts';

const PROGRAMS = ['whisper-server', 'whisper-cli'] as const;

/** The folder of the npm package, which holds whisper.cpp's source: nothing is ever written into it. */
export const NODEJS_WHISPER = dirname(createRequire(import.meta.url).resolve('nodejs-whisper/package.json'));

/** What ggml has code for, by the flag of /proc/cpuinfo without which it must not be used. */
const INSTRUCTIONS = {
  sse4_2: ['SSE42'],
  avx: ['AVX'],
  avx2: ['AVX2'],
  bmi2: ['BMI2'],
  fma: ['FMA'],
  f16c: ['F16C'],
} as const;

/** Everything else as nodejs-whisper builds it, OpenMP among it. Static: the files can be moved. */
const OPTIONS = ['CMAKE_BUILD_TYPE=Release', 'BUILD_SHARED_LIBS=OFF', 'GGML_NATIVE=OFF', 'GGML_CCACHE=OFF'];

/**
 * The folder with `whisper-server` and `whisper-cli`, built from the source in nodejs-whisper at the first call on a
 * machine (80 to 110 s of processor time) and kept in the user's cache for this version, these options, this compiler and
 * this processor. Processes that call it at once build it once; nothing is downloaded.
 * @throws Error when cmake or a compiler is missing, or the build fails
 */
export async function whisperPrograms(): Promise<string> {
  const options = [...OPTIONS, ...instructionOptions()];
  const cache = testCache();
  const folder = join(cache, `whisper.cpp-${await keyOf(options)}`);
  await mkdir(cache, { recursive: true });
  const release = await waitForLock(`${folder}.lock`);
  try {
    if (!existsSync(folder)) await build(folder, options);
  } finally {
    release();
  }
  return folder;
}

/** Beside it, renamed when all of it is there; what a build that was killed left goes first. */
async function build(folder: string, options: string[]): Promise<void> {
  const work = `${folder}.building`;
  await rm(work, { recursive: true, force: true });
  const source = join(NODEJS_WHISPER, 'cpp', 'whisper.cpp');
  const definitions = [...options, `WHISPER_CPP=${source}`].map((option) => `-D${option}`);
  await run('cmake', ['-S', import.meta.dirname, '-B', work, ...definitions]);
  const targets = PROGRAMS.flatMap((program) => ['--target', program]);
  await run('cmake', ['--build', work, ...targets, '--parallel', String(availableParallelism())]);
  const ready = join(work, 'ready');
  await mkdir(ready);
  for (const program of PROGRAMS) await copyFile(join(work, 'bin', program), join(ready, program));
  await rename(ready, folder);
  await rm(work, { recursive: true });
}

async function keyOf(options: string[]): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(NODEJS_WHISPER, 'package.json'), 'utf8'));
  const compiler = await run('c++', ['--version']);
  const recipe = readFileSync(join(import.meta.dirname, 'CMakeLists.txt'), 'utf8');
  const all = JSON.stringify([version, process.arch, options, compiler, recipe]);
  return `${version}-${createHash('sha256').update(all).digest('hex').slice(0, 12)}`;
}

/** ON for what this processor has, OFF for the rest, which ggml would take for granted. */
function instructionOptions(): string[] {
  if (process.arch !== 'x64') return [];
  const [, line = ''] = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? [];
  const flags = new Set(line.split(/\s+/));
  return Object.entries(INSTRUCTIONS).flatMap(([flag, names]) =>
    names.map((name) => `GGML_${name}=${flags.has(flag) ? 'ON' : 'OFF'}`),
  );
}

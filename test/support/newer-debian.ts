import { createHash } from 'node:crypto';
import { glob, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asRoot, runAsRoot } from './installer.ts';
import { isFresh, testCache } from './test-cache.ts';

/** A system whose programs a test starts: this one, or the tree of another release. */
export interface TestSystem {
  /** The command line that runs a program of it, in the environment that it is started in. */
  command(program: string, args?: readonly string[]): { command: string; args: string[] };
  /** Path of a file of it, as this system has it. */
  path(file: string): string;
}

/** This machine's own system. */
export const thisSystem: TestSystem = {
  command: (program, args = []) => ({ command: program, args: [...args] }),
  path: (file) => file,
};

/** This repository, to which the desktop entries of the daemon lead. */
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * The programs inside share everything with this system but its files: processes, sockets, devices, /tmp and the folders
 * in $2, one a line. So a daemon out here finds the windows, the buses and the processes of a desktop in there.
 */
const ENTER = `
root=$1 folders=$2; shift 2
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind /tmp "$root/tmp"
IFS='
'
for folder in $folders; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
done
exec chroot "$root" "$@"
`;

/** The desktops of Debian 13: GNOME 48, Plasma 6.3, labwc 0.8, i3 4.24. */
const DESKTOPS = [
  'dbus',
  'fonts-dejavu-core',
  'gjs',
  'gnome-control-center',
  'gnome-settings-daemon',
  'gnome-shell',
  'i3-wm',
  'kwin-wayland',
  'labwc',
  'libglib2.0-bin',
  'plasma-workspace',
  'qt6-wayland',
  'xdg-desktop-portal',
  'xdg-desktop-portal-gnome',
  'xdg-desktop-portal-kde',
];

/** Windows' programs: Wine 10, its sound through PulseAudio. */
const WINE = ['libpulse0', 'wine64'];

/** Limit for the start of a test in which Debian 13 may have to be installed, ms. */
export const DEBIAN_START_MS = 1_200_000;

/** Debian 13 with its desktops: 2 GB, and five minutes where it has to be made first. */
export function debian13(): Promise<TestSystem> {
  return newerDebian('trixie', { name: 'desktop', packages: DESKTOPS, folders: [REPOSITORY] });
}

/**
 * Debian 13 with Wine 10: 1.2 GB. Debian 12's Wine 8.0 runs no unpatched Node 24 and no Codex. Wine counts the processors
 * in /sys.
 * @param folder is seen inside, too
 */
export function debian13Wine(folder: string): Promise<TestSystem> {
  return newerDebian('trixie', { name: 'wine', packages: WINE, folders: [REPOSITORY, folder, '/sys'] });
}

interface Tree {
  /** What it is for. */
  name: string;
  packages: readonly string[];
  /** Folders of this system that are seen inside. */
  folders: readonly string[];
}

/**
 * A Debian of another release with these packages, which is kept for the next time. Its programs are started from here.
 * @param suite e.g. trixie
 */
async function newerDebian(suite: string, { name, packages, folders }: Tree): Promise<TestSystem> {
  const cache = testCache();
  const hash = createHash('sha256').update(packages.toSorted().join()).digest('hex').slice(0, 8);
  const root = join(cache, `${name}-${suite}-${hash}`);
  if (!(await isFresh(join(root, 'made')))) {
    // Those with other packages are not needed any more.
    const others = await Array.fromAsync(glob(`${name}-${suite}-*`, { cwd: cache }));
    for (const other of others) await runAsRoot('rm', '-rf', '--one-file-system', join(cache, other));
    await make(root, suite, packages);
  }
  return {
    path: (file) => join(root, file),
    command(program, args = []) {
      const enter = ['sh', '-ec', ENTER, 'sh', root, folders.join('\n')];
      const unshare = ['unshare', '--mount', '--propagation', 'private', ...enter];
      const [command = '', ...rest] = asRoot(...unshare, program, ...args);
      return { command, args: rest };
    },
  };
}

/**
 * No service is started: the processes would be this system's. A tree that a power cut damages has no file `made`, so
 * nothing is flushed to the disk before.
 */
const INSTALL = `
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/tests
apt-get install -y --no-install-recommends "$@"
apt-get clean
touch /made
`;

async function make(root: string, suite: string, packages: readonly string[]): Promise<void> {
  await mkdir(root, { recursive: true });
  await runAsRoot('debootstrap', '--variant=minbase', suite, root);
  await runAsRoot('cp', '--dereference', '/etc/resolv.conf', '/etc/hosts', join(root, 'etc'));
  await runAsRoot('chroot', root, 'sh', '-ec', INSTALL, 'sh', ...packages);
}

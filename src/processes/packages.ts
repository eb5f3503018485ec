import { readFileSync } from 'node:fs';

/** Package managers, and the command with which the user installs a package. */
const COMMANDS = {
  apt: 'sudo apt install',
  dnf: 'sudo dnf install',
  pacman: 'sudo pacman -S',
  zypper: 'sudo zypper install',
  brew: 'brew install',
  winget: 'winget install',
} as const;
type Manager = keyof typeof COMMANDS;

/**
 * Names of packages where they differ from the ones of Debian. Only those of Debian were verified (12); those of winget
 * are of its public repository.
 */
const NAMES: Readonly<Record<string, Partial<Record<Manager, string>>>> = {
  'espeak-ng': { winget: 'eSpeak-NG.eSpeak-NG' },
  ffmpeg: { dnf: 'ffmpeg-free', winget: 'Gyan.FFmpeg' },
  'pipewire-bin': { dnf: 'pipewire-utils', pacman: 'pipewire', zypper: 'pipewire-tools' },
  'pulseaudio-utils': { pacman: 'libpulse' },
  sox: { winget: 'ChrisBagwell.SoX' },
};

const OF_PLATFORM: Partial<Record<NodeJS.Platform, Manager>> = { darwin: 'brew', win32: 'winget' };

/** Distributions by ID and ID_LIKE: os-release(5). */
const DISTRIBUTIONS: Readonly<Record<string, Manager>> = {
  debian: 'apt',
  ubuntu: 'apt',
  fedora: 'dnf',
  rhel: 'dnf',
  arch: 'pacman',
  suse: 'zypper',
  opensuse: 'zypper',
  'opensuse-tumbleweed': 'zypper',
  'opensuse-leap': 'zypper',
};

/**
 * Returns the command that installs a package on this system, such as `sudo dnf install pipewire-utils`.
 * @param name the package's name on Debian
 * @param release the text of os-release. Default: this system's
 */
export function installCommand(
  name: string,
  release = osRelease(),
  platform: NodeJS.Platform = process.platform,
): string {
  const manager = OF_PLATFORM[platform] ?? managerOf(release);
  const own = NAMES[name]?.[manager];
  // Nearly no package has the same name there.
  if (manager === 'winget' && own === undefined) return `winget search ${name}`;
  return `${COMMANDS[manager]} ${own ?? name}`;
}

/** Debian's, where the distribution is unknown: its name for a package is the most widely known. */
function managerOf(release: string): Manager {
  const value = (key: string): string => new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(release)?.[1] ?? '';
  const ids = [value('ID'), ...value('ID_LIKE').split(' ')];
  for (const id of ids) {
    const manager = DISTRIBUTIONS[id];
    if (manager) return manager;
  }
  return 'apt';
}

function osRelease(): string {
  for (const file of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      // The next one, or a system without it.
    }
  }
  return '';
}

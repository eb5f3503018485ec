import { expect, it } from 'vitest';
import { installCommand } from '../../src/processes/packages.ts';

const of = (release: string) =>
  ['pulseaudio-utils', 'pipewire-bin', 'alsa-utils'].map((name) => installCommand(name, release, 'linux'));

it.each([
  ['Debian', 'ID=debian\n', 'sudo apt install', ['pulseaudio-utils', 'pipewire-bin', 'alsa-utils']],
  [
    'Mint',
    'ID=linuxmint\nID_LIKE="ubuntu debian"\n',
    'sudo apt install',
    ['pulseaudio-utils', 'pipewire-bin', 'alsa-utils'],
  ],
  [
    'Fedora',
    'NAME="Fedora Linux"\nID=fedora\n',
    'sudo dnf install',
    ['pulseaudio-utils', 'pipewire-utils', 'alsa-utils'],
  ],
  [
    'Rocky',
    'ID="rocky"\nID_LIKE="rhel centos fedora"\n',
    'sudo dnf install',
    ['pulseaudio-utils', 'pipewire-utils', 'alsa-utils'],
  ],
  ['Manjaro', 'ID=manjaro\nID_LIKE=arch\n', 'sudo pacman -S', ['libpulse', 'pipewire', 'alsa-utils']],
  [
    'openSUSE',
    'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n',
    'sudo zypper install',
    ['pulseaudio-utils', 'pipewire-tools', 'alsa-utils'],
  ],
  ['another', 'ID=nixos\n', 'sudo apt install', ['pulseaudio-utils', 'pipewire-bin', 'alsa-utils']],
])('a program that is missing is installed with the package of %s', (_, release, command, names) => {
  expect(of(release)).toEqual(names.map((name) => `${command} ${name}`));
});

it('comes from Homebrew on macOS', () => {
  expect(installCommand('sox', 'ID=debian\n', 'darwin')).toBe('brew install sox');
});

it('comes from winget on Windows', () => {
  expect(installCommand('ffmpeg', '', 'win32')).toBe('winget install Gyan.FFmpeg');
  expect(installCommand('xclip', '', 'win32')).toBe('winget search xclip');
});

import type { ReleaseFacts } from './release-facts.ts';

/** The fields of both files of the Arch User Repository, with pacman's names of the platforms. */
function packageFields(release: ReleaseFacts): [field: string, values: string[]][] {
  const x64 = release.programs['linux-x64'];
  const arm64 = release.programs['linux-arm64'];
  return [
    ['pkgdesc', [release.summary]],
    ['pkgver', [release.version]],
    ['pkgrel', ['1']],
    ['url', [release.homepage]],
    ['arch', ['x86_64', 'aarch64']],
    ['license', [release.licence]],
    ['depends', ['gcc-libs', 'glibc']],
    [
      'optdepends',
      [
        'openai-codex: the Codex CLI it types into',
        'libpulse: record with parec',
        'pipewire-audio: record with pw-record',
        'alsa-utils: record with arecord',
        'sox: record with sox',
        'notification-daemon: answers as notifications',
        'rtkit: priority on a busy machine',
      ],
    ],
    ['provides', [`codex-voice=${release.version}`]],
    ['conflicts', ['codex-voice']],
    // Stripping would remove the program, which is appended to the executable.
    ['options', ['!strip', '!debug']],
    ['source', [release.share.url]],
    ['sha256sums', [release.share.sha256]],
    ['source_x86_64', [x64.url]],
    ['sha256sums_x86_64', [x64.sha256]],
    ['source_aarch64', [arm64.url]],
    ['sha256sums_aarch64', [arm64.sha256]],
  ];
}

/** pkgver, pkgrel and what else makepkg wants as plain variables; all others are arrays. */
const SCALARS = new Set(['pkgdesc', 'pkgver', 'pkgrel', 'url']);

/** The PKGBUILD of a release, for the Arch User Repository: the published file, not built from source. */
export function pkgbuild(release: ReleaseFacts): string {
  const fields = packageFields(release).map(([field, values]) => {
    const quoted = values.map(shellQuote).join(' ');
    return SCALARS.has(field) ? `${field}=${quoted}` : `${field}=(${quoted})`;
  });
  const program = (target: 'linux-x64' | 'linux-arm64'): string =>
    shellQuote(release.programs[target].program);
  return `# shellcheck shell=bash disable=SC2034,SC2154
# Maintainer: codex-voice
pkgname=codex-voice-bin
${fields.join('\n')}

package() {
  local program=${program('linux-x64')}
  [ "$CARCH" = x86_64 ] || program=${program('linux-arm64')}
  install -Dm755 "$srcdir/$program" "$pkgdir/usr/bin/codex-voice"
  install -d "$pkgdir/usr"
  cp -R "$srcdir/share" "$srcdir/lib" "$pkgdir/usr/"
  # Where zsh looks on Arch.
  mv "$pkgdir/usr/share/zsh/vendor-completions" "$pkgdir/usr/share/zsh/site-functions"
  mv "$pkgdir/usr/share/licenses/codex-voice" "$pkgdir/usr/share/licenses/$pkgname"
}
`;
}

/** What the repository's index reads instead of running the PKGBUILD: `makepkg --printsrcinfo` of it. */
export function srcinfo(release: ReleaseFacts): string {
  const lines = packageFields(release).flatMap(([field, values]) =>
    values.map((value) => `\t${field} = ${value}`),
  );
  return `pkgbase = codex-voice-bin\n${lines.join('\n')}\n\npkgname = codex-voice-bin\n`;
}

function shellQuote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

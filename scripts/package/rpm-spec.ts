import project from '../../package.json' with { type: 'json' };
import { DESCRIPTION, SUMMARY } from './release-facts.ts';

export interface Spec {
  version: string;
  /** `YYYY-MM-DD` */
  date: string;
  /** As dpkg-shlibdeps names them: `libc6 (>= 2.34), libstdc++6 (>= 10.2)`. */
  libraries: string;
  /** Absolute paths of what is installed, without documents and licences. */
  files: readonly string[];
  /** Hardly compressed. */
  quick: boolean;
}

/** RPM's name of each Debian library. libgcc's versions differ, so any version is accepted. */
const LIBRARIES: Record<string, (version: string) => string> = {
  libc6: (version) => `glibc >= ${version}`,
  'libgcc-s1': () => 'libgcc',
  'libstdc++6': (version) => `libstdc++ >= ${version}`,
};

/**
 * Returns a spec that packs a complete tree (the macro `tree`).
 * @throws Error for a library without a known name in RPM
 */
export function specFile({ version, date, libraries, files, quick }: Spec): string {
  return `# Nothing is compiled, and stripping would cut off what is appended to the executable: the program.
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%global _binary_payload ${quick ? 'w1.gzdio' : 'w6.xzdio'}

Name: codex-voice
Version: ${version}
Release: 1
Summary: ${SUMMARY}
License: MIT
URL: ${project.homepage}
# rpm's generators do not see the native libraries inside, so their requirements are listed here.
AutoReqProv: no
${requirements(libraries)
  .map((name) => `Requires: ${name}`)
  .join('\n')}
Recommends: (pulseaudio-utils or pipewire-utils or alsa-utils or sox)
Recommends: desktop-notification-daemon
Suggests: rtkit

%description
${DESCRIPTION.join('\n\n')}

%install
cp -a %{tree}/. %{buildroot}

%files
%license /usr/share/licenses/codex-voice
%doc /usr/share/doc/codex-voice
${files.join('\n')}

%changelog
* ${day(date)} codex-voice contributors <codex-voice@users.noreply.github.com> - ${version}-1
- See /usr/share/doc/codex-voice/CHANGELOG.md
`;
}

function requirements(libraries: string): string[] {
  return libraries.split(/,\s*/).map((each) => {
    const [, name = '', version = '0'] = /^(\S+)(?: \(>= ([^)]+)\))?$/.exec(each) ?? [];
    const named = LIBRARIES[name];
    if (!named)
      throw new Error(`the program needs ${each}: what is that package called in the world of RPM?`);
    return named(version);
  });
}

/** `Sat Jan 31 2026` */
function day(date: string): string {
  const [weekday = '', dayOfMonth, month, year] = new Date(date).toUTCString().split(/,? /);
  return `${weekday} ${month} ${dayOfMonth} ${year}`;
}

import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import project from '../../package.json' with { type: 'json' };
import { packagedFile } from '../support/packaged.ts';
import { run, type TemporaryFolder, temporaryFolder } from '../support/process.ts';
import { inThrowawayRoot } from '../support/throwaway-root.ts';

describe('the package for Debian', () => {
  let folder: TemporaryFolder;
  let deb: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const options = ['--quick', '--program', await packagedFile(), '--output', folder.path];
    deb = (await run(process.execPath, ['scripts/package/deb.ts', ...options])).trim();
  });
  afterAll(() => folder.remove());

  it('is clean for lintian, and names what it needs', async () => {
    // Its own test whether the package is well compressed is for the one that is published.
    expect(await run('lintian', ['--allow-root', '--fail-on', 'error,warning', deb])).toBe('');
    const field = async (name: string) => (await run('dpkg-deb', ['--field', deb, name])).trim();
    expect(await field('Version')).toBe(`${project.version}-1`);
    expect(await field('Depends')).toMatch(/^libc6 \(>= 2\.\d\d\), libgcc-s1 .*libstdc\+\+6 /);
    expect(await field('Recommends')).toContain('pulseaudio-utils | pipewire-bin | alsa-utils | sox');
  });

  it('installs, runs, is found by man and the shells, and leaves nothing when it is purged', async () => {
    const printed = await inThrowawayRoot(
      `
dpkg --install /mnt/*.deb >/dev/null
dpkg --verify codex-voice
/usr/bin/codex-voice version
man --where codex-voice
MANWIDTH=100 man codex-voice | grep --count 'codex-voice config check'
desktop-file-validate /usr/share/applications/io.github.codex_voice.CodexVoice.desktop
XDG_RUNTIME_DIR=/tmp systemd-analyze --user verify /usr/lib/systemd/user/codex-voice.service
bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader codex-voice; complete -p codex-voice'
fish -c 'complete -C "codex-voice confi"'
zsh -fc 'autoload -U compinit; compinit -u -D; echo $_comps[codex-voice]'
dpkg --purge codex-voice >/dev/null
find /changes -name '*codex-voice*' -not -path '/changes/root/*' -not -path '/changes/proc/*'
`,
      dirname(deb),
    );
    expect(printed.split('\n')).toEqual([
      project.version,
      '/usr/share/man/man1/codex-voice.1.gz',
      '1',
      'complete -F _codex_voice codex-voice',
      expect.stringMatching(/^config\t\w/),
      '_codex-voice',
      '',
    ]);
  });
});

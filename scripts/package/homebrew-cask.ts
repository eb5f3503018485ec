import { RELEASES_URL, releaseUrl } from '../../src/update/release.ts';
import { APP_NAME } from '../single-file/mac-app.ts';
import { appArchiveName, type ReleaseFacts } from './release-facts.ts';

/**
 * The Homebrew cask of a release: the app for macOS. Written after the Cask Cookbook of Homebrew 6; Ruby has read it,
 * brew has not. `depends_on macos:` names the major version of the oldest macOS that Node 24 runs on (13.5). Homebrew
 * also runs `uninstall` for an upgrade, so the service is removed by `zap` only.
 */
export function homebrewCask(release: ReleaseFacts): string {
  const { apps, version } = release;
  const url = releaseUrl(RELEASES_URL, '#{version}', appArchiveName('#{version}', 'darwin-#{arch}'));
  const program = `#{appdir}/${APP_NAME}`;
  return `cask "codex-voice" do
  arch arm: "arm64", intel: "x64"

  version "${version}"
  sha256 arm:   "${apps['darwin-arm64'].sha256}",
         intel: "${apps['darwin-x64'].sha256}"

  url "${url}"
  name "Codex Voice"
  desc "${release.summary}"
  homepage "${release.homepage}"

  depends_on macos: :ventura

  app "${APP_NAME}"
  binary "${program}/Contents/MacOS/codex-voice"

  zap launchctl: "io.github.codex-voice",
      trash:     [
        "~/.cache/codex-voice",
        "~/.config/codex-voice",
        "~/.local/share/codex-voice",
        "~/.local/state/codex-voice",
      ]

  caveats <<~TEXT
    codex-voice is experimental on macOS.

    The app is not notarized by Apple. Allow it to run, also after each upgrade:
      xattr -dr com.apple.quarantine "${program}"

    It types into the Codex CLI, which it needs in PATH:
      brew install --cask codex

    Start it with your desktop, and allow the microphone when macOS asks:
      codex-voice service install

    Before you uninstall it:
      codex-voice service uninstall
  TEXT
end
`;
}

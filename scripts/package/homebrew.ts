import type { Target } from '../single-file/target.ts';
import type { ReleaseFacts } from './release-facts.ts';

/**
 * The Homebrew formula of a release, for Linux only: the published file, not built from source. On macOS the cask
 * installs the app, because launchd gives a bare program no microphone.
 */
export function homebrewFormula(release: ReleaseFacts): string {
  const source = (target: Target): string => {
    const { url, sha256 } = release.programs[target];
    return `url "${url}"\n    sha256 "${sha256}"`;
  };
  return `class CodexVoice < Formula
  desc "${release.summary}"
  homepage "${release.homepage}"
  version "${release.version}"
  license "${release.licence}"

  # On macOS: brew install --cask codex-voice/tap/codex-voice
  depends_on :linux

  on_arm do
    ${source('linux-arm64')}
  end
  on_intel do
    ${source('linux-x64')}
  end

  resource "share" do
    url "${release.share.url}"
    sha256 "${release.share.sha256}"
  end

  def install
    # The archive holds one file, named after version and platform.
    bin.install Dir["codex-voice-*"].first => "codex-voice"
    chmod 0755, bin/"codex-voice"
    resource("share").stage do
      man1.install "share/man/man1/codex-voice.1.gz"
      bash_completion.install "share/bash-completion/completions/codex-voice"
      zsh_completion.install "share/zsh/vendor-completions/_codex-voice"
      fish_completion.install "share/fish/vendor_completions.d/codex-voice.fish"
    end
  end

  service do
    run [opt_bin/"codex-voice", "daemon"]
    keep_alive crashed: true
    environment_variables PATH: std_service_path_env
  end

  def caveats
    <<~TEXT
      codex-voice types into the Codex CLI, which it needs in PATH: npm install --global @openai/codex
    TEXT
  end

  test do
    assert_equal version.to_s, shell_output("#{bin}/codex-voice version").strip
  end
end
`;
}

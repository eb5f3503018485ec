#!/usr/bin/env bash
# Sets up what the tests need on this machine and runs them: static checks, unit, integration and desktop tests.
#   --release   also what runs before a release and every night: packages, other systems, comparisons, long runs
# Exit 0 only when all pass. The last line is `N passed, N failed`.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
# shellcheck source=scripts/setup.sh
. scripts/setup.sh

release=false
case "$*" in
  '') ;;
  --release) release=true ;;
  *) die "Usage: bash scripts/test.sh [--release]" ;;
esac
# What others do on this machine now; the set-up below would count as well.
read -r load _ 2>/dev/null </proc/loadavg || load=0

# The virtual desktop: X server, window manager, notification servers, sound servers, the tools that drive them;
# then what the installer, the manual page and the completions are tested with.
packages=(
  xvfb openbox dunst xfce4-notifyd xfce4-panel dbus dbus-x11 pulseaudio pulseaudio-utils pipewire pipewire-pulse
  pipewire-bin wireplumber alsa-utils libasound2-plugins sox libsox-fmt-all libsox-fmt-pulse espeak-ng flite xdotool xclip
  imagemagick xterm tmux x11-utils x11-xserver-utils fonts-dejavu-core xauth xdg-utils procps shellcheck ffmpeg
  curl wget openssl systemd python3-xdg bash-completion zsh fish man-db mandoc desktop-file-utils binutils xz-utils
  libnotify-bin git sway xwayland wtype foot mako-notifier wl-clipboard grim libglib2.0-bin gsettings-desktop-schemas
  gnome-settings-daemon-common gcc libc6-dev
)
# Bare systems, the packages of each system and what checks them, what builds whisper.cpp for the comparisons, KDE and GNOME.
if $release; then
  packages+=(
    debootstrap debian-archive-keyring lintian rpm rpm2cpio cpio ruby dpkg-dev makepkg pacman-package-manager
    libarchive-tools fakeroot cmake g++ make kwin-wayland qtwayland5 weston xdg-desktop-portal xdg-desktop-portal-kde
    gnome-shell gjs file libplist-utils llvm gcc-mingw-w64-x86-64-win32
  )
fi
if command -v dpkg-query >/dev/null; then
  install_debian_packages "${packages[@]}" || exit 1
else
  say "Not Debian: the tests need these programs (Debian's package names): ${packages[*]}"
fi
install_node_modules "$root"

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
# Every test has its own home and would start with a cold cache of compiled modules: this one serves all of them.
export NODE_COMPILE_CACHE=$results/modules
# glibc asks for huge pages then: where a page fault is slow, as in many virtual machines, that saves a twelfth of the time.
export GLIBC_TUNABLES=${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1}
# Codex (0.171.0) asks lsb_release twice at each start, fifteen processes of the shell; without an answer it reads
# /etc/os-release.
mkdir "$results/bin"
printf '#!/bin/sh\nexit 1\n' >"$results/bin/lsb_release"
chmod +x "$results/bin/lsb_release"
export PATH=$results/bin:$PATH
$release && export CODEX_VOICE_TEST_EVERY_CASE=1
# One file at a time for each core that is free: what waits leaves its time to the tests with sound.
workers=$(node -p "const cores = os.availableParallelism(); Math.min(cores, Math.max(1, Math.round(cores * 1.5 - $load)))")

# tests NAME [vitest arguments...]: a run of tests that leaves its results for scripts/test-summary.ts.
tests() {
  local name=$1
  shift
  CODEX_VOICE_TEST_RESULTS=$results/$name.jsonl \
    vitest run --reporter=default --reporter=./scripts/test-reporter.ts "$@" 2>&1 | sed -u "s/^/[$name] /"
  echo "${PIPESTATUS[0]}" >"$results/$name.status"
}

# check NAME COMMAND...: a command that counts as one test.
check() {
  local name=$1
  shift
  "$@" 2>&1 | tee "$results/$name.log"
  echo "${PIPESTATUS[0]}" >"$results/$name.status"
}

say "Tests with real-time sound, one file at a time, then the desktop; beside them the other tests, $workers at a time."
{
  # Sound that comes late is lost: its tests go first, where this user may raise them.
  renice -n -5 -p "$BASHPID" >/dev/null 2>&1
  tests sound --project sound
  renice -n 0 -p "$BASHPID" >/dev/null 2>&1
  tests desktop --project desktop --maxWorkers "$workers"
} &
{
  check types tsc --noEmit
  check Biome biome check .
  check vocabulary node scripts/vocabulary.ts
  check shellcheck shellcheck -x scripts/*.sh .ci/run
  tests unit --project unit --maxWorkers "$workers"
  tests integration --project integration --maxWorkers "$workers"
} &
wait
if $release; then
  # The pinned Codex is tested above; here are the oldest version that everything works with, and the newest there is.
  for version in 0.169.0 latest; do
    if npm install --prefix "$results/codex-$version" --no-audit --no-fund --loglevel=error "@openai/codex@$version"; then
      CODEX_VOICE_TEST_CODEX=$results/codex-$version/node_modules/.bin \
        tests "codex-$version" --project integration test/codex
    else
      check "codex-$version" false
    fi
  done
  tests release --project release
  tests long --project long
  check soak node test/soak/soak.ts --minutes 5
  check kills node test/soak/kills.ts --kills 20
  check single-file node test/support/packaged.ts
  CODEX_VOICE_PROGRAM=$(node test/support/packaged.ts) \
    tests packaged test/desktop/loop.test.ts test/desktop/service.test.ts
fi

node scripts/test-summary.ts "$results"

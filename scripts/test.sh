#!/usr/bin/env bash
# Sets up all that the tests need on this machine and runs every one of them: static checks, unit,
# integration, desktop. Exit 0 only when all pass. The last line is `N passed, N failed`.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
# shellcheck source=scripts/setup.sh
. scripts/setup.sh

# The virtual desktop: X server, window manager, notification servers, sound servers, the tools that drive them;
# then what makes and checks the packages of each system; then what builds whisper.cpp, which tests and benchmarks compare.
desktop_packages=(
  xvfb openbox dunst xfce4-notifyd xfce4-panel dbus dbus-x11 pulseaudio pulseaudio-utils pipewire pipewire-pulse
  pipewire-bin wireplumber alsa-utils libasound2-plugins sox libsox-fmt-all libsox-fmt-pulse espeak-ng flite xdotool xclip
  imagemagick xterm tmux x11-utils x11-xserver-utils fonts-dejavu-core xauth xdg-utils procps shellcheck ffmpeg
  debootstrap debian-archive-keyring curl wget openssl
  systemd python3-xdg bash-completion zsh fish man-db mandoc lintian rpm rpm2cpio cpio ruby desktop-file-utils binutils xz-utils
  libnotify-bin dpkg-dev makepkg pacman-package-manager libarchive-tools fakeroot
  cmake g++ make
)
if command -v dpkg-query >/dev/null; then
  install_debian_packages "${desktop_packages[@]}" || exit 1
else
  say "Not Debian: the tests need these programs (Debian's package names): ${desktop_packages[*]}"
fi
install_node_modules "$root"

passed=0
failed=0
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
: >"$reports/failures"
# Every test has a home of its own, and so a cold cache of compiled modules: this one serves all the programs they start.
export NODE_COMPILE_CACHE=$reports/modules

# check NAME COMMAND...: a static check counts as one test.
check() {
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    say "FAILED: $name" | tee -a "$reports/failures"
  fi
}

# run NAME PROJECT [vitest arguments...]: runs a vitest project, or a part of it; what it says and finds goes into
# files of that name.
run() {
  local name=$1
  shift
  vitest run --project "$@" --reporter=default --reporter=json --outputFile.json="$reports/$name.json" \
    >"$reports/$name.log" 2>&1
  echo $? >"$reports/$name.status"
}

# count NAME: shows a run and adds its counts; one that breaks off without a failed test is a failure too.
count() {
  local status counts
  say "== $1 tests"
  cat "$reports/$1.log"
  node scripts/test-failures.ts "$reports/$1.json" >>"$reports/failures" 2>/dev/null
  status=$(cat "$reports/$1.status")
  counts=$(node -e '
    const report = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    const notRun = report.numPendingTests + report.numTodoTests;
    console.log(report.numPassedTests, report.numFailedTests + notRun);' "$reports/$1.json" 2>/dev/null) || counts="0 1"
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
  if [ "$status" -ne 0 ] && [ "${counts#* }" = 0 ]; then
    say "FAILED: the $1 run ended with status $status" | tee -a "$reports/failures"
    failed=$((failed + 1))
  fi
}

# The whole loop and the service again, with the single file as the program: no change may make it unpackable.
packaged_desktop() {
  local file
  if file=$(node test/support/packaged.ts 2>"$reports/packaged.log"); then
    CODEX_VOICE_PROGRAM=$file run packaged desktop test/desktop/loop.test.ts test/desktop/service.test.ts
  else
    say "the single file cannot be built" >>"$reports/packaged.log"
    echo 1 >"$reports/packaged.status"
  fi
}

check "Biome" biome check .
check "types" tsc --noEmit
check "shell scripts" shellcheck -x scripts/*.sh .ci/run
run unit unit
count unit
say "The integration tests (in three parts) and the desktop tests run side by side; this takes about ten minutes."
# Most of them wait: for somebody to have spoken, for a process to have ended.
{ run desktop desktop; packaged_desktop; } &
runs=($!)
for part in 1 2 3; do
  run "integration-$part" integration --shard="$part/3" &
  runs+=($!)
done
wait "${runs[@]}"
for name in integration-1 integration-2 integration-3 desktop packaged; do count "$name"; done

# Once more at the end, where a log that was cut short still has them.
cat "$reports/failures"
say "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

#!/usr/bin/env bash
# Installs codex-voice from this checkout into $PREFIX/bin (default ~/.local/bin) with all it needs, then
# speaks the bundled recording through the whole loop. Safe to run again.
#
#   --no-demo       do not run the demo at the end
#   --no-service    do not start codex-voice with the desktop (a service is not built yet: nothing to leave out)
#   --prefix DIR    install below DIR instead of ~/.local
#   --uninstall     take everything away but your config and journal
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/setup.sh
. "$root/scripts/setup.sh"

# The Codex CLI this version was verified with.
codex_version=0.169.0

caller_path=$PATH
prefix=${PREFIX:-$HOME/.local}
demo=yes
uninstall=no
while [ $# -gt 0 ]; do
  case $1 in
    --no-demo) demo=no ;;
    --no-service) ;;
    --prefix) [ $# -ge 2 ] || { say "--prefix needs a folder" >&2; exit 2; }; prefix=$2; shift ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --uninstall) uninstall=yes ;;
    -h | --help) sed -n '2,/^set -/{s/^# \{0,1\}//;/^set -/!p}' "$0"; exit 0 ;;
    *) say "unknown option: $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
launcher=$prefix/bin/codex-voice
library=$prefix/lib/codex-voice

if [ "$uninstall" = yes ]; then
  if [ -x "$launcher" ]; then "$launcher" stop >/dev/null 2>&1 || true; fi
  rm -rf "$launcher" "$library" "${XDG_CACHE_HOME:-$HOME/.cache}/codex-voice"
  state=${XDG_STATE_HOME:-$HOME/.local/state}/codex-voice
  say "Removed $launcher and $library."
  say "Kept: your settings in ${XDG_CONFIG_HOME:-$HOME/.config}/codex-voice and your journal in $state."
  exit 0
fi

# --- System packages: a recorder, and what plays the short sounds.
recorder_found() {
  local program
  for program in parec pw-record arecord sox; do command -v "$program" >/dev/null && return 0; done
  return 1
}
if ! recorder_found; then
  if command -v dpkg-query >/dev/null; then
    # The program runs without it (ask, demo), so a person who may not install it is told and goes on.
    install_debian_packages pulseaudio-utils || true
  else
    say "No recorder was found. For the microphone install PulseAudio's parec: $(system_install_command) pulseaudio-utils"
  fi
fi

# --- The program: a copy of this checkout's code with its own Node and packages, put in place in one step.
install_node_modules "$root"
staging=$prefix/lib/.codex-voice-$$
trap 'rm -rf "$staging"' EXIT
mkdir -p "$prefix/bin" "$prefix/lib" 2>/dev/null || die "$prefix cannot be written. Choose another folder with --prefix DIR."
rm -rf "$staging"
mkdir "$staging"
cp -R "$root/bin" "$root/src" "$root/assets" "$root/package.json" "$root/package-lock.json" "$root/.npmrc" "$root/LICENSE" "$staging/"
say "Installing codex-voice into $library"
(cd "$staging" && PATH=$caller_path ONNXRUNTIME_NODE_INSTALL=skip npm ci --omit=dev --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error)
cp "$root/node_modules/node/bin/node" "$staging/node"
running=no
if [ -x "$launcher" ] && "$launcher" status >/dev/null 2>&1; then
  running=yes
  "$launcher" stop >/dev/null
fi
rm -rf "$library"
mv "$staging" "$library"
# Compiled once, here: a daemon that strips the types of its modules itself takes 25 MB more for as long as it runs.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/codex-voice
rm -rf "$cache"
(cd "$library" && NODE_COMPILE_CACHE=$cache/modules ./node --disable-warning=ExperimentalWarning --max-semi-space-size=2 \
  --input-type=module -e '
  import { globSync } from "node:fs";
  const files = globSync("src/**/*.ts", { exclude: ["**/*.d.ts", "src/main.ts"] });
  for (const file of files) await import(`${process.cwd()}/${file}`);
') || die "The program does not load (its error is above)."
cat >"$launcher.new" <<LAUNCHER
#!/bin/sh
exec "$library/node" --disable-warning=ExperimentalWarning --max-semi-space-size=2 "$library/bin/codex-voice.js" "\$@"
LAUNCHER
chmod 755 "$launcher.new"
mv "$launcher.new" "$launcher"

# --- The Codex CLI.
# The checkout's own packages hold a Codex CLI for the tests; it is not the person's.
PATH=$prefix/bin:$caller_path
if ! command -v codex >/dev/null; then
  say "No Codex CLI was found: installing @openai/codex@$codex_version into $prefix"
  npm install --global --prefix "$prefix" --no-audit --no-fund --loglevel=error "@openai/codex@$codex_version" \
    || die "The Codex CLI could not be installed. Try: npm install --global @openai/codex"
fi

say "Installed: $("$launcher" version), $(codex --version)"
if [ "$running" = yes ]; then "$launcher" start; fi
if [ "$demo" = yes ]; then
  say ""
  "$launcher" demo
fi
say ""
case ":$caller_path:" in
  *":$prefix/bin:"*) ;;
  *) say "Add $prefix/bin to your PATH." ;;
esac
say "Next: codex login (once), then codex-voice start, and press Ctrl+Alt+Space anywhere."

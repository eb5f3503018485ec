#!/bin/sh
# Installs or updates codex-voice, from a checkout (built here) or from a release (downloaded, signature checked).
# POSIX sh. Everything is in functions, so that an incomplete script from a pipe does nothing.
# shellcheck disable=SC2317 # Functions that traps call.
set -eu

usage() {
  cat <<'USAGE'
Installs codex-voice into $PREFIX/bin (default ~/.local/bin). Safe to run again.

  sh scripts/install.sh [options]       from a checkout: builds the program
  curl -fsSL URL | sh -s -- [options]   from a release: downloads it and checks its signature

  --no-demo        do not run the demo at the end
  --no-service     do not start codex-voice with the desktop
  --prefix DIR     install below DIR instead of ~/.local
  --system         install missing system packages (with sudo when you are not root)
  --codex HOW      if the Codex CLI is missing: npm, release (OpenAI's) or none, instead of asking
  --uninstall      remove everything except your settings and your journal

Options for a release:
  --version X      install this version instead of the latest one
  --from FILE      use an offline archive instead of a download
  --no-signature   do not check the signature (not recommended)

CODEX_VOICE_BASE_URL: another address for the releases. http_proxy and https_proxy: your proxy.
USAGE
}

releases=${CODEX_VOICE_BASE_URL:-https://github.com/codex-voice/codex-voice/releases/download}
releases=${releases%/}
# The same key as in src/update/public-key.ts.
public_key='-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAaqFhJinWaOsN69SClJjIPKgONX9hEVx9OE1zIS4ibnI=
-----END PUBLIC KEY-----'
# The Codex CLI that this version was verified with, and the address of its releases.
codex_version=0.171.0
codex_releases=${CODEX_VOICE_CODEX_URL:-https://github.com/openai/codex/releases/download}

# codex_hash TARGET: SHA-256 of the program in OpenAI's release.
codex_hash() {
  case $1 in
    linux-x64) echo b76a027d6b210f9a8da7aaf321dd235c700f0ef7a794d4a5314b9af6c134f0f0 ;;
    linux-arm64) echo 9ba12ec7712e2905b2ea00791f4ebddc9528629cc955d11d25272de445e10643 ;;
    darwin-x64) echo 0cc2c99ee61041ecde0c848f85861ea9cb6e45c5c136fd66383a7eb2198e307c ;;
    darwin-arm64) echo fc8d77cf7585aded2b9bc487dad29c4ee2f066123e4e76dd3b17653a8322ce42 ;;
  esac
}

# codex_integrity PACKAGE: integrity of npm's archive, as in package-lock.json.
codex_integrity() {
  case $1 in
    codex) echo sha512-1IOFzL2Xg86tLdw6kDo3GoKbkQENgQi7TI6rlEvN132R7ngSw7SNOIQoTcnKzSZZ8kf9N9GynCweSoaFbqk2Eg== ;;
    codex-linux-x64) echo sha512-l66NZkQgdk2C3pbcfULDz42yEUB581MVA6I+Y43Wp4OIqEy73HCdmZ0GTjeAHY2ycuH4N00d9VsLrwT1jxshTw== ;;
    codex-linux-arm64) echo sha512-9z17t4bbUJ9UCIb49O4PoA+ki+45q3rd8nZ8PeH6sYnlKkBld/Xpo/OS3h3Ti954+foshX4o7k5TCU8N7zzqQA== ;;
    codex-darwin-x64) echo sha512-pwN5uNEKx/mZjwBEf/6CKq6SJMfJS5kruV3sJQAk7ebIPvC58Ote3CicIxETDZtjLj35rNv3PLPd7mHCg6hGPw== ;;
    codex-darwin-arm64) echo sha512-hIYTkRUpuYpkVfTq4cpby0PXqhAVcIgE7f6FoyY1lt2RyARj3GXS1Can/dIYUBItVhXzhb98HYHZNzCX74QRlQ== ;;
    codex-win32-x64) echo sha512-HKWBK25tLQxdEg6svw0CrBf+v0bQhRyF8EBVdNqeRxErqpfFa/dfSar6r3sJt6tyPqozOtgz2BH8B2G3n/+gnQ== ;;
    codex-win32-arm64) echo sha512-kkavDHtAkkNaYtO7eBw4IdBbE/PsWP+Ezp9JXcr/mBu/Cc7EevzFVIVC3sZYvWsF9xuvyjIUv9CKeN0LU0+N9Q== ;;
  esac
}

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }
usage_error() { printf '%s\n' "$1 (see --help)" >&2; exit 2; }
is_root() { [ "$(id -u)" -eq 0 ]; }
has() { command -v "$1" >/dev/null 2>&1; }

# --- Options and folders --------------------------------------------------------------------------------------------

read_options() {
  prefix=${PREFIX:-} demo=yes service=yes system=no uninstall=no signature=yes
  wanted='' archive='' codex=''
  while [ $# -gt 0 ]; do
    case $1 in
      --prefix | --version | --from | --codex)
        if [ -z "${2:-}" ]; then usage_error "$1 needs a value"; fi
        set_option "$1" "$2"; shift ;;
      --prefix=?* | --version=?* | --from=?* | --codex=?*) set_option "${1%%=*}" "${1#*=}" ;;
      --no-demo) demo=no ;;
      --no-service) service=no ;;
      --no-signature) signature=no ;;
      --system) system=yes ;;
      --uninstall) uninstall=yes ;;
      -h | --help) usage; exit 0 ;;
      *) usage_error "unknown option: $1" ;;
    esac
    shift
  done
  case $codex in '' | npm | release | none) ;; *) usage_error "--codex must be npm, release or none" ;; esac
  # It becomes part of an address.
  case $wanted in *[!0-9A-Za-z.+-]*) usage_error "--version must be a version such as 1.2.3" ;; esac
}

set_option() {
  case $1 in
    --prefix) prefix=$2 ;;
    --version) wanted=${2#v} ;;
    --from) archive=$2 ;;
    --codex) codex=$2 ;;
  esac
}

# xdg VALUE FALLBACK: the program's folder in an XDG folder. A relative one counts as unset, by the specification.
xdg() { case $1 in /*) printf '%s/codex-voice' "$1" ;; *) printf '%s/codex-voice' "$HOME/$2" ;; esac; }

set_places() {
  [ -n "${HOME:-}" ] || die "HOME is not set. Set it to your home folder, then run this again."
  # sudo may keep HOME: the owner could not remove root's files there.
  if is_root && [ "${SUDO_UID:-0}" != 0 ] && [ -n "$(find "$HOME" -prune -user "$SUDO_UID" 2>/dev/null)" ]; then
    die "You are root, but HOME ($HOME) belongs to your ordinary user.
Run this without sudo (it needs no root), or with sudo -H for root."
  fi
  prefix=${prefix:-$HOME/.local}
  case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
  program=$prefix/bin/codex-voice
  new=$prefix/bin/.codex-voice.new
  cache=$(xdg "${XDG_CACHE_HOME:-}" .cache)
  config=$(xdg "${XDG_CONFIG_HOME:-}" .config)
  state=$(xdg "${XDG_STATE_HOME:-}" .local/state)
  data=$(xdg "${XDG_DATA_HOME:-}" .local/share)
  download=$cache/download
  caller_path=$PATH
  PATH=$prefix/bin:$PATH
}

# Sets root to the checkout of this script; empty when the script comes from a pipe or stands alone.
find_checkout() {
  root=
  [ -f "$0" ] || return 0
  root=$(cd "$(dirname "$0")/.." && pwd)
  [ -f "$root/scripts/setup.sh" ] && grep -qs '"name": "codex-voice"' "$root/package.json" || root=
}

find_target() {
  machine=$(uname -m)
  case $(uname -s) in
    Linux) platform=linux ;;
    Darwin) platform=darwin; [ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" = 1 ] && machine=arm64 ;;
    *) die "There is no program for $(uname -s) here. On Windows: winget install codex-voice" ;;
  esac
  case $machine in
    x86_64 | amd64) arch=x64 musl=x86_64 ;;
    aarch64 | arm64) arch=arm64 musl=aarch64 ;;
    *) die "There is no program for $machine processors, only for x86_64 and arm64." ;;
  esac
  [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 64 ] || die "This is a 32-bit system. The program needs a 64-bit system."
  if [ -e "/lib/ld-musl-$musl.so.1" ] && ! getconf GNU_LIBC_VERSION >/dev/null 2>&1; then
    die "This system uses musl (Alpine?). The program needs glibc 2.28 or newer."
  fi
  target=$platform-$arch
}

# --- System packages ------------------------------------------------------------------------------------------------

find_manager() {
  manager=
  for candidate in apt-get dnf zypper pacman brew; do
    if has "$candidate"; then manager=$candidate; break; fi
  done
}

# packages_for NEED...: names of the packages on this system.
packages_for() {
  for need in "$@"; do
    case $manager:$need in
      apt-get:xz) echo xz-utils ;;
      brew:openssl) echo openssl@3 ;;
      brew:recorder) echo sox ;;
      pacman:recorder) echo libpulse ;;
      *:recorder) echo pulseaudio-utils ;;
      brew:certificates) ;;
      *:certificates) echo ca-certificates ;;
      *) echo "$need" ;;
    esac
  done | tr '\n' ' ' | sed 's/ $//'
}

# install_command PACKAGES
install_command() {
  case $manager in
    apt-get) echo "apt-get install -y --no-install-recommends $1" ;;
    dnf) echo "dnf install -y $1" ;;
    zypper) echo "zypper --non-interactive install $1" ;;
    pacman) echo "pacman -S --needed --noconfirm $1" ;;
    brew) echo "brew install $1" ;;
    *) echo "(with your system's package manager) $1" ;;
  esac
}

# provide NEED...: installs the packages if allowed, otherwise prints the command. Fails if they are still missing.
provide() {
  find_manager
  packages=$(packages_for "$@")
  command=$(install_command "$packages")
  as_root=
  case $manager in '' | brew) ;; *) is_root || as_root=sudo ;; esac
  # An offline archive is for a machine without a network, so nothing is downloaded unless requested.
  if [ -z "$manager" ] || { [ "$system" = no ] && { ! is_root || [ -n "$archive" ] || [ "$manager" = brew ]; }; }; then
    say "Missing on this system: $packages. To install:"
    say "  ${as_root:+$as_root }$command"
    return 1
  fi
  [ -z "$as_root" ] || has sudo || die "--system needs root or sudo, and sudo is missing. Run this as root: $command"
  say "Installing system packages: $packages"
  run_manager >"$download/packages.log" 2>&1 </dev/null && return 0
  tail -n 20 "$download/packages.log" >&2
  say "The packages could not be installed (the end of the output is above). To install them: ${as_root:+$as_root }$command"
  return 1
}

run_manager() {
  # The package lists of a new machine are empty, and those of an old one may be out of date.
  if [ "$manager" = apt-get ]; then $as_root apt-get update -q || true; fi
  # shellcheck disable=SC2086 # Words of a command.
  $as_root env DEBIAN_FRONTEND=noninteractive $command
}

recorder_found() {
  # With a sound server, no recording program is needed.
  [ -S "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/pulse/native" ] && return 0
  for recorder in parec pw-record arecord sox; do has "$recorder" && return 0; done
  return 1
}

# Installs what is required (only for a release), and what the program would miss later.
provide_needs() {
  must='' wish=''
  if [ -z "$root" ]; then
    [ -n "$archive" ] || has curl || has wget || must="$must curl certificates"
    [ "$signature" = no ] || find_verifier || must="$must openssl"
    has xz || wish="$wish xz"
  fi
  recorder_found || wish="$wish recorder"
  [ -n "$must$wish" ] || return 0
  # shellcheck disable=SC2086 # Lists of words.
  if provide $must $wish; then return 0; fi
  case $must in *curl*) die "A download needs curl or wget. Install one, then run this again." ;; esac
  case $wish in *recorder*) say "(Without a recorder the microphone does not work; everything else does.)" ;; esac
}

# --- Download -------------------------------------------------------------------------------------------------------

size_of() { if [ -f "$1" ]; then wc -c <"$1" | tr -d ' '; else echo 0; fi; }

sha256_of() {
  if has sha256sum; then sha256sum <"$1"
  elif has shasum; then shasum -a 256 <"$1"
  else openssl dgst -sha256 -r <"$1"
  fi | cut -c1-64
}

# transfer URL FILE [resume]: downloads a file. The transfer program writes its errors to stderr.
transfer() {
  if has curl; then
    talk=-sS
    if [ -t 2 ] && [ -n "${3:-}" ]; then talk=--progress-bar; fi
    curl -fL "$talk" --connect-timeout 30 --speed-limit 1 --speed-time 60 ${3:+-C -} -o "$2" "$1" </dev/null
  else
    # GNU wget retries 20 times and prints much; BusyBox wget does not know these options.
    gnu=
    if wget --version 2>/dev/null | grep -q GNU; then gnu='--tries=1 -nv'; fi
    # shellcheck disable=SC2086 # Two options.
    wget $gnu -T 60 ${3:+-c} -O "$2" "$1" </dev/null
  fi
}

# cannot_resume STATUS: true if the server cannot resume a download. wget has no separate status for this.
cannot_resume() { case $1 in 22 | 33 | 36) return 0 ;; *) ! has curl ;; esac; }

# fetch NAME FILE: downloads a small file of the release.
fetch() {
  rm -f "$2"
  if [ -n "$archive" ]; then
    member "$1" "$2" || die "$archive does not contain $1. It is not an offline archive of codex-voice."
    return 0
  fi
  transfer "$folder/$1" "$2" || die "$folder/$1 could not be downloaded (the reason is above).
Check the network, the proxy and the version, then run this again."
}

# member NAME FILE: extracts from the offline archive, directly to a file: names and links in it have no effect.
member() {
  for in_archive in "$1" "./$1"; do
    if tar -xOf "$archive" "$in_archive" >"$2" 2>/dev/null; then return 0; fi
  done
  rm -f "$2"
  return 1
}

# fetch_big NAME FILE SIZE: downloads a large file, resuming an earlier attempt.
fetch_big() {
  if [ -n "$archive" ]; then member "$1" "$2"; return; fi
  for attempt in 1 2 3; do
    have=$(size_of "$2")
    if [ "$have" -gt "$3" ]; then rm -f "$2"; have=0; fi
    if [ "$have" -eq "$3" ]; then return 0; fi
    if [ "$have" -gt 0 ]; then say "Resuming at byte $have of $3."
    elif [ "$attempt" -eq 1 ]; then say "Downloading $1 ($(megabytes "$3") MB)."
    fi
    status=0
    transfer "$folder/$1" "$2" resume || status=$?
    if [ "$status" -ne 0 ] && [ "$have" -gt 0 ] && [ "$(size_of "$2")" -eq "$have" ] && cannot_resume $status; then
      # From the beginning; the existing part is kept until this succeeds.
      if transfer "$folder/$1" "$2.whole"; then mv "$2.whole" "$2"; else rm -f "$2.whole"; fi
    fi
    if [ "$(size_of "$2")" -eq "$3" ]; then return 0; fi
    sleep 1
  done
  return 1
}

megabytes() { echo $((($1 + 999999) / 1000000)); }

# fetch_checked NAME FILE SIZE HASH: downloads and checks a file. Fails if the release or the archive lacks it.
fetch_checked() {
  part=$2.part
  resumed=$(size_of "$part")
  fetch_big "$1" "$part" "$3" || return 1
  if [ "$(sha256_of "$part")" != "$4" ] && [ "$resumed" -gt 0 ]; then
    say "The earlier part belongs to another file. Downloading from the beginning."
    rm -f "$part"
    fetch_big "$1" "$part" "$3" || return 1
  fi
  if [ "$(sha256_of "$part")" != "$4" ]; then
    rm -f "$part"
    die "$1 is not the file that was signed (its SHA-256 differs). Nothing was installed.
Run this again. If it happens again, tell the maintainers."
  fi
  mv -f "$part" "$2"
}

# --- The release and its signature ----------------------------------------------------------------------------------

# `openssl pkeyutl` checks Ed25519 since OpenSSL 3.0 (-rawin), Node.js since 12. macOS has LibreSSL, which cannot.
find_verifier() {
  for verifier in openssl /opt/homebrew/opt/openssl@3/bin/openssl /usr/local/opt/openssl@3/bin/openssl; do
    if has "$verifier" && "$verifier" pkeyutl -help 2>&1 | grep -q -- -rawin; then return 0; fi
  done
  verifier=node
  has node && node -e 'process.exit(parseInt(process.versions.node) >= 12 ? 0 : 1)' 2>/dev/null
}

# verify FILE SIGNATURE (base64)
verify() {
  printf '%s\n' "$public_key" >"$download/key.pem"
  if [ "$verifier" = node ]; then
    node -e '
      const [, file, signature, key] = process.argv;
      const read = (path) => require("fs").readFileSync(path);
      const bytes = Buffer.from(read(signature).toString(), "base64");
      process.exit(require("crypto").verify(null, read(file), read(key), bytes) ? 0 : 1);' "$1" "$2" "$download/key.pem" 2>/dev/null
  else
    tr -d ' \r\n' <"$2" | "$verifier" base64 -d -A >"$download/signature" 2>/dev/null || return 1
    "$verifier" pkeyutl -verify -pubin -inkey "$download/key.pem" -rawin -in "$1" -sigfile "$download/signature" >/dev/null 2>&1
  fi
}

# flatten FILE: prints JSON of objects, strings and numbers as lines of `path.of.keys=value`.
flatten() {
  tr '\r\n\t' '   ' <"$1" | awk '{
    while (match($0, /"([^"\\]|\\.)*"|[][{}:,]|[-+.0-9A-Za-z]+/)) {
      token = substr($0, RSTART, RLENGTH)
      $0 = substr($0, RSTART + RLENGTH)
      if (token == ":") { is_value = 1; continue }
      if (token == "{") path[depth++] = key
      else if (token == "}") depth--
      else if (token !~ /^[][,]$/) {
        gsub(/^"|"$/, "", token)
        if (is_value) {
          for (level = 1; level < depth; level++) printf "%s.", path[level]
          print key "=" token
        } else key = token
      }
      is_value = 0
    }
  }'
}

# of_release PATH: prints a value of the manifest.
of_release() { sed -n "s/^$(printf '%s' "$1" | sed 's/[.]/[.]/g')=//p" "$download/manifest.txt"; }

# checked KIND VALUE: checks the form of a value, because it becomes a file name or a number.
checked() {
  case $1:$2 in
    *: | version:*[!0-9A-Za-z.+-]* | name:[!0-9A-Za-z]* | name:*[!0-9A-Za-z._+-]* | size:*[!0-9]* | hash:*[!0-9a-f]*) ;;
    hash:*) if [ ${#2} -eq 64 ]; then return 0; fi ;;
    *) return 0 ;;
  esac
  die "The release's manifest is not valid ($1 of $target: \"$2\"). Tell the maintainers."
}

read_release() {
  folder=$releases/${wanted:+v}${wanted:-latest}
  fetch manifest.json "$download/manifest.json"
  if [ "$signature" = yes ]; then
    fetch manifest.json.sig "$download/manifest.json.sig"
    verify "$download/manifest.json" "$download/manifest.json.sig" || die "The signature of the release is wrong: \
the maintainers of codex-voice did not make it, or it was changed. Nothing was installed."
  else
    say "The signature is not checked (--no-signature)."
  fi
  flatten "$download/manifest.json" >"$download/manifest.txt"
  version=$(of_release version)
  checked version "$version"
  [ -z "$wanted" ] || [ "$wanted" = "$version" ] \
    || die "The release for $wanted contains version $version. Nothing was installed."
  folder=$releases/v$version
  name=$(of_release "files.$target.name")
  [ -n "$name" ] || die "Version $version has no program for $target."
  size=$(of_release "files.$target.size") hash=$(of_release "files.$target.sha256")
  xz_name=$(of_release "files.$target.compressed.name")
  xz_size=$(of_release "files.$target.compressed.size") xz_hash=$(of_release "files.$target.compressed.sha256")
  checked name "$name"; checked size "$size"; checked hash "$hash"
  checked name "$xz_name"; checked size "$xz_size"; checked hash "$xz_hash"
}

# older A B: true if version A is older than B, by semantic versioning.
older() {
  awk -v a="$1" -v b="$2" 'BEGIN {
    split(a, x, "+"); split(b, y, "+"); a = x[1]; b = y[1]
    split(a, p, "-"); split(b, q, "-"); split(p[1], m, "."); split(q[1], n, ".")
    for (i = 1; i <= 3; i++) if (m[i] + 0 != n[i] + 0) exit !(m[i] + 0 < n[i] + 0)
    s = substr(a, length(p[1]) + 2); t = substr(b, length(q[1]) + 2)
    if (s == t) exit 1
    if (s == "" || t == "") exit s == ""
    c = split(s, m, "."); d = split(t, n, ".")
    for (i = 1; i <= c && i <= d; i++) if (m[i] "" != n[i] "") {
      u = m[i] ~ /^[0-9]+$/; v = n[i] ~ /^[0-9]+$/
      if (u && v) exit !(m[i] + 0 < n[i] + 0)
      exit !(u != v ? u : m[i] "" < n[i] "")
    }
    exit !(c < d)
  }'
}

# --- Installing the program -----------------------------------------------------------------------------------------

# Takes the lock. Downloads of a killed installer are used again.
begin() {
  (umask 077 && can_write "$download") \
    || die "$download cannot be written. Set XDG_CACHE_HOME to a folder that you own, then run this again."
  lock=$download/lock
  if ! take_lock; then
    other=$(cat "$lock" 2>/dev/null || true)
    if [ -n "$other" ] && is_alive "$other"; then
      die "Another installer is running (process $other). Wait for it. If that is not an installer, delete $lock."
    fi
    rm -f "$lock"
    take_lock || die "Another installer is running, or $download has no free space."
  fi
  trap 'rm -f "$lock" "$new"' EXIT
  trap 'say "Interrupted. Run this again to continue." >&2; exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
}

# can_write FOLDER: true if the folder exists, or could be created, and is writable.
can_write() { mkdir -p "$1" 2>/dev/null && [ -w "$1" ]; }

# is_alive PID: false for a zombie, as in containers without an init.
is_alive() { kill -0 "$1" 2>/dev/null && ! grep -qs '^State:.*Z' "/proc/$1/status"; }

take_lock() { (set -C; echo $$ >"$lock") 2>/dev/null; }

check_prefix() {
  can_write "$prefix/bin" || die "$prefix/bin cannot be written. Choose another folder with --prefix DIR."
  [ ! -d "$program" ] || die "$program is a folder. Move it away, then run this again."
}

# need_room FOLDER BYTES: ends with an error if the disk has less free space.
need_room() {
  free=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print $4 }')
  case $free in '' | *[!0-9]*) return 0 ;; esac
  [ "$free" -ge $(($2 / 1024)) ] || die "$1 has $(megabytes $((free * 1024))) MB free, and $(megabytes "$2") MB are needed.
Free some space, or choose another folder (--prefix DIR; XDG_CACHE_HOME for downloads)."
}

# unpack: writes the release's program to $new and checks its hash.
unpack() {
  need_room "$prefix/bin" "$size"
  if has xz; then
    need_room "$download" "$xz_size"
    fetch_checked "$xz_name" "$download/$xz_name" "$xz_size" "$xz_hash" \
      || die "$xz_name could not be downloaded completely from ${archive:-$folder}. The part is kept: run this again."
    xz -dc "$download/$xz_name" >"$new" || die "$xz_name could not be unpacked into $prefix/bin (the reason is above)."
  else
    need_room "$download" "$size"
    fetch_checked "$name" "$download/$name" "$size" "$hash" \
      || die "$name could not be downloaded from ${archive:-$folder}.
Install xz, which unpacks the compressed file, and run this again."
    cp "$download/$name" "$new" || die "$name could not be copied into $prefix/bin (the reason is above)."
  fi
  [ "$(sha256_of "$new")" = "$hash" ] || die "$name is not the file that was signed (its SHA-256 differs). Nothing was installed."
}

# switch_to_new: replaces the old program in one step, if the new one runs here.
switch_to_new() {
  chmod 755 "$new"
  new_version=$("$new" version 2>"$download/version.log" </dev/null) || {
    cat "$download/version.log" >&2
    die "The new program does not run here (its output is above), so nothing was changed.
Is $prefix mounted noexec, or the system's C library older than 2.28?"
  }
  mv -f "$new" "$program"
  # The folder of versions before the single file.
  if [ -f "$prefix/lib/codex-voice/bin/codex-voice.js" ]; then rm -rf "$prefix/lib/codex-voice"; fi
}

install_release() {
  [ -z "$archive" ] || [ -r "$archive" ] || die "$archive cannot be read."
  find_target
  check_prefix
  provide_needs
  [ "$signature" = no ] || find_verifier || die "The signature of the release cannot be checked: that needs OpenSSL 3 or Node.js.
Without it you cannot know who made the file. Install one and run this again, or accept the risk with --no-signature."
  read_release
  new_version=$version
  old=
  if [ -x "$program" ]; then old=$("$program" version 2>/dev/null </dev/null || true); fi
  if [ -n "$old" ] && [ -z "$wanted" ] && older "$version" "$old"; then
    die "$old is installed, and newer than $version. To install the older version: --version $version"
  fi
  if [ "$(size_of "$program")" -eq "$size" ] && [ "$(sha256_of "$program")" = "$hash" ]; then
    say "codex-voice $version is already installed."
    chmod 755 "$program"
    return 0
  fi
  unpack
  switch_to_new
  rm -rf "${download:?}/$xz_name" "${download:?}/$name"
}

install_checkout() {
  find_target
  check_prefix
  provide_needs
  # shellcheck source=scripts/setup.sh
  . "$root/scripts/setup.sh"
  install_node_modules "$root"
  say "Building the program"
  (cd "$root" && npm run --silent package -- --only-file) </dev/null || die "The program could not be built (the reason is above)."
  built=dist/codex-voice-$(node -p 'require(process.argv[1]).version' "$root/package.json")-$target
  # The checkout's packages contain a Codex CLI for the tests, which is not the user's.
  PATH=$prefix/bin:$caller_path
  cp "$root/$built" "$new" || die "$built could not be copied into $prefix/bin (the reason is above)."
  switch_to_new
}

# --- The Codex CLI --------------------------------------------------------------------------------------------------

codex_by_npm() {
  has npm || { say "npm is missing: install Node.js, or choose OpenAI's release."; return 1; }
  say "Installing @openai/codex@$codex_version into $prefix"
  cli=$prefix/lib/codex-cli
  mkdir -p "$cli" || return 1
  printf '{"private":true,"dependencies":{"@openai/codex":"%s"}}\n' "$codex_version" >"$cli/package.json"
  codex_lock >"$cli/package-lock.json"
  # npm refuses an archive whose integrity differs from the lock file.
  (cd "$cli" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) </dev/null || return 1
  ln -sf ../lib/codex-cli/node_modules/.bin/codex "$prefix/bin/codex"
}

# Prints an npm lock file for the pinned version.
codex_lock() {
  printf '{"lockfileVersion":3,"packages":{"":{"dependencies":{"@openai/codex":"%s"}}' "$codex_version"
  optional='' separator=''
  for system in linux-x64:linux:x64 linux-arm64:linux:arm64 darwin-x64:darwin:x64 darwin-arm64:darwin:arm64 \
    win32-x64:win32:x64 win32-arm64:win32:arm64; do
    key=${system%%:*} rest=${system#*:}
    printf ',"node_modules/@openai/codex-%s":{"name":"@openai/codex","version":"%s-%s","integrity":"%s",' \
      "$key" "$codex_version" "$key" "$(codex_integrity "codex-$key")"
    printf '"os":["%s"],"cpu":["%s"],"optional":true}' "${rest%%:*}" "${rest#*:}"
    optional="$optional$separator\"@openai/codex-$key\":\"npm:@openai/codex@$codex_version-$key\"" separator=,
  done
  printf ',"node_modules/@openai/codex":{"version":"%s","integrity":"%s","bin":{"codex":"bin/codex.js"},' \
    "$codex_version" "$(codex_integrity codex)"
  printf '"optionalDependencies":{%s}}}}\n' "$optional"
}

codex_by_release() {
  find_target
  case $platform in linux) triple=$musl-unknown-linux-musl ;; *) triple=$musl-apple-darwin ;; esac
  url=$codex_releases/rust-v$codex_version/codex-$triple.tar.gz
  say "Downloading $url"
  transfer "$url" "$download/codex.tar.gz" || return 1
  tar -xzOf "$download/codex.tar.gz" "codex-$triple" >"$prefix/bin/.codex.new" && is_codex \
    && chmod 755 "$prefix/bin/.codex.new" && "$prefix/bin/.codex.new" --version </dev/null && mv -f "$prefix/bin/.codex.new" "$prefix/bin/codex"
  outcome=$?
  rm -f "$download/codex.tar.gz" "$prefix/bin/.codex.new"
  return $outcome
}

# is_codex: true if the download is the program that this version was verified with.
is_codex() {
  if [ "$(sha256_of "$prefix/bin/.codex.new")" = "$(codex_hash "$target")" ]; then return 0; fi
  say "The download is not the verified Codex $codex_version (its SHA-256 differs). It was deleted."
  return 1
}

ask_for_codex() {
  codex=none
  if ! (: </dev/tty) 2>/dev/null; then return 0; fi
  {
    say "codex-voice needs the Codex CLI, which is not installed. Install version $codex_version?"
    say "  1  with npm, into $prefix"
    say "  2  OpenAI's release from github.com/openai/codex, into $prefix/bin"
    say "  3  no, I will do it myself"
    printf 'Your choice [3]: '
  } >/dev/tty
  read -r choice </dev/tty || choice=3
  case $choice in 1) codex=npm ;; 2) codex=release ;; esac
}

provide_codex() {
  if has codex; then return 0; fi
  # Building from a checkout sets up everything.
  if [ -z "$codex" ] && [ -n "$root" ]; then codex=npm; say "The Codex CLI is not installed."; fi
  [ -n "$codex" ] || ask_for_codex
  case $codex in
    npm) codex_by_npm && return 0 ;;
    release) codex_by_release && return 0 ;;
  esac
  [ "$codex" = none ] || say "The Codex CLI could not be installed (the reason is above)."
  say "codex-voice needs the Codex CLI, which is not installed. One of these installs it:"
  say "  npm install --global @openai/codex@$codex_version"
  say "  run this installer again with --codex release"
  return 1
}

# --- After the installation -----------------------------------------------------------------------------------------

# True if a daemon of another version runs, also one from before an interrupted run of this script.
old_daemon_runs() {
  "$program" status --json >"$download/status.json" 2>/dev/null </dev/null || return 1
  [ "$(flatten "$download/status.json" | sed -n 's/^version=//p')" != "$new_version" ]
}

in_desktop() {
  [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ -S "${XDG_RUNTIME_DIR:-/nowhere}/systemd/private" ] || [ "$platform" = darwin ]
}

finish() {
  say "Installed: codex-voice $new_version, $program"
  codex_ready=yes
  provide_codex || codex_ready=no
  if [ "$service" = yes ] && in_desktop; then
    "$program" service install </dev/null \
      || say "It will not start with the desktop (the reason is above). To try again: codex-voice service install"
  fi
  if old_daemon_runs; then
    "$program" restart </dev/null \
      || say "The daemon did not start again (the reason is above). To try again: codex-voice start"
  fi
  rm -rf "$download"
  if [ "$demo" = yes ] && [ "$codex_ready" = yes ]; then
    say ""
    "$program" demo </dev/null \
      || die "The program is installed, but its demo failed (the reason is above). Run codex-voice doctor for details."
  fi
  say ""
  case ":$caller_path:" in *":$prefix/bin:"*) ;; *) say "Add $prefix/bin to your PATH." ;; esac
  say "Next: codex login (once), then codex-voice restart, and press Ctrl+Alt+Space anywhere."
}

uninstall() {
  if [ -x "$program" ]; then
    "$program" service uninstall >/dev/null 2>&1 </dev/null || true # the service may not exist
    "$program" keys remove >/dev/null 2>&1 </dev/null || true # bindings that you have edited stay
    "$program" stop >/dev/null 2>&1 </dev/null || true # the daemon may not run
  fi
  rm -f "$program" "$new" "$program.old" "$prefix/bin/.codex-voice.update" \
    || die "$program could not be removed (the reason is above)."
  if [ -f "$prefix/lib/codex-voice/bin/codex-voice.js" ]; then rm -rf "$prefix/lib/codex-voice"; fi
  rm -f "${data%/*}/applications/io.github.codex_voice.CodexVoice.desktop" # which the daemon wrote for the portal
  rm -rf "$cache" "$data" "${XDG_RUNTIME_DIR:-/nowhere}/codex-voice"
  rm -rf "${TMPDIR:-/tmp}/codex-voice-$(id -u)" 2>/dev/null || true # the cache if there was no better folder
  if [ -d "$state" ]; then find "$state" -mindepth 1 -maxdepth 1 ! -name 'journal.sqlite*' -exec rm -rf {} +; fi
  say "Removed codex-voice from $prefix, with its cache and its log."
  say "Kept: your settings in $config, your journal in $state, and the Codex CLI."
}

main() {
  read_options "$@"
  set_places
  if [ "$uninstall" = yes ]; then uninstall; return 0; fi
  find_checkout
  # These options mean a release.
  if [ -n "$wanted$archive" ]; then root=; fi
  begin
  if [ -n "$root" ]; then install_checkout; else install_release; fi
  finish
}

main "$@"

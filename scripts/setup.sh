# shellcheck shell=bash
# Shared by install.sh and test.sh, which source it. Every function is safe to run again.

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# The command that installs system packages here, for a person to copy.
system_install_command() {
  if command -v apt-get >/dev/null; then echo "apt-get install -y --no-install-recommends"
  elif command -v dnf >/dev/null; then echo "dnf install -y"
  elif command -v pacman >/dev/null; then echo "pacman -S --needed"
  elif command -v zypper >/dev/null; then echo "zypper install -y"
  elif command -v brew >/dev/null; then echo "brew install"
  fi
}

# install_debian_packages NAME...: installs what is missing when we may (root on Debian), otherwise names the command.
install_debian_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    say "These system packages are missing. Install them, then run this again:"
    say "  sudo apt-get install -y --no-install-recommends ${missing[*]}"
    return 1
  fi
  say "Installing system packages: ${missing[*]}"
  local log
  log=$(mktemp)
  # The package lists of a fresh machine are empty; those of an old one name files that are gone.
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive \
         apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "The system packages could not be installed (the end of apt's output is above)."
  fi
  rm -f "$log"
}

# Node and npm from the system, only to fetch what package-lock.json names; everything then runs on the
# Node 24 that is one of these packages.
need_npm() {
  # Node knows only its own certificate authorities; a company's proxy is in the system's.
  if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r /etc/ssl/certs/ca-certificates.crt ]; then
    export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
  fi
  command -v npm >/dev/null && command -v node >/dev/null && return 0
  if command -v dpkg-query >/dev/null; then
    install_debian_packages nodejs npm || exit 1
  else
    die "Node.js and npm are missing. Install them ($(system_install_command) nodejs npm), then run this again."
  fi
}

# install_node_modules ROOT [npm options...]: exactly what the lock file names, only when it is not there yet.
install_node_modules() {
  local root=$1; shift
  need_npm
  local stamp="$root/node_modules/.codex-voice-installed" wanted
  wanted=$(cat "$root/package-lock.json" "$root/package.json" | sha256sum)" $*"
  if [ ! -x "$root/node_modules/.bin/node" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "Installing the npm packages of package-lock.json"
    # onnxruntime-node 1.24.3: its install script wants CUDA files; the CPU library is in the package.
    (cd "$root" && ONNXRUNTIME_NODE_INSTALL=skip npm ci --no-audit --no-fund --loglevel=error "$@") \
      || die "npm could not install the packages (its output is above). Check the network, then run this again."
    printf '%s' "$wanted" >"$stamp"
  fi
  PATH="$root/node_modules/.bin:$PATH"
  export PATH
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 22 ? 0 : 1)' \
    || die "Node $(node --version 2>/dev/null) is too old: the packaged Node 24 did not install (npm's output is above)."
}

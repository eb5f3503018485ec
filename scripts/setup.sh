# shellcheck shell=sh
# Shared by install.sh (sh) and test.sh (bash), which source it. Every function is safe to run again.

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# install_debian_packages NAME...: installs missing packages as root on Debian, otherwise prints the command.
install_debian_packages() {
  missing_packages=$(for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || printf ' %s' "$package"
  done)
  [ -n "$missing_packages" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    say "These system packages are missing. Install them, then run this again:"
    say "  sudo apt-get install -y --no-install-recommends$missing_packages"
    return 1
  fi
  say "Installing system packages:$missing_packages"
  # The package lists of a new machine are empty, and those of an old one may be out of date.
  # shellcheck disable=SC2086 # A list of names.
  if ! apt_words=$({ apt-get update -q && DEBIAN_FRONTEND=noninteractive \
                     apt-get install -y -q --no-install-recommends $missing_packages; } 2>&1 </dev/null); then
    printf '%s\n' "$apt_words" | tail -n 20 >&2
    die "The system packages could not be installed (the end of apt's output is above)."
  fi
}

# Finds or installs the system's Node and npm, which only install the packages of package-lock.json. Everything else
# runs on Node 24, which is one of these packages.
need_npm() {
  # Node has its own certificate authorities; a company's proxy may need the system's.
  if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r /etc/ssl/certs/ca-certificates.crt ]; then
    export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
  fi
  if command -v npm >/dev/null && command -v node >/dev/null; then return 0; fi
  if command -v dpkg-query >/dev/null; then
    install_debian_packages nodejs npm || exit 1
  else
    die "Node.js and npm are missing. Install them with your system's package manager, then run this again."
  fi
}

# install_node_modules ROOT [npm options...]: installs the packages of the lock file if they are not installed yet.
install_node_modules() {
  modules_root=$1
  shift
  need_npm
  modules_stamp=$modules_root/node_modules/.codex-voice-installed
  modules_wanted=$(cat "$modules_root/package-lock.json" "$modules_root/package.json" | cksum)" $*"
  if [ ! -x "$modules_root/node_modules/.bin/node" ] || [ "$(cat "$modules_stamp" 2>/dev/null)" != "$modules_wanted" ]; then
    say "Installing the npm packages of package-lock.json"
    # The install script of onnxruntime-node 1.24.3 downloads CUDA files; the CPU library is in the package.
    (cd "$modules_root" && ONNXRUNTIME_NODE_INSTALL=skip npm ci --no-audit --no-fund --no-update-notifier --loglevel=error "$@") \
      || die "npm could not install the packages (its output is above). Check the network, then run this again."
    printf '%s' "$modules_wanted" >"$modules_stamp"
  fi
  PATH="$modules_root/node_modules/.bin:$PATH"
  export PATH
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 22 ? 0 : 1)' \
    || die "Node $(node --version 2>/dev/null) is too old: the packaged Node 24 did not install (npm's output is above)."
}

#!/usr/bin/env bash
# Installs what orogen needs on Debian 12 or Ubuntu (24.04 and later); does nothing when all is there.
#
#   tools/install_packages.sh [build|test|ci] [lammps]      build: the program; test: and its tests; ci: and the linters;
#                                                           lammps: and LAMMPS, MPI and the KIM API with their headers
#
# Needs root or sudo only when something is missing. Without either it prints the command and stops with exit status 2.
# OROGEN_SKIP_INSTALL=1 trusts that everything is present (other systems, containers without a package manager).
set -euo pipefail

level=build fronts=
for word in "$@"; do
  case $word in
    build | test | ci) level=$word ;;
    lammps) fronts=lammps ;;
    *) echo "usage: $0 [build|test|ci] [lammps]" >&2; exit 2 ;;
  esac
done
[ "${OROGEN_SKIP_INSTALL:-0}" = 1 ] && exit 0

# A tool counts as present when it runs, whoever installed it; a library when its package is installed.
tools="g++:g++ cmake:cmake ninja:ninja-build python3:python3"
libraries="libxtb-dev libeigen3-dev libcli11-dev libtomlplusplus-dev nlohmann-json3-dev libfmt-dev zlib1g-dev"
optional="ccache:ccache"  # builds faster the second time; its absence is no error
case $level in
  test)
    libraries+=" libgtest-dev"
    tools+=" pkg-config:pkgconf"
    ;;
  ci)
    libraries+=" libgtest-dev libopenmpi-dev"
    tools+=" pkg-config:pkgconf mpirun:openmpi-bin clang++-14:clang-14 clang-format-14:clang-format-14"
    ;;
esac

if [ "$fronts" = lammps ]; then
  libraries+=" lammps liblammps-dev libopenmpi-dev libkim-api-dev"
  [ "$level" = ci ] || tools+=" mpirun:openmpi-bin"
fi

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }
runs() { "$1" --version >/dev/null 2>&1; }

missing=()
for pair in $tools; do runs "${pair%%:*}" || missing+=("${pair#*:}"); done
if command -v dpkg-query >/dev/null; then
  for package in $libraries; do installed "$package" || missing+=("$package"); done
else
  for package in $libraries; do missing+=("$package"); done
fi

# The tests of the fronts run in a Python of their own.
if [ "$level" = ci ]; then python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv); fi

# The Python package is built and tested in virtual environments; Debian keeps venv and the headers apart from Python itself.
python_builds() {
  python3 -c 'import ensurepip, os, sysconfig; raise SystemExit(not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")))' 2>/dev/null
}
[ "$level" != ci ] || python_builds || missing+=(python3-venv python3-dev)

cmake_is_new_enough() {
  local version
  version=$(cmake --version | sed -n '1s/[^0-9]*\([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
  set -- $version
  [ "$1" -gt 3 ] || [ "$1" -eq 3 -a "$2" -ge 25 ]
}
check_cmake() {
  cmake_is_new_enough && return
  echo "orogen needs CMake 3.25 or newer; this system's is $(cmake --version | head -n 1)." >&2
  echo "Install a newer one (for example: python3 -m pip install --user cmake) and try again." >&2
  exit 2
}

# The Python package is built in a virtual environment against the headers of whatever python3 is.
builds_for_python() {
  python3 -c 'import ensurepip, os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' 2>/dev/null
}
if [ "$level" = ci ]; then builds_for_python || missing+=(python3-venv python3-dev); fi

if [ ${#missing[@]} -eq 0 ]; then
  check_cmake
  exit 0
fi

wanted=("${missing[@]}")
for pair in $optional; do runs "${pair%%:*}" || wanted+=("${pair#*:}"); done

by_hand() {
  echo "$1" >&2
  echo "Missing packages (Debian 12 or Ubuntu 24.04 names):" >&2
  printf '  %s\n' "${missing[@]}" >&2
  echo "Install them with" >&2
  echo "  sudo apt-get update && sudo apt-get install --no-install-recommends ${wanted[*]}" >&2
  echo "and run this again. (OROGEN_SKIP_INSTALL=1 skips this check.)" >&2
  exit 2
}

command -v apt-get >/dev/null || by_hand "This system has no apt-get."
if [ "$(id -u)" -eq 0 ]; then
  as_root=(env)
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
  as_root=(sudo env)
else
  by_hand "Packages must be installed, and this user is neither root nor may use sudo."
fi

apt() { "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -q "$@" </dev/null; }

echo "Installing: ${wanted[*]}"
apt update || echo "apt-get update failed; trying with the package lists that are there." >&2
if ! apt install -y --no-install-recommends "${wanted[@]}"; then
  # An optional package that this release does not have must not stop the rest.
  apt install -y --no-install-recommends "${missing[@]}"
fi
check_cmake

#!/bin/sh
# Builds the launcher as one static program for each architecture that there is a compiler for:
# build.sh TARGET_DIRECTORY
# CC names the compiler for this machine; by default musl-gcc when it is there (smaller), else cc.
# aarch64-linux-gnu-gcc and x86_64-linux-gnu-gcc are taken for the other architecture.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$1
arch=$(uname -m)

if [ -n "${CC:-}" ]; then cc=$CC
elif command -v musl-gcc >/dev/null; then cc=musl-gcc
elif command -v cc >/dev/null; then cc=cc
else
  echo "Berth's launcher needs a C compiler, and there is none (looked for musl-gcc and cc)." >&2
  echo "Install one: apt-get install musl-tools (or gcc and libc6-dev)." >&2
  exit 1
fi

# musl-gcc sees musl's headers alone; the kernel's own are added behind them.
kernel=""
if [ "$cc" = musl-gcc ]; then
  for dir in /usr/include "/usr/include/$arch-linux-gnu"; do
    [ -d "$dir" ] && kernel="$kernel -idirafter $dir"
  done
fi

# compile COMPILER ARCHITECTURE FLAGS...
compile() {
  compiler=$1
  program="$target/berth-launcher-$2"
  shift 2
  if [ -e "$program" ] && [ -z "$(find "$here" -newer "$program" -type f)" ]; then return 0; fi
  "$compiler" -std=gnu11 -O2 -static -Wall -Wextra -Werror=implicit-function-declaration \
    -fno-asynchronous-unwind-tables -ffunction-sections -Wl,--gc-sections -s \
    "$@" -o "$program.tmp" "$here"/*.c || return 1
  mv "$program.tmp" "$program"
}

mkdir -p "$target"
# shellcheck disable=SC2086
if ! compile "$cc" "$arch" $kernel; then
  echo "Building Berth's launcher with $cc failed. It needs the kernel's headers and a static C" >&2
  echo "library: apt-get install musl-tools linux-libc-dev (or gcc, libc6-dev, linux-libc-dev)." >&2
  exit 1
fi
for other in aarch64 x86_64; do
  [ "$other" = "$arch" ] && continue
  command -v "$other-linux-gnu-gcc" >/dev/null || continue
  if ! compile "$other-linux-gnu-gcc" "$other"; then
    echo "Building Berth's launcher for $other failed; this build has none for it. It needs" >&2
    echo "libc6-dev-$other-cross (Debian: gcc-aarch64-linux-gnu, libc6-dev-arm64-cross)." >&2
  fi
done

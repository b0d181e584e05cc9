#!/bin/sh
# Builds the launcher as one static program: build.sh TARGET_DIRECTORY
# CC names the compiler; by default musl-gcc when it is there (smaller), else cc.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$1
arch=$(uname -m)
program="$target/berth-launcher-$arch"

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

if [ -e "$program" ] && [ -z "$(find "$here" -newer "$program" -type f)" ]; then exit 0; fi
mkdir -p "$target"
# shellcheck disable=SC2086
if ! $cc -std=gnu11 -O2 -static -Wall -Wextra -Werror=implicit-function-declaration \
    -fno-asynchronous-unwind-tables -ffunction-sections -Wl,--gc-sections -s \
    $kernel -o "$program.tmp" "$here"/*.c; then
  echo "Building Berth's launcher with $cc failed. It needs the kernel's headers and a static C" >&2
  echo "library: apt-get install musl-tools linux-libc-dev (or gcc, libc6-dev, linux-libc-dev)." >&2
  exit 1
fi
mv "$program.tmp" "$program"

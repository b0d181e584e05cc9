# shellcheck shell=bash
# What the scripts share; sourced, not run.

BERTH_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# make_busybox_rootfs DIR: a root file system around the host's static busybox.
make_busybox_rootfs() {
  local root=$1 applet
  mkdir -p "$root"/{bin,dev,etc,home,proc,sbin,sys,usr/bin,usr/sbin,var/log}
  mkdir -p -m 0700 "$root/root"
  mkdir -p -m 1777 "$root/tmp" "$root/var/tmp"
  cp "$(command -v busybox)" "$root/bin/busybox"
  chmod 0755 "$root/bin/busybox"
  while read -r applet; do
    [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
  done < <(busybox --list)
  printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'nobody:x:65534:65534:nobody:/home:/bin/false' \
    >"$root/etc/passwd"
  printf '%s\n' 'root:x:0:' 'tty:x:5:' 'nobody:x:65534:' >"$root/etc/group"
}

# remove_tree DIR: removes it unless something is still mounted below it.
remove_tree() {
  if grep -qF " $1/" /proc/self/mountinfo; then
    echo "$(basename "$0"): not removing $1: something is still mounted there" >&2
    return 1
  fi
  rm -rf --one-file-system "$1"
}

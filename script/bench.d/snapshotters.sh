# shellcheck shell=bash
# What the snapshot drivers cost on an image of 1,000 small files and one of 64 MiB: a container's
# snapshot, its first write to the large file, the changes read as a layer, the removal, the space.
# The copying driver is measured on this file system and, where mkfs.xfs is installed, on XFS, which
# shares blocks (reflink).

snapshot_image() {
  local tree=$work/snapshot-tree i
  [ ! -e "$work/snapshot.tar" ] || return 0
  mkdir -p "$tree"
  for ((i = 0; i < 1000; i++)); do
    ((i % 50)) || mkdir -p "$tree/d$((i / 50))"
    head -c 4096 /dev/urandom >"$tree/d$((i / 50))/f$i"
  done
  head -c $((64 << 20)) /dev/urandom >"$tree/large"
  tar -C "$tree" -cf "$work/snapshot.tar" .
  rm -r "$tree"
}

# snapshot_row NAME DIRECTORY DRIVER RUNS: measures and prints one row.
snapshot_row() {
  local figures
  mkdir -p "$2"
  figures=$("$java" -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
    -cp "$classes" io.berth.examples.bench.SnapshotBench "$2" "$3" "$work/snapshot.tar" "$4") || {
    note "$1 is not measured: it does not work here"
    return 0
  }
  read -r made wrote read removed space <<<"$figures"
  if $json; then
    [ -n "${overlay_made-}" ] || overlay_made=$made
    [ "$made" = "$overlay_made" ] ||
      result "snapshotters $1" "$(milliseconds "$overlay_made")" "$1" "$(milliseconds "$made")" ms
  else
    printf '%-22s %9s %12s %9s %9s %9s\n' "$1" "$(milliseconds "$made")" "$(milliseconds "$wrote")" \
      "$(milliseconds "$read")" "$(milliseconds "$removed")" "$space"
  fi
}

milliseconds() {
  awk -v us="$1" 'BEGIN { printf "%.2f", us / 1000 }'
}

measure_snapshotters() {
  local java=${JAVA_HOME:+$JAVA_HOME/bin/}java classes disk driver
  snapshot_image
  build_bench
  classes=$BERTH_HOME/examples/target/classes:$(cat "$BERTH_HOME/examples/target/runtime.classpath")
  $json || printf '%-22s %9s %12s %9s %9s %9s\n' 'ms (median)' make 'first write' diff remove KiB
  snapshot_row overlay "$work/snap-overlay" overlay 15
  for driver in overlay-userxattr fuse-overlayfs; do
    snapshot_row "$driver" "$work/snap-$driver" "$driver" 15 2>/dev/null
  done
  snapshot_row "copy ($(stat -f -c %T "$work"))" "$work/snap-copy" copy 5
  if command -v mkfs.xfs >/dev/null; then
    disk=$work/xfs
    mkdir "$disk"
    truncate -s 2G "$work/xfs.img"
    mkfs.xfs -q -m reflink=1 "$work/xfs.img" && mount -o loop "$work/xfs.img" "$disk" && {
      snapshot_row 'copy (xfs, reflink)' "$disk/snap" copy 15
      umount "$disk"
    }
  fi
}

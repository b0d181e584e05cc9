# shellcheck shell=bash
# A container of busybox that runs `true`: berth, a bare C program, runc, docker, podman.

prepare_start_berth() {
  start_bench start 2000
  read_bench
}

round_start_berth() {
  local exited removed
  echo "$count" >&"$bench_in"
  while read -r exited removed; do
    echo "$exited"
    echo "$removed" >>"$work/start.berth+rm.times"
  done < <(read_bench)
}

prepare_start_bare() {
  cc -O2 -o "$work/bare" "$BERTH_HOME/script/bench-native/bare.c" ||
    die "cannot compile bare.c"
  mkdir "$work/bare-work"
  "$work/bare" "$work/rootfs" "$work/bare-work" 5 >/dev/null
}

round_start_bare() {
  "$work/bare" "$work/rootfs" "$work/bare-work" "$count"
}

prepare_start_runc() {
  command -v runc >/dev/null || {
    note "runc is not measured: it is not installed (script/setup --bench installs it)"
    return 1
  }
  mkdir "$work/bundle"
  cp -a "$work/rootfs" "$work/bundle/rootfs"
  runc spec --bundle "$work/bundle"
  sed -i 's/"terminal": true/"terminal": false/; s/^\(\t*\)"sh"$/\1"true"/' \
    "$work/bundle/config.json"
  round_start_runc >/dev/null
}

round_start_runc() {
  local i
  for ((i = 0; i < count; i++)); do
    micros runc --root "$work/runc" run --bundle "$work/bundle" bench </dev/null
  done
}

prepare_start_docker() {
  start_docker
}

round_start_docker() {
  local i
  # Slow, so that fewer runs say enough.
  for ((i = 0; i < (count + 4) / 5; i++)); do
    micros in_docker run --rm --network none busybox true </dev/null
  done
}

prepare_start_podman() {
  start_podman
}

round_start_podman() {
  local i
  for ((i = 0; i < (count + 4) / 5; i++)); do
    micros in_podman run --rm --network none "${podman_limits[@]}" localhost/busybox true </dev/null
  done
}

measure_start() {
  compete start berth bare runc docker podman
  stop_bench
  report start "${measured[0]}" berth+rm "${measured[@]:1}"
}

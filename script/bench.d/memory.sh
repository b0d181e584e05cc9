# shellcheck shell=bash
# The private memory of the process that stays with a container, in KiB.

# private_kib PID
private_kib() {
  awk '/^Private_(Clean|Dirty):/ { sum += $2 } END { print sum }' "/proc/$1/smaps_rollup"
}

measure_memory() {
  local id monitor ours peer='' conmon=''
  start_bench exec 0
  read -r bench_init <&"$bench_out"
  read_bench
  monitor=$(awk -v init="$bench_init" '$2 == init { print $1 }' "$work"/data/containers/*/monitor)
  ours=$(private_kib "$monitor")
  stop_bench
  if start_docker && id=$(in_docker run -d --rm --network none busybox sleep 100000); then
    peer=$(private_kib "$(pgrep -f "containerd-shim.*$id" | head -n 1)")
    in_docker kill "$id" >/dev/null
  fi
  if start_podman && id=$(in_podman run -d --rm --network none "${podman_limits[@]}" \
    localhost/busybox sleep 100000); then
    conmon=$(private_kib "$(in_podman inspect -f '{{.State.ConmonPid}}' "$id")")
    in_podman kill "$id" >/dev/null
  fi
  if ! $json; then
    printf '%-10s %10s\n' memory KiB monitor "$ours"
    [ -z "$peer" ] || printf '%-10s %10s\n' docker-shim "$peer"
    [ -z "$conmon" ] || printf '%-10s %10s\n' conmon "$conmon"
  fi
  [ -z "$peer" ] || result memory "$ours" docker-shim "$peer" KiB
  [ -z "$conmon" ] || result memory "$ours" conmon "$conmon" KiB
}

# shellcheck shell=bash
# `true` in a container that runs: berth, a C program that enters its namespaces, docker, podman.

prepare_exec_berth() {
  start_bench exec 2000
  read -r bench_init <&"$bench_out"
  read_bench
}

round_exec_berth() {
  echo "$count" >&"$bench_in"
  read_bench
}

prepare_exec_enter() {
  cc -O2 -o "$work/enter" "$BERTH_HOME/script/bench-native/enter.c" || die "cannot compile enter.c"
  "$work/enter" "$bench_init" 5 /bin/true >/dev/null
}

round_exec_enter() {
  "$work/enter" "$bench_init" "$count" /bin/true
}

prepare_exec_docker() {
  start_docker && in_docker run -d --name exec --network none busybox sleep 100000 >/dev/null
}

round_exec_docker() {
  local i
  for ((i = 0; i < (count + 4) / 5; i++)); do
    micros in_docker exec exec true </dev/null
  done
}

prepare_exec_podman() {
  start_podman && in_podman run -d --name exec --network none "${podman_limits[@]}" \
    localhost/busybox sleep 100000 >/dev/null
}

round_exec_podman() {
  local i
  for ((i = 0; i < (count + 4) / 5; i++)); do
    micros in_podman exec exec true </dev/null
  done
}

measure_exec() {
  compete exec berth enter docker podman
  stop_bench
  [ -z "${podman_works-}" ] || in_podman rm -f -t 0 exec >/dev/null
  [ -z "$docker_pid" ] || in_docker rm -f exec >/dev/null
  report exec "${measured[@]}"
}

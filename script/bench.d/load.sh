# shellcheck shell=bash
# An image of 200 MB in 8 layers, into a store and out of it: berth, docker, podman.

# Half of it is random and half is text that compresses to three quarters.
make_layers() {
  local i layers="$work/layers"
  mkdir "$layers"
  echo FROM scratch >"$layers/Dockerfile"
  for i in 1 2 3 4 5 6 7 8; do
    mkdir "$layers/$i"
    head -c 12500000 /dev/urandom | split -b 100000 -a 4 - "$layers/$i/random"
    head -c 9250000 /dev/urandom | base64 | split -b 40000 -a 4 - "$layers/$i/text"
    echo "COPY $i /$i/" >>"$layers/Dockerfile"
  done
  "$BERTH_HOME/script/berth" --root "$work/data" build -q -t layers "$layers" >/dev/null ||
    die "cannot build the image"
  rm -r "$layers"
}

prepare_save_berth() {
  start_bench save 2 "$work/layers.tar" -Xmx128m
  read_bench
}

round_save_berth() {
  echo 1 >&"$bench_in"
  read_bench
}

prepare_save_docker() {
  start_docker || return 1
  in_docker load -q -i "$work/layers.tar" >/dev/null
}

round_save_docker() {
  micros in_docker save -o "$work/docker.tar" layers
}

prepare_save_podman() {
  start_podman || return 1
  podman_image=$(in_podman load -q -i "$work/layers.tar") || {
    note "podman is not measured: it does not work here"
    return 1
  }
  podman_image=${podman_image##*: }
}

round_save_podman() {
  rm -f "$work/podman.tar"
  micros in_podman save -q -o "$work/podman.tar" "$podman_image"
}

prepare_load_berth() {
  start_bench load 2 "$work/layers.tar" -Xmx128m
  read_bench
}

round_load_berth() {
  local file stream
  echo 1 >&"$bench_in"
  while read -r file stream; do
    echo "$file"
    echo "$stream" >>"$work/load.berth-stream.times"
  done < <(read_bench)
}

prepare_load_docker() {
  start_docker
}

round_load_docker() {
  in_docker rmi -f layers >/dev/null
  micros in_docker load -q -i "$work/layers.tar"
}

prepare_load_podman() {
  [ -n "${podman_image-}" ] && in_podman image exists "$podman_image"
}

round_load_podman() {
  in_podman rmi -f "$podman_image" >/dev/null
  micros in_podman load -q -i "$work/layers.tar"
}

# peak_mib PID
peak_mib() {
  awk '/^VmHWM:/ { printf "%d", $2 / 1024 }' "/proc/$1/status"
}

measure_load() {
  local ours
  make_layers
  compete save berth docker podman
  stop_bench
  report save "${measured[@]}"
  "$BERTH_HOME/script/berth" --root "$work/data" rmi layers >/dev/null
  compete load berth docker podman
  ours=$(peak_mib "$bench_pid")
  stop_bench
  report load "${measured[0]}" berth-stream "${measured[@]:1}"
  if ! $json; then
    printf '%-10s %10s\n' memory MiB berth "$ours"
    [ -z "$docker_pid" ] || printf '%-10s %10s\n' dockerd "$(peak_mib "$docker_pid")"
  fi
  if [ -n "$docker_pid" ]; then
    result load-memory "$ours" dockerd "$(peak_mib "$docker_pid")" MiB
  fi
}

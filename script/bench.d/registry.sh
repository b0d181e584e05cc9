# shellcheck shell=bash
# An image of 200 MB in 8 layers from a registry of this host and to it: berth, skopeo, crane, docker.
#   pull   verified, stored and unpacked, as containers need it
#   fetch  verified and stored only, which is all that crane and skopeo's layouts do
#   push   to a registry that has nothing of it
# "bare" is the floor: curl moves the same bytes at the same time, and neither verifies them nor makes
# an image of them. What the registry itself takes of the two processors is in it.
# shellcheck source=script/bench.d/load.sh
. "$BERTH_HOME/script/bench.d/load.sh"

# start_registry: docker-registry on a free port, its storage in $work/registry.
start_registry() {
  command -v docker-registry >/dev/null || die "docker-registry is not installed: script/setup"
  local port
  for ((port = 5800; port < 5900; port++)); do
    ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  done
  registry=127.0.0.1:$port
  cat >"$work/registry.yml" <<END
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: "$registry"}
END
  OTEL_TRACES_EXPORTER=none docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
  registry_pid=$!
  local i
  for ((i = 0; i < 100; i++)); do
    ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
    sleep 0.1
  done
  die "docker-registry does not start: $(cat "$work/registry.log")"
}

# find_crane: in PATH, else installed with Go where that is.
find_crane() {
  [ -z "${crane-}" ] || return 0
  crane=$(command -v crane) && return 0
  if command -v go >/dev/null; then
    note "installing crane"
    GOBIN=$work/bin GOFLAGS=-mod=mod \
      go install github.com/google/go-containerregistry/cmd/crane@v0.20.3 >"$work/crane.log" 2>&1 &&
      crane=$work/bin/crane && return 0
  fi
  crane=''
  note "crane is not measured: it is neither installed nor to be had"
  return 1
}

# ---- pull -----------------------------------------------------------------------------------------

prepare_pull_berth() {
  start_bench pull 3 "$registry/bench/layers" -Xmx128m
  read_bench
}

round_pull_berth() {
  echo 1 >&"$bench_in"
  read_bench
}

storage() {
  echo "containers-storage:[overlay@$work/storage+$work/storage-run]localhost/layers"
}

prepare_pull_skopeo() {
  in_skopeo "docker://$registry/bench/layers" "$(storage)" || {
    note "skopeo is not measured with unpacking: it does not work here"
    return 1
  }
}

round_pull_skopeo() {
  skopeo delete "$(storage)" >/dev/null
  # Its memory of where blobs were is no part of the pull.
  micros in_skopeo "docker://$registry/bench/layers" "$(storage)"
}

in_skopeo() {
  skopeo --insecure-policy copy -q --src-tls-verify=false "$1" "$2"
}

prepare_pull_docker() {
  start_docker && in_docker pull -q "$registry/bench/layers" >/dev/null
}

round_pull_docker() {
  in_docker rmi -f "$registry/bench/layers" >/dev/null
  micros in_docker pull -q "$registry/bench/layers"
}

# ---- fetch ----------------------------------------------------------------------------------------

prepare_fetch_berth() {
  start_bench fetch 5 "$registry/bench/layers" -Xmx128m
  read_bench
}

round_fetch_berth() {
  echo 1 >&"$bench_in"
  read_bench
}

prepare_fetch_skopeo() {
  command -v skopeo >/dev/null
}

round_fetch_skopeo() {
  rm -rf "$work/layout"
  micros in_skopeo "docker://$registry/bench/layers" "oci:$work/layout:layers"
}

prepare_fetch_crane() {
  find_crane
}

round_fetch_crane() {
  rm -rf "$work/crane-layout"
  micros "$crane" pull --insecure --format=oci "$registry/bench/layers" "$work/crane-layout"
}

# blobs_of REPOSITORY: the digests of its layers
blobs_of() {
  curl -fsS -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
    "http://$registry/v2/$1/manifests/latest" | grep -o 'sha256:[0-9a-f]*' | tail -n +2
}

prepare_fetch_bare() {
  command -v curl >/dev/null || return 1
  local blob
  bare_fetch=()
  for blob in $(blobs_of bench/layers); do
    bare_fetch+=(-o "$work/bare/$blob" "http://$registry/v2/bench/layers/blobs/$blob")
  done
}

round_fetch_bare() {
  rm -rf "$work/bare"
  mkdir "$work/bare"
  micros curl -fsS -Z --parallel-max 3 "${bare_fetch[@]}"
}

# ---- push -----------------------------------------------------------------------------------------

# What was pushed before is gone from the registry.
empty_push() {
  rm -rf "$work/registry/docker/registry/v2/repositories/push" "$work/registry/docker/registry/v2/blobs"
}

prepare_push_berth() {
  start_bench push 0 "$registry/push/layers" -Xmx128m
  read_bench
  local i
  for i in 1 2 3; do
    round_push_berth >/dev/null
  done
}

round_push_berth() {
  empty_push
  echo 1 >&"$bench_in"
  read_bench
}

prepare_push_skopeo() {
  [ -e "$work/layout" ]
}

round_push_skopeo() {
  empty_push
  micros skopeo --insecure-policy copy -q --dest-tls-verify=false "oci:$work/layout:layers" \
    "docker://$registry/push/layers"
}

prepare_push_crane() {
  find_crane && [ -e "$work/crane-layout" ]
}

round_push_crane() {
  empty_push
  micros "$crane" push --insecure "$work/crane-layout" "$registry/push/layers" 2>/dev/null
}

prepare_push_bare() {
  [ -e "$work/bare" ]
}

# Where to is asked before, and no manifest is pushed.
round_push_bare() {
  empty_push
  local blob place uploads=()
  for blob in "$work"/bare/*; do
    place=$(curl -fsS -o /dev/null -w '%header{location}' -X POST \
      "http://$registry/v2/push/layers/blobs/uploads/")
    uploads+=(-T "$blob" "$place&digest=${blob##*/}")
  done
  micros curl -fsS -Z --parallel-max 5 -H 'Expect:' "${uploads[@]}"
}

measure_registry() {
  local memory
  start_registry
  make_layers
  "$BERTH_HOME/script/berth" --root "$work/data" tag layers "$registry/bench/layers"
  start_bench push 0 "$registry/bench/layers" -Xmx128m
  read_bench
  echo 1 >&"$bench_in"
  read_bench >/dev/null
  stop_bench
  "$BERTH_HOME/script/berth" --root "$work/data" rmi "$registry/bench/layers" >/dev/null
  "$BERTH_HOME/script/berth" --root "$work/data" tag layers "$registry/push/layers"
  mv "$work/data" "$work/pushing"

  start_pull_store
  compete pull berth skopeo docker
  memory=$(peak_mib "$bench_pid")
  stop_bench
  report pull "${measured[@]}"
  compete fetch berth skopeo crane bare
  stop_bench
  report fetch "${measured[@]}"
  rm -rf "$work/data"
  mv "$work/pushing" "$work/data"
  compete push berth skopeo crane bare
  stop_bench
  report push "${measured[@]}"
  $json || printf '%-10s %10s\n' memory MiB berth "$memory"
  end "$registry_pid"
  registry_pid=''
}

# start_pull_store: an engine's directory that has none of the layers.
start_pull_store() {
  "$BERTH_HOME/script/berth" --root "$work/data" import "$work/rootfs.tar" busybox >/dev/null
}

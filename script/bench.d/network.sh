# shellcheck shell=bash
# Containers on a bridge: the start of one that runs `true`, and how much gets through between two
# and to a published port from another host. dockerd, the second engine of Berth and the other hosts
# have network namespaces of their own, so nothing of this machine's network is used or changed.

# apart COMMAND...: runs it without the benchmark's pipes, whose input would stay open else, and the
# JVM wait for more.
apart() {
  [ -z "$bench_pid" ] || exec {bench_in}>&- {bench_out}<&-
  exec "$@"
}

# new_host: a network namespace; prints the process that holds it.
new_host() {
  apart unshare --net sh -c 'ip link set lo up; echo ready; exec sleep 100000' \
    >"$work/host.ready" 2>&1 &
  local pid=$!
  until grep -q ready "$work/host.ready" 2>/dev/null; do sleep 0.05; done
  : >"$work/host.ready"
  helpers+=("$pid")
  net_host=$pid
}

# at HOST COMMAND...: runs it in a namespace.
at() {
  local pid=$1
  shift
  nsenter --net="/proc/$pid/ns/net" "$@"
}

in_net_podman() {
  at "$net_podman_host" podman --root "$work/podman" --runroot "$work/podman-run" --runtime runc \
    run --rm "${podman_limits[@]}" localhost/busybox "$@"
}

in_net_docker() {
  docker -H "unix://$work/net-docker.sock" "$@"
}

prepare_network_berth() {
  start_bench network 300
  read_bench
}

round_network_berth() {
  local exited removed
  echo "$count" >&"$bench_in"
  while read -r exited removed; do
    echo "$exited"
    echo "$removed" >>"$work/network.berth+rm.times"
  done < <(read_bench)
}

prepare_network_docker() {
  [ -z "${net_docker_pid-}" ] || return 0 # another measurement has started it
  command -v dockerd >/dev/null && command -v docker >/dev/null || {
    note "docker is not measured: it is not installed"
    return 1
  }
  new_host
  net_docker_host=$net_host
  apart nsenter --net="/proc/$net_docker_host/ns/net" dockerd --data-root "$work/net-docker" --exec-root "$work/net-docker-exec" \
    -H "unix://$work/net-docker.sock" --pidfile "$work/net-docker.pid" \
    >"$work/net-docker.log" 2>&1 </dev/null &
  net_docker_pid=$!
  helpers=("$net_docker_pid" "${helpers[@]}") # before the holder of its namespace
  local i
  for ((i = 0; i < 150; i++)); do
    ! in_net_docker version >/dev/null 2>&1 || break
    kill -0 "$net_docker_pid" 2>/dev/null || break
    sleep 0.2
  done
  in_net_docker import "$work/rootfs.tar" busybox >/dev/null 2>&1 &&
    in_net_docker run --rm busybox true >/dev/null 2>&1 || {
    end "$net_docker_pid"
    net_docker_pid=''
    note "docker is not measured: it has no bridge here: $(tail -n 1 "$work/net-docker.log")"
    return 1
  }
}

round_network_docker() {
  local i
  for ((i = 0; i < (count + 4) / 5; i++)); do
    micros in_net_docker run --rm busybox true </dev/null
  done
}

prepare_network_podman() {
  start_podman || return 1
  new_host
  net_podman_host=$net_host
  in_net_podman true >"$work/podman.log" 2>&1 || {
    note "podman is not measured: it has no bridge here: $(tail -n 1 "$work/podman.log")"
    return 1
  }
}

round_network_podman() {
  local i
  for ((i = 0; i < (count + 4) / 5; i++)); do
    micros in_net_podman true </dev/null
  done
}

# ---- How much gets through ------------------------------------------------------------------------

make_iperf_image() {
  local root=$work/iperf library
  cp -a "$work/rootfs" "$root"
  cp "$(command -v iperf3)" "$root/bin/iperf3"
  for library in $(ldd "$(command -v iperf3)" | grep -o '/[^ ]*'); do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
  tar -C "$root" --owner=0 --group=0 --numeric-owner -cf "$work/iperf.tar" .
}

# add_client HOST: another host, on a cable to it; prints nothing.
add_client() {
  local host=$1
  new_host
  net_client=$net_host
  at "$host" ip link add lan type veth peer name eth0 netns "$net_client"
  at "$host" ip address add 198.18.0.1/30 dev lan
  at "$host" ip link set lan up
  at "$net_client" ip address add 198.18.0.2/30 dev eth0
  at "$net_client" ip link set eth0 up
  at "$net_client" ip route add default via 198.18.0.1
}

# mbits: from iperf3's report
mbits() {
  awk '$NF == "receiver" { print $7 }'
}

in_net_berth() {
  at "$net_berth_host" "$BERTH_HOME/script/berth" --root "$work/net-data" "$@"
}

serve_berth() {
  new_host
  net_berth_host=$net_host
  in_net_berth import "$work/iperf.tar" iperf >/dev/null
  in_net_berth run -d --name server -p 5201:5201 iperf iperf3 -s >/dev/null
  in_net_berth run -d --name client iperf sleep 100000 >/dev/null
  add_client "$net_berth_host"
  net_berth_client=$net_client
}

serve_docker() {
  in_net_docker import "$work/iperf.tar" iperf >/dev/null
  in_net_docker run -d --name server -p 5201:5201 iperf iperf3 -s >/dev/null
  in_net_docker run -d --name client iperf sleep 100000 >/dev/null
  add_client "$net_docker_host"
  net_docker_client=$net_client
}

# The init of the container "client", whose namespace iperf3 is started in.
client_berth() {
  cat "$work"/net-data/containers/*/monitor | awk '{ print $2 }' | while read -r pid; do
    ! tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q sleep || echo "$pid"
  done
}

client_docker() {
  in_net_docker inspect -f '{{.State.Pid}}' client
}

between() {
  at "$("client_$1")" iperf3 -c 172.17.0.2 -t 2 -f m | mbits
}

published() {
  local client=net_$1_client
  at "${!client}" iperf3 -c 198.18.0.1 -t 2 -f m | mbits
}

# faster NAME: medians of NAME.CONTENDER.mbits; more is better.
faster() {
  local name=$1 ours peer
  ours=$(sort -n "$work/$name.berth.mbits" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
  peer=$(sort -n "$work/$name.docker.mbits" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
  $json || printf '%-10s %10s\n' "$name" Mbit/s berth "$ours" docker "$peer"
  result "$name" "$ours" docker "$peer" Mbit/s more
}

measure_throughput() {
  command -v iperf3 >/dev/null || {
    note "throughput is not measured: iperf3 is not installed"
    return 0
  }
  make_iperf_image
  serve_berth
  serve_docker
  sleep 1
  local round contender
  for round in 1 2 3; do
    note "throughput: round $round of 3"
    for contender in berth docker; do
      between $contender >>"$work/between.$contender.mbits"
      published $contender >>"$work/published.$contender.mbits"
    done
  done
  faster between
  faster published
  in_net_berth rm -f server client >/dev/null
  in_net_docker rm -f server client >/dev/null
}

measure_network() {
  compete network berth docker podman
  stop_bench
  report network "${measured[0]}" berth+rm "${measured[@]:1}"
  [ -z "${net_docker_pid-}" ] || measure_throughput
}

# shellcheck shell=bash
# From the start of a JVM until Testcontainers says that its first container is ready: busybox's web
# server, whose port is waited for. The engine that this JVM starts (berth) against a dockerd that runs
# already; both without Ryuk, as its image cannot be pulled here, and berth with it too (berth+ryuk),
# and as the first on a machine, where no archive of its classes is there yet (berth+first). Each is
# in a network namespace of its own, where the JVM is as well.
# shellcheck source=script/bench.d/network.sh
. "$BERTH_HOME/script/bench.d/network.sh"

# first_container HOST JAVA-OPTION...: prints the microseconds. The environment says which engine.
first_container() {
  local host=$1 begin=$EPOCHREALTIME found
  shift
  found=$(at "$host" timeout 90 env HOME="$work/home" "${JAVA_HOME:+$JAVA_HOME/bin/}java" \
    -Duser.home="$work/home" -Dorg.slf4j.simpleLogger.defaultLogLevel=error "$@" \
    -cp "$tc_classpath" io.berth.examples.bench.FirstContainer "${begin/[.,]/}" \
    2>"$work/testcontainers.log" | sed -n 's/^micros //p')
  [ -n "$found" ] || {
    tail -n 20 "$work/testcontainers.log" >&2
    return 1
  }
  echo "$found"
}

prepare_testcontainers_berth() {
  [ -z "${tc_host-}" ] || return 0
  mkdir -p "$work/home"
  (cd "$BERTH_HOME" && mvn -q -B -DskipTests -pl examples -am package dependency:build-classpath \
    -DincludeScope=test -Dmdep.outputFile=target/test.classpath) \
    </dev/null >"$work/build.log" 2>&1 || {
    cat "$work/build.log" >&2
    die "cannot build the benchmark: see above"
  }
  tc_classpath=$BERTH_HOME/examples/target/test-classes:$BERTH_HOME/examples/target/classes
  tc_classpath+=:$(cat "$BERTH_HOME/examples/target/test.classpath")
  "$BERTH_HOME/script/berth" --root "$work/tc" import "$work/rootfs.tar" busybox >/dev/null ||
    die "cannot import the image"
  new_host
  tc_host=$net_host
  round_testcontainers_berth >/dev/null
  # The engine writes the archive of its classes when the JVM has ended.
  local i
  for ((i = 0; i < 100; i++)); do
    ! compgen -G "$work/home/.cache/berth/classes-*.jsa" >/dev/null || break
    sleep 0.2
  done
}

round_testcontainers_berth() {
  TESTCONTAINERS_RYUK_DISABLED=true first_container "$tc_host" -Dberth.testcontainers=true \
    -Dberth.root="$work/tc"
}

prepare_testcontainers_berth+ryuk() {
  prepare_testcontainers_berth
}

round_testcontainers_berth+ryuk() {
  first_container "$tc_host" -Dberth.testcontainers=true -Dberth.root="$work/tc"
}

prepare_testcontainers_berth+first() {
  prepare_testcontainers_berth
}

round_testcontainers_berth+first() {
  local caches=$work/home/.cache
  mv "$caches" "$caches.kept"
  TESTCONTAINERS_RYUK_DISABLED=true first_container "$tc_host" -Dberth.testcontainers=true \
    -Dberth.root="$work/tc"
  # The next round is not to meet the engine that writes the archive.
  local i
  for ((i = 0; i < 100; i++)); do
    ! compgen -G "$caches/berth/classes-*.jsa" >/dev/null || break
    sleep 0.2
  done
  rm -rf "$caches"
  mv "$caches.kept" "$caches"
}

prepare_testcontainers_docker() {
  prepare_network_docker || return 1
  tc_api=$(in_net_docker version --format '{{.Server.APIVersion}}')
  round_testcontainers_docker >/dev/null || {
    note "docker is not measured: Testcontainers cannot use it"
    return 1
  }
}

round_testcontainers_docker() {
  # It would else start a container of alpine just to find the address of this host.
  TESTCONTAINERS_RYUK_DISABLED=true DOCKER_HOST="unix://$work/net-docker.sock" \
    TESTCONTAINERS_HOST_OVERRIDE=localhost first_container "$net_docker_host" -Dberth.testcontainers=false -Dapi.version="$tc_api"
}

measure_testcontainers() {
  compete testcontainers berth berth+ryuk berth+first docker
  report testcontainers "${measured[@]}"
}

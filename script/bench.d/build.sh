# shellcheck shell=bash
# Builds: nothing changed (noop), one file changed (change), no cache (cold); of a Dockerfile with
# three RUN and a COPY of 200 and of 20,000 files, and of a C program in several stages. Berth in a
# warm JVM against buildkitd (where it is in PATH), docker's own builder and buildah.
# BENCH_BUILD_PEERS and BENCH_BUILD_CONTEXTS choose some of "buildkit docker buildah" and of
# "200 20000 c".

build_base() { # builds the tree of the toolchain that the C program needs, from this host's gcc
  local root=$1 file gcc
  gcc=$(dirname "$(gcc -print-libgcc-file-name)")
  cp -a "$work/rootfs/." "$root"
  mkdir -p "$root$gcc" "$root/usr/bin" "$root/usr/include" "$root/usr/lib" "$root/lib64"
  cp -a "$(gcc -print-prog-name=cc1)" "$(gcc -print-prog-name=collect2)" "$gcc"/*.o "$gcc"/libgcc*.a \
    "$gcc/liblto_plugin.so" \
    "$gcc/include" "$root$gcc"
  cp -L /usr/bin/gcc /usr/bin/as /usr/bin/ld "$root/usr/bin"
  cp -a /usr/include/. "$root/usr/include"
  file=$(dirname "$(gcc -print-file-name=libc.a)")
  mkdir -p "$root$file"
  cp -L "$file"/{libc.a,crt1.o,crti.o,crtn.o} "$root$file"
  for file in "$root$gcc/cc1" "$root$gcc/collect2" "$root"/usr/bin/{gcc,as,ld}; do ldd "$file"; done |
    grep -o '/[^ ]*' | sort -u | while read -r file; do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
  done
}

# build_contexts: many files, and the C program
build_contexts() {
  local n i
  for n in 200 20000; do
    mkdir -p "$work/context-$n"
    for ((i = 0; i < n; i += 100)); do mkdir "$work/context-$n/d$((i / 100))"; done
    for ((i = 0; i < n; i++)); do
      printf 'file %d %s\n' "$i" {1..30} >"$work/context-$n/d$((i / 100))/f$i"
    done
    printf '%s\n' 'FROM busybox' 'RUN echo one > /one' 'RUN echo two > /two' 'COPY . /src' \
      'RUN find /src -type f | wc -l > /count' >"$work/context-$n/Dockerfile"
  done
  mkdir "$work/context-c"
  for ((i = 0; i < 40; i++)); do
    printf '#include <stdio.h>\n#include <string.h>\nint f%d(int x) { char b[64]; snprintf(b, 64, "%%d", x); return strlen(b) + %d; }\n' \
      "$i" "$i" >"$work/context-c/f$i.c"
  done
  {
    for ((i = 0; i < 40; i++)); do echo "int f$i(int);"; done
    echo 'int main(int n, char **v) { (void)v; int s = 0;'
    for ((i = 0; i < 40; i++)); do echo "s += f$i(n);"; done
    echo 'return s == 0; }'
  } >"$work/context-c/main.c"
  printf '%s\n' 'FROM toolchain AS objects' 'WORKDIR /src' 'COPY *.c ./' \
    'RUN for f in f*.c; do gcc -O1 -c $f || exit 1; done' \
    'FROM toolchain AS main' 'COPY main.c /src/' 'RUN gcc -O1 -c -o /main.o /src/main.c' \
    'FROM toolchain AS link' 'COPY --from=objects /src /o' 'COPY --from=main /main.o /o/' \
    'RUN rm -f /o/main.c && gcc -static -o /app /o/*.o && /app' \
    'FROM scratch' 'COPY --from=link /app /app' 'ENTRYPOINT ["/app"]' >"$work/context-c/Dockerfile"
}

# build_with CONTENDER CONTEXT [cold]: one build
build_with() {
  case $1 in
    buildkit)
      buildctl --addr "unix://$work/buildkit.sock" build --frontend dockerfile.v0 \
        --local "context=$2" --local "dockerfile=$2" ${3:+--no-cache} \
        --oci-layout "bases=$work/bases" \
        --opt "context:busybox=oci-layout://bases@$(cat "$work/busybox.digest")" \
        --opt "context:toolchain=oci-layout://bases@$(cat "$work/toolchain.digest")"
      ;;
    docker) DOCKER_BUILDKIT=0 in_docker build ${3:+--no-cache} -t bench-build "$2" ;;
    buildah)
      in_buildah bud --isolation=chroot --network=host --pull-never --layers ${3:+--no-cache} \
        -t localhost/bench-build "$2"
      ;;
  esac >"$work/build-$1.log" 2>&1 || {
    tail -n 5 "$work/build-$1.log" >&2
    return 1
  }
}

in_buildah() {
  buildah --root "$work/buildah" --runroot "$work/buildah-run" --storage-driver "$buildah_driver" "$@"
}

prepare_build_berth() {
  start_bench build 0
  read_bench
}

prepare_build_buildkit() {
  command -v buildkitd >/dev/null && command -v buildctl >/dev/null || {
    note "buildkit is not measured: buildkitd is not in PATH"
    return 1
  }
  buildkitd --root "$work/buildkit" --addr "unix://$work/buildkit.sock" --oci-worker=true \
    --containerd-worker=false --oci-worker-net=host >"$work/buildkit.log" 2>&1 </dev/null &
  buildkit_pid=$!
  local i
  for ((i = 0; i < 100; i++)); do
    ! buildctl --addr "unix://$work/buildkit.sock" debug workers >/dev/null 2>&1 || break
    sleep 0.1
  done
  # Its own exporter makes the layout that it takes base images from.
  local name
  for name in busybox toolchain; do
    mkdir -p "$work/base-$name"
    ln "$work/$name.tar" "$work/base-$name/rootfs.tar"
    printf 'FROM scratch\nADD rootfs.tar /\nENV PATH=/usr/bin:/bin\n' >"$work/base-$name/Dockerfile"
    buildctl --addr "unix://$work/buildkit.sock" build --frontend dockerfile.v0 \
      --local "context=$work/base-$name" --local "dockerfile=$work/base-$name" \
      --output "type=oci,tar=false,dest=$work/bases" --metadata-file "$work/$name.json" >/dev/null 2>&1 || return 1
    sed -n 's/.*"containerimage.digest": "\([^"]*\)".*/\1/p' "$work/$name.json" | head -n 1 >"$work/$name.digest"
  done
}

prepare_build_docker() {
  start_docker && in_docker import -c 'ENV PATH=/usr/bin:/bin' "$work/toolchain.tar" toolchain >/dev/null
}

prepare_build_buildah() {
  command -v buildah >/dev/null || {
    note "buildah is not measured: it is not installed"
    return 1
  }
  local name container
  for buildah_driver in overlay vfs; do
    ! in_buildah images >/dev/null 2>&1 || break
  done
  for name in busybox toolchain; do
    container=$(in_buildah from scratch) && in_buildah add "$container" "$work/$name.tar" / >/dev/null &&
      in_buildah config -e PATH=/usr/bin:/bin "$container" &&
      in_buildah commit -q --rm "$container" "localhost/$name" >/dev/null || return 1
  done
}

# one_build CONTENDER CONTEXT [cold]: prints how long it took
one_build() {
  if [ "$1" = berth ]; then
    echo "${3:+-}$2" >&"$bench_in"
    read_bench
  else
    micros build_with "$@"
  fi
}

measure_build() {
  local context kind contender contenders=() i runs before
  cp "$work/rootfs.tar" "$work/busybox.tar"
  mkdir "$work/toolchain" && build_base "$work/toolchain"
  tar -C "$work/toolchain" --owner=0 --group=0 --numeric-owner -cf "$work/toolchain.tar" .
  "$BERTH_HOME/script/berth" --root "$work/data" import --change 'ENV PATH=/usr/bin:/bin' \
    "$work/toolchain.tar" toolchain >/dev/null || die "cannot import the toolchain"
  "$BERTH_HOME/script/berth" --root "$work/data" import "$work/rootfs.tar" busybox >/dev/null
  build_contexts
  # shellcheck disable=SC2086
  for contender in berth ${BENCH_BUILD_PEERS:-buildkit docker buildah}; do
    note "preparing $contender"
    ! "prepare_build_$contender" || contenders+=("$contender")
  done
  for context in ${BENCH_BUILD_CONTEXTS:-200 20000 c}; do
    for contender in "${contenders[@]}"; do # warm JVM, and caches to be used
      runs=1
      [ "$contender" != berth ] || runs=$([ "$context" = 20000 ] && echo 15 || echo 400)
      for ((i = 0; i < runs; i++)); do one_build "$contender" "$work/context-$context" >/dev/null; done
    done
    for kind in noop change cold; do
      runs=$rounds
      [ "$kind" = noop ] && [ "$context" != 20000 ] || runs=$(((rounds + 2) / 3))
      for ((i = 0; i < runs; i++)); do
        note "build $kind $context: $((i + 1)) of $runs"
        for contender in "${contenders[@]}"; do
          if [ "$kind" = change ]; then
            before=$(ls -d "$work/context-$context"/{d0/f7,f7.c} 2>/dev/null) || true
            echo "// $i $contender" >>"$before"
          fi
          one_build "$contender" "$work/context-$context" $([ "$kind" != cold ] || echo cold) \
            >>"$work/$kind-$context.$contender.times"
        done
      done
      report "$kind-$context" "${contenders[@]}"
    done
  done
  stop_bench
  [ -z "$buildkit_pid" ] || end "$buildkit_pid"
  buildkit_pid=''
}

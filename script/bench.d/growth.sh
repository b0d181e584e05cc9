# shellcheck shell=bash
# What the same takes with ever more containers, images and cached steps, in milliseconds; the ratio
# is that to the smallest.

measure_growth() {
  local what there micros first=''
  $json || printf '%-10s %10s %10s %8s\n' growth 'there are' 'median ms' ratio
  start_bench growth 0
  while read -r what there micros; do
    [ "${first%% *}" = "$what" ] || first="$what $micros"
    if $json; then
      printf '{"name":"growth-%s","there_are":%s,"ours":%s,"unit":"us"}\n' "$what" "$there" "$micros"
    else
      printf '%-10s %10s %10s %8s\n' "$what" "$there" \
        "$(awk -v m="$micros" 'BEGIN { printf "%.2f", m / 1000 }')" \
        "$(awk -v m="$micros" -v f="${first#* }" 'BEGIN { printf "%.2f", m / f }')"
    fi
  done < <(read_bench)
  stop_bench
}

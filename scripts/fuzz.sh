#!/usr/bin/env bash
# Fuzzes all targets, or the named ones, each for some seconds (default 600): scripts/fuzz.sh [seconds] [target...]
# Inputs that fail are written to fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-600}
targets=("${@:2}")
if [ ${#targets[@]} -eq 0 ]; then targets=(token header claims jwks signature cookie-header); fi
logs=fuzz/target/logs
mkdir -p "$logs"

if ! command -v cargo-fuzz >/dev/null; then
  cargo install cargo-fuzz --locked
fi
# Sanitizers and coverage are unstable flags. This variable makes a stable compiler accept them.
export RUSTC_BOOTSTRAP=1
host=$(rustc -vV | sed -n 's/^host: //p')
cargo fuzz build --target "$host"

fuzz() {
  local target=$1
  # libFuzzer adds new inputs to the first directory only, so the committed seeds stay as they are.
  local corpora=("fuzz/target/corpus/$target" "fuzz/corpus/$target")
  if [ -d "fuzz/regressions/$target" ]; then corpora+=("fuzz/regressions/$target"); fi
  mkdir -p "${corpora[0]}" "fuzz/artifacts/$target"
  "fuzz/target/$host/release/$target" -max_total_time="$seconds" -timeout=10 -max_len=8192 \
    -artifact_prefix="fuzz/artifacts/$target/" -print_final_stats=1 "${corpora[@]}"
}

run() {
  local log=$logs/$1.log
  if [ "$1" = cookie-header ]; then
    node fuzz/cookie-header.js "$seconds" >"$log" 2>&1 && tail -n 1 "$log" && return
  else
    fuzz "$1" >"$log" 2>&1 && echo "$1: $(grep -w DONE "$log")" && return
  fi
  echo "$1: a finding, see $log" >&2
  { grep -aE -A 4 'panicked at|ERROR:|Test unit written' "$log" || tail -n 10 "$log"; } | cut -c -300 >&2
  return 1
}

export -f run fuzz
export seconds logs host
parallel=$(($(nproc) < 2 ? 1 : 2))
printf '%s\n' "${targets[@]}" | xargs -P "$parallel" -I '{}' bash -c 'run "$1"' _ '{}'

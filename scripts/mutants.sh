#!/usr/bin/env bash
# Changes the rooms of src/ that decide, or the named ones, and looks whether a test fails, for some minutes (default 60):
# scripts/mutants.sh [minutes] [room...], as in scripts/mutants.sh 10 claims jwks/key_set. Unit tests judge first; what
# they miss is built into an addon, which tests of the public API judge. All happens in a copy below target/mutants.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${1:-60}
rooms=("${@:2}")
if [ ${#rooms[@]} -eq 0 ]; then
  rooms=(claims token signature verified_token jwks/key_set jwks/cache token_cache jwks/state)
fi
# The quick files come first, since the first file that fails ends the judgement.
judges=(permissions organizations remembered verify-auth jwks-cache hostile-tokens hostile-tokens-keys conformance)
out=$PWD/target/mutants
copy=$out/copy

if ! command -v cargo-mutants >/dev/null; then
  cargo install cargo-mutants --locked
fi
host=$(rustc -vV | sed -n 's/^host: //p')

# The copy keeps its builds from one run to the next. Files that have not changed keep their times, so that cargo does not
# build them again; but for this crate, of which a run that was cut short may have left a changed build.
mkdir -p "$copy"
rm -rf "$copy/src" "$copy/js" "$copy/__test__"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --preserve=timestamps -t "$copy"
touch "$copy/src/lib.rs"
ln -sfn "$PWD/node_modules" "$copy/node_modules"
cd "$copy"

unit_tests() {
  cargo test --lib --target "$host"
}

public_tests() {
  npm run -s build:debug -- --target "$host" || return 2
  local judge
  for judge in "${judges[@]}"; do
    timeout 120 node --test "__test__/$judge.test.js" || return 1
  done
}

seconds_left() {
  echo $((minutes * 60 - SECONDS))
}

# Judges the changes that the unit tests of a room have missed, and prints those that survive.
judge_missed() {
  local file=$1 name diff
  while IFS=$'\t' read -r name diff; do
    if [ "$(seconds_left)" -le 0 ]; then
      echo "  not judged by the public tests: $name"
      unjudged=$((unjudged + 1))
      continue
    fi
    cp "$file" "$out/original.rs"
    patch --silent "$file" "$diff"
    local verdict=0
    public_tests >"$log.public" 2>&1 || verdict=$?
    case $verdict in
      0) echo "  survived: $name" && survived=$((survived + 1)) ;;
      1) killed=$((killed + 1)) ;;
      *) echo "  no addon came of it: $name" && unjudged=$((unjudged + 1)) ;;
    esac
    cp "$out/original.rs" "$file"
  done
}

echo "The tests have to pass before anything is changed."
for tests in unit_tests public_tests; do
  $tests >"$out/$tests.log" 2>&1 || { echo "they do not, see $out/$tests.log" >&2; exit 1; }
done

SECONDS=0
for room in "${rooms[@]}"; do
  [ "$(seconds_left)" -gt 0 ] || { echo "$room: no time left"; continue; }
  log=$out/${room//\//-}
  rm -rf "$log"
  mkdir "$log"
  # The simulations of the state machine take seconds, and see nothing outside of src/jwks/.
  slow=()
  [[ $room == jwks/* ]] || slow=(-- --skip jwks::state)
  # It exits with 2 where tests miss a change, and with 3 where a test hangs.
  timeout --signal=INT "$(seconds_left)" cargo mutants --in-place --baseline=skip --timeout 40 \
    --file "src/$room.rs" --output "$log" --cargo-arg="--target=$host" -- --lib "${slow[@]}" >"$log.log" 2>&1 || true
  results=$log/mutants.out
  killed=0 survived=0 unjudged=0
  count() { wc -l <"$results/$1.txt"; }
  echo "$room: $(node -p 'require(process.argv[1]).length' "$results/mutants.json") changes, $(count unviable) do not compile," \
    "unit tests: $(count caught) killed, $(count timeout) hung, $(count missed) missed"
  judge_missed "src/$room.rs" < <(node -e '
    const { outcomes } = require(process.argv[1] + "/outcomes.json")
    for (const { scenario, summary, diff_path } of outcomes)
      if (summary === "MissedMutant") console.log(`${scenario.Mutant.name}\t${process.argv[1]}/${diff_path}`)
  ' "$results")
  echo "  public tests: $killed killed, $survived survived, $unjudged not judged"
done

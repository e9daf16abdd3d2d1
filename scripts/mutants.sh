#!/usr/bin/env bash
# Changes the Rust code that decides, one mutant at a time, and prints the mutants that no test notices:
# scripts/mutants.sh [minutes] [room...], by default 60 minutes and all rooms. A room is a path below src/, without .rs.
# The unit tests judge first. The tests in JavaScript judge what survives them, with an addon that has the mutant.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${1:-60}
rooms=("${@:2}")
if [ ${#rooms[@]} -eq 0 ]; then
  rooms=(claims token signature verified_token jwks/key_set jwks/state jwks/cache token_cache)
fi
ends=$((SECONDS + minutes * 60))
out=target/mutants.out

# The mutants are made in src/ itself, which has a warm build, and git undoes them: a commit of src/ meanwhile would have a
# mutant in it. Property tests that fail for a mutant leave their case in proptest-regressions.
made=(src proptest-regressions)
if [ -n "$(git status --porcelain -- "${made[@]}")" ]; then
  echo 'src/ or proptest-regressions has uncommitted changes' >&2
  exit 1
fi
if ! command -v cargo-mutants >/dev/null; then
  cargo install cargo-mutants --locked
fi
trap 'git checkout --quiet -- src; git clean -fdq -- proptest-regressions' EXIT
rm -rf "$out"

judge_by_unit_tests() {
  local files=("${rooms[@]/%/.rs}")
  files=("${files[@]/#/--file=src/}")
  # cargo-mutants answers 2 for survivors and 3 for timeouts; 124 says that the minutes are over.
  # A third of the time is left for JavaScript.
  timeout --signal=INT "$((minutes * 40))s" cargo mutants --in-place --output target "${files[@]}" \
    --cargo-arg=--target=host-tuple --cargo-test-arg=--lib --timeout 60 --no-times || case $? in
    2 | 3 | 124) ;;
    *) return 1 ;;
  esac
  git checkout --quiet -- src
}

# Whether the tests in JavaScript notice the mutant of a diff. A mutant that does not compile is noticed, too.
is_killed() {
  git apply "$1"
  local failed=false
  npm run -s build:debug >"$out/judge.log" 2>&1 || failed=true
  timeout 120 node --test __test__/{hostile-tokens*,conformance}.test.js >>"$out/judge.log" 2>&1 || failed=true
  git checkout --quiet -- src
  $failed
}

judge_by_javascript() {
  local diff
  while read -r diff; do
    if [ "$SECONDS" -ge "$ends" ]; then echo unjudged; elif is_killed "$out/$diff"; then echo killed; else echo survived; fi
  done < <(jq -r '.outcomes[] | select(.summary == "MissedMutant").diff_path' "$out/outcomes.json") >"$out/verdicts"
  # The addon of the last mutant stands in js/engines/native/.
  if [ -s "$out/verdicts" ]; then npm run -s build:debug >/dev/null 2>&1; fi
}

judge_by_unit_tests
judge_by_javascript
for verdict in caught missed timeout unviable; do
  echo "unit tests, $verdict: $(wc -l <"$out/$verdict.txt")"
done
paste -d ' ' "$out/verdicts" <(jq -r '.outcomes[] | select(.summary == "MissedMutant").scenario.Mutant.name' "$out/outcomes.json") |
  { grep -v '^killed' || echo 'the tests in JavaScript kill the rest'; }

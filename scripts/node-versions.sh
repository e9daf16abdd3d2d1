#!/usr/bin/env bash
# Runs the tests on every supported Node.js, or on the named versions: scripts/node-versions.sh 20 22. Build the addon
# first.
set -euo pipefail
cd "$(dirname "$0")/.."

versions=("$@")
[ $# -gt 0 ] || versions=(20 22 24 latest)

# The tests with whole Next.js apps take minutes, so only npm test runs them.
files=()
for file in __test__/*.test.js; do
  [[ $file == __test__/next-@(app|matrix).test.js ]] || files+=("$file")
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=()
for version in "${versions[@]}"; do
  npm install --prefix "$folder/$version" --no-audit --no-fund --loglevel=error "node@$version"
  bin="$folder/$version/node_modules/node/bin"
  echo "Node.js $("$bin/node" --version)"
  PATH="$bin:$PATH" nice -n 19 node --test "${files[@]}" || failed+=("$version")
done

[ ${#failed[@]} -eq 0 ] || { echo "failed on ${failed[*]}" >&2; exit 1; }

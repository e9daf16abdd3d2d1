#!/usr/bin/env bash
# Runs scripts/memcheck.js under valgrind, which takes a minute or two. Reports of undefined values are off, since V8
# itself causes too many.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v valgrind >/dev/null; then
  apt-get update && apt-get install --yes valgrind
fi
valgrind --undef-value-errors=no --error-exitcode=1 node --expose-gc --jitless scripts/memcheck.js

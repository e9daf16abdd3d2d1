#!/usr/bin/env bash
# The steps of a release, which release.yml runs each on the machine that it needs:
#
#   scripts/release.sh check [tag]        the versions agree and, with a tag, so do the tag and the changelog
#   scripts/release.sh build <target>     the addon, for glibc 2.17 where it is glibc
#   scripts/release.sh test <target>      the tests, on that build
#   scripts/release.sh pack [platform…]   the tarballs of all packages, or of these platforms, in target/tarballs
#   scripts/release.sh publish <tag>      what is in target/tarballs
#   scripts/release.sh rehearse           all of these for this machine's platform, to a registry on loopback
set -euo pipefail
shopt -s extglob
cd "$(dirname "$0")/.."

readonly ZIGBUILD=0.24.1 ZIG=0.17.1 GLIBC=2.17

# Some tests need a debug build: they move the addon's clock, or count the signatures that it verifies.
readonly DEBUG_ONLY='jwks-over-time|remembered'
# Whole apps of Next.js, which CI builds.
readonly APPS='next-app|next-matrix'

check() {
  node scripts/check-release.js "$@"
}

build() {
  case $1 in
    *-linux-gnu) build_for_old_glibc "$1" ;;
    *) npm run build -- --target "$1" ;;
  esac
}

# Zig links against an older glibc than this machine's.
build_for_old_glibc() {
  local venv=target/zig newest
  [ -x "$venv/bin/cargo-zigbuild" ] || python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "cargo-zigbuild==$ZIGBUILD" "ziglang==$ZIG"
  PATH="$PWD/$venv/bin:$PATH" npm run build -- --target "$1.$GLIBC" --cross-compile
  newest=$( (echo "GLIBC_$GLIBC"; objdump -T js/engines/native/*.node | grep -o 'GLIBC_[0-9.]*') | sort -V | tail -n 1)
  [ "$newest" = "GLIBC_$GLIBC" ] || { echo "the addon needs $newest" >&2; exit 1; }
}

run_tests() {
  local left_out="$DEBUG_ONLY|$APPS" files
  case $1 in
    # Others need a POSIX shell or signals.
    *-windows-*) files=(__test__/{express,tarball,verify-auth}.test.js) ;;
    # There is no workerd for musl.
    *-musl) left_out="$left_out|bundles" ;;&
    *)
      # shellcheck disable=SC2206
      files=(__test__/!($left_out).test.js)
      ;;
  esac
  node --test --test-concurrency=2 "${files[@]}"
}

pack() {
  node scripts/check-package.js
  rm -rf target/packages target/tarballs
  mkdir -p target/tarballs
  node scripts/pack.js target/packages "$@"
  npm pack ./target/packages/* --pack-destination target/tarballs
  local package
  for package in target/packages/*; do npm publish --dry-run --access public "./$package"; done
}

# The main package last, when all that it names are there. Runs without a dependency of ours, as it may publish.
publish() {
  local tarball
  ls "target/tarballs/logto-authkit-${1#v}.tgz"
  for tarball in target/tarballs/logto-authkit-[a-z]*.tgz target/tarballs/logto-authkit-[0-9]*.tgz; do
    npm publish "./$tarball" --access public ${PROVENANCE:+--provenance}
  done
}

rehearse() {
  local target platform
  target=$(rustc -vV | sed -n 's/^host: //p')
  platform=$(node -p "require('@napi-rs/cli').parseTriple('$target').platformArchABI")
  check
  build "$target"
  run_tests "$target"
  pack "$platform"
  node scripts/with-registry.js bash scripts/release.sh publish "v$(node -p "require('./package.json').version")"
}

case ${1-} in
  check | build | pack | publish | rehearse) "$@" ;;
  test) run_tests "${@:2}" ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac

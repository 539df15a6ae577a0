#!/usr/bin/env bash
# Remakes fixtures/oracle/hpa/*.jsonl.gz from the real controller. By hand only, never in CI: needs Go >= 1.26 and about 5 minutes for the first build.
set -euo pipefail
cd "$(dirname "$0")"
out=../../../fixtures/oracle/hpa
plain=${PLAIN:-1500}
wide=${WIDE:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
nice -n 15 go test -c -tags grpcnotrace,netgo,osusergo -o "$work/oracle" .
KIND=plain N="$plain" SEED=0 OUT="$work/plain.jsonl" "$work/oracle" -test.run TestOracle
KIND=wide N="$wide" SEED=0 OUT="$work/wide.jsonl" "$work/oracle" -test.run TestOracle
for kind in plain wide; do
  # -n: no file time in the result, so that the same histories are the same bytes
  gzip -9 -n -c "$work/$kind.jsonl" >"$out/$kind.jsonl.gz"
done
ls -l "$out"

#!/usr/bin/env bash
# Remakes fixtures/oracle/hpa/*.jsonl.gz from the real controller. By hand only, never in CI: needs Go >= 1.26 and about 5 minutes for the first build.
set -euo pipefail
cd "$(dirname "$0")"
out=../../../fixtures/oracle/hpa
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
nice -n 15 go test -c -tags grpcnotrace,netgo,osusergo -o "$work/oracle" .
make() { # KIND NUMBER
  KIND=$1 N=$2 SEED=0 OUT="$work/$1.jsonl" "$work/oracle" -test.run TestOracle
  # -n: no file time in the result, so that the same histories are the same bytes
  gzip -9 -n -c "$work/$1.jsonl" >"$out/$1.jsonl.gz"
}
make plain "${PLAIN:-1500}"
make wide "${WIDE:-1000}"
make several "${SEVERAL:-600}"
ls -l "$out"

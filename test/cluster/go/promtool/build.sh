#!/bin/bash
# build.sh OUT: promtool of the Prometheus beside it (go.mod and go.sum are links to its own), for machines without Debian's package.
set -euo pipefail
cd "$(dirname "$0")"
CGO_ENABLED=0 nice -n 15 go build -p 2 -trimpath -tags netgo,remove_all_sd,enable_kubernetes_sd \
  -ldflags "-s -w -X github.com/prometheus/common/version.Version=3.16.0" -o "$1/" github.com/prometheus/prometheus/cmd/promtool

#!/bin/bash
# build.sh OUT: Prometheus 3 without its web page's assets; of the service discoveries only Kubernetes (static and file are always in).
set -euo pipefail
cd "$(dirname "$0")"
CGO_ENABLED=0 nice -n 15 go build -p 2 -trimpath -tags netgo,remove_all_sd,enable_kubernetes_sd \
  -ldflags "-s -w -X github.com/prometheus/common/version.Version=3.16.0" -o "$1/" github.com/prometheus/prometheus/cmd/prometheus

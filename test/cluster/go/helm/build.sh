#!/bin/bash
# build.sh OUT: Helm, to lint and render the chart.
set -euo pipefail
cd "$(dirname "$0")"
CGO_ENABLED=0 nice -n 15 go build -p 2 -trimpath -tags grpcnotrace -ldflags "-s -w -X helm.sh/helm/v4/internal/version.version=v4.3.1" -o "$1/" helm.sh/helm/v4/cmd/helm

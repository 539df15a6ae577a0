#!/bin/bash
# envtest.sh [VERSION]    gets envtest's etcd, API server and kubectl (by controller-runtime's setup-envtest, a Go program) and prints their folder, for KUBEBUILDER_ASSETS.
set -euo pipefail
VERSION=${1:-1.34.x}
command -v go >/dev/null || { echo "envtest.sh: setup-envtest is a Go program, and go is missing" >&2; exit 1; }
exec go run sigs.k8s.io/controller-runtime/tools/setup-envtest@release-0.22 use "$VERSION" -p path

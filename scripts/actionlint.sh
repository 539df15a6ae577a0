#!/bin/bash
# actionlint.sh    checks .github/workflows by actionlint, a Go program in a fixed version; with shellcheck for the steps where it is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.7 -color "$@"

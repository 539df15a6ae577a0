#!/bin/bash
# ci-envtest.sh    the integration tests over envtest's programs, with Prometheus, promtool and Helm built here, and Node in several versions. Those that need controllers say so and are skipped; .ci/run skips none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
KUBEBUILDER_ASSETS=$(test/cluster/envtest.sh "$@")
export KUBEBUILDER_ASSETS
test/cluster/setup.sh prometheus promtool helm nodes
npm run -s build
exec npm run test:integration

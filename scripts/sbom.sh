#!/bin/sh
# sbom.sh: the bill of materials (CycloneDX JSON) of what the bundle may contain, on stdout; from the lock file alone, so it needs no node_modules.
# npm stamps a random serial number, the time and the name of the folder into it: they are taken out, so that equal lock files
# give equal bytes.
set -eu
cd "$(dirname "$0")/.."
npm sbom --sbom-format cyclonedx --omit dev --package-lock-only |
  node -e 'const s = JSON.parse(require("fs").readFileSync(0, "utf8")); delete s.serialNumber; delete s.metadata.timestamp; s.metadata.component.name = require("./package.json").name; console.log(JSON.stringify(s))'

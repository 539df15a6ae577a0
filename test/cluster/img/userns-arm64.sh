#!/bin/bash
# userns-arm64.sh CMD...: runs CMD as root of a user namespace in which the kernel starts arm64 programs by qemu. The machine's own table of formats stays as it is (Linux 6.7 or newer).
set -euo pipefail
if [ "${1:-}" = --inside ]; then
  shift
  mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
  # the ELF header of a 64-bit little-endian program for machine 0xb7; F: the interpreter is opened now, so a chroot needs none
  printf '%s' ':arm64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:/usr/bin/qemu-aarch64-static:F' >/proc/sys/fs/binfmt_misc/register
  exec "$@"
fi
SELF=$(realpath "$0") GO=$(mktemp -u)
mkfifo "$GO"; trap 'rm -f "$GO"' EXIT
# the identity map of all ids, which only a process outside of the new namespace may write
unshare --user --mount bash -c 'read -r _ <"$0"; exec setpriv --reuid 0 --regid 0 --clear-groups "$@"' "$GO" "$SELF" --inside "$@" &
PID=$!
until [ "$(readlink "/proc/$PID/ns/user")" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.05; done
echo "0 0 4294967295" >"/proc/$PID/uid_map"; echo "0 0 4294967295" >"/proc/$PID/gid_map"
echo >"$GO"
wait "$PID"

# buildah with a storage of its own in the cache; chroot isolation needs neither cgroups nor a network of its own. Sourced.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
export BUILDAH_ISOLATION=chroot
bh() { buildah --root "$STORE/storage" --runroot "$STORE/run" --storage-driver overlay "$@"; }
# archive TAG FILE: the image as an archive that containerd imports
archive() { rm -f "$2"; bh push -q "$1" "docker-archive:$2:$1" >/dev/null; }

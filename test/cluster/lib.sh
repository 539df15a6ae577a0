# Where the cluster's programs and images live: a cache folder outside the checkout, one folder per hash of what made it.
# Sourced by the other scripts. CACHE may be given as PROPHET_CACHE.
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${PROPHET_CACHE:-${HOME:-/root}/.cache/prophet-autoscaler}
mkdir -p "$CACHE"

# hash_of FILE...: 16 hex digits over names and contents
hash_of() { (cd "$HERE" && sha256sum "$@") | sha256sum | cut -c1-16; }
# go_dir NAME: the folder for the programs built from go/NAME; it exists only when the build was finished
go_dir() { echo "$CACHE/$1-$(hash_of "go/$1"/go.mod "go/$1"/go.sum $(cd "$HERE" && ls "go/$1"/*.go 2>/dev/null) "go/$1/build.sh")"; }
# kube_dir: API server, etcd and kubectl: those of envtest where KUBEBUILDER_ASSETS names them, else the project's own build. A node always takes the build
kube_dir() { echo "${KUBEBUILDER_ASSETS:-$(go_dir kube)}"; }
has() { [ -x "$(go_dir "$1")/$1" ]; }
# milliseconds since START (date +%s%N)
ms() { echo $((($(date +%s%N) - $1) / 1000000)); }
say() { echo "$*" >&2; }
# images_dir: the archives that the test node imports at its start: pause, busybox, prometheus, coredns
images_dir() { (cd "$HERE" && echo "$CACHE/images-$(hash_of img/addons.sh img/buildah.sh img/pause.c go/{prometheus,coredns}/{go.sum,build.sh} go/coredns/main.go)"); }
# base_dir: Node 24 and the stand-ins for the two base images, in a buildah storage of their own
base_dir() { echo "$CACHE/base-$(hash_of img/nodebase.sh img/buildah.sh)-$(node_version)"; }
# node_version: the Node that the images hold, the same as the dev dependency
node_version() { sed -n 's/^ *"node": "\([0-9][0-9.]*\)",*$/\1/p' "$HERE/../../package.json"; }
# NODES: oldest and newest of what the package supports (package.json, engines), and one that it refuses; nodes_dir: where they are
NODES="20.20.2 22.21.1 24.21.0 26.12.1"
nodes_dir() { echo "$CACHE/nodes-${NODES// /-}"; }

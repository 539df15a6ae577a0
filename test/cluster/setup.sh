#!/bin/bash
# setup.sh [apt|kube|helm|prometheus|promtool|coredns|nodebase|images|nodes|tier1|tier3|clean]...   a Debian 12 machine -> the programs and images of the test cluster.
#   tier1 = kube; tier3 = apt kube prometheus coredns nodebase images (the default); clean = drop what older versions left in the cache.
# Each step does nothing when its output is in the cache (PROPHET_CACHE, ~/.cache/prophet-autoscaler).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
PACKAGES="qemu-user-static prometheus prometheus-pushgateway containerd runc containernetworking-plugins nftables iptables buildah busybox-static mmdebstrap socat jq curl openssl iproute2 gcc libc6-dev chromium fonts-dejavu-core zsh"

apt_() {
  local missing
  missing=$(for p in $PACKAGES; do dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q '^install ok' || echo "$p"; done)
  [ -n "$missing" ] || return 0
  apt-get update -qq
  # nothing may be started: the test node runs its own containerd
  local policy=/usr/sbin/policy-rc.d made=
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod +x "$policy"; made=1; }
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null || { [ -z "$made" ] || rm -f "$policy"; return 1; }
  [ -z "$made" ] || rm -f "$policy"
}

# go_ NAME: builds go/NAME into its folder in the cache; the folder appears only when the build is complete
go_() {
  local want have dir new
  dir=$(go_dir "$1")
  has "$1" && return 0
  command -v go >/dev/null || { say "go is missing: the test cluster is built from Go modules; install Go $(sed -n 's/^go //p' "$HERE/go/$1/go.mod") or newer"; return 1; }
  want=$(sed -n 's/^go //p' "$HERE/go/$1/go.mod")
  have=$(go env GOVERSION | sed 's/^go//; s/ .*//')
  if [ "$(printf '%s\n%s\n' "$want" "$have" | sort -V | head -1)" != "$want" ] && [ "$(go env GOTOOLCHAIN)" = local ]; then
    say "go is $have: go/$1 needs $want or newer"; return 1
  fi
  exec 9>"$dir.lock"; flock 9          # a second setup.sh waits for the first one's build
  if ! has "$1"; then
    new=$(mktemp -d "$dir.XXXXXX")
    "$HERE/go/$1/build.sh" "$new" || { rm -rf "$new"; return 1; }
    chmod 755 "$new"; rm -rf "$dir"; mv "$new" "$dir"
  fi
  exec 9>&-
}

# the Nodes that the package is tried under: the oldest that it takes, the others' newest, and one that is too old
nodes_() {
  local dir new what v
  dir=$(nodes_dir); [ ! -d "$dir" ] || return 0
  exec 9>"$dir.lock"; flock 9
  [ ! -d "$dir" ] || return 0
  what=node-$(node -p 'process.platform + "-" + process.arch') new=$(mktemp -d "$dir.XXXXXX")
  echo '{"private":true}' >"$new/package.json"
  # shellcheck disable=SC2046
  (cd "$new" && npm install --no-audit --no-fund --silent $(for v in $NODES; do echo "node${v%%.*}@npm:$what@$v"; done) >&2) || { rm -rf "$new"; return 1; }
  # headers and manuals are half of it
  rm -rf "$new"/node_modules/*/{include,share,lib}
  chmod 755 "$new"; mv "$new" "$dir"
  exec 9>&-
}

clean() { # keeps what this checkout would use
  local d
  for d in "$CACHE"/{kube,helm,prometheus,promtool,coredns,images,base,nodes}-*; do
    case $d in "$(go_dir kube)"* | "$(go_dir helm)"* | "$(go_dir prometheus)"* | "$(go_dir promtool)"* | "$(go_dir coredns)"* | "$(images_dir)"* | "$(base_dir)"* | "$(nodes_dir)"*) ;; *) rm -rf "$d" ;; esac
  done
}

step() { local s=$SECONDS; "${@:2}" || { say "setup: $1 failed"; exit 1; }; say "setup: $1 ($((SECONDS - s)) s)"; }
[ $# -gt 0 ] || set -- tier3
for x in "$@"; do case $x in
  tier1) "$0" kube ;;
  tier3) "$0" apt kube prometheus coredns nodebase images ;;
  apt) step apt apt_ ;;
  kube | prometheus | promtool | coredns | helm) step "$x" go_ "$x" ;;
  nodes) step nodes nodes_ ;;
  nodebase) step nodebase "$HERE/img/nodebase.sh" ;;
  clean) step clean clean ;;
  images) step images "$HERE/img/addons.sh" ;;
  *) say "unknown step $x"; sed -n 2,4p "$0" >&2; exit 2 ;;
esac; done

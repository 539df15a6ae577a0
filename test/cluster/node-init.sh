#!/bin/bash
# node-init.sh: PID 1 of the namespaces that node.sh makes. When it ends, the kernel removes its processes, mounts, interfaces and nft rules;
# nothing here touches the machine's own mounts or network. Only cgroups below kubepods remain, which node.sh removes.
set -euo pipefail
NODE=node1 NODE_IP=10.244.0.1 ADVERTISE=10.244.0.1 BIND=0.0.0.0 SVC_IP=10.96.0.1 PORT=6443
source "$(dirname "${BASH_SOURCE[0]}")/servers.sh"
t0=$(date +%s%N)
mkdir -p "$L" "$STATE"/{containerd,kubelet}
SOCK=/run/containerd/containerd.sock

mounts() {
  mount --make-rprivate / && mount --make-rshared /      # a new peer group: kubelet and containerd need "shared"
  mount -t tmpfs tmpfs /run -o mode=755                  # hides the machine's own containerd socket and its like
  mkdir -p /run/netns /run/kube /var/lib/kubelet /var/lib/containerd /var/log/pods /var/log/containers /var/lib/cni
  local d s f
  for d in kubelet containerd; do mount --bind "$STATE/$d" "/var/lib/$d"; mount --make-rshared "/var/lib/$d"; done
  for d in /var/log/pods /var/log/containers /var/lib/cni; do mkdir -p "$STATE/fs$d"; mount --bind "$STATE/fs$d" $d; done
  # the kubelet sets kernel.panic, vm.overcommit_memory and more: it gets copies, so that the machine keeps its values
  mkdir -p /run/sysctl
  for s in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
    f=/run/sysctl/${s//\//_}; cat "/proc/sys/$s" >"$f"; mount --bind "$f" "/proc/sys/$s"
  done
}
network() { # this namespace is "the node"; there is no way out of it
  hostname "$NODE"
  ip link set lo up
  ip link add cni0 type bridge
  ip addr add $NODE_IP/24 dev cni0
  ip link set cni0 up
  ip route add default via $NODE_IP dev cni0             # kube-proxy and the kubelet want a default route
  sysctl -qw net.ipv4.ip_forward=1
  sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null || true
}
import_images() {
  local t
  wait_for containerd 30 containerd ctr --address $SOCK version
  # shellcheck disable=SC2086
  for t in "$(images_dir)"/*.tar $IMAGES; do ctr --address $SOCK -n k8s.io images import "$t"; done >"$L/import.log" 2>&1
  echo "images       $(ms $t0) ms"
}
node_up() {
  sed "s#@PKI@#$P#g" "$HERE/conf/kubelet.yaml" >/run/kube/kubelet.yaml
  spawn kubelet "$BIN/kubelet" --config /run/kube/kubelet.yaml --kubeconfig "$P/kubelet.kubeconfig" --hostname-override "$NODE" --node-ip "$NODE_IP" --housekeeping-interval 1s
  spawn kube-proxy "$BIN/kube-proxy" --kubeconfig "$P/proxy.kubeconfig" --proxy-mode nftables --cluster-cidr 10.244.0.0/16 \
    --hostname-override "$NODE" --conntrack-max-per-core 0 --metrics-bind-address 127.0.0.1:10249
}
node_ready() { admin get node "$NODE" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' | grep -q True; }
addons() {
  admin apply -f "$HERE/conf/coredns.yaml" -f "$HERE/conf/prometheus.yaml" >"$L/addons.log"
  admin -n kube-system rollout status deploy/coredns --timeout 90s >>"$L/addons.log"
  admin -n monitoring rollout status deploy/prometheus --timeout 90s >>"$L/addons.log"
}

mounts
network
sed "s#@HERE@#$HERE#g" "$HERE/conf/containerd.toml" >/run/containerd.toml
spawn containerd /usr/bin/containerd --config /run/containerd.toml
import_images & IMPORT=$!
pki; etcd_up; apiserver_up
echo "API server   $(ms $t0) ms"
node_up
controllers_up
wait_for "node Ready" 60 kubelet node_ready
echo "node Ready   $(ms $t0) ms"
wait $IMPORT
[ "$ADDONS" = 0 ] || { addons; echo "add-ons      $(ms $t0) ms"; }
: >"$STATE/node-ready"
# bash as PID 1 reaps the orphans of the shims
trap 'exit 0' TERM INT
while :; do sleep 3600 & wait $! || true; done

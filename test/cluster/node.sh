#!/bin/bash
# node.sh up|down|exec CMD...|import TAR...|hold    one real node (kubelet, containerd, pod network, CoreDNS, Prometheus over cadvisor) with its control plane,
# in mount, network, pid, uts and ipc namespaces of its own. Needs root. One per machine: the kubelet's cgroup has a fixed name.
#   up      start in the background, print the kubeconfig's path (good from anywhere on this machine);  down  end it
#   exec    run CMD where pods (10.244.0.x) and services (10.96.x.x) can be reached;  import  load image archives
#   hold    start, print `ready PORT`, and end everything at the end of stdin
# Environment: STATE (folder, absolute), AUDIT=1, ADDONS=0 (neither CoreDNS nor Prometheus), IMAGES (more archives to import at the start),
#   NODE_WAIT (seconds to wait for the end of another node, 300).
set -euo pipefail
export STATE=${STATE:-/tmp/prophet-node} AUDIT=${AUDIT:-} ADDONS=${ADDONS:-1} IMAGES=${IMAGES:-}
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

alive() { [ -d "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }
holder() { local p; p=$(cat "$STATE/hold.pid" 2>/dev/null) && grep -aq "node.sh" "/proc/$p/cmdline" 2>/dev/null && echo "$p"; }
init() { cat "$STATE/init.pid"; }                      # the host's pid of the namespaces' PID 1
inside() { nsenter -t "$(init)" -m -n --wd="$PWD" env KUBECONFIG="$STATE/pki/admin.kubeconfig" PATH="$(go_dir kube):$PATH" "$@"; }
cgroups() { find /sys/fs/cgroup -maxdepth 2 -type d -name kubepods 2>/dev/null || true; }
sweep() { local c; for c in $(cgroups); do find "$c" -depth -type d -exec rmdir {} \; 2>/dev/null || true; done; }
free_port() { local p; while p=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null; do :; done; echo "$p"; }

end() {
  [ -z "${FORWARD:-}" ] || kill "$FORWARD" 2>/dev/null || true
  [ -z "${NODE_PID:-}" ] || { kill -KILL "$NODE_PID" 2>/dev/null || true; wait "$NODE_PID" 2>/dev/null || true; }
  local p; p=$(init 2>/dev/null || echo none)
  for _ in $(seq 100); do alive "$p" || break; sleep 0.05; done
  for _ in $(seq 40); do sweep; [ -n "$(cgroups)" ] || break; sleep 0.05; done
  [ -n "${KEEP:-}" ] || rm -rf --one-file-system "$STATE"
}
hold() {
  local children port
  for _ in $(seq "${NODE_WAIT:-300}"); do              # for another node's end; one that was killed leaves empty cgroups
    sweep
    [ -n "$(cgroups)" ] || break
    sleep 1
  done
  [ -z "$(cgroups)" ] || { say "another kubelet has been running on this machine for ${NODE_WAIT:-300} s: $(cgroups | head -n 1)"; exit 1; }
  mkdir -p "$STATE/log"; echo $$ >"$STATE/hold.pid"
  trap 'exit 0' TERM INT HUP
  trap end EXIT
  # setpriv and --kill-child: this shell's end, however it comes, ends PID 1 of the namespaces, and the kernel then ends all in them
  setpriv --pdeathsig KILL unshare --mount --net --pid --uts --ipc --fork --kill-child --propagation private --mount-proc \
    "$HERE/node-init.sh" >"$STATE/log/init.log" 2>&1 </dev/null &
  NODE_PID=$!
  for _ in $(seq 100); do children=$(cat "/proc/$NODE_PID/task/$NODE_PID/children" 2>/dev/null || true); [ -n "$children" ] && break; sleep 0.05; done
  echo "${children%% *}" >"$STATE/init.pid"
  while [ ! -e "$STATE/node-ready" ]; do
    alive "$NODE_PID" || { say "the node did not start:"; tail -n 20 "$STATE/log/init.log" >&2; exit 1; }
    sleep 0.1
  done
  port=$(free_port)
  setpriv --pdeathsig KILL socat "TCP-LISTEN:$port,bind=127.0.0.1,fork,reuseaddr" "EXEC:nsenter -t $(init) -n -- socat - TCP\\:127.0.0.1\\:6443" 2>"$STATE/log/forward.log" </dev/null &
  FORWARD=$!
  sed "s#https://127.0.0.1:6443#https://127.0.0.1:$port#" "$STATE/pki/admin.kubeconfig" >"$STATE/kubeconfig"
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.05; done
  : >"$STATE/ready"; echo "ready $port"
  while read -r _; do echo "failed: no commands here"; done
}
up() {
  ! holder >/dev/null || { say "it runs already: KUBECONFIG=$STATE/kubeconfig"; exit 1; }
  rm -rf --one-file-system "$STATE"; mkdir -p "$STATE"; mkfifo "$STATE/control"
  # a pipe opened for reading and writing never ends, so the holder runs until `down`
  KEEP=1 setsid "$0" hold <>"$STATE/control" >"$STATE/hold.log" 2>&1 &
  local child=$!
  while [ ! -e "$STATE/ready" ] && alive $child; do sleep 0.1; done
  [ -e "$STATE/ready" ] || { cat "$STATE/hold.log" >&2; exit 1; }
  cat "$STATE/log/init.log" >&2
  echo "export KUBECONFIG=$STATE/kubeconfig"
}
down() {
  local p; p=$(holder) || { say "no node runs here; what up --no-node started is ended by down --no-node"; sweep; rm -rf --one-file-system "$STATE"; return 0; }
  kill -TERM "$p"; while alive "$p"; do sleep 0.05; done
  rm -rf --one-file-system "$STATE"
}
case ${1:-} in
  hold) hold ;;
  up) up ;;
  down) down ;;
  exec) shift; inside "$@" ;;
  import) shift; for t in "$@"; do inside ctr --address /run/containerd/containerd.sock -n k8s.io images import "$t"; done ;;
  *) sed -n 2,8p "$0" >&2; exit 2 ;;
esac

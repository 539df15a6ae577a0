#!/bin/bash
# cp.sh up|down|hold    etcd, API server, controllers and scheduler on 127.0.0.1 (no node), RBAC and Pod Security on, data thrown away.
#   up    start in the background and print the kubeconfig's path;  down  end what up started
#   hold  start, print `ready PORT`, then obey `stop PROGRAM`, `start kube-apiserver` lines from stdin; its end of file ends everything
# With KUBEBUILDER_ASSETS (envtest's programs) there are no controllers and no scheduler.
# Environment: STATE (folder, absolute and short: it holds sockets), PORT (default: a free one), AUDIT=1 (log every call in STATE/audit.log).
set -euo pipefail
STATE=${STATE:-${TMPDIR:-/tmp}/prophet-control-plane} BIND=127.0.0.1 ADVERTISE=127.0.0.1 NODE=none NODE_IP=127.0.0.1 SVC_IP=10.96.0.1
# below the range of outgoing connections (32768 on), where the kernel could hand the same port to somebody's client
free_port() { local p; while p=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null; do :; done; echo "$p"; }
PORT=${PORT:-$(cat "$STATE/port" 2>/dev/null || free_port)}
source "$(dirname "${BASH_SOURCE[0]}")/servers.sh"

hold() {
  local verb name
  mkdir -p "$L"; echo "$PORT" >"$STATE/port"; echo $$ >"$STATE/hold.pid"
  trap 'exit 0' TERM INT HUP
  trap 'for n in kube-scheduler kube-controller-manager kube-apiserver etcd; do halt $n; done; [ -n "${KEEP:-}" ] || rm -rf "$STATE"' EXIT
  pki; etcd_up; apiserver_up; controllers_up
  : >"$STATE/ready"; echo "ready $PORT"
  while read -r verb name; do
    case $verb in
      stop) halt "$name" && echo "ok stop $name" ;;
      start) if apiserver_up; then echo "ok start $name"; else echo "failed start $name"; fi ;;
      *) echo "failed $verb: stop or start" ;;
    esac
  done
}
holder() { local p; p=$(cat "$STATE/hold.pid" 2>/dev/null) && grep -aq "cp.sh" "/proc/$p/cmdline" 2>/dev/null && echo "$p"; }
up() {
  ! holder >/dev/null || { say "it runs already: KUBECONFIG=$P/admin.kubeconfig"; exit 1; }
  rm -rf "$STATE"; mkdir -p "$STATE"; mkfifo "$STATE/control"
  # a pipe opened for reading and writing never ends, so the holder runs until `down`
  KEEP=1 STATE=$STATE PORT=$PORT setsid "$0" hold <>"$STATE/control" >"$STATE/hold.log" 2>&1 &
  local child=$!
  while [ ! -e "$STATE/ready" ] && alive $child; do sleep 0.1; done
  [ -e "$STATE/ready" ] || { cat "$STATE/hold.log" >&2; exit 1; }
  echo "export KUBECONFIG=$P/admin.kubeconfig"
}
down() {
  local p; p=$(holder) || { say "it does not run"; rm -rf "$STATE"; return 0; }
  kill -TERM "$p"; while alive "$p"; do sleep 0.05; done
  rm -rf "$STATE"
}
[ -x "$BIN/kube-apiserver" ] || { say "the control plane is not built: run test/cluster/setup.sh kube"; exit 3; }
case ${1:-} in
  hold) hold ;;
  up) up ;;
  down) down ;;
  *) sed -n 2,6p "$0" >&2; exit 2 ;;
esac

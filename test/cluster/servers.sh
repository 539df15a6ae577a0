# Starting, watching and stopping the control plane's programs; sourced by cp.sh (on loopback) and node-init.sh (in a node's namespaces).
# Set by the caller: STATE PORT BIND ADVERTISE NODE NODE_IP SVC_IP; AUDIT=1 keeps an audit log in $STATE/audit.log.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
BIN=$(kube_dir) P=$STATE/pki L=$STATE/log

# spawn NAME COMMAND...: a child that the kernel kills when this shell ends, however it ends
spawn() {
  setpriv --pdeathsig KILL "${@:2}" >>"$L/$1.log" 2>&1 </dev/null &
  echo $! >"$STATE/$1.pid"
}
# true while the process runs; one that has ended and was not waited for does not count
alive() { [ -d "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }
halt() { # NAME [SIGNAL]: ends it and waits for the end
  local p
  p=$(cat "$STATE/$1.pid" 2>/dev/null) || return 0
  rm -f "$STATE/$1.pid"
  kill "-${2:-KILL}" "$p" 2>/dev/null || return 0
  wait "$p" 2>/dev/null || true
}
wait_for() { # WHAT SECONDS PROGRAM COMMAND...: polls COMMAND; gives up when PROGRAM (a name given to spawn, or -) has ended
  local end=$((SECONDS + $2))
  until "${@:4}" >/dev/null 2>&1; do
    if [ "$3" != - ] && ! alive "$(cat "$STATE/$3.pid" 2>/dev/null || echo none)"; then say "$3 has ended:"; tail -n 5 "$L/$3.log" >&2; return 1; fi
    if [ $SECONDS -ge $end ]; then say "$1: not within $2 s"; return 1; fi
    sleep 0.1
  done
}
ready() { curl -fsS --max-time 2 --cacert "$P/ca.crt" --cert "$P/admin.crt" --key "$P/admin.key" "https://127.0.0.1:$PORT/readyz"; }
admin() { "$BIN/kubectl" --kubeconfig "$P/admin.kubeconfig" "$@"; }

pki() {
  [ -e "$P/admin.kubeconfig" ] || "$HERE/pki.sh" "$P" \
    "IP:127.0.0.1,IP:$ADVERTISE,IP:$SVC_IP,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local" \
    "$NODE" "$NODE_IP" "https://127.0.0.1:$PORT"
}
etcd_up() { # on unix sockets: no port to choose; the data is thrown away: no fsync
  # the advertised addresses must look like host:port; nobody dials them, the one member is alone
  spawn etcd "$BIN/etcd" --name t --data-dir "$STATE/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "unix://$STATE/etcd.sock" --advertise-client-urls http://127.0.0.1:1 \
    --listen-peer-urls "unix://$STATE/peer.sock" --initial-advertise-peer-urls http://127.0.0.1:1 --initial-cluster t=http://127.0.0.1:1
}
apiserver_up() {
  local audit=()
  [ -z "${AUDIT:-}" ] || audit=(--audit-policy-file "$HERE/conf/audit.yaml" --audit-log-path "$STATE/audit.log" --audit-log-mode blocking)
  spawn kube-apiserver "$BIN/kube-apiserver" \
    --etcd-servers "unix://$STATE/etcd.sock" --bind-address "$BIND" --secure-port "$PORT" --advertise-address "$ADVERTISE" \
    --service-cluster-ip-range 10.96.0.0/16 --allow-privileged=true \
    --tls-cert-file "$P/apiserver.crt" --tls-private-key-file "$P/apiserver.key" --client-ca-file "$P/ca.crt" \
    --service-account-issuer https://kubernetes.default.svc.cluster.local --service-account-key-file "$P/sa.pub" --service-account-signing-key-file "$P/sa.key" \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --anonymous-auth=false --profiling=false \
    --kubelet-certificate-authority "$P/ca.crt" --kubelet-client-certificate "$P/apiserver-kubelet-client.crt" --kubelet-client-key "$P/apiserver-kubelet-client.key" \
    --kubelet-preferred-address-types InternalIP --shutdown-delay-duration 0 ${audit[@]+"${audit[@]}"}
  wait_for "API server's /readyz" 60 kube-apiserver ready
}
controllers_up() {
  # envtest has no controllers: the one account that every namespace gets from them is made by hand in the namespace that tests begin in
  if [ ! -x "$BIN/kube-controller-manager" ]; then
    wait_for "namespace default" 60 kube-apiserver admin get namespace default
    admin create serviceaccount default >/dev/null
    return
  fi
  # with the default of 20 calls a second the many controllers take half a minute to start
  spawn kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig "$P/kcm.kubeconfig" --secure-port 0 --leader-elect=false \
    --kube-api-qps 500 --kube-api-burst 1000 --use-service-account-credentials=true \
    --service-account-private-key-file "$P/sa.key" --root-ca-file "$P/ca.crt" --cluster-signing-cert-file "$P/ca.crt" --cluster-signing-key-file "$P/ca.key"
  spawn kube-scheduler "$BIN/kube-scheduler" --kubeconfig "$P/scheduler.kubeconfig" --secure-port 0 --leader-elect=false
  # pods cannot be created before it; its appearance shows that the controllers run
  wait_for "ServiceAccount default" 60 kube-controller-manager admin get serviceaccount default
}

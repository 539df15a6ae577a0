#!/bin/bash
# pki.sh DIR SANS NODE NODE_IP SERVER: keys, certificates (P-256, 2 days) and kubeconfigs of one throw-away cluster.
#   ca.{crt,key} sign the rest; sa.{key,pub} sign ServiceAccount tokens; apiserver.crt serves the names in SANS;
#   admin, kcm, scheduler, kubelet and proxy each get NAME.kubeconfig for SERVER.
set -euo pipefail
D=$1 SANS=$2 NODE=$3 NODE_IP=$4 SERVER=$5
umask 077
mkdir -p "$D"; cd "$D"

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
cert() { # name subject extendedKeyUsage [SANs]
  key "$1"
  openssl req -new -key "$1.key" -subj "$2" | openssl x509 -req -CA ca.crt -CAkey ca.key -set_serial "0x$(openssl rand -hex 8)" -days 2 -out "$1.crt" \
    -extfile <(printf 'keyUsage=critical,digitalSignature\nextendedKeyUsage=%s\n' "$3"; [ -z "${4:-}" ] || printf 'subjectAltName=%s\n' "$4") 2>/dev/null
}
client() { # name subject: a client certificate, and a kubeconfig that holds everything
  cert "$1" "$2" clientAuth
  cat >"$1.kubeconfig" <<K
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "$SERVER", certificate-authority-data: "$(base64 -w0 ca.crt)"}}]
users: [{name: "$1", user: {client-certificate-data: "$(base64 -w0 "$1.crt")", client-key-data: "$(base64 -w0 "$1.key")"}}]
contexts: [{name: test, context: {cluster: test, user: "$1"}}]
current-context: test
K
}

key ca
openssl req -x509 -new -key ca.key -days 2 -subj /CN=test-ca -out ca.crt \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature
key sa; openssl ec -in sa.key -pubout -out sa.pub 2>/dev/null
cert apiserver /CN=kube-apiserver serverAuth "$SANS" &
cert kubelet-serving "/O=system:nodes/CN=system:node:$NODE" serverAuth "DNS:$NODE,IP:$NODE_IP" &
cert apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth &
client admin /O=system:masters/CN=admin &
client kcm /CN=system:kube-controller-manager &
client scheduler /CN=system:kube-scheduler &
client kubelet "/O=system:nodes/CN=system:node:$NODE" &
client proxy /CN=system:kube-proxy &
wait

#!/bin/bash
# The network of this node's pods: a bridge with the addresses that Kubernetes gave to this node. The other nodes are
# reached by the routes that the DaemonSet `lab-routes` keeps.
set -euo pipefail

pods=10.244.0.0/16 # kind's default for all nodes together

own() {
    kubectl --kubeconfig /etc/kubernetes/kubelet.conf get node "$(hostname)" \
        --output 'jsonpath={.spec.podCIDR}' 2> /dev/null
}
until range="$(own)" && [ -n "$range" ]; do
    sleep 0.5
done

# Pods keep their addresses among themselves, and take the node's where they leave the cluster.
rule=(POSTROUTING --source "$range" ! --destination "$pods" --jump MASQUERADE)
iptables --table nat --check "${rule[@]}" 2> /dev/null || iptables --table nat --append "${rule[@]}"

mkdir -p /etc/cni/net.d
cat > /etc/cni/net.d/.10-lab.conflist << EOF
{
  "cniVersion": "0.4.0",
  "name": "lab",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "cni0",
      "isGateway": true,
      "hairpinMode": true,
      "ipam": {
        "type": "host-local",
        "ranges": [[{ "subnet": "$range" }]],
        "routes": [{ "dst": "0.0.0.0/0" }]
      }
    },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
EOF
mv /etc/cni/net.d/.10-lab.conflist /etc/cni/net.d/10-lab.conflist

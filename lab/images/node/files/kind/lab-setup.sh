#!/bin/bash
# Turns the lab's Debian root into a kind node, where kind's own Dockerfile would install newer programs
# from places that a package registry does not carry.
set -euo pipefail

chmod 755 /usr/local/bin/* /kind/bin/*.sh

# Debian's containerd lies in /usr/bin. Limits and OOM scores cannot be raised where the machine's root
# lacks CAP_SYS_RESOURCE.
sed -i -e 's#/usr/local/bin/containerd#/usr/bin/containerd#' \
    -e '/^OOMScoreAdjust=/d' -e '/^Limit/d' /etc/systemd/system/containerd.service
sed -i 's#restrict_oom_score_adj = false#restrict_oom_score_adj = true#' /etc/containerd/config.toml
ctr oci spec |
    jq '.hooks.createContainer += [{"path": "/kind/bin/mount-product-files.sh"}] | del(.process.rlimits)' \
        > /etc/containerd/cri-base.json

mkdir -p /opt/cni/bin /etc/kubernetes/manifests
cp /usr/lib/cni/* /opt/cni/bin/

# Only what a node needs is started, as in kind's base image.
rm -f /lib/systemd/system/multi-user.target.wants/* /etc/systemd/system/*.wants/* \
    /lib/systemd/system/local-fs.target.wants/* /lib/systemd/system/sockets.target.wants/*udev* \
    /lib/systemd/system/sockets.target.wants/*initctl* /lib/systemd/system/basic.target.wants/* \
    /lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service
echo 'ReadKMsg=no' >> /etc/systemd/journald.conf
systemctl enable containerd.service kubelet.service undo-mount-hacks.service lab-network.service
systemctl mask systemd-binfmt.service

# The kubelet refuses cgroup v1 and needs capabilities that a machine's root may lack, unless told so.
# Flags in the image keep this out of every stack's kind configuration.
sed -i 's#^KUBELET_EXTRA_ARGS=#&--fail-cgroupv1=false --feature-gates=KubeletInUserNamespace=true #' \
    /etc/default/kubelet

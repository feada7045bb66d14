#!/bin/sh
# Starts the rootless engine of the user `developer`, as systemd would for one who has logged in. Run as root of a
# privileged container: /dev is the container's own, and nothing of the host is changed.
set -eu
chmod 0666 /dev/net/tun
install -d -m 0700 -o developer -g developer /run/user/1000
exec setpriv --reuid=developer --regid=developer --init-groups \
    env -i HOME=/home/developer USER=developer XDG_RUNTIME_DIR=/run/user/1000 \
    PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
    DOCKERD_ROOTLESS_ROOTLESSKIT_NET=slirp4netns DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER=builtin \
    sh /usr/share/docker.io/contrib/dockerd-rootless.sh --feature containerd-snapshotter=true

#!/bin/sh
# What a machine of the docker provider does when its power comes on: an SSH server and a Docker engine of its own.
set -eu

# A new boot has a new boot id; the kernel's own is shared by all machines of this engine.
cat /proc/sys/kernel/random/uuid > /run/boot-id
mount --bind /run/boot-id /proc/sys/kernel/random/boot_id

# The outer engine's own resolver is out of reach for the machine's containers; these are the resolvers of the machine around it.
[ ! -s /etc/berth-machine/resolv.conf ] || cat /etc/berth-machine/resolv.conf > /etc/resolv.conf

# Below the machine's own control group, so that freezing or ending the machine does the same to its containers.
group=$(awk -F: '$2 == "freezer" || $1 == "0" && $2 == "" { path = $3; if ($2 == "freezer") exit } END { print path }' /proc/self/cgroup)
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mkdir -p "/sys/fs/cgroup$group/own"
  while read -r pid; do echo "$pid" > "/sys/fs/cgroup$group/own/cgroup.procs" || true; done < "/sys/fs/cgroup$group/cgroup.procs"
fi
# Raising limits takes a power that the root around this machine may lack; the engine does without.
sed -i 's/^\([[:space:]]*\)ulimit .*/\1:/' /etc/init.d/docker
# The engine's own patience with containers that ignore TERM is 10 s; the script must not lose its first.
sed -i 's/--retry 10/--retry 30/' /etc/init.d/docker
rm -rf /run/docker.pid /run/docker-ssd.pid /run/docker /run/containerd
mtu=$(cat /sys/class/net/eth0/mtu 2>/dev/null || echo 1500)
echo "DOCKER_OPTS='--cgroup-parent=$group/containers --mtu=$mtu'" > /etc/default/docker
service docker start

# Last: whoever is let in may find the engine starting, but starts no second one.
mkdir -p /run/sshd
rm -f /run/sshd.pid
/usr/sbin/sshd
exec sleep infinity

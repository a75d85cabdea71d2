#!/bin/sh
# What a fleet server does when its power comes on. /world is the test's directory for this server.
set -eu

# A new boot has a new boot id; the kernel's own is shared by all servers of this machine.
cat /proc/sys/kernel/random/uuid > /run/boot-id
mount --bind /run/boot-id /proc/sys/kernel/random/boot_id

# What says which processes run lies in memory on a machine, and is gone when its power was.
rm -f /run/*.pid /run/crond.reboot

# Names resolve as on the machine itself: the engine's own resolver is out of reach for the server's containers.
[ ! -s /world/resolv.conf ] || cat /world/resolv.conf > /etc/resolv.conf

# At its first start the server gets a host key of its own in place of the image's.
if [ ! -e /etc/ssh/own-host-key ]; then
  rm -f /etc/ssh/ssh_host_*
  ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
  mkdir -p /root/.ssh
  cp /world/authorized_keys /root/.ssh/authorized_keys
  chmod 0700 /root/.ssh
  chmod 0600 /root/.ssh/authorized_keys
  touch /etc/ssh/own-host-key
fi

if [ -x /usr/sbin/dockerd ]; then
  # Below the server's own control group, so that freezing or ending the server does the same to its containers.
  group=$(awk -F: '$2 == "freezer" || $1 == "0" && $2 == "" { path = $3; if ($2 == "freezer") exit } END { print path }' /proc/self/cgroup)
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mkdir -p "/sys/fs/cgroup$group/own"
    while read -r pid; do echo "$pid" > "/sys/fs/cgroup$group/own/cgroup.procs" || true; done < "/sys/fs/cgroup$group/cgroup.procs"
  fi
  # Raising limits takes a power that the root of this machine may lack; the engine does without.
  sed -i 's/^\([[:space:]]*\)ulimit .*/\1:/' /etc/init.d/docker
  # Its own patience with containers that ignore TERM is 10 s; the script must not lose its first.
  sed -i 's/--retry 10/--retry 30/' /etc/init.d/docker
  rm -rf /run/docker.pid /run/docker-ssd.pid /run/docker /run/containerd /world/docker.sock
  mkdir -p /run/docker
  echo "DOCKER_OPTS='-H unix:///var/run/docker.sock -H unix:///world/docker.sock --cgroup-parent=$group/containers --mtu=$WORLD_MTU'" > /etc/default/docker
  service docker start
fi

# It starts what there is, SSH among it, and stays.
[ ! -x /lib/systemd/systemd ] || exec /lib/systemd/systemd

# Last: the platform prepares a new machine as soon as it is let in, and a second start of the engine in the midst of the first breaks both.
mkdir -p /run/sshd
/usr/sbin/sshd

# As Debian does without systemd, at the end of its boot.
[ ! -x /usr/sbin/cron ] || /usr/sbin/cron
[ ! -x /etc/rc.local ] || /etc/rc.local
exec sleep infinity

#!/bin/bash
# base-image.sh ARCHIVE MIRROR: makes a tar of a small Debian 12, as debian:bookworm-slim is. Needs root.
#
# Where debootstrap is missing it is installed in a throw-away overlay on the host's root: nothing reaches the host.
set -eu
archive=$1 mirror=$2
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

if [ -z "${PIDONE_SCRATCH:-}" ]; then
  PIDONE_SCRATCH=$(mktemp -d)
  export PIDONE_SCRATCH
  trap 'rm -rf --one-file-system "$PIDONE_SCRATCH"' EXIT
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private "$0" "$@"
  exit
fi

scratch=$PIDONE_SCRATCH
root=$scratch/root
mkdir "$root"
mount -t tmpfs -o mode=755 tmpfs "$root"
mount -t proc proc /proc

if command -v debootstrap >/dev/null; then
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root" ${mirror:+"$mirror"}
else
  host=$scratch/host
  mkdir "$host"
  mount -t tmpfs -o mode=755 tmpfs "$host"
  mkdir "$host/upper" "$host/work" "$host/root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$host/upper,workdir=$host/work" "$host/root"
  mount -t proc proc "$host/root/proc"
  mount --rbind /dev "$host/root/dev"
  mount -t tmpfs tmpfs "$host/root/tmp"
  mkdir -p "$host/root/mnt"
  mount --bind "$root" "$host/root/mnt"
  chroot "$host/root" sh -euc '
    apt-get -qq update
    apt-get -qq -y --no-install-recommends install debootstrap
    debootstrap --variant=minbase --include=ca-certificates bookworm /mnt ${1:+"$1"}' sh "$mirror"
fi

# As the images on the registries: no service starts while packages are being installed.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/*
tar -C "$root" --one-file-system -cf "$archive" .

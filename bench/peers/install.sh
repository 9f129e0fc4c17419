#!/bin/bash
# Installs Debian's packages into an overlay over this machine's root, and packs what they changed.
#
#   install.sh DIR TAR UNPACKED FOLDER PACKAGE…
#
# DIR is an empty folder on a tmpfs; TAR is made. The package UNPACKED is only unpacked, into FOLDER. Runs in mount and pid
# namespaces of its own: whatever a package starts ends with it.
set -eu
dir=$1 tar=$2 unpacked=$3 folder=$4
shift 4
root=$dir/root
mkdir "$dir/upper" "$dir/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$dir/upper,workdir=$dir/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
cp --remove-destination "$(readlink -f /etc/resolv.conf)" "$root/etc/resolv.conf"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # nothing is started
chmod 755 "$root/usr/sbin/policy-rc.d"

export DEBIAN_FRONTEND=noninteractive
chroot "$root" apt-get -qq update
chroot "$root" apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends install "$@"
mkdir -p "$root$folder"
chroot "$root" sh -euc 'cd "$1" && apt-get -qq download "$2" && dpkg -x "$2"_*.deb . && rm "$2"_*.deb' sh "$folder" "$unpacked"

chroot "$root" apt-get clean
rm -rf "$root"/var/lib/apt/lists/* "$root/usr/sbin/policy-rc.d"
umount -R "$root"
rm -f "$dir/upper/etc/resolv.conf"
tar --xattrs --xattrs-include='trusted.*' -C "$dir/upper" -cf "$tar" .

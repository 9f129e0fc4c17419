#!/bin/bash
# The stage of one supervisor: what is PID 1 of fresh namespaces here becomes it.
#
#   stage.sh DIR LOWER PROGRAM…
#
# DIR is on a tmpfs of its own and has files/ (what the supervisor finds beside the machine's root, whose own units are
# left out), and tools/ (actor and probe). LOWER are the overlay's lower folders. The number of this process on the host
# goes out on descriptor 3; the supervisor's stderr goes to DIR/log. All mounts end with the mount namespace.
set -eu
dir=$1 lower=$2
shift 2
read -r pid _ </proc/self/stat # /proc is still the host's

# What docker gives a container, so that nobody lives on more than it will have there.
capabilities='-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap'

exec 4>"$dir/log"
root=$dir/root
mkdir "$root" "$dir/upper" "$dir/work"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" "$root"
mkdir -p "$root/bench" "$root/mnt" "$root/run" "$root/tmp" "$root/dev"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/bench"
while read -r device major minor; do
  mknod -m 666 "$root/dev/$device" c "$major" "$minor"
done <<<$'null 1 3\nzero 1 5\nrandom 1 8\nurandom 1 9\ntty 5 0'
ln -s /proc/self/fd "$root/dev/fd"
cp "$dir/tools/actor" "$dir/tools/probe" "$root/bench/"
[ ! -d "$dir/bench" ] || cp -a "$dir/bench/." "$root/bench/"
rm -rf "$root/etc/systemd" "$root/usr/lib/systemd/system" "$root/usr/lib/systemd/system-generators" "$root/etc/init.d"
cp -a "$dir/files/." "$root/"
hostname bench

cd "$root"
pivot_root . mnt
umount -l /mnt
cd /
echo "$pid" >&3
exec 3>&- setpriv --inh-caps=-all --ambient-caps=-all --bounding-set="$capabilities" \
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  /bench/actor raise "$@" </dev/null >/dev/null 2>&4 4>&-

#!/bin/bash
# A container without a container engine: Linux namespaces and an overlay that is thrown away.
#
#   namespaces.sh hold DIR          runs the container until it ends, then ends with its exit status
#   namespaces.sh inside DIR        is PID 1 of the new namespaces and becomes the container's first program
#   namespaces.sh build ROOT LINE   runs a shell command in ROOT, as RUN in a Dockerfile
#   namespaces.sh chroot ROOT LINE  what `build` becomes in its namespaces
#
# DIR holds what TypeScript has written: `lower` (a line: the image's root), `argv` (the first program's words, a NUL after
# each), `mounts` (read-only: a path, a tab, the path inside), `tmpfs` (a path a line), `read-only` if the root is to be,
# `name`. What the container prints goes to DIR/log, and PID 1's number on the host to descriptor 3 before it starts.
set -eu
dir=$2

devices() { # own nodes, never the host's
  local dev=$1 device major minor
  mount -t tmpfs -o mode=755 tmpfs "$dev"
  while read -r device major minor; do
    mknod -m 666 "$dev/$device" c "$major" "$minor"
  done <<<$'null 1 3\nzero 1 5\nfull 1 7\nrandom 1 8\nurandom 1 9\ntty 5 0'
  mkdir "$dev/pts" "$dev/shm"
  mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$dev/shm"
  ln -s pts/ptmx "$dev/ptmx"
  ln -s /proc/self/fd "$dev/fd"
  ln -s /proc/self/fd/0 "$dev/stdin"
  ln -s /proc/self/fd/1 "$dev/stdout"
  ln -s /proc/self/fd/2 "$dev/stderr"
}

inside() {
  local layer=$dir/layer root=$dir/layer/root pid from to
  read -r pid _ </proc/self/stat # /proc is still the host's: this is the number there
  mkdir "$layer"
  mount -t tmpfs -o mode=755 tmpfs "$layer"
  mkdir "$layer/upper" "$layer/work" "$root"
  mount -t overlay overlay -o "lowerdir=$(cat "$dir/lower"),upperdir=$layer/upper,workdir=$layer/work" "$root"
  mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/.old"
  mount -t proc proc "$root/proc"
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount -o remount,bind,ro "$root/proc/sys"
  mount -t sysfs -o ro sysfs "$root/sys"
  devices "$root/dev"
  for from in /etc/resolv.conf /etc/hosts; do
    cat "$from" >"$root$from" 2>/dev/null || true
  done
  while read -r to; do
    mkdir -p "$root$to"
    mount -t tmpfs tmpfs "$root$to"
  done <"$dir/tmpfs"
  while IFS=$'\t' read -r from to; do
    if [ -d "$from" ]; then mkdir -p "$root$to"; else mkdir -p "$root${to%/*}"; touch "$root$to"; fi
    mount --bind "$from" "$root$to"
    mount -o remount,bind,ro "$root$to"
  done <"$dir/mounts"
  hostname "$(cat "$dir/name")"
  mapfile -d '' -t argv <"$dir/argv"
  exec 4>>"$dir/log"
  [ ! -e "$dir/read-only" ] || read_only=yes
  cd "$root"
  pivot_root . .old
  [ -z "${read_only:-}" ] || mount -o remount,ro /
  umount -l /.old
  echo "$pid" >&3
  exec 3>&- </dev/null >&4 2>&4 4>&-
  exec "${argv[@]}"
}

case $1 in
  hold)
    mode=(--mount --uts --ipc --pid --fork --kill-child --propagation private)
    exec unshare "${mode[@]}" "$0" inside "$dir"
    ;;
  inside) inside ;;
  build)
    exec setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private "$0" chroot "$dir" "$3"
    ;;
  chroot)
    mount --bind "$dir" "$dir"
    mount -t proc proc "$dir/proc"
    devices "$dir/dev"
    mkdir -p "$dir/etc"
    mount -t tmpfs tmpfs "$dir/tmp"
    touch "$dir/etc/resolv.conf"
    mount --bind "$(readlink -f /etc/resolv.conf)" "$dir/etc/resolv.conf"
    chroot "$dir" /bin/sh -c "$3"
    ;;
esac

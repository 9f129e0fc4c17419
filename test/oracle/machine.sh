#!/bin/bash
# A machine for tests: an init as PID 1 of namespaces of its own, on a throw-away copy of the host's root.
#
#   machine.sh hold KIND DIR [NAME=VALUE…]   stay until told to end (SIGTERM, or the parent's death); then leave nothing behind
#   machine.sh inside KIND DIR [NAME=VALUE…] runs as PID 1 of the new namespaces and becomes the init
#
# KIND is systemd or pidone. DIR holds units/ (mounted at /u), tools/ (at /t) and, for pidone, bin/ (at /opt/pidone/bin);
# what the init prints goes to DIR/log; DIR is removed at the end. The talk with machine.ts: "PID\n" goes out on
# descriptor 3 when the root is ready, and a line on standard input lets the init start, so that nobody misses its first
# sign of life.
set -eu
shopt -s nullglob
kind=$2 dir=$3 variables=("${@:4}")

# What docker gives a container. Everything else must be done without.
docker_capabilities='-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap'

cgroup_tree() { # prints a cgroup v2 tree to work in; a mount made for it ends with our mount namespace
  local d
  for d in /sys/fs/cgroup /sys/fs/cgroup/unified; do
    if [ -f "$d/cgroup.procs" ] && [ "$(stat -fc %T "$d")" = cgroup2fs ]; then echo "$d"; return; fi
  done
  mkdir "$dir/cgroup2"; mount -t cgroup2 none "$dir/cgroup2"; echo "$dir/cgroup2"
}

early=/run/systemd/generator.early late=/run/systemd/generator.late
control=/etc/systemd/system.control:/run/systemd/system.control:/run/systemd/transient
unit_path=$control:$early:/etc/systemd/system:/run/systemd/system:/run/systemd/generator:/u:$late

hold() {
  local spaces=(--mount --uts --ipc --net --pid --fork --kill-child)
  group='' child=''
  trap leave EXIT
  trap 'exit 0' TERM INT HUP
  exec >>"$dir/log" 2>&1 4<&0
  if [ "$kind" = systemd ]; then
    group=$(cgroup_tree)/${dir##*/}; mkdir "$group"; spaces+=(--cgroup)
  fi
  (
    trap - EXIT TERM INT HUP
    [ -z "$group" ] || echo "$BASHPID" >"$group/cgroup.procs"
    exec setpriv --pdeathsig KILL unshare "${spaces[@]}" "$0" inside "$kind" "$dir" "${variables[@]}" <&4
  ) &
  child=$!
  exec 3>&- 4<&-
  wait "$child" || true
}

leave() {
  trap '' TERM INT HUP
  set +e # a process that cannot be forked, on a machine that has too much to do, is no reason to leave the rest behind
  if [ -n "$child" ]; then
    pkill -KILL -P "$child" || kill -KILL "$child" # PID 1 takes all of its namespace along
    wait "$child"
  fi
  local until=$((SECONDS + 60))
  while [ -n "$group" ] && [ -d "$group" ] && [ "$SECONDS" -lt "$until" ]; do
    find "$group" -depth -type d -exec rmdir {} + && break
    sleep 0.01 # the kernel frees a group some moments after its last process; there is no event for it
  done
  [ ! -d "$dir/cgroup2" ] || umount "$dir/cgroup2"
  rm -rf --one-file-system "$dir"
} 2>/dev/null

mount_devices() { # own nodes, never the host's: systemd sets mode and owner of its console
  local n=$1 device major minor
  mount -t tmpfs -o mode=755 tmpfs "$n/dev"
  while read -r device major minor; do
    mknod -m 666 "$n/dev/$device" c "$major" "$minor"
  done <<<$'null 1 3\nzero 1 5\nfull 1 7\nrandom 1 8\nurandom 1 9\ntty 5 0\nconsole 1 3'
  mkdir "$n/dev/pts" "$n/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=666 devpts "$n/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$n/dev/shm"
  ln -s pts/ptmx "$n/dev/ptmx"; ln -s /proc/self/fd "$n/dev/fd"
}

inside() {
  local r=$dir/root n=$dir/root/root pid
  read -r pid _ </proc/self/stat # /proc is still the host's: this is the pid there
  mount --make-rprivate /
  mkdir "$r"; mount -t tmpfs -o mode=755 tmpfs "$r"; mkdir "$r/upper" "$r/work" "$n"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$r/upper,workdir=$r/work" "$n"
  mount -t proc proc "$n/proc"
  mount -t tmpfs -o mode=755 tmpfs "$n/run"
  mount -t tmpfs -o mode=1777 tmpfs "$n/tmp"
  mount_devices "$n"
  rm -rf "$n/u" # should the host have one; this is the copy
  mkdir -p "$n/u" "$n/t" "$n/run/$kind"
  cp -a "$dir/units/." "$n/u/"; mount --bind "$dir/tools" "$n/t"
  mount -t tmpfs -o mode=755 tmpfs "$n/etc/systemd/system" # the machine's administrator has decided nothing yet
  # units come from the scenario, not from what the host has installed
  rm -rf "$n"/etc/init.d "$n"/etc/rc?.d "$n/usr/bin/systemd-tmpfiles"; mkdir "$n"/etc/init.d "$n"/etc/rc2.d
  [ ! -d "$n/lib/systemd/system-generators" ] ||
    find "$n/lib/systemd/system-generators/" -mindepth 1 ! -name systemd-sysv-generator -delete
  mount -t sysfs -o ro sysfs "$n/sys"
  if [ "$kind" = systemd ]; then
    mount -t cgroup2 cgroup2 "$n/sys/fs/cgroup"
  else
    mkdir -p "$n/opt/pidone"; cp -a "$dir/bin" "$n/opt/pidone/"
    mount --bind "$n/proc/sys" "$n/proc/sys"; mount -o remount,bind,ro "$n/proc/sys"
  fi
  "$n/t/talk" --loopback # as the engine of a container does
  hostname oracle; echo oracle >"$n/etc/hostname"
  cd "$n"; mkdir -p mnt; pivot_root . mnt; umount -l /mnt; cd /
  # as where systemd is at home: what it mounts for a service in a child of its own, the service sees
  [ "$kind" != systemd ] || mount --make-rshared /
  echo "$pid" >&3; exec 3>&-
  read -r _
  local output=null variable # nobody keeps a journal there
  for variable in "${variables[@]}"; do [[ $variable != ORACLE_OUTPUT=* ]] || output=${variable#*=}; done
  local forbid=() # system calls that fail below this init
  for variable in "${variables[@]}"; do [[ $variable != ORACLE_FORBID=* ]] || forbid=(/t/forbid "${variable#*=}"); done
  environment=(container=oracle HOSTVAR=from-container SYSTEMD_UNIT_PATH=$unit_path
    "${variables[@]}")
  if [ "$kind" = systemd ]; then
    exec "${forbid[@]}" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "${environment[@]}" \
      /lib/systemd/systemd --system --log-target=console --show-status=0 --default-standard-output="$output" </dev/null
  fi
  local keep="$docker_capabilities"
  for variable in "${variables[@]}"; do [ "$variable" != ORACLE_PRIVILEGED=yes ] || keep=+all; done
  exec "${forbid[@]}" setpriv --inh-caps=-all --ambient-caps=-all --bounding-set="$keep" \
    env -i PATH=/opt/pidone/bin:/usr/sbin:/usr/bin:/sbin:/bin "${environment[@]}" /opt/pidone/bin/pidone </dev/null
}

"$1"

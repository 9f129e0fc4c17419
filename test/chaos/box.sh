#!/bin/bash
# A box: PID 1 of namespaces of its own on the host's root, with a /run, /var/log and /proc of its own. Much cheaper than
# test/oracle/machine.sh, for what is done hundreds of times.
#
#   box.sh DIR TOOLS RUN_SIZE STDOUT PROGRAM…
#
# TOOLS is mounted at /run/t. RUN_SIZE bounds /run/pidone and /var/log/pidone together (in bytes; 0: not). STDOUT is a
# file; closed: PROGRAM has none. What it says on stderr, and what goes wrong here, is in DIR/stderr. The talk with box.ts: "PID\n" goes out on descriptor 3 when the box is ready, and a line on standard input lets
# PROGRAM start.
set -eu
dir=$1 tools=$2 size=$3 stdout=$4
shift 4
exec 2>>"$dir/stderr"
read -r pid _ </proc/self/stat # /proc is still the host's: this is the pid there
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/log
[ ! -d /etc/ssh ] || mount -t tmpfs tmpfs /etc/ssh # the host's sshd is not to be configured
mount -t proc proc /proc
mkdir /run/t /run/pidone /var/log/pidone
chown --reference="$dir" /run/pidone
if [ "$size" != 0 ]; then
  mount -t tmpfs -o mode=755,size="$size" tmpfs /run/pidone
  mkdir /run/pidone/.log
  mount --bind /run/pidone/.log /var/log/pidone
fi
mount --bind "$tools" /run/t
echo "$pid" >&3
exec 3>&-
read -r _
export PIDONE_DEV_LOG=no # /dev is the host's
if [ "$stdout" = closed ]; then exec "$@" </dev/null >&-; fi
exec "$@" </dev/null >"$stdout"

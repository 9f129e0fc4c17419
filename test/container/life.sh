#!/bin/sh
# life.sh UNIT PROCESS QUESTION RELOADS
#
# The life of a running service, told in a line for each step: it is reloaded if it can be, restarted, its main process is killed, it is
# stopped. PROCESS: what its processes are called; QUESTION: a command that succeeds when the service answers. RELOADS: `no` if it has
# nothing to reload, or does not live through it.
unit=$1 process=$2 question=$3 reloads=$4

# All processes of that name.
processes() { grep -lx "$process" /proc/[0-9]*/comm 2>/dev/null | tr -dc '0-9\n'; }

# The main process, or the first one of a service that has none.
main() {
  pid=$(systemctl show -P MainPID "$unit")
  [ "$pid" != 0 ] || pid=$(processes | sort -n | head -1)
  echo "$pid"
}

# When nothing is on its way any more: its state, and that it answers if it is up.
tell() {
  while sub=$(systemctl show -P SubState "$unit"); do
    case $sub in running | exited | dead | failed) break ;; esac
  done
  echo "$1: $(systemctl is-active "$unit") ($sub)"
  [ "$sub" != running ] || until sh -c "$question" >/dev/null 2>&1; do :; done
}

tell boot
before=$(main)
if [ "$reloads" = yes ]; then
  systemctl reload "$unit"
  tell reload
  [ "$(main)" = "$before" ] || echo 'reload: another process'
fi

systemctl restart "$unit"
tell restart
killed=$(main)
[ "$killed" != "$before" ] || echo 'restart: the same process'

kill -KILL "$killed"
if [ "$(systemctl show -P Restart "$unit")" = no ]; then
  while [ -e "/proc/$killed" ] || [ "$(systemctl show -P SubState "$unit")" = running ]; do :; done
else
  until [ "$(systemctl show -P NRestarts "$unit")" = 1 ]; do :; done
  # Comes back when the job that is on its way has ended.
  systemctl start "$unit"
fi
tell kill
systemctl reset-failed "$unit"
systemctl restart "$unit"
tell again
systemctl status "$unit" >/dev/null || echo "status of an active service: $?"

# With what would start it again: others go on writing to the syslog.
systemctl stop $(systemctl show -P TriggeredBy "$unit") "$unit"
tell stop
systemctl status "$unit" >/dev/null
echo "status: $?"
[ -z "$(processes)" ] || echo "left: $(processes)"

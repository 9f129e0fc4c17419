/**
 * A line of sh(1), for inside a container, that ends when the journal of `unit` has said that the unit will be restarted:
 * the manager has seen its end then, and a start waits for the restart. Status 124 when that takes more than 20 seconds.
 */
export function untilRestartIsScheduled(unit: string): string {
  const follow = `journalctl -f -n all -o cat -u ${unit}`;
  return `f=$(mktemp -u); mkfifo $f; ${follow} >$f & timeout 20 grep -q -m1 "Scheduled restart job" <$f; s=$?; kill $!; rm $f; exit $s`;
}
